"""A map against an original by one measure; the work on the original is done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from xaicheck.similarity.comparisons import canonical, compare
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN
from xaicheck.similarity.pair import correlation
from xaicheck.similarity.validity import NoNumber, Prepared, Windows, sample, window_mean
from xaicheck.types import Comparison, Score

C1 = 0.01**2  # (k1 L)^2 with k1 = 0.01 and L = 1
C2 = 0.03**2  # (k2 L)^2 with k2 = 0.03 and L = 1


def against(
    key: str, original: np.ndarray, *, normalisation: str = DEFAULT, sign: str = DEFAULT_SIGN
) -> Callable[[np.ndarray], Score]:
    """A function that compares maps with this original by the measure `key`.

    The work on the original (ranks, window statistics) is done once, here; without a normalisation and a sign
    each call gives the same Score as SIMILARITIES[key].fn(original, randomized). It raises ValueError for a
    map of another shape.
    """
    scores = several((key,), original, normalisation=normalisation, sign=sign)
    return lambda randomized: scores(randomized)[0]


def several(
    keys: Sequence[str], original: np.ndarray, *, normalisation: str = DEFAULT, sign: str = DEFAULT_SIGN
) -> Callable[[np.ndarray], tuple[Score, ...]]:
    """A function that gives a map's Scores by these measures, the numbers of `against`, in their order."""
    wanted = [canonical(Comparison(key, normalisation, sign)) for key in keys]
    direct = tuple(one for one in dict.fromkeys(wanted) if is_direct(one))
    rest = tuple(one for one in dict.fromkeys(wanted) if one not in direct)
    shared = compare(original, rest)
    shape, prepared = np.shape(original), Prepared(original)
    firsts = {one: _read(one, prepared, "original") for one in direct}

    def scores(randomized: np.ndarray) -> tuple[Score, ...]:
        if np.shape(randomized) != shape:
            raise ValueError(f"The maps have different shapes: {shape} and {np.shape(randomized)}.")
        known = dict(zip(rest, shared(randomized), strict=True)) if rest else {}
        second = Prepared(randomized)
        known |= {one: _joined(one, firsts[one], second) for one in direct}
        return tuple(known[one] for one in wanted)

    return scores


def is_direct(comparison: Comparison) -> bool:
    """Whether the measure reads signed maps of unit power."""
    return comparison.measure in _PARTS and comparison == Comparison(comparison.measure)


def _read(comparison: Comparison, prepared: Prepared, which: str) -> Any:
    """What the measure reads of a map, or the Score that says why there is nothing."""
    try:
        return _PARTS[comparison.measure][0](prepared)
    except NoNumber as reason:
        return Score(None, f"the {which} map {reason}")


def _joined(comparison: Comparison, first: Any, prepared: Prepared) -> Score:
    if isinstance(first, Score):
        return first
    second = _read(comparison, prepared, "randomized")
    return second if isinstance(second, Score) else Score(float(_PARTS[comparison.measure][1](first, second)))


def _mean_squared_difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.clip(np.mean((a - b) ** 2), 0, 4))


def _contrast_structure(a: Windows, b: Windows) -> np.ndarray:
    covariance = sample(window_mean(a.values * b.values) - a.mean * b.mean)
    return (2 * covariance + C2) / (a.variance + b.variance + C2)


def _mean_cs(a: Windows, b: Windows) -> float:
    return float(np.clip(_contrast_structure(a, b).mean(), -1, 1))


def _mean_ssim(a: Windows, b: Windows) -> float:
    luminance = (2 * a.mean * b.mean + C1) / (a.mean * a.mean + b.mean * b.mean + C1)
    return float(np.clip((luminance * _contrast_structure(a, b)).mean(), -1, 1))


# What is read of each map alone, and what joins the two.
_PARTS: Mapping[str, tuple[Callable[[Prepared], Any], Callable[[Any, Any], float]]] = {
    "spearman": (attrgetter("ranks"), correlation),
    "spearman_abs": (attrgetter("absolute_ranks"), correlation),
    "pearson": (attrgetter("centred"), correlation),
    "cosine": (attrgetter("scaled"), correlation),
    "mse": (attrgetter("normalised"), _mean_squared_difference),
    "ssim": (attrgetter("windows"), _mean_ssim),
    "cs": (attrgetter("windows"), _mean_cs),
}
