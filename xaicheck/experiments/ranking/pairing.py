"""Which scores count: a cell without a score from every method is left out for all of them, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from xaicheck.experiments.ranking.data import Missing
from xaicheck.methods import METHODS


def in_common(scores: np.ndarray, common: Callable[[list[int]], bool]) -> tuple[int, ...]:
    """The methods that can be compared: all of them, less those without scores in common with the others.

    `scores` [method] says how many a method has, `common` whether these methods have some in common; while
    they have not, the method with the fewest goes.
    """
    kept = list(range(len(scores)))
    while kept and not common(kept):
        kept.remove(min(kept, key=lambda i: int(scores[i])))
    return tuple(kept)


def depth_means(values: np.ndarray) -> np.ndarray:
    """The mean over depths, [... method seed image], of scores [... method seed image depth].

    A depth counts for an image and a seed where every method has a score; NaN where none counts.
    """
    there = np.isfinite(values).all(-4, keepdims=True)
    count = there.sum(-1).astype(np.float64)
    total = np.where(there, values, 0).sum(-1, dtype=np.float64)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def image_means(values: np.ndarray) -> np.ndarray:
    """The mean over seeds and images, [... method], of scores [... method seed image].

    An image counts where every method has a score at every seed; NaN where none counts.
    """
    there = np.isfinite(values).all((-3, -2), keepdims=True)
    count = there.sum((-2, -1)) * float(values.shape[-2])
    total = np.where(there, values, 0).sum((-2, -1), dtype=np.float64)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def label(method: str) -> str:
    """The method's name for people."""
    return METHODS[method].label if method in METHODS else method


def note_on_methods(left: Sequence[str]) -> str:
    """Which methods are left out of an order because they have no score in common with the others."""
    if not left:
        return ""
    names = ", ".join(label(method) for method in left)
    return f"Left out, because they have no score where the other methods have one: {names}."


def times(n: int) -> str:
    """How often, in words."""
    return "once" if n == 1 else f"{n} times"


def note_on_cells(there: np.ndarray, missing: Iterable[Missing], methods: Sequence[str], what: str) -> str:
    """How many cells [method ...] were left out for all methods, and why; empty where none was."""
    lost = int((~there.all(0)).sum())
    if not lost:
        return ""
    reasons = Counter((m.method, m.why) for m in missing if m.method in methods)
    why = "; ".join(f"{label(method)}: {text} ({times(n)})" for (method, text), n in reasons.most_common(3))
    more = len(reasons) - 3
    why += "; and other reasons" if more > 0 else ""
    verb = "is" if lost == 1 else "are"
    return (
        f"{lost} of {there[0].size} {what} {verb} left out for all methods, because at least one has no "
        f"score there. {why or 'No reason was kept'}."
    )
