"""Two classes of one picture on the check page: which map tells them apart, and the maps side by side."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from xaicheck.methods import METHODS
from xaicheck.reading import class_sentences, tables
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import TEXT
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report
from xaicheck.viewer.classes import class_scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.scene import View
from xaicheck.web import viewer, widgets

KEY = "classes"
PACKED = "classes_packed"


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The last payload of this session, and what it was made from."""

    report: Report
    measure: str
    payload: bytes


def draw(reading: Reading, look: View, level: str) -> None:
    """Draws what the maps of both classes say by the measure that is looked at."""
    measure = SIMILARITIES[look.measure]
    widgets.section(class_sentences.title(reading), TEXT.classes.caption.at(level))
    widgets.lines(class_sentences.line(reading, measure, METHODS))
    if reading.report.class_maps:
        with st.container(key="pairs"):
            viewer.show(_payload(reading, look.measure), key=KEY, start=View(1, look.measure))
    widgets.table(tables.classes(reading, METHODS), "classes")


def _payload(reading: Reading, measure: str) -> bytes:
    report = reading.report
    kept: Packed | None = st.session_state.get(PACKED)
    known = kept is not None and kept.report.class_maps == report.class_maps
    if kept is None or not known or kept.measure != measure or kept.report.request != report.request:
        payload = encode(class_scene(reading, SIMILARITIES[measure], METHODS))
        kept = Packed(report, measure, payload)
        st.session_state[PACKED] = kept
    return kept.payload
