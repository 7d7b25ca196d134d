"""Two files to take away: the report as one page and everything as a zip, made when they are asked for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import streamlit as st

from xaicheck.address import BASE
from xaicheck.report import bundle, page
from xaicheck.report.words import TEXT
from xaicheck.types import Report
from xaicheck.viewer.scene import View


def draw(report: Report, view: View, private: bool) -> None:
    """Draws the buttons and what is in the files. `private`: the picture is the visitor's own."""
    # The files are made on another thread, which knows no page: all they need is fetched here.
    base, name = _base(), file_name(report)

    def html() -> bytes:
        return page.build(report, view=view, base=base, file=f"{name}.html").encode()

    def archive() -> bytes:
        return bundle.build(report, view=view, base=base, file=f"{name}.zip")

    with st.container(horizontal=True):
        st.download_button(
            TEXT.take.page,
            html,
            f"{name}.html",
            "text/html",
            key="take_page",
            icon=":material/article:",
            on_click="ignore",
        )
        st.download_button(
            TEXT.take.zip,
            archive,
            f"{name}.zip",
            "application/zip",
            key="take_zip",
            icon=":material/folder_zip:",
            on_click="ignore",
        )
    st.caption(TEXT.take.help)
    if private:
        st.caption(TEXT.take.private)


def file_name(report: Report) -> str:
    """A name for the files, of a-z, 0-9 and dashes: from the picture's own, which may hold anything."""
    stem = report.image_name.rsplit(".", 1)[0].lower()
    plain = re.sub(r"[^a-z0-9]+", "-", stem).strip("-") or "picture"
    return f"xaicheck-{plain}-{report.request.model.replace('_', '-')}"


def _base() -> str:
    """The address of this page up to its question mark; the usual one where it is not known."""
    url = urlsplit(st.context.url or "")
    place = url.netloc.rpartition("@")[2]  # without a user name: the file is given away
    return f"{url.scheme}://{place}{url.path}" if url.scheme in ("http", "https") else BASE
