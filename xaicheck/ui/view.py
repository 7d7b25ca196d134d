"""The view controls: how results are looked at. They change no result and stop no run."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from xaicheck.draw import words
from xaicheck.similarity import SIMILARITIES

SCALES = ("per_map", "shared")


@dataclass(frozen=True, slots=True)
class View:
    """Depth, measure and colour scale that are shown."""

    depth: int
    measure: str
    shared: bool


def draw(blocks: int, measures: tuple[str, ...]) -> View:
    """The visitor's view; draws the controls."""
    left, middle, right = st.columns([5, 3, 4], gap="medium")
    depth = left.slider(words.VIEW["depth"], 0, blocks, blocks // 2, key="depth", bind="query-params")
    measure = middle.selectbox(
        words.VIEW["measure"],
        list(measures),
        key="measure",
        format_func=lambda k: SIMILARITIES[k].label,
        bind="query-params",
        help="\n".join(f"- **{SIMILARITIES[k].label}**: {SIMILARITIES[k].summary}" for k in measures),
    )
    scale = right.segmented_control(
        words.VIEW["scale"],
        SCALES,
        default=SCALES[0],
        required=True,
        key="colours",
        bind="query-params",
        format_func=lambda k: words.VIEW[k],
        help=words.VIEW["scale_help"],
    )
    return View(min(depth, blocks), measure, scale == "shared")
