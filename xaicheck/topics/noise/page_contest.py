"""The contest: real methods and maps that never look at the network, side by side."""

from __future__ import annotations

import streamlit as st

from xaicheck.experiments.noise.contest import Standings, standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.topics.noise import contest_words as words, panels, tables
from xaicheck.web import widgets


def draw(data: NoiseData, depth: int, level: str) -> Standings | None:
    """The standings at a depth, None where the contest does not have it; draws them."""
    if depth not in data.contest.depths:
        return None
    found = standings(data.contest, data.fills, depth)
    widgets.section(words.title(found), words.line(found))
    st.caption(words.LOOK.at(level))
    st.html(panels.contest_table(found))
    st.html(panels.notes(words.notes(found)))
    widgets.table(tables.contest(found), "noise-contest")
    return found
