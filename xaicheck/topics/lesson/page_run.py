"""The maps of a lesson: those that come with the program, or one computation for everybody in the class."""

from __future__ import annotations

import streamlit as st

from xaicheck.models import samples
from xaicheck.reading.numbers import Reading
from xaicheck.topics.lesson import words
from xaicheck.topics.lesson.material import Material, narrowed, request
from xaicheck.topics.ranking import page_views as ranking_views
from xaicheck.topics.scales import page_run as scales_run
from xaicheck.types import Report
from xaicheck.web import client, session, waiting

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
    views = ranking_views.gallery()
    return Material(sample, reading(sample), None if views is None else views.data, scales_run.shipped())


def wait(sample: str, slot: st.delta_generator.DeltaGenerator) -> None:
    """Nothing; computes the maps of a picture, or joins whoever does, then draws the page again."""
    wanted, image = request(sample), samples.load(sample)
    with slot.container():
        bar = st.empty()
        st.caption(words.COMPUTING_LINE)
    bar.progress(0.0, words.COMPUTING)
    report: Report | None
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
    found, problem = st.session_state.get(FAILED, ("", ""))
    return str(problem) if found == sample else ""


def forget_failure() -> None:
    """Nothing; the callback of Try again."""
    st.session_state.pop(FAILED, None)
