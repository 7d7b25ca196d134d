"""Two maps side by side, and what several measures need of both: worked out once, when it is read.

Every normalisation is N(a) = scale · a + offset, so sums and window statistics of the normalised maps follow
from those of the centred maps in closed form: nothing is filtered or sorted once per normalisation.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from xaicheck.similarity.arrays import Array, Number
from xaicheck.similarity.normalise import NORMALISATIONS, Normalisation
from xaicheck.similarity.side import Side, sample

K1, K2 = 0.01, 0.03  # Wang et al. 2004


class Seen(NamedTuple):
    """A map under a normalisation: scale · (centred map) + mean."""

    scale: Number  # negative: the map's negative
    mean: Number
    low: Number
    high: Number


class Pair:
    """The original and the randomized map; on a device one original and many maps. ValueError: two shapes."""

    def __init__(self, a: Side, b: Side) -> None:
        if a.shape != b.shape:
            raise ValueError(f"The maps have different shapes: {a.shape} and {b.shape}.")
        self.a, self.b, self.arrays = a, b, a.arrays
        self._structures: dict[tuple[str, bool], Number] = {}

    @classmethod
    def of(cls, original: np.ndarray, randomized: np.ndarray) -> Pair:
        """The pair of two of numpy's maps."""
        return cls(Side(original, "original"), Side(randomized, "randomized"))

    @cached_property
    def magnitudes(self) -> Pair:
        """The pair without signs."""
        return Pair(self.a.magnitudes, self.b.magnitudes)

    def checked(self) -> Pair:
        """The pair itself; NoNumber where one of numpy's maps cannot be compared."""
        self.a.checked()
        self.b.checked()
        return self

    @cached_property
    def exponent(self) -> Number:
        """Without a normalisation both maps are in units of two to the power of this."""
        return self.arrays.xp.maximum(self.a.exponent, self.b.exponent)

    def under(self, normalisation: Normalisation, flip: bool) -> tuple[Seen, Seen]:
        """Both maps under a normalisation, the second one's negative with `flip`."""
        a, b = (self._seen(side, normalisation) for side in (self.a, self.b))
        if flip:
            at = normalisation.flip
            b = Seen(-b.scale, at - b.mean, at - b.high, at - b.low)
        return a, b

    def _seen(self, side: Side, normalisation: Normalisation) -> Seen:
        facts = side.facts
        scale, offset = normalisation.affine(facts)
        if normalisation.joint:
            scale = self.arrays.times_two_to(scale, side.exponent - self.exponent)
        return Seen(
            scale, scale * facts.mean + offset, scale * facts.low + offset, scale * facts.high + offset
        )

    @cached_property
    def rank_correlation(self) -> Number:
        """The correlation of the average ranks."""
        return self.arrays.correlation(self.a.ranks, self.b.ranks)

    @cached_property
    def covariance(self) -> Number:
        """The mean product of the centred maps."""
        return self.arrays.mean_product(self.a.centred, self.b.centred)

    @cached_property
    def _window_covariance(self) -> Array:
        means = self.a.windows.mean * self.b.windows.mean
        return sample(self.arrays.window_mean(self.a.centred * self.b.centred) - means)

    def ssim(self, normalisation: Normalisation, flip: bool, data_range: float | None = None) -> Number:
        """The mean over the windows of SSIM; `data_range` stands in for the normalisation's L."""
        a, b = self.under(normalisation, flip)
        size = self._size(normalisation, a, b) if data_range is None else data_range
        structure = self._structure(a, b, size)
        if data_range is None:  # the measure of this term alone is often asked for too
            self._structures[normalisation.key, flip] = self.arrays.mean(structure)
        c1 = (K1 * size) ** 2
        one, other = self.a.windows.mean * a.scale, self.b.windows.mean * b.scale
        one += a.mean
        other += b.mean
        luminance = other * one
        luminance *= 2
        luminance += c1
        other *= other
        one *= one
        other += one
        other += c1
        luminance /= other
        structure *= luminance
        return self.arrays.mean(structure)

    def structure(self, normalisation: Normalisation, flip: bool) -> Number:
        """The mean over the windows of SSIM's contrast-structure term."""
        key = normalisation.key, flip
        if key not in self._structures:
            a, b = self.under(normalisation, flip)
            self._structures[key] = self.arrays.mean(self._structure(a, b, self._size(normalisation, a, b)))
        return self._structures[key]

    def _structure(self, a: Seen, b: Seen, size: Number) -> Array:
        c2 = (K2 * size) ** 2
        # In place, as fresh arrays of this size cost more than the arithmetic; into those of the second side,
        # which has the batch on a device.
        structure = self._window_covariance * (2 * (a.scale * b.scale))
        structure += c2
        below = self.b.windows.variance * (b.scale * b.scale)
        below += self.a.windows.variance * (a.scale * a.scale)
        below += c2
        structure /= below
        return structure

    def _size(self, normalisation: Normalisation, a: Seen, b: Seen) -> Number:
        """SSIM's data range L."""
        return self.joint_range(a, b) if normalisation.joint else 1.0

    def joint_range(self, a: Seen, b: Seen) -> Number:
        """The largest value of either map less the smallest."""
        xp = self.arrays.xp
        return xp.maximum(a.high, b.high) - xp.minimum(a.low, b.low)


def ssim_at(
    a: np.ndarray, b: np.ndarray, *, normalisation: str, data_range: float | None, magnitude: bool = False
) -> float:
    """Mean SSIM of two maps under a normalisation at any data range L; None: the joint range of both.

    Formula, Source: as the measure `ssim`. Differs: L is the caller's; scikit-image takes L = 2 for floats.
    Undefined when: NoNumber, as for the measure.
    """
    pair, entry = Pair.of(a, b), NORMALISATIONS[normalisation]
    pair = (pair.magnitudes if magnitude else pair).checked()
    if data_range is None:
        data_range = float(pair.joint_range(*pair.under(entry, False)))
    return float(np.clip(pair.ssim(entry, False, data_range), -1, 1))
