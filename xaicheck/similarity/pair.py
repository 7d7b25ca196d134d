"""Two maps side by side, and the numbers of their comparison: what several measures need is computed once.

Every normalisation is N(a) = scale · a + offset, so sums and window statistics of the normalised maps follow
from those of the centred maps in closed form: nothing is filtered or sorted once per normalisation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from xaicheck.similarity import validity as comparable
from xaicheck.similarity.hog import hog_ranks
from xaicheck.similarity.normalise import NORMALISATIONS, Facts, Normalisation, facts
from xaicheck.similarity.ranks import ascending
from xaicheck.similarity.validity import NoNumber

K1, K2 = 0.01, 0.03  # Wang et al. 2004


class Seen(NamedTuple):
    """A map under a normalisation: scale · (centred map) + mean."""

    scale: float  # negative: the map's negative
    mean: float
    low: float
    high: float


class Side:
    """One map, its magnitudes if asked for; NoNumber, with the map's name in it, if it cannot be compared."""

    def __init__(self, values: np.ndarray, name: str, *, magnitude: bool) -> None:
        self.name = name
        self.values = np.ascontiguousarray(values)
        unit = self._made(comparable.scaled, self.values)
        if magnitude:
            self.values = np.abs(self.values.astype(np.promote_types(self.values.dtype, np.float16)))
            unit = np.abs(unit)
            self._made(_refuse_flat, self.values)
        self.exponent = comparable.exponent(self.values)
        self.facts: Facts = facts(unit)
        self.centred = unit - unit.mean()
        self.centred = self.centred - self.centred.mean()
        self.power = float(np.mean(self.centred * self.centred))

    def _made(self, make: Callable[..., Any], *args: np.ndarray) -> Any:
        try:
            return make(*args)
        except NoNumber as reason:
            raise NoNumber(f"the {self.name} map {reason}") from None

    @cached_property
    def order(self) -> np.ndarray:
        """Pixels from the lowest to the highest."""
        return ascending(self.values)

    @cached_property
    def ranks(self) -> np.ndarray:
        """Centred average ranks."""
        return comparable.average_ranks(self.values, self.order)

    @cached_property
    def highest(self) -> np.ndarray:
        """The strongest tenth, bool [H W]."""
        return self._made(comparable.above, self.values, self.order)

    @cached_property
    def lowest(self) -> np.ndarray:
        """The strongest tenth of the negative map, bool [H W]."""
        return self._made(comparable.below, self.values, self.order)

    @cached_property
    def edges(self) -> np.ndarray:
        """Ranks of the HOG vector."""
        return self._made(hog_ranks, self.values)

    @cached_property
    def windows(self) -> tuple[np.ndarray, np.ndarray]:
        """(mean, sample variance) of the centred map in each window."""
        self._made(comparable.refuse_small, self.values)
        mean = comparable.window_mean(self.centred)
        square = comparable.window_mean(self.centred * self.centred)
        return mean, comparable.sample(square - mean * mean)

    def seen(self, normalisation: Normalisation, exponent: int) -> Seen:
        """The map under a normalisation; without one, in units of two to the power of `exponent`."""
        scale, offset = normalisation.affine(self.facts)
        if normalisation.joint:
            scale = float(np.ldexp(scale, self.exponent - exponent))
        low, high, mean, _ = self.facts
        return Seen(scale, scale * mean + offset, scale * low + offset, scale * high + offset)


def _refuse_flat(magnitudes: np.ndarray) -> None:
    try:
        comparable.scaled(magnitudes)
    except NoNumber:
        raise NoNumber("has the same magnitude everywhere") from None


class Pair:
    """Two sides of one shape."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        self.exponent = max(a.exponent, b.exponent)
        self._structures: dict[tuple[str, bool, float | None], tuple[float, float]] = {}

    def rank_correlation(self, _: Normalisation, flip: bool) -> float:
        """Spearman's correlation of the values."""
        return self._signed(self._rank_correlation, flip)

    @cached_property
    def _rank_correlation(self) -> float:
        return correlation(self.a.ranks, self.b.ranks)

    def edge_correlation(self, _: Normalisation, flip: bool) -> float:
        """Spearman's correlation of the HOG vectors."""
        return correlation(self.a.edges, self.b.edges)

    def correlation(self, _: Normalisation, flip: bool) -> float:
        """Pearson's correlation."""
        value = self._covariance / np.sqrt(self.a.power * self.b.power)
        return self._signed(float(np.clip(value, -1, 1)), flip)

    def cosine(self, normalisation: Normalisation, flip: bool) -> float:
        """The cosine of the angle between the normalised maps."""
        a, b = self._seen(normalisation, flip)
        both = a.scale * b.scale * self._covariance + a.mean * b.mean
        power = (a.scale * a.scale * self.a.power + a.mean * a.mean) * (
            b.scale * b.scale * self.b.power + b.mean * b.mean
        )
        return float(np.clip(both / np.sqrt(power), -1, 1))

    def distance(self, normalisation: Normalisation, flip: bool) -> float:
        """The mean squared difference of the normalised maps."""
        a, b = self._seen(normalisation, flip)
        value = a.scale * a.scale * self.a.power + b.scale * b.scale * self.b.power
        value -= 2 * (a.scale * b.scale * self._covariance)
        value = max(value, 0.0) + (a.mean - b.mean) ** 2
        if not normalisation.joint:
            return value
        try:
            shown = math.ldexp(value, 2 * self.exponent)
        except OverflowError:
            shown = math.inf
        if math.isinf(shown) or (shown == 0) != (value == 0):
            raise NoNumber("the distance of the raw maps is too large or too small for a number")
        return shown

    def ssim(self, normalisation: Normalisation, flip: bool) -> float:
        """The mean SSIM of the normalised maps."""
        return self.structure(normalisation, flip)[0]

    def contrast_structure(self, normalisation: Normalisation, flip: bool) -> float:
        """The mean contrast-structure term of the normalised maps."""
        return self.structure(normalisation, flip)[1]

    def overlap(self, _: Normalisation, flip: bool) -> float:
        """The share of the strongest pixels that the maps have in common."""
        first, second = self.a.highest, self.b.lowest if flip else self.b.highest
        return float((first & second).sum() / max(first.sum(), second.sum()))

    def structure(
        self, normalisation: Normalisation, flip: bool, data_range: float | None = None
    ) -> tuple[float, float]:
        """(mean SSIM, mean contrast-structure term); `data_range` stands in for the normalisation's L."""
        key = normalisation.key, flip, data_range
        if key not in self._structures:
            a, b = self._seen(normalisation, flip)
            if data_range is None:
                data_range = joint_range(a, b) if normalisation.joint else 1.0
            self._structures[key] = self._structure(a, b, data_range)
        return self._structures[key]

    def _structure(self, a: Seen, b: Seen, data_range: float) -> tuple[float, float]:
        (mean_a, variance_a), (mean_b, variance_b) = self.a.windows, self.b.windows
        c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
        # In place: fresh arrays of this size cost more than the arithmetic.
        structure, luminance, x, y = self._scratch
        np.multiply(self._window_covariance, 2 * (a.scale * b.scale), out=structure)
        np.multiply(variance_a, a.scale * a.scale, out=x)
        np.multiply(variance_b, b.scale * b.scale, out=y)
        structure += c2
        x += y
        x += c2
        structure /= x
        np.multiply(mean_a, a.scale, out=x)
        np.multiply(mean_b, b.scale, out=y)
        x += a.mean
        y += b.mean
        np.multiply(x, y, out=luminance)
        luminance *= 2
        luminance += c1
        x *= x
        y *= y
        x += y
        x += c1
        luminance /= x
        mean_structure = float(np.clip(structure.mean(), -1, 1))
        structure *= luminance
        return float(np.clip(structure.mean(), -1, 1)), mean_structure

    def _seen(self, normalisation: Normalisation, flip: bool) -> tuple[Seen, Seen]:
        a, b = self.a.seen(normalisation, self.exponent), self.b.seen(normalisation, self.exponent)
        if flip:
            at = normalisation.flip
            b = Seen(-b.scale, at - b.mean, at - b.high, at - b.low)
        return a, b

    @staticmethod
    def _signed(value: float, flip: bool) -> float:
        return -value if flip else value

    @cached_property
    def _scratch(self) -> tuple[np.ndarray, ...]:
        return tuple(np.empty_like(self._window_covariance) for _ in range(4))

    @cached_property
    def _covariance(self) -> float:
        return float(np.mean(self.a.centred * self.b.centred))

    @cached_property
    def _window_covariance(self) -> np.ndarray:
        product = comparable.window_mean(self.a.centred * self.b.centred)
        return comparable.sample(product - self.a.windows[0] * self.b.windows[0])


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of two arrays as vectors; exactly 1 for equal ones, because sqrt(x x) is x."""
    both, one, other = (np.einsum("i,i", x.ravel(), y.ravel()) for x, y in ((a, b), (a, a), (b, b)))
    return float(np.clip(both / np.sqrt(one * other), -1, 1))


def joint_range(a: Seen, b: Seen) -> float:
    """The largest value of either map less the smallest."""
    return max(a.high, b.high) - min(a.low, b.low)


def ssim_at(
    a: np.ndarray, b: np.ndarray, *, normalisation: str, data_range: float | None, magnitude: bool = False
) -> float:
    """Mean SSIM of two maps under a normalisation at any data range L; None: the joint range of both.

    Formula, Source: as `similarity.ssim`. Differs: L is the caller's; scikit-image takes L = 2 for floats.
    Undefined when: NoNumber, as in `similarity.ssim`.
    """
    pair = Pair(Side(a, "original", magnitude=magnitude), Side(b, "randomized", magnitude=magnitude))
    entry = NORMALISATIONS[normalisation]
    if data_range is None:
        data_range = joint_range(*pair._seen(entry, False))
    return pair.structure(entry, False, data_range)[0]
