"""The viewer's code and style, and a piece of a page that shows one payload by itself."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

from xaicheck.reading.templates import render
from xaicheck.viewer import TEXT

HERE = Path(__file__).parent
# In this order they make one script; each may use what stands before it when it is loaded.
FILES = (
    "text", "payload", "colours", "frames", "heading", "axes", "between", "curve", "toolbar", "pair",
    "cross", "card", "mount",
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9-]*")


@cache
def core_js() -> str:
    """The whole viewer as one expression: the function mountViewer(root, bytes, {onView, view})."""
    sources = "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in FILES)
    return f'(() => {{\n"use strict";\n{sources}\nreturn mountViewer;\n}})()'


@cache
def css() -> str:
    """The style of the viewer, for the root of its shadow."""
    return (HERE / "viewer.css").read_text(encoding="utf-8")


def embed(payload: bytes, *, name: str) -> Markup:
    """HTML that shows a payload wherever it stands, without any server; `name`: a-z, 0-9 and dashes.

    The element's id is `name`; its property `viewer` is what mountViewer gave, for who wants to look inside.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"The name {name!r} is not made of a-z, 0-9 and dashes.")
    return render(
        "viewer/embed.html",
        name=name,
        no_script=TEXT.browser.no_script,
        style=Markup(css()),  # our own files: nothing to escape
        packed=base64.b64encode(payload).decode(),
        core=Markup(core_js()),
    )
