"""The broker, without Streamlit: events instead of sleeps, a clock that the test turns."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

from xaicheck.broker import Broker, Job, weight
from xaicheck.errors import Busy, Cancelled, ModelUnavailable

LONG = 10.0  # seconds: only a hang waits this long


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Gate:
    """A computation that starts, waits to be let on and counts its runs."""

    def __init__(self, result: object = "result") -> None:
        self.result = result
        self.started = threading.Event()
        self.go = threading.Event()
        self.runs = 0

    def __call__(self, job: Job) -> object:
        self.runs += 1
        self.started.set()
        assert self.go.wait(LONG)
        job.check()
        return self.result


def hold(broker: Broker, key: str = "held") -> tuple[Gate, Job, int]:
    """A running computation that keeps the worker busy until its gate opens."""
    gate = Gate()
    job, token = broker.subscribe(key, gate)
    assert gate.started.wait(LONG)
    return gate, job, token


def never(job: Job) -> object:
    raise AssertionError("this computation may not start")


def test_a_job_gives_its_result_to_its_listener() -> None:
    broker = Broker()
    job, _ = broker.subscribe("a", lambda job: 42)
    assert job.done.wait(LONG)
    assert (job.state, job.result, job.error) == ("done", 42, None)


def test_thirty_identical_requests_compute_once() -> None:
    broker = Broker()
    gate = Gate()
    jobs: list[Job] = []
    threads = [
        threading.Thread(target=lambda: jobs.append(broker.subscribe("same", gate)[0])) for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    gate.go.set()
    assert all(job.done.wait(LONG) for job in jobs)
    assert len(jobs) == 30
    assert {job.result for job in jobs} == {"result"}
    assert gate.runs == 1


def test_a_finished_request_is_answered_from_the_store() -> None:
    broker = Broker()
    first, _ = broker.subscribe("a", lambda job: object())
    assert first.done.wait(LONG)
    again, _ = broker.subscribe("a", never)
    assert again.done.is_set()
    assert again.result is first.result


def test_a_forgotten_result_is_computed_again_and_weighs_nothing() -> None:
    broker = Broker(max_bytes=10)
    first, _ = broker.subscribe("a", lambda job: b"123456")
    assert first.done.wait(LONG)
    broker.forget("a")
    broker.forget("a")  # twice, or a key that never was, is nothing
    again, _ = broker.subscribe("a", lambda job: b"654321")
    assert again.done.wait(LONG)
    assert again.result == b"654321"
    assert broker.subscribe("a", never)[0].result == b"654321"  # it still fits: the first one was let go


@pytest.mark.parametrize("workers", [1, 3])
def test_there_are_never_more_computations_at_once_than_workers(workers: int) -> None:
    broker = Broker(workers=workers)
    lock = threading.Lock()
    active = 0
    max_active = 0
    full = threading.Barrier(workers, timeout=LONG)

    def fn(job: Job) -> str:
        nonlocal active, max_active
        with lock:
            active += 1
            max_active = max(max_active, active)
        if job.key.startswith("first"):
            full.wait()  # passes only if all workers do run at once
        job.update(job.key)
        with lock:
            active -= 1
        return job.key

    keys = [f"first{i}" for i in range(workers)] + [f"later{i}" for i in range(20)]
    jobs = [broker.subscribe(key, fn)[0] for key in keys]
    assert all(job.done.wait(LONG) for job in jobs)
    assert max_active == workers


def test_results_are_never_shared_between_keys() -> None:
    broker = Broker(workers=2, max_queue=300)
    wrong: list[str] = []

    def visitor(name: int) -> None:
        for i in range(40):
            key = f"{i % 10}-{name % 3}"  # some keys are shared by visitors, most are not
            job, token = broker.subscribe(key, lambda job, key=key: key)
            assert job.done.wait(LONG)
            if job.result != key or job.key != key:
                wrong.append(key)
            broker.release(job, token)

    threads = [threading.Thread(target=visitor, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert not any(thread.is_alive() for thread in threads)
    assert not wrong


def test_progress_is_seen_while_the_job_runs() -> None:
    broker = Broker()
    told, go = threading.Event(), threading.Event()

    def fn(job: Job) -> None:
        job.update("one")
        job.update("two")
        told.set()
        assert go.wait(LONG)

    job, _ = broker.subscribe("a", fn)
    assert told.wait(LONG)
    assert (job.state, job.progress) == ("running", "two")
    go.set()
    assert job.done.wait(LONG)
    assert job.progress is None  # a stored result keeps no second copy


def test_a_job_ends_at_its_next_check_when_nobody_has_listened_for_the_grace() -> None:
    clock = Clock()
    broker = Broker(clock=clock, grace=1.5)
    gate, job, token = hold(broker)
    broker.release(job, token)
    clock.now += 1.6
    gate.go.set()
    assert job.done.wait(LONG)
    assert (job.state, job.result) == ("cancelled", None)


def test_a_job_goes_on_when_a_listener_comes_back_within_the_grace() -> None:
    clock = Clock()
    broker = Broker(clock=clock, grace=1.5)
    gate, job, token = hold(broker)
    broker.release(job, token)
    clock.now += 1.4
    again, _ = broker.subscribe("held", never)
    assert again is job
    clock.now += 60
    gate.go.set()
    assert job.done.wait(LONG)
    assert job.state == "done"


def test_a_job_left_for_less_than_the_grace_is_not_cancelled() -> None:
    clock = Clock()
    broker = Broker(clock=clock, grace=1.5)
    gate, job, token = hold(broker)
    broker.release(job, token)
    clock.now += 1.4
    gate.go.set()  # checks while nobody listens
    assert job.done.wait(LONG)
    assert job.state == "done"


def test_a_job_goes_on_while_one_of_its_listeners_stays() -> None:
    clock = Clock()
    broker = Broker(clock=clock)
    gate, job, token = hold(broker)
    broker.subscribe("held", never)
    broker.release(job, token)
    broker.release(job, token)  # a second release must not take the other listener away
    clock.now += 60
    gate.go.set()
    assert job.done.wait(LONG)
    assert job.state == "done"


def test_a_cancelled_job_begins_no_further_step() -> None:
    broker = Broker(grace=0.0)
    stepping = threading.Event()
    left = threading.Event()
    steps_after_leaving = 0

    def fn(job: Job) -> None:
        nonlocal steps_after_leaving
        while True:
            gone = left.is_set()
            job.check()
            steps_after_leaving += gone
            stepping.set()

    job, token = broker.subscribe("a", fn)
    assert stepping.wait(LONG)
    broker.release(job, token)
    left.set()
    assert job.done.wait(LONG)
    assert job.state == "cancelled"
    assert steps_after_leaving == 0


def test_a_cancelled_key_can_be_asked_for_again_at_once() -> None:
    clock = Clock()
    broker = Broker(clock=clock)
    unwinding, go = threading.Event(), threading.Event()
    seen: list[str] = []

    def slow_to_end(job: Job) -> str:
        seen.append("started")
        try:
            while True:
                job.check()
                if len(seen) == 1:
                    seen.append("stepped")
                    stepped.set()
        except Cancelled:
            unwinding.set()
            assert go.wait(LONG)
            raise

    stepped = threading.Event()
    old, token = broker.subscribe("a", slow_to_end)
    assert stepped.wait(LONG)
    broker.release(old, token)
    clock.now += 2
    assert unwinding.wait(LONG)
    new, _ = broker.subscribe("a", lambda job: "fresh")
    assert new is not old
    assert (new.state, broker.ahead(new)) == (
        "queued",
        1,
    )  # one computation at a time, also while one unwinds
    go.set()
    assert new.done.wait(LONG)
    assert old.done.wait(LONG)
    assert (old.state, new.state, new.result) == ("cancelled", "done", "fresh")


def test_a_result_that_comes_after_the_cancelling_is_thrown_away() -> None:
    clock = Clock()
    broker = Broker(clock=clock)
    started, go = threading.Event(), threading.Event()

    def overhears(job: Job) -> str:
        started.set()
        assert go.wait(LONG)
        with pytest.raises(Cancelled):
            job.check()
        return "late"

    job, token = broker.subscribe("a", overhears)
    assert started.wait(LONG)
    broker.release(job, token)
    clock.now += 2
    go.set()
    assert job.done.wait(LONG)
    assert (job.state, job.result) == ("cancelled", None)
    again, _ = broker.subscribe("a", lambda job: "fresh")
    assert again.done.wait(LONG)
    assert again.result == "fresh"


def test_a_queued_job_that_nobody_waits_for_never_starts() -> None:
    clock = Clock()
    broker = Broker(clock=clock)
    gate, held, _ = hold(broker)
    abandoned, token = broker.subscribe("abandoned", never)
    last, _ = broker.subscribe("last", lambda job: "last")
    assert broker.ahead(last) == 2
    broker.release(abandoned, token)
    assert broker.ahead(last) == 1  # within the grace it may come back, but nobody waits behind it
    clock.now += 2
    assert broker.ahead(last) == 1
    assert abandoned.state == "cancelled"
    assert abandoned.done.is_set()
    gate.go.set()
    assert last.done.wait(LONG)
    assert (held.state, last.result, abandoned.error) == ("done", "last", None)


def test_a_queued_job_within_its_grace_lets_the_others_pass_and_keeps_its_place() -> None:
    broker = Broker(clock=Clock())
    gate, _, _ = hold(broker)
    order: list[str] = []

    def fn(job: Job) -> None:
        order.append(job.key)

    left, token = broker.subscribe("left", fn)
    broker.release(left, token)
    passing, _ = broker.subscribe("passing", fn)
    gate.go.set()
    assert passing.done.wait(LONG)
    assert order == ["passing"]
    broker.subscribe("left", never)
    assert left.done.wait(LONG)
    assert order == ["passing", "left"]


def test_the_worker_ends_an_abandoned_queued_job_by_itself() -> None:
    broker = Broker(grace=0.05)
    gate, _, _ = hold(broker)
    left, token = broker.subscribe("left", never)
    broker.release(left, token)
    gate.go.set()
    assert left.done.wait(LONG)
    assert left.state == "cancelled"


def test_a_job_that_raises_is_failed_and_frees_its_key() -> None:
    broker = Broker()

    def fails(job: Job) -> None:
        raise ModelUnavailable("no weights")

    job, _ = broker.subscribe("a", fails)
    assert job.done.wait(LONG)
    assert job.state == "failed"
    assert isinstance(job.error, ModelUnavailable)
    again, _ = broker.subscribe("a", lambda job: "second try")
    assert again.done.wait(LONG)
    assert again.result == "second try"


@pytest.mark.parametrize("error", [MemoryError("full"), SystemExit(3), KeyboardInterrupt()])
def test_no_error_takes_the_worker_with_it(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    broker = Broker()

    def fails(job: Job) -> None:
        raise error

    job, _ = broker.subscribe("a", fails)
    after, _ = broker.subscribe("b", lambda job: "alive")
    assert after.done.wait(LONG)
    assert (job.state, job.error, after.result) == ("failed", error, "alive")
    assert "failed" in caplog.text  # a defect is written down for whoever runs the server


def test_a_full_queue_is_busy_but_a_known_key_still_joins() -> None:
    broker = Broker(max_queue=2)
    gate, _, _ = hold(broker)
    waiting = [broker.subscribe(key, lambda job: job.key)[0] for key in "ab"]
    with pytest.raises(Busy, match="try again"):
        broker.subscribe("c", never)
    assert broker.subscribe("a", never)[0] is waiting[0]
    assert broker.subscribe("held", never)[0].state == "running"
    gate.go.set()
    assert all(job.done.wait(LONG) for job in waiting)
    assert [job.result for job in waiting] == ["a", "b"]


def test_abandoned_jobs_do_not_keep_the_queue_full() -> None:
    clock = Clock()
    broker = Broker(max_queue=1, clock=clock)
    gate, _, _ = hold(broker)
    left, token = broker.subscribe("left", never)
    broker.release(left, token)
    with pytest.raises(Busy):
        broker.subscribe("next", never)
    clock.now += 2
    job, _ = broker.subscribe("next", lambda job: "next")
    gate.go.set()
    assert job.done.wait(LONG)


def test_ahead_counts_down_to_the_running_job() -> None:
    broker = Broker()
    gate, held, _ = hold(broker)
    jobs = [broker.subscribe(key, lambda job: None)[0] for key in "abc"]
    assert [broker.ahead(job) for job in (held, *jobs)] == [0, 1, 2, 3]
    gate.go.set()
    assert jobs[-1].done.wait(LONG)
    assert [broker.ahead(job) for job in (held, *jobs)] == [0, 0, 0, 0]


def test_the_store_forgets_the_longest_unused_result_first() -> None:
    broker = Broker(max_bytes=30, weigh=lambda result: 10)
    computed: list[str] = []

    def fn(job: Job) -> str:
        computed.append(job.key)
        return job.key

    def ask(key: str) -> None:
        assert broker.subscribe(key, fn)[0].done.wait(LONG)

    for key in "abc":
        ask(key)
    ask("a")  # used again: now b is the longest unused
    ask("d")
    ask("a")
    ask("c")
    assert computed == ["a", "b", "c", "d"]
    ask("b")
    assert computed == ["a", "b", "c", "d", "b"]


def test_a_result_larger_than_the_store_still_reaches_its_listeners() -> None:
    broker = Broker(max_bytes=10, weigh=lambda result: 11 if result == "large" else 10)
    small, _ = broker.subscribe("small", lambda job: "small")
    assert small.done.wait(LONG)
    large, _ = broker.subscribe("large", lambda job: "large")
    assert large.done.wait(LONG)
    assert large.result == "large"
    assert broker.subscribe("small", never)[0].result == "small"  # it did not push the others out
    again, _ = broker.subscribe("large", lambda job: "computed again")
    assert again.done.wait(LONG)
    assert again.result == "computed again"


def test_no_lock_is_held_while_a_computation_runs() -> None:
    broker = Broker()
    answers: list[object] = []

    def asks(job: Job) -> str:
        def other_thread() -> None:
            answers.append(broker.ahead(job))
            answers.append(broker.subscribe(job.key, never)[0] is job)

        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join(LONG)
        return "asked"

    job, _ = broker.subscribe("a", asks)
    assert job.done.wait(LONG)
    assert answers == [0, True]


def test_a_finished_job_keeps_nothing_that_its_function_had_captured() -> None:
    class Picture:
        pass

    def fn_for(picture: Picture):
        return lambda job: str(bool(picture))

    broker = Broker()
    picture = Picture()
    ref = weakref.ref(picture)
    job, _ = broker.subscribe("a", fn_for(picture))
    assert job.done.wait(LONG)
    del picture
    assert broker.subscribe("b", lambda job: None)[0].done.wait(LONG)  # the worker has moved on
    gc.collect()
    assert ref() is None


def test_a_running_computation_does_not_keep_the_process_alive() -> None:
    program = (
        "import threading; from xaicheck.broker import Broker; started = threading.Event();"
        "Broker().subscribe('a', lambda job: (started.set(), threading.Event().wait()));"
        "assert started.wait(10); print('leaving')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout.strip()) == (0, "leaving")


def test_weight_counts_each_reachable_array_once() -> None:
    @dataclass(frozen=True)
    class Box:
        name: str
        maps: tuple[np.ndarray, ...]
        index: dict[str, np.ndarray]

    a, b = np.zeros((10, 10), np.float32), np.zeros(5, np.uint8)
    assert weight(Box("four", (a, b), {"a": a, "b": b})) == 400 + 5 + 4
    assert weight(None) == 0
