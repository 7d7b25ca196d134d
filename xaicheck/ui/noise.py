"""The page Noise wins: noise in a real method's map, empty maps in a contest, one truth under many scores."""

from __future__ import annotations

import streamlit as st

from xaicheck.draw import noise_words as words
from xaicheck.draw.noise_numbers import tally
from xaicheck.draw.noise_panels import STYLE
from xaicheck.draw.noise_verdict import verdict
from xaicheck.noise import store
from xaicheck.noise.data import NoiseData
from xaicheck.ui import noise_contest, noise_mix, noise_truths, page


def draw() -> None:
    """The page."""
    level = page.level()
    st.html(f"<style>{STYLE}</style>")
    data = _data()
    if data is None:
        page.heading(words.QUESTION, words.NO_DATA, words.LOOK.at(level))
        noise_truths.draw(level)
        return
    head = st.container()
    view = noise_mix.draw(data, level)
    with head:
        page.heading(words.kicker(data, view), words.finding(view), words.LOOK.at(level))
    standings = noise_contest.draw(data, view.depth, level)
    truths, zeros = noise_truths.draw(level)
    found = tally(data, view.depth, view.share, view.measure, view.fill)
    page.conclusion(verdict(data, view, found, standings, truths, zeros))
    st.caption(words.done_line(data))


@st.cache_resource(show_spinner=False)
def _data() -> NoiseData | None:
    return store.load()
