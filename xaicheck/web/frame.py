"""The frame around every page: navigation, style, and the guard for links that come in cold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from types import MappingProxyType
from urllib.parse import urlsplit

import streamlit as st

from xaicheck import address
from xaicheck.models import samples
from xaicheck.reading.templates import css, style
from xaicheck.web import Page, link, warm
from xaicheck.web.widgets import LEVEL

ICON = samples.ASSETS / "icon.png"
NAMED = "came_by_name"
_framed: ContextVar[Mapping[str, st.Page]] = ContextVar("framed", default=MappingProxyType({}))


def navigation(pages: Sequence[Page]) -> dict[str, st.Page]:
    """What Streamlit serves, by key, in the order of the navigation.

    Streamlit serves the default page, the first one, at `/` and nowhere else. A visitor who came by its name
    keeps that address for this session: then a hidden page stands at `/`.
    """
    first = pages[0]
    named = _came_by_name(first.key)
    known = {
        page.key: st.Page(
            page.file,
            title=page.title,
            icon=page.icon,
            url_path=page.key,
            default=page is first and not named,
        )
        for page in pages
    }
    if named:
        home = st.Page(first.file, title=first.title, url_path="home", default=True, visibility="hidden")
        return {"home": home, **known}
    return known


def served(page: Page) -> st.Page:
    """The page as the navigation has it, for a link to it; only while a page runs in its frame."""
    return _framed.get()[page.key]


def _came_by_name(key: str) -> bool:
    """Whether this session began at that page's own name."""
    if NAMED not in st.session_state:
        path = urlsplit(st.context.url or "").path
        st.session_state[NAMED] = path.rstrip("/").rpartition("/")[2] == key
    return bool(st.session_state[NAMED])


def setup() -> None:
    """Sets the browser's title and icon, before everything else is drawn.

    A page's own icon is named, and the browser would fetch its drawing from another server.
    """
    st.set_page_config(page_title="xaicheck", page_icon=str(ICON), layout="wide")


def frame(pages: Sequence[Page]) -> None:
    """Draws the navigation and runs the chosen page, then lets the heavy imports begin."""
    known = navigation(pages)
    page = st.navigation(list(known.values()), position="top")
    st.html(style(*(css(f"reading/{sheet}.css") for sheet in ("widgets", "page", "tokens", "panel"))))
    link.begin(
        page.url_path,
        [one.url_path for one in known.values() if one.url_path],
        lambda key: _reads(pages, key),
    )
    token = _framed.set(known)
    try:
        page.run()
        link.write()
    finally:
        _framed.reset(token)
        warm.start()


def _reads(pages: Sequence[Page], key: str) -> bool:
    """Whether any page has a parameter of that name."""
    own = any(key in page.parameters or key.startswith(f"{page.key}_") for page in pages)
    return own or key == LEVEL.key or key in address.names()


def guard(pages: Sequence[Page]) -> None:
    """Starts a page again in its frame that was opened without one, by a link to a fresh server."""
    if not _framed.get():
        setup()
        st.navigation(list(navigation(pages).values()))
        st.rerun()
