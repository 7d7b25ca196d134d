"""The page of the check: what is asked on the left, the viewer with its finding, the argument below it.

Each run of the script draws what is known once. While a computation goes on the script holds it from before
the first drawing to its end, and starts again when there is something new to draw.
"""

from __future__ import annotations

import time
from contextlib import ExitStack

import streamlit as st

from xaicheck.broker import Job
from xaicheck.reading import article, words
from xaicheck.reading.numbers import Reading
from xaicheck.reading.templates import css, style
from xaicheck.topics.check import controls, page_convergence, page_results, page_status, page_view
from xaicheck.topics.check.captions import TEXT
from xaicheck.types import Report
from xaicheck.web import client, link, session, waiting

REDRAW = 2.5  # seconds between two drawings of partial results: each costs the computation time
# Seconds for the browser to paint the viewer before all else is sent: with everything at once the page stays
# blank until the last chart is drawn, twice as long.
PAINT = 0.3


def draw() -> None:
    """The page."""
    chosen = controls.draw()
    state = session.current(chosen)
    with ExitStack() as stack:
        held = _held(state, stack)
        shown = _shown(chosen, state, held)
        st.html(style(css("topics/check/style.css"), page_results.reserved(shown)))
        place = page_status.draw(chosen, state, shown, held)
        if shown is None:
            st.html(article.heading("", words.TEXT.question, TEXT.empty))
            return
        reading = Reading(shown)
        looked, whole = page_view.draw(reading, shipped=state.precomputed and held is None)
        if not whole:
            time.sleep(PAINT)
            st.rerun()
        page_results.draw(reading, looked, place.level, private=state.private)
        page_convergence.draw(chosen, place.level, busy=held is not None)
        if held is not None:
            link.write()  # the address need not wait for the results
            _wait(state, held, shown, place)
            st.rerun()


def _held(state: session.State, stack: ExitStack) -> client.Held | None:
    """The run that goes on, held until the stack closes; None where nothing goes on any more."""
    running = state.running
    if running is None:
        return None
    request, image = running.request, running.image
    assert request is not None and image is not None
    held, error = waiting.attempt(
        lambda: stack.enter_context(
            client.held(request, client.check(request, image), private=running.private)
        )
    )
    if held is None:
        session.ended(state, None, error)
    elif held.job.done.is_set():
        _end(state, held.job)
        if state.running is not None:
            st.rerun()
        return None
    return held


def _shown(chosen: session.Chosen, state: session.State, held: client.Held | None) -> Report | None:
    """The report that is drawn: what is known of the run, or what is asked for of the last results."""
    if held is not None and state.running is not None:
        progress = held.job.progress
        known: Report | None = progress.report if progress is not None else None
        return known or session.empty_report(state.running)
    return session.fitting(state, chosen) or state.report


def _wait(state: session.State, held: client.Held, drawn: Report, place: page_status.Place) -> None:
    """Returns when the run has ended, or has something new after a while."""
    begun = time.monotonic()

    def new(job: Job) -> bool:
        known = job.progress.report if job.progress is not None else None
        return known is not None and known is not drawn and time.monotonic() - begun > REDRAW

    held.watch(lambda job, ahead: waiting.show(place.bar, job, ahead), enough=new)
    if held.job.done.is_set():
        _end(state, held.job)


def _end(state: session.State, job: Job) -> None:
    """The finished run's report or error goes into the session."""
    if job.state == "cancelled" and state.attempts < client.ATTEMPTS:
        state.attempts += 1  # the next run of the script asks again
        return
    session.ended(state, *waiting.attempt(lambda: client.result(job)))
