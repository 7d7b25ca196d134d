"""The frame around every page: navigation, style, and the guard for links that come in cold."""

from __future__ import annotations

import contextvars

import streamlit as st

from xaicheck.draw import words
from xaicheck.draw.style import PAGE, PANEL
from xaicheck.ui import warm

_framed: contextvars.ContextVar[bool] = contextvars.ContextVar("framed", default=False)


def pages() -> list[st.Page]:
    """The pages in the order of the navigation; `url_path` is what the file name yields."""
    return [
        st.Page(
            "pages/check.py", title=words.TITLE, icon=":material/difference:", url_path="check", default=True
        ),
        st.Page("pages/ranking.py", title="Ranking gap", icon=":material/swap_vert:", url_path="ranking"),
        st.Page("pages/noise.py", title="Noise wins", icon=":material/grain:", url_path="noise"),
        st.Page("pages/scales.py", title="Activation scales", icon=":material/bar_chart:", url_path="scales"),
        st.Page("pages/methods.py", title="Methods", icon=":material/menu_book:", url_path="methods"),
    ]


def frame() -> None:
    """Nothing; draws the navigation and runs the chosen page, then lets the heavy imports begin."""
    page = st.navigation(pages(), position="top")
    st.html(f"<style>{PAGE}{PANEL}</style>")
    token = _framed.set(True)
    try:
        page.run()
    finally:
        _framed.reset(token)
        warm.start()


def guard() -> None:
    """Nothing; a page that was opened without the frame (a link to a fresh server) starts again in it."""
    if not _framed.get():
        st.navigation(pages())
        st.rerun()
