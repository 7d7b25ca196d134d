"""The page Lesson: steps, each with one task, one reveal and one sentence to remember."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xaicheck.address.check import SAMPLE
from xaicheck.models import samples
from xaicheck.reading import article
from xaicheck.reading.templates import js
from xaicheck.topics.lesson import page_state, page_step, parts, sheets
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Step
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.lesson.words import TEXT
from xaicheck.web import link, widgets

_to_the_top = st.components.v2.component("xaicheck_lesson_top", js=js("topics/lesson/top.js"))


def draw() -> None:
    """Draws the page; without maps it waits for them at its end."""
    st.html(parts.sheet())
    number, steps = page_state.number(), tuple(STEPS.values())
    step = steps[number - 1]
    _to_the_top(key="lesson_top", data=step.key)
    sample, level = _top(number, steps)
    material = page_state.material(sample)
    st.html(parts.heading(number, len(steps), step, material.label))
    st.html(parts.task(step.task(material).at(level)))
    done = bool(page_state.tally().of(sample, step.key))
    waits = step.needs_maps and material.reading is None
    fresh = page_state.fresh(sample, step.key, done, waits)
    with _place(fresh):
        left, slot = page_step.questions(step, material, level, done=done)
    below = page_step.act(step, material, slot, done=done, waits=waits)
    with _place(fresh):
        if done:
            page_step.reveal(step, material, level, left)
    _foot(number, steps)
    with _place(fresh):
        if number == len(steps) and done:
            _results(sample, steps)
    _sheets(material, level)
    if waits and not page_state.failure(sample):
        link.write()
        page_state.wait(sample, below)


def _place(fresh: bool) -> DeltaGenerator:
    """A container; `fresh` empties it first: what stood there would stay for as long as this run waits."""
    return st.empty().container() if fresh else st.container()


def _top(number: int, steps: tuple[Step, ...]) -> tuple[str, str]:
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
        link.begins(SAMPLE)
        sample = st.selectbox(
            TEXT.picture,
            list(samples.SAMPLES),
            key=SAMPLE.key,
            format_func=lambda key: samples.SAMPLES[key].label,
            label_visibility="collapsed",
            width=190,
        )
        level = widgets.level()
    with rail:
        _rail(number, steps, str(sample))
    return link.kept(SAMPLE, str(sample)), level


def _rail(number: int, steps: tuple[Step, ...], sample: str) -> None:
    """Draws the steps as buttons: the current one filled, the answered ones ticked."""
    with st.container(horizontal=True, key="lesson_steps", gap="small"):
        for at, step in enumerate(steps, 1):
            answered = bool(page_state.tally().of(sample, step.key))
            st.button(
                f"{at} {step.short}",
                key=f"lesson-step-{at}",
                type="primary" if at == number else "secondary",
                icon=":material/check_circle:" if answered else ":material/radio_button_unchecked:",
                on_click=page_state.go,
                args=(at,),
            )


def _foot(number: int, steps: tuple[Step, ...]) -> None:
    """Draws Back and Next."""
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson_foot"):
        st.button(
            TEXT.back,
            key="lesson-back",
            disabled=number == 1,
            icon=":material/arrow_back:",
            on_click=page_state.go,
            args=(number - 1,),
        )
        if number == len(steps):
            return
        st.button(
            f"{TEXT.next}: {steps[number].title}",
            key="lesson-next",
            icon=":material/arrow_forward:",
            icon_position="right",
            on_click=page_state.go,
            args=(number + 1,),
        )


def _results(sample: str, steps: tuple[Step, ...]) -> None:
    """Draws the count of every step, with links to what is worth reading again."""
    tally = page_state.tally()
    with st.container(key="lesson_results"):
        st.html(parts.results(tally, sample, steps))
        counts = {step: tally.result(sample, step.key) for step in steps}
        again = {step.page.file: step.page.title for step, c in counts.items() if c and not c.perfect}
        with st.container(horizontal=True):
            for file, label in again.items():
                st.page_link(file, label=f"{TEXT.open}: {label}", icon=":material/menu_book:")
        st.caption(TEXT.counted)
        st.button(
            TEXT.restart,
            key="lesson-restart",
            icon=":material/restart_alt:",
            on_click=page_state.restart,
            args=(sample,),
            help=TEXT.restart_help,
        )


def _sheets(material: Material, level: str) -> None:
    """Draws both sheets to download, and the link that opens this step with this picture."""
    with st.expander(TEXT.sheets_title, icon=":material/print:"):
        st.html(article.lines([TEXT.sheets.at(level)]))
        ready = material.reading is not None
        with st.container(horizontal=True):
            for name, label, make in (
                ("teacher", TEXT.teacher, sheets.teacher),
                ("worksheet", TEXT.worksheet, sheets.worksheet),
            ):
                st.download_button(
                    label,
                    partial(make, material) if ready else b"",
                    f"xaicheck-{name}-{material.sample}.html",
                    "text/html",
                    key=f"lesson-sheet-{name}",
                    icon=":material/download:",
                    on_click="ignore",
                    disabled=not ready,
                )
            link.copy_button(private=False)
        st.caption(TEXT.class_link if ready else TEXT.sheets_wait)
