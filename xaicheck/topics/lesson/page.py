"""The page Lesson: seven steps, each with one task, one reveal and one sentence to remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from xaicheck.models import samples
from xaicheck.topics.lesson import (
    page_end as lesson_end,
    page_extras as lesson_extras,
    page_run as lesson_run,
    page_state as state,
    page_top as lesson_top,
    parts,
    words,
)
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Question, Step
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.lesson.style import STYLE
from xaicheck.web import link, widgets

FEW = 2  # questions; more stand two beside each other


def draw() -> None:
    """The widgets."""
    st.html(f"<style>{STYLE}</style>")
    number = state.step()
    step = STEPS[number - 1]
    lesson_top.show(step.key)
    sample, level = _top(number)
    material = lesson_run.material(sample)
    st.html(parts.heading(number, len(STEPS), step, material.label))
    st.html(parts.task(step.task(material).at(level)))
    questions = step.questions(material)
    done = bool(state.tally().of(sample, step.key))
    waits = step.needs_maps and material.reading is None
    fresh = state.fresh(sample, step.key, done, waits)
    with _place(fresh):
        left, slot = _asked(step, material, questions, done=done)
    with slot:
        if done:
            _html(step.revealed(material))
        elif not waits or lesson_run.failure(sample):
            _act(step, sample, questions, waits=waits)
        below = st.empty()
    with _place(fresh):
        if done:
            _reveal(step, material, level, left)
    _foot(number)
    with _place(fresh):
        if number == len(STEPS) and done:
            lesson_end.results(sample)
    lesson_end.sheets(material, level)
    if waits and not lesson_run.failure(sample):
        link.write()
        lesson_run.wait(sample, below)


def _place(fresh: bool) -> st.delta_generator.DeltaGenerator:
    """A container; `fresh` empties it first: what stood there would stay for as long as this run waits."""
    return st.empty().container() if fresh else st.container()


def _top(number: int) -> tuple[str, str]:
    """(the picture, the level of the texts); draws the rail and both choices."""
    row = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="lesson_top_row"
    )
    with row:
        rail = st.container(horizontal=True, key="lesson_rail", gap="small", width="content")
        choices = st.container(
            horizontal=True, vertical_alignment="center", key="lesson_choices", width="content"
        )
    with choices:
        link.begins(state.SAMPLE)
        sample = st.selectbox(
            words.PICTURE,
            list(samples.SAMPLES),
            key=state.SAMPLE.key,
            format_func=lambda key: samples.SAMPLES[key].label,
            label_visibility="collapsed",
            width=190,
        )
        level = widgets.level()
    with rail:
        _rail(number, str(sample))
    return link.kept(state.SAMPLE, str(sample)), level


def _rail(number: int, sample: str) -> None:
    """Nothing; the seven steps as buttons: the current one filled, the answered ones ticked."""
    with st.container(horizontal=True, key="lesson_steps", gap="small"):
        for at, step in enumerate(STEPS, 1):
            answered = bool(state.tally().of(sample, step.key))
            st.button(
                f"{at} {step.short}",
                key=f"lesson-step-{at}",
                type="primary" if at == number else "secondary",
                icon=":material/check_circle:" if answered else ":material/radio_button_unchecked:",
                on_click=state.go,
                args=(at,),
            )


def _asked(
    step: Step, material: Material, questions: tuple[Question, ...], *, done: bool
) -> tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]:
    """(the places below the picture, below the questions); draws both beside each other."""
    pictures = lesson_extras.pictures(step, material, done=done)
    if len(questions) > FEW:
        places = st.columns(2, gap="large") * len(questions)
        _questions(step, material.sample, questions, places, pictures)
        return places[0], st.container(key="lesson_shown" if done else "lesson_act")
    left, right = st.columns(2, gap="medium")
    with left:
        _html(step.shown(material))
    _questions(step, material.sample, questions, [right] * len(questions), pictures)
    with right:
        return left, st.container(key="lesson_shown" if done else "lesson_act")


def _questions(
    step: Step,
    sample: str,
    questions: tuple[Question, ...],
    places: Sequence[st.delta_generator.DeltaGenerator],
    pictures: Mapping[str, str],
) -> None:
    """Nothing; each question in its place: to answer, or with its answer marked."""
    given = state.tally().of(sample, step.key)
    for question, place in zip(questions, places, strict=False):
        with place:
            if question.key in pictures:
                st.html(pictures[question.key])
            if question.key in given:
                st.html(parts.answered(question, given[question.key]))
                continue
            labels = {option.key: option.label for option in question.options}
            st.radio(
                question.ask,
                list(labels),
                index=None,
                key=state.widget(sample, step.key, question.key),
                format_func=lambda key, labels=labels: labels[key],
                horizontal=max(map(len, labels.values())) < 30,
                persist_state="session",
            )


def _act(step: Step, sample: str, questions: tuple[Question, ...], *, waits: bool) -> None:
    """Nothing; the button that shows the answer, and what is still missing."""
    keys = [state.widget(sample, step.key, question.key) for question in questions]
    chosen = all(st.session_state.get(key) is not None for key in keys)
    known = bool(questions) and not waits and all(question.right is not None for question in questions)
    problem = lesson_run.failure(sample)
    if problem and waits:
        st.error(f"{words.FAILED} {problem}", icon=":material/error:")
        st.button(words.AGAIN, on_click=lesson_run.forget_failure, key="lesson_again")
        return
    st.button(
        step.act,
        key=f"lesson-act-{step.key}",
        type="primary" if chosen and known else "secondary",
        icon=":material/visibility:",
        disabled=not (chosen and known),
        on_click=state.answer,
        args=(sample, step.key, questions),
    )
    if not known:
        st.caption(words.NO_SCORES)
    elif not chosen:
        st.caption(words.CHOOSE if len(questions) == 1 else words.CHOOSE_ALL)


def _reveal(step: Step, material: Material, level: str, left: st.delta_generator.DeltaGenerator) -> None:
    """Nothing; what the answer shows, and the sentence to remember."""
    with left:
        lesson_extras.beside(step, material)
    _html(parts.because(step.reveal(material).at(level)))
    lesson_extras.below(step, material)
    st.html(parts.remember(step.remember))


def _html(text: str) -> None:
    """Nothing; draws HTML where there is any."""
    if text:
        st.html(text)


def _foot(number: int) -> None:
    """Nothing; Back and Next."""
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson_foot"):
        st.button(
            words.BACK,
            key="lesson-back",
            disabled=number == 1,
            icon=":material/arrow_back:",
            on_click=state.go,
            args=(number - 1,),
        )
        last = number == len(STEPS)
        if last:
            return
        st.button(
            f"{words.NEXT}: {STEPS[number].title}",
            key="lesson-next",
            icon=":material/arrow_forward:",
            icon_position="right",
            on_click=state.go,
            args=(number + 1,),
        )
