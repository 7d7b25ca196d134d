"""What a map becomes before it is compared, and the maps that cannot be compared at all.

Everything is in float64 and scaled by a power of two, so that 1e300 does not overflow, 1e-40 does not vanish
and nothing is rounded on the way.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from xaicheck.similarity.ranks import ascending

TOP = 0.1  # share of the pixels that count as the strongest
WINDOW = 7  # pixels, height = width of the uniform window

NOT_FINITE = "has values that are not finite numbers"
ZERO = "is zero everywhere"
CONSTANT = "is constant"
SMALL = f"is smaller than the window of {WINDOW} × {WINDOW} pixels"


class NoNumber(Exception):
    """A map that cannot be compared; the text continues "the original map ..."."""


class Windows(NamedTuple):
    """A normalised map and what is in each whole window of it."""

    values: np.ndarray  # [H W], in units of the root mean square
    mean: np.ndarray  # [H-6 W-6]
    variance: np.ndarray  # [H-6 W-6], sample variance


def scaled(values: np.ndarray) -> np.ndarray:
    """The map in float64, largest magnitude in [0.5, 1): scaled by a power of two, which rounds nothing."""
    exact = values.astype(np.float64)
    if exact.size == 0:
        raise NoNumber("is empty")
    ends = np.array((exact.min(), exact.max()))
    if not np.isfinite(ends).all():
        raise NoNumber(NOT_FINITE)
    largest = np.abs(ends).max()
    if largest == 0:
        raise NoNumber(ZERO)
    shift = -np.frexp(largest)[1]
    # A constant map that went through an interpolation differs from itself in the last bits.
    rounding = 4 * np.finfo(values.dtype).eps if values.dtype.kind == "f" else 0.0
    low, high = np.ldexp(ends, shift)
    if high - low <= rounding * max(-low, high):
        raise NoNumber(CONSTANT)
    return np.ldexp(exact, shift)


def exponent(values: np.ndarray) -> int:
    """The power of two that `scaled` divides the map by."""
    return int(np.frexp(np.abs(values.astype(np.float64)).max())[1])


def average_ranks(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Average ranks, centred, in the map's shape; `order` as `ascending` gives it.

    They are multiples of 1/2, so sums of their products are exact up to 300 000 pixels.
    Differs: scipy.stats.rankdata gives the same numbers in several times the time.
    """
    given = values.ravel()[order]
    begins = np.concatenate(([True], given[1:] != given[:-1]))
    ranked = np.arange(given.size) - (given.size - 1) / 2
    if not begins.all():
        starts = np.flatnonzero(begins)
        lengths = np.diff(starts, append=given.size)
        ranked = np.repeat(ranked[starts] + (lengths - 1) / 2, lengths)
    result = np.empty(given.size)
    result[order] = ranked
    return result.reshape(values.shape)


class Prepared:
    """A map and what the measures read from it, each worked out once; NoNumber where there is none."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = np.ascontiguousarray(values)  # one order of summation for one content

    @cached_property
    def scaled(self) -> np.ndarray:
        """The map as `scaled` makes it."""
        return scaled(self.values)

    @cached_property
    def centred(self) -> np.ndarray:
        """The scaled map less its mean; the second round removes the rounding of the first mean."""
        result = self.scaled - self.scaled.mean()
        return result - result.mean()

    @cached_property
    def ranks(self) -> np.ndarray:
        """Centred average ranks."""
        _ = self.scaled  # only its refusals: scaled values could tie where the given ones do not
        return average_ranks(self.values, ascending(self.values))

    @cached_property
    def absolute_ranks(self) -> np.ndarray:
        """Centred average ranks of the magnitudes."""
        return Prepared(np.abs(self.values)).ranks

    @cached_property
    def normalised(self) -> np.ndarray:
        """The map in units of its root mean square."""
        return self.scaled / np.sqrt(np.mean(self.scaled * self.scaled))

    @cached_property
    def windows(self) -> Windows:
        """The normalised map and its window statistics; ValueError unless it has two dimensions."""
        refuse_small(self.values)
        normal = self.normalised
        mean = window_mean(normal)
        return Windows(normal, mean, sample(window_mean(normal * normal) - mean * mean))


def normalised(values: np.ndarray) -> np.ndarray:
    """The map in units of its root mean square."""
    return Prepared(values).normalised


def windowed(values: np.ndarray) -> Windows:
    """The map and its window statistics; ValueError unless it has two dimensions."""
    return Prepared(values).windows


def refuse_small(values: np.ndarray) -> None:
    """Nothing; NoNumber where no whole window fits, ValueError unless there are two dimensions."""
    if values.ndim != 2:
        raise ValueError(f"The maps must have two dimensions, not {values.ndim}.")
    if min(values.shape) < WINDOW:
        raise NoNumber(SMALL)


def window_mean(values: np.ndarray) -> np.ndarray:
    """The mean of each window that lies wholly in the map, [H-6 W-6]."""
    from scipy.ndimage import uniform_filter

    edge = WINDOW // 2
    return uniform_filter(values, WINDOW)[edge:-edge, edge:-edge]


def sample(covariance: np.ndarray) -> np.ndarray:
    """The population covariance of a window as the sample covariance."""
    return covariance * (WINDOW**2 / (WINDOW**2 - 1))


def above(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The tenth of the pixels with the highest values, bool [H W]; less where values tie at its border."""
    return _beyond(values, order[::-1], np.greater)


def below(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The tenth of the pixels with the lowest values, bool [H W]; less where values tie at its border."""
    return _beyond(values, order, np.less)


def _beyond(values: np.ndarray, order: np.ndarray, beats: np.ufunc) -> np.ndarray:
    count = max(1, round(TOP * values.size))
    if values.size <= count:
        raise NoNumber("has too few pixels")
    chosen = np.asarray(beats(values, values.ravel()[order[count]]))
    if not chosen.any():
        raise NoNumber(f"has its extreme value at more than {TOP:.0%} of the pixels")
    return chosen
