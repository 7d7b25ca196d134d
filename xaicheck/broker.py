"""One queue of computations a process: equal requests share a job, jobs that nobody waits for end."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from xaicheck.errors import Busy, Cancelled, XaicheckError

log = logging.getLogger(__name__)

GRACE = 1.5  # seconds; a page that is drawn again lets go of its job and takes it up again within this
MAX_BYTES = 512 << 20


class Job:
    """A computation and whoever waits for it; also the `types.Listener` that the computation talks to.

    Read by any thread without a lock: `state` ("queued", "running", "done", "failed" or "cancelled"),
    `progress` (the latest one told, None before the first and after success), `done` (set once the state
    is final), `result` and `error`.
    """

    def __init__(self, key: str, fn: Callable[[Job], Any], broker: Broker) -> None:
        self.key = key
        self.state = "queued"
        self.progress: Any = None
        self.done = threading.Event()
        self.result: Any = None
        self.error: BaseException | None = None
        self._fn: Callable[[Job], Any] | None = fn
        self._broker = broker
        self._tokens: set[int] = set()
        self._alone_since: float | None = None  # None: somebody listens
        self._ending = False  # told to end: nobody can join any more, though it may still unwind

    def update(self, progress: Any) -> None:
        """Keeps the progress for those who wait; raises Cancelled when nobody does."""
        self.check()
        self.progress = progress

    def check(self) -> None:
        """Raises Cancelled when nobody has waited for longer than the grace."""
        with self._broker._lock:
            if self._abandoned():
                self._ending = True
            if self._ending:
                raise Cancelled("Nobody waits for this computation any more.")

    def _abandoned(self) -> bool:
        """Whether the last listener left longer ago than the grace (the lock is held)."""
        return (
            self._alone_since is not None and self._broker._clock() - self._alone_since > self._broker._grace
        )

    def _close(self, state: str, *, result: Any = None, error: BaseException | None = None) -> None:
        """Makes the state final and lets go of the function, and with it of what it had captured."""
        self._fn = None
        self.result, self.error = result, error
        if state == "done":
            self.progress = None  # a stored job must not keep more than what was weighed
        self.state = state
        self.done.set()


class Broker:
    """The queue, its worker threads and the store of results, bounded in bytes (oldest use goes first)."""

    def __init__(
        self,
        workers: int = 1,
        max_queue: int = 32,
        max_bytes: int = MAX_BYTES,
        *,
        weigh: Callable[[Any], int] | None = None,
        grace: float = GRACE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = workers
        self._max_queue = max_queue
        self._max_bytes = max_bytes
        self._weigh = weigh or weight
        self._grace = grace
        self._clock = clock
        self._lock = threading.Condition()  # never held while a computation runs
        self._live: dict[str, Job] = {}  # queued or running, and still open to listeners
        self._queue: list[Job] = []
        self._running: set[Job] = set()
        self._stored: OrderedDict[str, tuple[Job, int]] = OrderedDict()
        self._stored_bytes = 0
        self._tokens = itertools.count(1)
        self._threads: list[threading.Thread] = []

    def subscribe(self, key: str, fn: Callable[[Job], Any]) -> tuple[Job, int]:
        """The job of this key and a token for `release`; raises Busy when the queue is full.

        A stored result comes as a job that is done; a waiting or running job of the key is joined; only
        otherwise is `fn(job)` queued. Equal keys must mean equal results.
        """
        with self._lock:
            self._drop_abandoned()
            token = next(self._tokens)
            if key in self._stored:
                self._stored.move_to_end(key)
                return self._stored[key][0], token
            job = self._live.get(key)
            if job is None or job._ending:
                if len(self._queue) >= self._max_queue:
                    raise Busy("Too many computations are waiting: try again in a minute.")
                job = self._live[key] = Job(key, fn, self)
                self._queue.append(job)
                self._start_threads()
            job._tokens.add(token)
            job._alone_since = None
            self._lock.notify_all()
            return job, token

    def release(self, job: Job, token: int) -> None:
        """Takes the holder of the token from those who wait. A second call changes nothing."""
        with self._lock:
            if token in job._tokens:
                job._tokens.remove(token)
                if not job._tokens:
                    job._alone_since = self._clock()
                    self._lock.notify_all()

    def ahead(self, job: Job) -> int:
        """How many computations come before this job: running ones and awaited ones in front of it."""
        with self._lock:
            self._drop_abandoned()
            if job not in self._queue:
                return 0
            front = self._queue[: self._queue.index(job)]
            return len(self._running) + sum(bool(other._tokens) for other in front)

    def forget(self, key: str) -> None:
        """Drops a stored result of this key: whoever asks again computes again."""
        with self._lock:
            _, size = self._stored.pop(key, (None, 0))
            self._stored_bytes -= size

    def _drop_abandoned(self) -> None:
        """Makes queued jobs "cancelled" that nobody came back for (the lock is held)."""
        gone = [job for job in self._queue if job._abandoned()]
        for job in gone:
            self._queue.remove(job)
            self._forget(job)
            job._close("cancelled")

    def _forget(self, job: Job) -> None:
        """Frees the key, unless a newer job has it already (the lock is held)."""
        if self._live.get(job.key) is job:
            del self._live[job.key]

    def _start_threads(self) -> None:
        """Starts the workers with the first job, as daemons: they never keep a server alive."""
        while len(self._threads) < self._workers:
            name = f"xaicheck-worker-{len(self._threads)}"
            self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
            self._threads[-1].start()

    def _work(self) -> None:
        while True:
            self._compute_next()  # a call of its own, so that no local keeps the last job alive

    def _next(self) -> Job:
        """The first queued job that somebody waits for; blocks until there is one."""
        with self._lock:
            while True:
                self._drop_abandoned()
                for job in self._queue:
                    if job._tokens:
                        self._queue.remove(job)
                        self._running.add(job)
                        job.state = "running"
                        return job
                # Jobs within their grace stay queued: wake up again when the grace ends.
                self._lock.wait(self._grace + 0.01 if self._queue else None)

    def _compute_next(self) -> None:
        job = self._next()
        assert job._fn is not None
        try:
            result = job._fn(job)
            size = self._weigh(result)
        except Cancelled:
            self._finish(job, "cancelled")
        # Not only Exception: a worker that died of a SystemExit would leave every later job waiting.
        except BaseException as error:
            if not isinstance(error, XaicheckError):
                log.exception("the computation %s failed", job.key[:12])
            self._finish(job, "failed", error=error)
        else:
            self._finish(job, "done", result=result, size=size)

    def _finish(
        self, job: Job, state: str, *, result: Any = None, error: BaseException | None = None, size: int = 0
    ) -> None:
        with self._lock:
            if job._ending:  # it overheard or was too late: whoever came since has a job of their own
                state, result, error = "cancelled", None, None
            self._running.discard(job)
            self._forget(job)
            job._close(state, result=result, error=error)
            if state == "done" and size <= self._max_bytes:
                self._stored[job.key] = (job, size)
                self._stored_bytes += size
                while self._stored_bytes > self._max_bytes:
                    self._stored_bytes -= self._stored.popitem(last=False)[1][1]


def weight(result: Any) -> int:
    """The bytes of the arrays and texts that can be reached from a value, each counted once."""
    seen: set[int] = set()
    total = 0
    waiting = [result]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, (str, bytes, bytearray)):
            total += len(value)
        elif hasattr(value, "nbytes"):
            total += int(value.nbytes)
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, (tuple, list, set, frozenset)):
            waiting.extend(value)
        elif is_dataclass(value):
            waiting.extend(getattr(value, field.name) for field in fields(value))
    return total
