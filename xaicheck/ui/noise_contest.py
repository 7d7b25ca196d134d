"""The contest: real methods and maps that never look at the network, side by side."""

from __future__ import annotations

import streamlit as st

from xaicheck.draw import noise_contest_words as words
from xaicheck.draw import noise_panels as panels
from xaicheck.draw import noise_tables as tables
from xaicheck.noise.contest import Standings, standings
from xaicheck.noise.data import NoiseData
from xaicheck.ui import page


def draw(data: NoiseData, depth: int, level: str) -> Standings | None:
    """The standings at a depth, None where the contest does not have it; draws them."""
    if depth not in data.contest.depths:
        return None
    found = standings(data.contest, data.fills, depth)
    page.section(words.title(found), words.line(found))
    st.caption(words.LOOK.at(level))
    st.html(panels.contest_table(found))
    st.html(panels.notes(words.notes(found)))
    page.table(tables.contest(found), "noise-contest")
    return found
