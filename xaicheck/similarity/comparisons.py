"""Scores under every normalisation and sign: which there are, which are the same, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS
from xaicheck.similarity.pair import Pair
from xaicheck.similarity.side import Side
from xaicheck.types import Comparison, Score


def canonical(comparison: Comparison) -> Comparison:
    """The comparison that stands for all those that give the same number by algebra.

    Ranks, Pearson's correlation, HOG (of a stretched map) and the strongest pixels see no positive factor and
    no offset; the cosine sees no factor; HOG sees no global sign; the rank correlation of magnitudes is a
    measure of its own. BadRequest names the allowed measures, normalisations or signs.
    """
    NORMALISATIONS.chosen(comparison.normalisation)
    SIGNS.chosen(comparison.sign)
    measure = SIMILARITIES.chosen(comparison.measure)
    if comparison.sign == "magnitude" and measure.of_magnitudes:
        return canonical(Comparison(measure.of_magnitudes, comparison.normalisation))
    normalisation = (
        comparison.normalisation if comparison.normalisation in measure.normalisations else DEFAULT
    )
    sign = comparison.sign if comparison.sign in measure.signs else DEFAULT_SIGN
    return Comparison(comparison.measure, normalisation, sign)


def same_order(comparison: Comparison) -> Comparison:
    """The comparison that orders maps as this one does, turned round: at unit power MSE = 2 - 2 cosine."""
    one = canonical(comparison)
    return replace(one, measure="cosine") if (one.measure, one.normalisation) == ("mse", DEFAULT) else one


def comparisons() -> tuple[Comparison, ...]:
    """All comparisons that give different numbers: measure by measure, the default one first."""
    return tuple(
        Comparison(measure.key, normalisation, sign)
        for measure in SIMILARITIES.values()
        for sign in measure.signs
        for normalisation in sorted(measure.normalisations, key=lambda key: key != DEFAULT)
    )


def span(comparison: Comparison) -> tuple[float, float]:
    """(smallest, largest) possible value; the distance of raw maps has no largest one."""
    one = canonical(comparison)
    return SIMILARITIES[one.measure].span(one.normalisation, one.sign)


def unrelated(comparison: Comparison) -> float | None:
    """What maps of independent pixels give on average; None where it depends on their values."""
    return SIMILARITIES[canonical(comparison).measure].unrelated


def compare(
    original: np.ndarray,
    wanted: Sequence[Comparison],
    names: tuple[str, str] = ("original", "randomized"),
) -> Callable[[np.ndarray], tuple[Score, ...]]:
    """A function that gives a map's scores against this original, one a comparison, in their order.

    Ranks, window statistics and HOG are computed once a map and once for its magnitudes, the original's
    once for all maps. It raises ValueError for a map of another shape. `names`: what reasons call the maps.
    """
    asked = [canonical(one) for one in wanted]
    first = Side(original, names[0])
    return lambda randomized: of_sides(first, Side(randomized, names[1]), asked)


def of_sides(first: Side, second: Side, wanted: Sequence[Comparison]) -> tuple[Score, ...]:
    """The scores of two maps whose own part of the work is kept with them, one a comparison."""
    asked, pair = [canonical(one) for one in wanted], Pair(first, second)
    known = {
        one: SIMILARITIES[one.measure].score(pair, one.normalisation, one.sign)
        for one in dict.fromkeys(asked)
    }
    return tuple(known[one] for one in asked)


def pairwise(maps: Sequence[np.ndarray], wanted: Sequence[Comparison]) -> np.ndarray:
    """The scores of all pairs of these maps, float64 [comparison pair], in the order of `combinations`.

    Each map's ranks, window statistics and HOG are computed once. NaN: a pair has no such number.
    """
    sides = [Side(values, "map") for values in maps]
    scores = [[float(one) for one in of_sides(a, b, wanted)] for a, b in combinations(sides, 2)]
    return np.array(scores, dtype=np.float64).reshape(-1, len(wanted)).T


def several(
    keys: Sequence[str], original: np.ndarray, *, normalisation: str = DEFAULT, sign: str = DEFAULT_SIGN
) -> Callable[[np.ndarray], tuple[Score, ...]]:
    """A function that gives a map's scores by these measures, as `compare` does."""
    return compare(original, [Comparison(key, normalisation, sign) for key in keys])


def against(
    key: str, original: np.ndarray, *, normalisation: str = DEFAULT, sign: str = DEFAULT_SIGN
) -> Callable[[np.ndarray], Score]:
    """A function that gives a map's score by the measure `key`, as `compare` does."""
    scores = several((key,), original, normalisation=normalisation, sign=sign)
    return lambda randomized: scores(randomized)[0]
