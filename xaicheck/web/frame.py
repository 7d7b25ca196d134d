"""The frame around every page: navigation, style, and the guard for links that come in cold."""

from __future__ import annotations

import contextvars
from urllib.parse import urlsplit

import streamlit as st

from xaicheck.models import samples
from xaicheck.reading import words
from xaicheck.reading.style import PAGE, PANEL
from xaicheck.web import link, warm

ICON = samples.ASSETS / "icon.png"
CHECK = "check"
NAMED = "came_by_name"
_framed: contextvars.ContextVar[bool] = contextvars.ContextVar("framed", default=False)


def pages() -> list[st.Page]:
    """The pages in the order of the navigation; `url_path` is what the file name yields.

    Streamlit serves the default page at `/` and nowhere else. A visitor who came by `/check` keeps that
    address for this session: then a hidden page stands at `/`.
    """
    named = _came_by_name()
    check = st.Page(
        "pages/check.py",
        title=words.TEXT.title,
        icon=":material/difference:",
        url_path=CHECK,
        default=not named,
    )
    found = [
        check,
        st.Page("pages/ranking.py", title="Ranking gap", icon=":material/swap_vert:", url_path="ranking"),
        st.Page("pages/noise.py", title="Noise wins", icon=":material/grain:", url_path="noise"),
        st.Page("pages/scales.py", title="Activation scales", icon=":material/bar_chart:", url_path="scales"),
        st.Page("pages/methods.py", title="Methods", icon=":material/menu_book:", url_path="methods"),
        st.Page("pages/lesson.py", title="Lesson", icon=":material/school:", url_path="lesson"),
        st.Page("pages/story.py", title="Story", icon=":material/auto_stories:", url_path="story"),
    ]
    if named:
        home = st.Page(
            "pages/check.py", title=words.TEXT.title, url_path="home", default=True, visibility="hidden"
        )
        return [home, *found]
    return found


def _came_by_name() -> bool:
    """Whether this session began at `/check`."""
    if NAMED not in st.session_state:
        path = urlsplit(st.context.url or "").path
        st.session_state[NAMED] = path.rstrip("/").rpartition("/")[2] == CHECK
    return bool(st.session_state[NAMED])


def setup() -> None:
    """Nothing; the browser's title and icon, which come before everything else.

    A page's own icon is named, and the browser would fetch its drawing from another server.
    """
    st.set_page_config(page_title="xaicheck", page_icon=str(ICON), layout="wide")


def frame() -> None:
    """Nothing; draws the navigation and runs the chosen page, then lets the heavy imports begin."""
    known = pages()
    page = st.navigation(known, position="top")
    st.html(f"<style>{PAGE}{PANEL}</style>")
    link.begin(page.url_path, [one.url_path for one in known if one.url_path])
    token = _framed.set(True)
    try:
        page.run()
        link.write()
    finally:
        _framed.reset(token)
        warm.start()


def guard() -> None:
    """Nothing; a page that was opened without the frame (a link to a fresh server) starts again in it."""
    if not _framed.get():
        setup()
        st.navigation(pages())
        st.rerun()
