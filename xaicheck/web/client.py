"""The page's side of the broker: wait for a job, show how it goes, let go of it whatever happens."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

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


@dataclass(frozen=True, slots=True)
class Held:
    """A job that the page holds: it goes on while the page is drawn, and ends if nobody comes back for it."""

    job: Job
    queue: Broker

    def watch(
        self, look: Callable[[Job, int], None], enough: Callable[[Job], bool] = lambda job: False
    ) -> None:
        """Returns when the job is done, or `enough(job)`; `look(job, jobs ahead)` touches the page.

        A widget that changes, or a tab that closes, raises inside `look`.
        """
        while not self.job.done.wait(TICK):
            look(self.job, self.queue.ahead(self.job))
            if enough(self.job):
                return


@contextmanager
def held(request: Keyed, work: Callable[[Job], Any], *, private: bool) -> Iterator[Held]:
    """The job of a request, held while the block runs and let go of whatever ends it.

    Within the broker's grace the next run of the script takes it up again, so that drawing stops nothing.
    """
    key, queue = job_key(request, private=private), broker()
    job, token = queue.subscribe(key, work)
    try:
        yield Held(job, queue)
    finally:
        queue.release(job, token)
        if private and job.done.is_set():
            queue.forget(key)  # an upload's maps live in its visitor's session and nowhere else


def result(job: Job) -> Any:
    """What a finished job gave; raises what it raised, or Cancelled."""
    if job.error is not None:
        raise job.error
    if job.state != "done":
        raise Cancelled("The computation was stopped: press Run again.")
    return job.result


def check(request: Request, image: ImageInput) -> Callable[[Job], Report]:
    """The work of the check page: the finished report of one picture."""

    def work(job: Job) -> Report:
        from xaicheck.engine import run as engine

        return light(engine.run(request, image, listener=job))

    return work


def wait(request: Keyed, work: Callable[[Job], T], *, private: bool, look: Callable[[Job, int], None]) -> T:
    """What `work(job)` gives, in one call; `look` as in `Held.watch`."""
    for _ in range(ATTEMPTS):
        with held(request, work, private=private) as holding:
            holding.watch(look)
        if holding.job.state != "cancelled":
            break
    given: T = result(holding.job)
    return given


def light(report: Report) -> Report:
    """The report with the maps of its first seed only: more is never drawn, and maps are what is large."""
    first = report.request.seeds[0]
    kept = tuple(a for a in report.attributions if a.seed == first)
    return dataclasses.replace(report, attributions=kept)
