"""Where the time of a check goes: its parts are timed from outside while this is entered."""

from __future__ import annotations

import contextlib
import functools
import importlib
import time
from collections import defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import Any

Label = Callable[..., str]


def _maps(at: Any, step: Any, *_: Any) -> str:
    return "original maps" if step.depths == (0,) else f"randomized maps: {step.label}"


# module, attribute, what it is called in the table
PARTS: tuple[tuple[str, str, Label], ...] = (
    ("xaicheck.batching.depth_batch", "Cascade.__init__", lambda *_, **__: "drawing and branching"),
    ("xaicheck.batching.depth_batch", "Cascade._recalibrate", lambda *_, **__: "recalibrating BatchNorm"),
    ("xaicheck.batching.activations", "measure", lambda *_, **__: "activation scales"),
    ("xaicheck.engine.steps", "attempt", _maps),
    ("xaicheck.engine.scores", "Scoring.take_all", lambda *_, **__: "scoring"),
    ("xaicheck.randomization.weights", "coverage", lambda *_, **__: "coverage audit"),
)


class Profile:
    """Seconds by part, each without the parts that ran inside it; a part that is not there is left out."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside: list[float] = [0.0]
        self._undo = contextlib.ExitStack()

    def __enter__(self) -> Profile:
        for module, path, label in PARTS:
            owner: Any = importlib.import_module(module)
            *outer, name = path.split(".")
            for part in outer:
                owner = getattr(owner, part)
            if hasattr(owner, name):
                old = getattr(owner, name)
                setattr(owner, name, self._timed(old, label))
                self._undo.callback(setattr, owner, name, old)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def _timed(self, fn: Callable[..., Any], label: Label) -> Callable[..., Any]:
        @functools.wraps(fn)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self._inside.append(0.0)
            begin = time.perf_counter()
            try:
                return fn(*args, **kwargs)
            finally:
                spent = time.perf_counter() - begin
                self.seconds[label(*args, **kwargs)] += spent - self._inside.pop()
                self._inside[-1] += spent

        return wrapped
