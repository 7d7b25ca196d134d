"""The page Noise wins: noise in a real method's map, empty maps in a contest, one truth under many scores."""

from __future__ import annotations

import streamlit as st

from xaicheck.experiments.noise import store
from xaicheck.experiments.noise.contest import Standings, standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.topics.noise import (
    page_mix,
    page_repairs,
    page_truths,
    panels,
    sentences,
    sentences_contest,
    tables,
    words,
)
from xaicheck.topics.noise.numbers import tally
from xaicheck.topics.noise.verdict import verdict
from xaicheck.topics.noise.words import TEXT
from xaicheck.web import widgets


def draw() -> None:
    """Draws the page; without the numbers it says how to make them, and random maps need none."""
    level = widgets.level()
    st.html(panels.sheet())
    data = _data()
    if data is None:
        widgets.heading(TEXT.question, TEXT.no_data, TEXT.look.at(level))
        page_truths.draw(level)
        return
    head = st.container()
    mix = page_mix.draw(data, level)
    with head:
        widgets.heading(words.kicker(data, mix), sentences.finding(mix), TEXT.look.at(level))
    contest = _contest(data, mix.depth, mix.fill, level)
    truths, zeros = page_truths.draw(level)
    page_repairs.draw(level)
    moved = tally(data, mix.depth, mix.share, mix.measure, mix.fill)
    widgets.conclusion(verdict(data, mix, moved, contest, truths, zeros))
    st.caption(words.done_line(data))


def _contest(data: NoiseData, depth: int, fill: str, level: str) -> Standings | None:
    """The standings at a depth, None where the contest does not have it; draws them."""
    if depth not in data.contest.depths:
        return None
    contest = standings(data.contest, data.fills, depth)
    widgets.section(sentences_contest.contest_title(contest), words.contest_line(contest))
    st.caption(TEXT.contest_look.at(level))
    st.html(panels.contest_table(contest))
    st.html(panels.notes(sentences_contest.contest_notes(contest, fill)))
    widgets.table(tables.contest(contest), "noise-contest")
    return contest


@st.cache_resource(show_spinner=False)
def _data() -> NoiseData | None:
    return store.load()
