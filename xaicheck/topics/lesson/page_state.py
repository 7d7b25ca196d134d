"""What a visitor's session holds of the lesson: the step, the picture, the answers."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import streamlit as st

from xaicheck.address import Parameter, Whole
from xaicheck.address.check import SAMPLE
from xaicheck.topics.lesson.model import Question
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.lesson.tally import Answer, Tally
from xaicheck.web import link

STEP = Parameter("step", Whole(1, len(STEPS)), 1)
TALLY = "lesson_tally"
DRAWN = "lesson_drawn"


def step() -> int:
    """The number of the step, from 1, as the link or the visitor's last move says."""
    link.begins(STEP)
    return link.kept(STEP, int(st.session_state[STEP.key]))


def go(number: int) -> None:
    """Nothing; the callback of the rail, Back and Next."""
    st.session_state[STEP.key] = min(max(number, 1), len(STEPS))


def fresh(*now: object) -> bool:
    """Whether something else is shown than in the run before: picture, step, answered or waiting."""
    before = st.session_state.get(DRAWN)
    st.session_state[DRAWN] = now
    return bool(before != now)


def tally() -> Tally:
    """The answers so far."""
    found: Tally = st.session_state.setdefault(TALLY, Tally())
    return found


def widget(sample: str, step: str, question: str) -> str:
    """The key of a question's widget."""
    return f"lesson-{sample}-{step}-{question}"


def answer(sample: str, step: str, questions: Sequence[Question]) -> None:
    """Nothing; the callback that counts: takes what is chosen now, unless it was answered before."""
    given = {
        q.key: Answer(str(chosen), q.right)
        for q in questions
        if q.right is not None and (chosen := st.session_state.get(widget(sample, step, q.key))) is not None
    }
    if len(given) == len(questions):
        st.session_state[TALLY] = tally().with_answers(sample, step, MappingProxyType(given))


def restart(sample: str) -> None:
    """Nothing; forgets the answers about a picture and begins at the first step."""
    st.session_state[TALLY] = tally().without(sample)
    for key in list(st.session_state):
        if str(key).startswith(widget(sample, "", "").rstrip("-") + "-"):
            del st.session_state[key]
    go(1)


__all__ = ["SAMPLE", "STEP", "answer", "fresh", "go", "restart", "step", "tally", "widget"]
