"""Random maps with nothing in common: what the scores say, and what a common background adds."""

from __future__ import annotations

import streamlit as st

from xaicheck.address import OneOf, Parameter
from xaicheck.experiments.noise import truths, zeros
from xaicheck.experiments.noise.truths import TruthTable
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.topics.noise import figures, panels, tables, words
from xaicheck.topics.noise.words import TEXT
from xaicheck.web import link, widgets

SEED = "noise_truth_seed"
HALF, STEP = 50, 5  # per cent
ZEROS = Parameter("noise_zeros", OneOf(tuple(range(0, 91, STEP))), HALF)


def draw(level: str) -> tuple[TruthTable, SharedZeros]:
    """What is shown; draws both tables of random maps."""
    return _truths(level), _zeros(level)


def _truths(level: str) -> TruthTable:
    table = _table(st.session_state.setdefault(SEED, 0))
    widgets.section(words.truth_title(table), TEXT.truth_look.at(level))
    st.html(panels.truth_table(table))
    st.caption(words.truth_note(table))
    st.button(TEXT.again, help=TEXT.again_help, key="noise_again", on_click=_again, icon=":material/casino:")
    widgets.table(tables.truths(table), "noise-truths")
    return table


def _zeros(level: str) -> SharedZeros:
    place = st.container()
    link.begins(ZEROS)
    percent = st.slider(TEXT.zeros_axis, 0, 90, step=STEP, format="%d %%", key=ZEROS.key)
    share = link.kept(ZEROS, percent) / 100
    chosen, curve = _measured(share), tuple(_measured(one) for one in zeros.SHARES)
    with place:
        widgets.section(words.zeros_title(chosen), TEXT.zeros_look.at(level))
    left, right = st.columns([5, 7], gap="large")
    with left:
        a, b = zeros.pair(share)
        st.html(panels.pair(((TEXT.first_map, a), (TEXT.second_map, b))))
        st.caption(words.zeros_line(chosen))
    with right:
        widgets.chart(figures.zeros(chosen, curve), words.zeros_alt(chosen, curve), "noise-zeros")
    widgets.table(tables.zeros(curve), "noise-zeros")
    return chosen


def _again() -> None:
    """Makes the next run draw other maps."""
    st.session_state[SEED] = st.session_state.get(SEED, 0) + 1


@st.cache_data(show_spinner=False, max_entries=64)
def _table(seed: int) -> TruthTable:
    return truths.table(seed)


@st.cache_data(show_spinner=False, max_entries=64)
def _measured(share: float) -> SharedZeros:
    return zeros.measured(share)
