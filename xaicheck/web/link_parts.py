"""The two small components of the address: one writes the address bar, one copies what stands in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from xaicheck.reading.templates import css, js, render
from xaicheck.web import TEXT

_writer = st.components.v2.component("xaicheck_address", js=js("web/address.js"))
_copier = st.components.v2.component(
    "xaicheck_copy_link",
    html=render("web/copy_link.html", button=TEXT.copy.button),
    css=css("web/copy_link.css"),
    js=js("web/copy_link.js"),
)


def write(*, page: str, names: Sequence[str], query: str) -> None:
    """Has the browser show this query on this page."""
    _writer(key="address", data={"page": page, "names": list(names), "query": query}, height=1)


def copy(note: str) -> None:
    """Draws the button and what is to be said beside it."""
    _copier(key="copy_link", data={"words": dict(TEXT.copy), "note": note})
