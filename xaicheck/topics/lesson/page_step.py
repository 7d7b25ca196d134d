"""One step on the page: its questions, the button that shows the answer, and what the answer shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.reading import plotly_chart
from xaicheck.reading.numbers import Reading
from xaicheck.topics.lesson import page_state, parts
from xaicheck.topics.lesson.material import MEASURES, Material
from xaicheck.topics.lesson.model import Beside, Question, Step
from xaicheck.topics.lesson.words import TEXT
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.scene import Parts, View
from xaicheck.web import viewer, widgets

FEW = 2  # questions; more stand two beside each other
PARTS = Parts(heading=False, picture=False)


def questions(
    step: Step, material: Material, level: str, *, done: bool
) -> tuple[DeltaGenerator, DeltaGenerator]:
    """(the places below the picture, below the questions); draws both beside each other."""
    beside = step.beside(material)
    asked = [question for question in step.questions(material) if question.key not in beside]
    if len(asked) > FEW:
        places = st.columns(2, gap="large") * len(asked)
        _asked(step, material, asked, places, done=done)
        return places[0], st.container(key="lesson_shown" if done else "lesson_act")
    if beside and not done:  # nothing stands below the picture yet, so the figure is not to wait for it
        _html(step.shown(material))
        left = right = st.container()
        _asked(step, material, asked, st.columns(2, gap="medium") * len(asked), done=done)
    else:
        left, right = st.columns(2, gap="medium")
        with left:
            _html(step.shown(material))
        _asked(step, material, asked, [right] * len(asked), done=done)
    for question in step.questions(material):
        if question.key in beside:
            right = _with_figure(step, material, question, beside[question.key], level, done=done)
    with right:
        return left, st.container(key="lesson_shown" if done else "lesson_act")


def _with_figure(
    step: Step, material: Material, question: Question, one: Beside, level: str, *, done: bool
) -> DeltaGenerator:
    """The column of the question; draws its figure beside it, after the answer with its switch."""
    left, right = st.columns(2, gap="medium")
    with left:
        key = f"lesson-{step.key}-{question.key}"
        on = done and st.toggle(one.switch, value=True, key=f"{key}-switch")
        widgets.chart(one.figure(on), one.alt, key)
        st.caption(one.caption.at(level))
    _asked(step, material, [question], [right], done=done)
    if done:
        with right:
            widgets.lines(one.told.at(level))
    return right


def _asked(
    step: Step,
    material: Material,
    questions: Sequence[Question],
    places: Sequence[DeltaGenerator],
    *,
    done: bool,
) -> None:
    """Draws each question in its place: to answer, or with its answer marked."""
    given = page_state.tally().of(material.sample, step.key)
    above = step.above(material, done)
    for question, place in zip(questions, places, strict=False):
        with place:
            _html(above.get(question.key, Markup()))
            if question.key in given:
                st.html(parts.answered(question, given[question.key]))
                continue
            labels = {option.key: option.label for option in question.options}
            st.radio(
                question.ask,
                list(labels),
                index=None,
                key=page_state.widget(material.sample, step.key, question.key),
                format_func=lambda key, labels=labels: labels[key],
                horizontal=max(map(len, labels.values())) < 30,
                persist_state="session",
            )


def act(step: Step, material: Material, slot: DeltaGenerator, *, done: bool, waits: bool) -> DeltaGenerator:
    """The place below the questions that stays free; draws above it what the answer shows, or its button."""
    with slot:
        if done:
            _html(step.revealed(material))
        elif waits and page_state.failure(material.sample):
            st.error(f"{TEXT.failed} {page_state.failure(material.sample)}", icon=":material/error:")
            st.button(TEXT.again, on_click=page_state.forget_failure, key="lesson_again")
        elif not waits:
            _button(step, material)
        return st.empty()


def _button(step: Step, material: Material) -> None:
    """Draws the button that shows the answer, and what is still missing."""
    asked, sample = step.questions(material), material.sample
    keys = [page_state.widget(sample, step.key, question.key) for question in asked]
    chosen = all(st.session_state.get(key) is not None for key in keys)
    known = bool(asked) and all(question.right is not None for question in asked)
    st.button(
        step.act,
        key=f"lesson-act-{step.key}",
        type="primary" if chosen and known else "secondary",
        icon=":material/visibility:",
        disabled=not (chosen and known),
        on_click=page_state.answer,
        args=(sample, step.key, asked),
    )
    if not known:
        st.caption(TEXT.no_scores)
    elif not chosen:
        st.caption(TEXT.choose if len(asked) == 1 else TEXT.choose_all)


def reveal(step: Step, material: Material, level: str, left: DeltaGenerator) -> None:
    """Draws what the answer shows, and the sentence to remember."""
    chart = step.chart(material)
    if chart is not None:
        with left:
            widgets.chart(plotly_chart.figure(chart, height=330), chart.alt, f"lesson-{step.key}")
    _html(parts.because(step.reveal(material).at(level)))
    if step.viewer is not None and material.reading is not None:
        payload = _payload(material.reading, step.viewer)
        viewer.show(payload, key=f"lesson-viewer-{material.sample}", start=step.viewer)
    rows = step.table(material)
    if rows:
        widgets.table(rows, f"lesson-{step.key}")
    st.html(parts.remember(step.remember))


@lru_cache(maxsize=len(samples.SAMPLES))
def _payload(reading: Reading, start: View) -> bytes:
    """The viewer's bytes, made once for the whole class."""
    return encode(scene(reading, MEASURES, methods=METHODS, parts=PARTS, start=start))


def _html(text: Markup) -> None:
    """Draws HTML where there is any."""
    if text:
        st.html(text)
