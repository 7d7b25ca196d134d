"""The page Noise wins: noise in a real method's map, empty maps in a contest, one truth under many scores."""

from __future__ import annotations

import streamlit as st

from xaicheck.experiments.noise import store
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.topics.noise import (
    page_contest as noise_contest,
    page_mix as noise_mix,
    page_truths as noise_truths,
    words,
)
from xaicheck.topics.noise.numbers import tally
from xaicheck.topics.noise.panels import STYLE
from xaicheck.topics.noise.verdict import verdict
from xaicheck.web import widgets


def draw() -> None:
    """The widgets."""
    level = widgets.level()
    st.html(f"<style>{STYLE}</style>")
    data = _data()
    if data is None:
        widgets.heading(words.QUESTION, words.NO_DATA, words.LOOK.at(level))
        noise_truths.draw(level)
        return
    head = st.container()
    view = noise_mix.draw(data, level)
    with head:
        widgets.heading(words.kicker(data, view), words.finding(view), words.LOOK.at(level))
    standings = noise_contest.draw(data, view.depth, level)
    truths, zeros = noise_truths.draw(level)
    found = tally(data, view.depth, view.share, view.measure, view.fill)
    widgets.conclusion(verdict(data, view, found, standings, truths, zeros))
    st.caption(words.done_line(data))


@st.cache_resource(show_spinner=False)
def _data() -> NoiseData | None:
    return store.load()
