"""Scores under every normalisation and sign: which there are, which are the same, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS, Normalisation, checked
from xaicheck.similarity.pair import Pair, Side
from xaicheck.similarity.validity import TOP, NoNumber
from xaicheck.types import Comparison, Score

_Read = Callable[[Pair, Normalisation, bool], float]


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a measure reads a pair, and what changes nothing for it."""

    read: _Read
    normalisations: tuple[str, ...] = (DEFAULT,)  # those that give a number of their own
    signs: tuple[str, ...] = tuple(SIGNS)
    magnitude: bool = False  # reads magnitudes whatever the sign
    distance: bool = False
    unrelated: float | None = 0.0  # of independent maps at unit power


_ALL = tuple(NORMALISATIONS)
_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        # Magnitudes of ranks are another measure of its own: see canonical.
        "spearman": _Reader(Pair.rank_correlation, signs=("signed", "either")),
        "spearman_abs": _Reader(Pair.rank_correlation, signs=("signed",), magnitude=True),
        "pearson": _Reader(Pair.correlation),
        "cosine": _Reader(Pair.cosine, ("minmax", DEFAULT)),
        "mse": _Reader(Pair.distance, _ALL, distance=True, unrelated=2.0),
        "ssim": _Reader(Pair.ssim, _ALL),
        "cs": _Reader(Pair.contrast_structure, _ALL),
        "hog": _Reader(Pair.edge_correlation, signs=("signed", "magnitude"), unrelated=None),
        "topk": _Reader(Pair.overlap, unrelated=TOP),
    }
)
# The largest distance by normalisation, signed and not; every other measure stays within its own range.
_FARTHEST: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"none": (np.inf, np.inf), "max": (4.0, 1.0), "minmax": (1.0, 1.0), "second_moment": (4.0, 2.0)}
)


def canonical(comparison: Comparison) -> Comparison:
    """The comparison that stands for all those that give the same number by algebra.

    Ranks, Pearson's correlation, HOG (of a stretched map) and the strongest pixels see no positive factor and
    no offset; the cosine sees no factor; HOG sees no global sign; the rank correlation of magnitudes is a
    measure of its own. ValueError for an unknown measure, BadRequest for an unknown normalisation or sign.
    """
    checked(comparison.normalisation, comparison.sign)
    if comparison.measure not in _READERS:
        raise ValueError(f"There is no measure {comparison.measure!r}.")
    if comparison.measure == "spearman" and comparison.sign == "magnitude":
        return Comparison("spearman_abs", DEFAULT, DEFAULT_SIGN)
    reader = _READERS[comparison.measure]
    normalisation = comparison.normalisation if comparison.normalisation in reader.normalisations else DEFAULT
    sign = comparison.sign if comparison.sign in reader.signs else DEFAULT_SIGN
    return Comparison(comparison.measure, normalisation, sign)


def comparisons() -> tuple[Comparison, ...]:
    """All comparisons that give different numbers: measure by measure, the default one first."""
    return tuple(
        Comparison(measure, normalisation, sign)
        for measure, reader in _READERS.items()
        for sign in reader.signs
        for normalisation in sorted(reader.normalisations, key=lambda key: key != DEFAULT)
    )


def span(comparison: Comparison) -> tuple[float, float]:
    """(smallest, largest) possible value; the distance of raw maps has no largest one."""
    comparison = canonical(comparison)
    if _READERS[comparison.measure].distance:
        return 0.0, _FARTHEST[comparison.normalisation][comparison.sign == "magnitude"]
    if comparison.measure == "topk":
        return 0.0, 1.0
    return -1.0, 1.0


def unrelated(comparison: Comparison) -> float | None:
    """What two independent maps give on average, whatever their values; None where it depends on those.

    Without a normalisation the unit decides, after a division by the largest value or the range the outliers
    do, magnitudes have a common mean, and HOG sees the shape of lone spikes. SSIM's 0 supposes that few
    windows of either map are empty.
    """
    comparison = canonical(comparison)
    of_magnitudes = comparison.sign == "magnitude" and comparison.measure in ("cosine", "mse")
    if comparison.normalisation != DEFAULT or of_magnitudes:
        return None
    return _READERS[comparison.measure].unrelated


def compare(original: np.ndarray, wanted: Sequence[Comparison]) -> Callable[[np.ndarray], tuple[Score, ...]]:
    """A function that gives a map's scores against this original, one a comparison, in their order.

    Ranks, window statistics and HOG are computed once a map and once for its magnitudes. The numbers are
    those of `similarity.against` to 1e-9. It raises ValueError for a map of another shape.
    """
    asked = tuple(canonical(one) for one in wanted)
    shape = np.shape(original)
    kinds = sorted({_magnitude(one) for one in asked})
    first = {kind: _side(original, "original", kind) for kind in kinds}

    def scores(randomized: np.ndarray) -> tuple[Score, ...]:
        if np.shape(randomized) != shape:
            raise ValueError(f"The maps have different shapes: {shape} and {np.shape(randomized)}.")
        pairs = {kind: _pair(first[kind], randomized, kind) for kind in kinds}
        known: dict[Comparison, Score] = {}
        for one in asked:
            if one not in known:
                known[one] = _score(pairs[_magnitude(one)], one)
        return tuple(known[one] for one in asked)

    return scores


def _magnitude(comparison: Comparison) -> bool:
    return comparison.sign == "magnitude" or _READERS[comparison.measure].magnitude


def _side(values: np.ndarray, name: str, magnitude: bool) -> Side | Score:
    try:
        return Side(values, name, magnitude=magnitude)
    except NoNumber as reason:
        return Score(None, str(reason))


def _pair(first: Side | Score, values: np.ndarray, magnitude: bool) -> Pair | Score:
    if isinstance(first, Score):
        return first
    second = _side(values, "randomized", magnitude)
    return second if isinstance(second, Score) else Pair(first, second)


def _score(pair: Pair | Score, comparison: Comparison) -> Score:
    """The number, or why there is none; for either sign the more alike of the two."""
    if isinstance(pair, Score):
        return pair
    reader, normalisation = _READERS[comparison.measure], NORMALISATIONS[comparison.normalisation]
    found, why = [], ""
    for flip in (False, True) if comparison.sign == "either" else (False,):
        try:
            found.append(reader.read(pair, normalisation, flip))
        except NoNumber as reason:
            why = why or str(reason)
    if not found:
        return Score(None, why)
    return Score(float(min(found) if reader.distance else max(found)))
