"""Two classes of one picture on the check page: which map tells them apart, and the maps side by side."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from xaicheck.methods import METHODS
from xaicheck.reading import class_sentences, sentences, tables
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
    """A payload of this session, and what it was made from."""

    report: Report
    measure: str
    depth: int
    payload: bytes

    def fits(self, report: Report, measure: str, depth: int) -> bool:
        """Whether it shows the same maps and numbers."""
        alike = len(self.report.class_scores) == len(report.class_scores)
        return alike and (self.report.request, self.measure, self.depth) == (report.request, measure, depth)


def draw(reading: Reading, look: View, level: str) -> None:
    """Draws what the maps of both classes say by the measure and at the depth that are looked at."""
    widgets.section(class_sentences.title(reading), TEXT.classes.caption.at(level))
    if look.depth and any(row.depth == look.depth for row in reading.report.class_scores):
        place = sentences.where(reading, look.depth)
        trained, randomized = st.tabs([TEXT.classes.place.trained, f"{place[:1].upper()}{place[1:]}"])
        with trained:
            _pair(reading, look.measure, 0)
        with randomized:
            _pair(reading, look.measure, look.depth)
    else:
        _pair(reading, look.measure, 0)
    widgets.table(tables.classes(reading, METHODS), "classes")


def _pair(reading: Reading, measure: str, depth: int) -> None:
    widgets.lines(class_sentences.line(reading, SIMILARITIES[measure], METHODS, depth))
    if any(one.depth == depth for one in reading.report.class_maps):
        key = f"{KEY}_{'deep' if depth else 'trained'}"
        viewer.show(_payload(reading, measure, depth), key=key, start=View(1, measure))


def _payload(reading: Reading, measure: str, depth: int) -> bytes:
    kept: Packed | None = st.session_state.get(name := f"{PACKED}_{bool(depth)}")
    if kept is None or not kept.fits(reading.report, measure, depth):
        payload = encode(class_scene(reading, SIMILARITIES[measure], METHODS, depth))
        st.session_state[name] = kept = Packed(reading.report, measure, depth, payload)
    return kept.payload
