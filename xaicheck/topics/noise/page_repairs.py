"""The repair bench: which way to score the check stops which map made to cheat."""

from __future__ import annotations

import streamlit as st

from xaicheck.experiments.repairs import store
from xaicheck.experiments.repairs.bench import Cell, matrix
from xaicheck.experiments.repairs.data import RepairData
from xaicheck.statistics.networks import GATE
from xaicheck.topics.noise import repairs
from xaicheck.topics.noise.words import TEXT
from xaicheck.web import widgets


def draw(level: str) -> None:
    """Draws the matrix; nothing without its numbers."""
    bench = _bench()
    if bench is None:
        return
    data, cells = bench
    widgets.section(repairs.finding(cells), TEXT.repairs.look.format(gate=GATE).at(level))
    widgets.chart(repairs.figure(cells), repairs.alt(cells), "noise-repairs")
    widgets.lines(*repairs.details(cells))
    st.caption(repairs.setting_line(data))
    widgets.table(repairs.table(cells), "noise-repairs")


@st.cache_resource(show_spinner=False)
def _bench() -> tuple[RepairData, tuple[Cell, ...]] | None:
    data = store.load()
    return None if data is None else (data, matrix(data))
