"""What the server and a visitor's session hold of the lesson: maps, the step, the answers."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xaicheck.address import Parameter, Whole
from xaicheck.models import samples
from xaicheck.reading.numbers import Reading
from xaicheck.topics.lesson.material import Material, narrowed, request
from xaicheck.topics.lesson.model import Answer, Question, Tally
from xaicheck.topics.lesson.steps import STEPS
from xaicheck.topics.lesson.words import TEXT
from xaicheck.topics.ranking import page_views
from xaicheck.topics.scales import page_run
from xaicheck.web import client, link, session, waiting

STEP = "step"  # its name in the address and in the session
TALLY = "lesson_tally"
DRAWN = "lesson_drawn"
FAILED = "lesson_failed"  # the picture whose maps could not be computed


@st.cache_resource(show_spinner=False)
def _kept() -> dict[str, Reading]:
    """The readings by picture, at most one a sample: whoever comes later computes nothing."""
    return {}


def reading(sample: str) -> Reading | None:
    """The maps and scores of a picture; None while nobody has computed them."""
    kept = _kept()
    if sample not in kept:
        ready = narrowed(session.sample(), sample)
        if ready is not None:
            kept[sample] = Reading(ready)
    return kept.get(sample)


def material(sample: str) -> Material:
    """All that is known for a lesson on this picture."""
    views = page_views.gallery()
    return Material(sample, reading(sample), None if views is None else views.data, page_run.shipped())


def wait(sample: str, slot: DeltaGenerator) -> None:
    """Computes the maps of a picture, or joins whoever does, then has the page drawn again."""
    wanted, image = request(sample), samples.load(sample)
    with slot.container():
        bar = st.empty()
        st.caption(TEXT.computing_line)
    bar.progress(0.0, TEXT.computing)
    report, problem = waiting.attempt(
        lambda: client.wait(
            wanted,
            client.check(wanted, image),
            private=False,
            look=lambda job, ahead: waiting.show(bar, job, ahead),
        )
    )
    if report is None:
        st.session_state[FAILED] = (sample, problem)
    else:
        _kept()[sample] = Reading(report)
    st.rerun()


def failure(sample: str) -> str:
    """What went wrong with this picture's maps; empty where nothing did."""
    picture, problem = st.session_state.get(FAILED, ("", ""))
    return str(problem) if picture == sample else ""


def forget_failure() -> None:
    """The callback of Try again: the next run of the page computes once more."""
    st.session_state.pop(FAILED, None)


def number() -> int:
    """The number of the step, from 1, as the link or the visitor's last move says."""
    parameter = Parameter(STEP, Whole(1, len(STEPS)), 1)
    link.begins(parameter)
    return link.kept(parameter, int(st.session_state[STEP]))


def go(number: int) -> None:
    """The callback of the rail, Back and Next: the next run shows that step, or the nearest there is."""
    st.session_state[STEP] = min(max(number, 1), len(STEPS))


def fresh(*now: object) -> bool:
    """Whether something else is shown than in the run before: picture, step, answered or waiting."""
    before = st.session_state.get(DRAWN)
    st.session_state[DRAWN] = now
    return bool(before != now)


def tally() -> Tally:
    """The answers so far."""
    answers: Tally = st.session_state.setdefault(TALLY, Tally())
    return answers


def widget(sample: str, step: str, question: str) -> str:
    """The key of a question's widget."""
    return f"lesson-{sample}-{step}-{question}"


def answer(sample: str, step: str, questions: Sequence[Question]) -> None:
    """The callback that counts what is chosen now, unless a question has no answer or had one before."""
    given = {
        q.key: Answer(str(chosen), q.right)
        for q in questions
        if q.right is not None and (chosen := st.session_state.get(widget(sample, step, q.key))) is not None
    }
    if len(given) == len(questions):
        st.session_state[TALLY] = tally().with_answers(sample, step, MappingProxyType(given))


def restart(sample: str) -> None:
    """Forgets the answers about a picture; the next run begins at the first step."""
    st.session_state[TALLY] = tally().without(sample)
    for key in list(st.session_state):
        if str(key).startswith(widget(sample, "", "").rstrip("-") + "-"):
            del st.session_state[key]
    go(1)
