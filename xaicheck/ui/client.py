"""The page's side of the broker: wait for a job, show how it goes, let go of it whatever happens."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from typing import Protocol, TypeVar

import streamlit as st

from xaicheck.broker import Broker, Job
from xaicheck.errors import Cancelled
from xaicheck.types import ImageInput, Report, Request

TICK = 0.2  # seconds between two looks at a job; each look is also where Streamlit may stop the script
ATTEMPTS = 3  # a job that another visitor's cancelling took along is asked for again

T = TypeVar("T")


class Keyed(Protocol):
    """What is asked for: equal keys must mean equal results."""

    def key(self) -> str:
        """The name of the result."""


@st.cache_resource(show_spinner=False)
def broker() -> Broker:
    """The one queue of the process: one live computation at a time."""
    return Broker(workers=1)


def job_key(request: Keyed, *, private: bool) -> str:
    """The key of a computation: uploads carry a salt of the session, so that nobody else can ask for them."""
    if not private:
        return request.key()
    salt = st.session_state.setdefault("salt", secrets.token_hex(16))
    return f"{request.key()}:{salt}"


def compute(
    request: Request, image: ImageInput, *, private: bool, look: Callable[[Job, int], None]
) -> Report:
    """The finished report of one picture; `look` as in `wait`."""

    def work(job: Job) -> Report:
        from xaicheck import study

        return light(study.run(request, image, listener=job))

    return wait(request, work, private=private, look=look)


def wait(request: Keyed, work: Callable[[Job], T], *, private: bool, look: Callable[[Job, int], None]) -> T:
    """What `work(job)` gives; `look(job, jobs ahead)` is called every tick and must touch the page.

    A widget that changes, or a tab that closes, raises inside `look`; the job is released on the way out and
    ends by itself when nobody else waits for it.
    """
    key, queue = job_key(request, private=private), broker()
    for _ in range(ATTEMPTS):
        job, token = queue.subscribe(key, work)
        try:
            while not job.done.wait(TICK):
                look(job, queue.ahead(job))
        finally:
            queue.release(job, token)
        if job.state != "cancelled":
            break
    if private:
        queue.forget(key)  # an upload's maps live in its visitor's session and nowhere else
    if job.error is not None:
        raise job.error
    if job.state != "done":
        raise Cancelled("The computation was stopped: press Run again.")
    result: T = job.result
    return result


def light(report: Report) -> Report:
    """The report with the maps of its first seed only: more is never drawn, and maps are what is large."""
    first = report.request.seeds[0]
    kept = tuple(a for a in report.attributions if a.seed == first)
    return dataclasses.replace(report, attributions=kept, _maps={})
