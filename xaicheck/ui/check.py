"""The page of the check: what is asked on the left, the finding on top, the maps below it."""

from __future__ import annotations

import time

import streamlit as st

from xaicheck.broker import Job
from xaicheck.draw import sentences, words
from xaicheck.methods import METHODS
from xaicheck.types import Report, Request
from xaicheck.ui import client, session, sidebar, view, waiting
from xaicheck.ui.results import Board

REDRAW = 2.5  # seconds between two drawings of partial results: each costs the computation time


def draw() -> None:
    """The page."""
    chosen = sidebar.draw()
    state = session.current(chosen)
    running = state.running
    if running is not None:
        shown = session.empty_report(running)
    elif state.report is not None:
        shown = session.fitting(state, chosen) or state.report
    else:
        _nothing_yet(chosen, state)
        return
    request: Request = shown.request
    head = st.empty()
    status = st.container(key="status")
    looked = view.draw(len(shown.blocks), request.measures)
    methods = tuple(choice.key for choice in request.methods)
    # Streamlit keeps what an earlier script drew until this one ends, and a run may take minutes.
    board = Board(methods, head, looked, spare=len(METHODS) - len(methods) if running else 0)
    board.show(shown)
    with status:
        if running is None:
            _status(chosen, state, shown)
        else:
            _run(running, state, board)


def _run(running: sidebar.Chosen, state: session.State, board: Board) -> None:
    """Nothing; waits for the results and shows what is known meanwhile."""
    request, image = running.request, running.image
    assert request is not None and image is not None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bar = st.empty()
        st.button(words.STOP, on_click=session.stop, key="stop", icon=":material/stop:")
    bar.progress(0.0, words.STARTING)
    st.caption(words.RUNNING)
    last = 0.0
    drawn: Report | None = None

    def look(job: Job, ahead: int) -> None:
        nonlocal last, drawn
        waiting.show(bar, job, ahead)
        known: Report | None = job.progress.report if job.progress is not None else None
        if known is not None and known is not drawn and time.monotonic() - last > REDRAW:
            drawn = known
            board.show(known)
            last = time.monotonic()

    report, state.error = waiting.attempt(
        lambda: client.compute(request, image, private=running.private, look=look)
    )
    if report is not None:
        state.report, state.precomputed = report, False
    state.running = None
    st.rerun()


def _status(chosen: sidebar.Chosen, state: session.State, shown: Report) -> None:
    """Nothing; one line on where the results come from, or what stands between them and the settings."""
    if state.error:
        st.error(state.error, icon=":material/error:")
    if chosen.is_error:
        st.error(chosen.problem, icon=":material/error:")
    stale = chosen.request is not None and not session.same(state, chosen)
    if state.notice and not stale:
        st.info(state.notice, icon=":material/info:")
    if stale and chosen.request is not None:
        different = session.differences(shown.request, chosen.request)
        line = words.link_line(different) if state.linked else words.stale_line(different)
        with st.container(horizontal=True, vertical_alignment="center", key="stale"):
            st.warning(f"{state.notice} {line}".strip(), icon=":material/history:")
            st.button(words.RUN, key="run_here", on_click=sidebar.press_run, icon=":material/play_arrow:")
    st.caption(sentences.done_line(shown, precomputed=state.precomputed))


def _nothing_yet(chosen: sidebar.Chosen, state: session.State) -> None:
    """Nothing; the page without any results."""
    st.title(words.QUESTION)
    for problem in (state.error, chosen.problem if chosen.is_error else ""):
        if problem:
            st.error(problem, icon=":material/error:")
    st.text(words.EMPTY)
