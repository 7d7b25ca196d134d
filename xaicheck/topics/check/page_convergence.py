"""Cosine similarity convergence below the check: a run of its own, computed when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xaicheck.broker import Job
from xaicheck.engine.convergence_run import ConvergenceReport, ConvergenceRequest, request_for
from xaicheck.errors import XaicheckError
from xaicheck.reading import article, plotly_chart, words
from xaicheck.topics.check import convergence_figures as figures, convergence_words as sentences
from xaicheck.topics.check.convergence_words import CSC
from xaicheck.types import ImageInput
from xaicheck.web import client, link, session, waiting, widgets


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A run that can be computed, or the reason why there is none."""

    request: ConvergenceRequest | None
    image: ImageInput | None
    private: bool
    problem: str = ""


@dataclass(slots=True)
class State:
    """One visitor's section; never shared."""

    report: ConvergenceReport | None = None
    running: Asked | None = None
    notice: str = ""
    error: str = ""


def draw(chosen: session.Chosen, level: str, *, busy: bool) -> None:
    """Draws the section of the picture and network that the sidebar names; `busy`: the check is computed."""
    state: State = st.session_state.setdefault("convergence", State())
    asked = _asked(chosen)
    if st.session_state.pop("convergence_pressed", False) and asked.request is not None:
        state.running, state.notice, state.error = asked, "", ""
    elif state.running is not None and state.running.request != asked.request:
        state.running, state.notice = None, words.TEXT.stopped
    with st.container(key="part-convergence"):
        if state.report is None:
            widgets.section(CSC.title, CSC.question)
        else:
            widgets.section(sentences.finding(state.report), sentences.numbers_line(state.report))
        place = st.container()
        if state.report is not None:
            _results(state.report, level)
        with place:
            _tell(state, asked, busy=busy)


def _asked(chosen: session.Chosen) -> Asked:
    if chosen.request is None or chosen.image is None:
        return Asked(None, None, chosen.private, chosen.problem or CSC.nothing_chosen)
    try:
        request = request_for(chosen.image, model=chosen.request.model)
    except XaicheckError as error:
        return Asked(None, chosen.image, chosen.private, str(error))
    return Asked(request, chosen.image, chosen.private)


def _tell(state: State, asked: Asked, *, busy: bool) -> None:
    """Draws what stands in the way, what is shown and the button; or computes what was asked for."""
    place = st.empty()
    if state.error:
        place.error(state.error, icon=":material/error:")
    shown = state.report.request if state.report is not None else None
    with st.container(horizontal=True, vertical_alignment="center"):
        said = st.empty()
        if state.running is not None:
            st.button(words.TEXT.stop, on_click=_stop, key="convergence_stop", icon=":material/stop:")
            _compute(disabled=True)  # it stays: were it to vanish, the other button would move under the hand
            _wait(state, state.running, said)
        if shown is not None and shown == asked.request:
            return
        lines = [state.notice]
        if shown is not None and asked.request is not None:
            lines.append(words.stale_line(_differences(shown, asked.request)))
        lines.append(asked.problem or CSC.waits * busy)
        if line := " ".join(filter(None, lines)):
            said.info(line, icon=":material/info:")
        _compute(disabled=asked.request is None or busy)


def _compute(*, disabled: bool) -> None:
    """Draws the button that asks for the results."""
    st.button(
        CSC.compute,
        key="convergence_run",
        icon=":material/play_arrow:",
        disabled=disabled,
        on_click=_press,
    )


def _results(report: ConvergenceReport, level: str) -> None:
    widgets.lines(CSC.caption.at(level))
    for tab, signed in zip(st.tabs([CSC.magnitude.name, CSC.signed.name]), (False, True), strict=True):
        with tab:
            chart = figures.chart(report, signed=signed)
            widgets.chart(plotly_chart.figure(chart, height=420), chart.alt, chart.key)
    widgets.table(figures.rows(report), "convergence", CSC.table)
    widgets.points(
        CSC.bound.format(bound=sentences.FORGOTTEN),
        sentences.settings_line(report),
        *sentences.rest(report.request),
    )
    st.html(article.conclusion(sentences.verdict(report)))


def _differences(shown: ConvergenceRequest, asked: ConvergenceRequest) -> list[str]:
    names = {"image": "the picture", "model": "the network"}
    return [name for field, name in names.items() if getattr(shown, field) != getattr(asked, field)]


def _wait(state: State, running: Asked, bar: DeltaGenerator) -> None:
    """Computes what was asked for, shows how far it is, and draws the page anew with the result."""
    request, image = running.request, running.image
    assert request is not None and image is not None
    link.write()  # the address need not wait for the results
    bar.progress(0.0, words.TEXT.starting)

    def work(job: Job) -> ConvergenceReport:
        from xaicheck.engine import convergence_run

        return convergence_run.run(request, image, listener=job)

    def look(job: Job, ahead: int) -> None:
        waiting.show(bar, job, ahead, maps=False)

    report, state.error = waiting.attempt(
        lambda: client.wait(request, work, private=running.private, look=look)
    )
    state.report, state.running = report or state.report, None
    st.rerun()


def _press() -> None:
    """Keeps the press of the button: a page that starts again before it comes here has it still."""
    st.session_state["convergence_pressed"] = True


def _stop() -> None:
    """Ends the run: the job is let go of and stops before its next rule."""
    state: State = st.session_state["convergence"]
    state.running, state.notice = None, ""
