"""The viewer on the check page: where it starts, what it carries, and what the visitor looks at."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from xaicheck.methods import METHODS
from xaicheck.reading.numbers import Reading
from xaicheck.types import Report
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode, started
from xaicheck.viewer.scene import View
from xaicheck.web import link, viewer

KEY = "viewer"
STARTED = "viewer_started"  # the view with which this visit to the page began
PACKED = "viewer_packed"
SEEN = "viewer_seen"  # the request whose results this visit has begun to look at


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """A payload of this session, and what it was made from."""

    report: Report
    carried: tuple[int, ...] | None
    start: View
    payload: bytes


def draw(reading: Reading, *, shipped: bool) -> tuple[View, bool]:
    """(The visitor's view, whether the viewer has all maps that there are); draws the viewer.

    The maps that are looked at come first, and all the others with the next run of the script: so the first
    ones are there sooner. `shipped`: the report came with the program, its payload is made once for all.
    """
    report = reading.report
    blocks, measures = len(report.blocks), report.request.measures
    if KEY not in st.session_state:  # the page was not there before this run: the address says where to begin
        st.session_state[STARTED] = link.view_begins(blocks, measures)
        st.session_state.pop(SEEN, None)
    start = fitted(st.session_state[STARTED], report)
    state = st.session_state.get(KEY) or {}
    look = fitted(viewer.view_of(state.get("view"), start), report)
    whole = report.complete and st.session_state.get(SEEN) == report.request
    carried = None if whole else tuple(sorted({0, look.depth}))
    make = _shipped_payload if shipped else _own_payload
    payload = make(reading, carried, start)
    st.session_state[SEEN] = report.request
    with st.container(key="stage"):
        look = fitted(viewer.show(payload, key=KEY, start=start), report)
    return link.view_kept(look, blocks, measures), whole or not report.complete


def fitted(view: View, report: Report) -> View:
    """The view as it can be on this report, by the rule that the browser has: the nearest depth there is."""
    measures = report.request.measures
    return dataclasses.replace(
        view,
        depth=min(report.depths, key=lambda depth: abs(depth - view.depth)),
        measure=view.measure if view.measure in measures else measures[0],
    )


def _shipped_payload(reading: Reading, carried: tuple[int, ...] | None, start: View) -> bytes:
    request = reading.report.request
    usual = fitted(View(reading.blocks // 2, request.measures[0]), reading.report)
    payload: bytes = _packed_once(request.key(), carried, reading, usual)
    return payload if start == usual else _started_once(request.key(), carried, start, payload)


@st.cache_resource(show_spinner=False, max_entries=16)
def _packed_once(key: str, carried: tuple[int, ...] | None, _reading: Reading, _start: View) -> bytes:
    return _packed(_reading, carried, _start)


@st.cache_resource(show_spinner=False, max_entries=16)
def _started_once(key: str, carried: tuple[int, ...] | None, start: View, _payload: bytes) -> bytes:
    return started(_payload, start)


def _own_payload(reading: Reading, carried: tuple[int, ...] | None, start: View) -> bytes:
    """The payload of the session's own report; the last one is kept."""
    report = reading.report
    kept: Packed | None = st.session_state.get(PACKED)
    if kept is None or not (_same(kept.report, report) and (kept.carried, kept.start) == (carried, start)):
        kept = Packed(report, carried, start, _packed(reading, carried, start))
        st.session_state[PACKED] = kept
    return kept.payload


def _same(one: Report, other: Report) -> bool:
    """Whether two reports are the same one, or the same part of it, cut out again."""
    return one is other or (one.complete and other.complete and one.request == other.request)


def _packed(reading: Reading, carried: Sequence[int] | None, start: View) -> bytes:
    measures = reading.report.request.measures
    return encode(scene(reading, measures, methods=METHODS, depths=carried, start=start))
