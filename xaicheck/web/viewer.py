"""The viewer of maps in a page: a component that scrubs in the browser and says where it has come to rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from xaicheck.reading.templates import css, js
from xaicheck.viewer import page
from xaicheck.viewer.scene import MODES, SCALES, View

_component = st.components.v2.component(
    "xaicheck_viewer",
    css=page.css() + css("web/viewer.css"),
    js=js("web/viewer.js").replace("CORE", page.core_js(), 1),
)


def show(payload: bytes, *, key: str, start: View) -> View:
    """The visitor's view, or `start` as long as nothing was moved; draws the payload.

    The browser keeps the view over new payloads; an equal payload is not unpacked again.
    """
    result = _component(key=key, data=payload, on_view_change=_nothing)
    return view_of(result.get("view"), start)


def view_of(data: object, start: View) -> View:
    """A view from what the browser sent, value by value; what makes no sense is as in `start`."""
    if not isinstance(data, Mapping):
        return start
    depth, opacity = _whole(data.get("depth"), start.depth), _whole(data.get("opacity"), start.opacity)
    measure = data.get("measure")
    return View(
        depth=max(depth, 0),
        measure=measure if isinstance(measure, str) else start.measure,
        scale=_one(data.get("scale"), SCALES, start.scale),
        mode=_one(data.get("mode"), MODES, start.mode),
        opacity=min(max(opacity, 0), 100),
    )


def _whole(value: Any, other: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else other


def _one(value: Any, known: tuple[str, ...], other: str) -> str:
    return value if isinstance(value, str) and value in known else other


def _nothing() -> None:
    """Streamlit keeps only those states that have a callback."""
