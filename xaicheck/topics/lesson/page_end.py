"""The end of the lesson: the visitor's count, and the sheets to print."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from xaicheck.topics.lesson import page_state as state, parts, sheets as made, words
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.web import link


def results(sample: str) -> None:
    """Nothing; the count of every step with links to what is worth reading again."""
    tally = state.tally()
    with st.container(key="lesson_results"):
        st.html(parts.results(tally, sample, STEPS))
        again = {
            step.page.file: step.page.title
            for step in STEPS
            if (found := tally.result(sample, step.key)) is not None and found.correct < found.asked
        }
        with st.container(horizontal=True):
            for file, label in again.items():
                st.page_link(file, label=f"{words.OPEN}: {label}", icon=":material/menu_book:")
        st.caption(words.COUNTED)
        st.button(
            words.RESTART,
            key="lesson-restart",
            icon=":material/restart_alt:",
            on_click=state.restart,
            args=(sample,),
            help=words.RESTART_HELP,
        )


def sheets(material: Material, level: str) -> None:
    """Nothing; both sheets to download, and the link that opens this step with this picture."""
    with st.expander(words.SHEETS_TITLE, icon=":material/print:"):
        st.html(f'<p class="xc-line">{escape(words.SHEETS.at(level))}</p>')
        ready = material.reading is not None
        with st.container(horizontal=True):
            for name, label, make in (
                ("teacher", words.TEACHER, made.teacher),
                ("worksheet", words.WORKSHEET, made.worksheet),
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
        st.caption(words.CLASS_LINK if ready else words.SHEETS_WAIT)
