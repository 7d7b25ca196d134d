"""The page's side of the broker: released whatever happens, first seed kept, queue told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.app import fakes
from xaicheck.broker import Broker
from xaicheck.errors import Cancelled
from xaicheck.models import samples
from xaicheck.types import Report
from xaicheck.web import client


class Left(BaseException):
    """As Streamlit does it: the script ends by an exception that is no Exception."""


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker(grace=0.05)
    monkeypatch.setattr(client, "broker", lambda: broker)
    monkeypatch.setattr(client, "TICK", 0.02)
    return broker


@pytest.fixture
def computes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Report]], None]:
    return lambda run: monkeypatch.setattr("xaicheck.engine.run.run", run)


def ask(
    look: Callable[[Any, int], None] = lambda job, ahead: None,
    law: str = "he_normal",
    *,
    private: bool = False,
) -> Report:
    asked = fakes.sample_report(methods=["gradient"], law=law).request
    work = client.check(asked, samples.load("chelsea"))
    return client.wait(asked, work, private=private, look=look)


def test_the_server_keeps_no_result_of_an_upload(
    queue: Broker, computes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.st, "session_state", {})
    runs: list[int] = []

    def run(request: Any, image: Any, *, listener: Any) -> Report:
        runs.append(1)
        return fakes.run(request, image)

    computes(run)
    ask(private=True)
    ask(private=True)
    assert len(runs) == 2  # nothing was kept
    ask()
    ask()
    assert len(runs) == 3  # a sample's result is


def test_a_page_that_lets_go_and_comes_back_finds_its_job_still_going(queue: Broker, computes: Any) -> None:
    go, runs = threading.Event(), []

    def run(request: Any, image: Any, *, listener: Any) -> Report:
        runs.append(1)
        while not go.wait(0.005):
            listener.check()
        return fakes.run(request, image)

    computes(run)
    asked = fakes.sample_report(methods=["gradient"]).request
    work = client.check(asked, samples.load("chelsea"))
    jobs = []
    for _ in range(3):
        with client.held(asked, work, private=False) as held:
            jobs.append(held.job)
            held.watch(lambda job, ahead: None, enough=lambda job: True)
            assert not held.job.done.is_set()
    go.set()
    assert client.wait(asked, work, private=False, look=lambda job, ahead: None).complete
    assert len(set(jobs)) == 1 and runs == [1]


def test_a_held_job_is_let_go_of_whatever_ends_the_page(queue: Broker, computes: Any) -> None:
    begun, ended = threading.Event(), threading.Event()

    def run(request: Any, image: Any, *, listener: Any) -> Report:
        try:
            while True:
                begun.set()
                listener.check()
                threading.Event().wait(0.01)
        except Cancelled:
            ended.set()
            raise

    computes(run)
    asked = fakes.sample_report(methods=["gradient"]).request
    with pytest.raises(Left), client.held(asked, client.check(asked, samples.load("chelsea")), private=False):
        assert begun.wait(5)
        raise Left
    assert ended.wait(5)


def test_a_visitor_who_leaves_ends_the_computation(queue: Broker, computes: Any) -> None:
    ended = threading.Event()

    def run(request: Any, image: Any, *, listener: Any) -> Report:
        try:
            while True:
                listener.check()
                threading.Event().wait(0.01)
        except Cancelled:
            ended.set()
            raise

    computes(run)

    def look(job: Any, ahead: int) -> None:
        raise Left

    with pytest.raises(Left):
        ask(look)
    assert ended.wait(5)


def test_the_second_of_two_runs_hears_that_one_is_ahead_and_they_never_overlap(
    queue: Broker, computes: Any
) -> None:
    go, active, most = threading.Event(), [0], [0]

    def run(request: Any, image: Any, *, listener: Any) -> Report:
        active[0] += 1
        most[0] = max(most[0], active[0])
        go.wait(5)
        active[0] -= 1
        return fakes.run(request, image)

    computes(run)
    first = threading.Thread(target=ask, daemon=True)
    first.start()
    while not active[0]:
        threading.Event().wait(0.01)
    heard: list[int] = []

    def look(job: Any, ahead: int) -> None:
        heard.append(ahead)
        go.set()

    ask(look, law="permutation")
    first.join(5)
    assert heard[0] == 1 and most[0] == 1


def test_an_error_of_the_computation_reaches_the_page(queue: Broker, computes: Any) -> None:
    def run(*_: Any, **__: Any) -> Report:
        raise ValueError("broken")

    computes(run)
    with pytest.raises(ValueError, match="broken"):
        ask()


def test_only_the_maps_of_the_first_seed_are_kept(queue: Broker, computes: Any) -> None:
    computes(fakes.run)
    report = ask()
    assert {a.seed for a in report.attributions} == {0}
    assert {s.seed for s in report.scores} == {0, 1}
    assert report.attribution("gradient", 2, 0) is not None and report.attribution("gradient", 2, 1) is None


def test_warming_up_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    from xaicheck.web import warm

    monkeypatch.setenv("XAICHECK_WARM", "0")
    monkeypatch.setattr(warm, "_started", False)
    warm.start()
    assert warm._started is False


def test_warming_up_happens_once_and_outlives_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    from xaicheck.web import warm

    done = threading.Event()
    monkeypatch.delenv("XAICHECK_WARM", raising=False)
    monkeypatch.setattr(warm, "_started", False)
    monkeypatch.setattr(warm, "DELAY", 0.01)
    monkeypatch.setattr(warm, "MODULES", ("no_such_package_anywhere", "json"))
    calls: list[int] = []
    monkeypatch.setattr(warm.gc, "freeze", lambda: (calls.append(1), done.set()))
    warm.start()
    warm.start()
    assert done.wait(5) and calls == [1]


def test_warming_up_leaves_the_browser_time_to_fetch_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from xaicheck.web import warm

    begun = threading.Event()
    monkeypatch.delenv("XAICHECK_WARM", raising=False)
    monkeypatch.setattr(warm, "_started", False)
    monkeypatch.setattr(warm, "DELAY", 0.5)
    monkeypatch.setattr(warm, "_import_all", begun.set)
    warm.start()
    assert not begun.wait(0.2)  # well before its time, however busy the machine is
    assert begun.wait(30)
