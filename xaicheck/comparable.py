"""What a map becomes before it is compared, and the maps that cannot be compared at all.

Everything is in float64 and scaled by a power of two, so that 1e300 does not overflow, 1e-40 does not vanish
and nothing is rounded on the way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

WINDOW = 7  # pixels, height = width of the uniform window


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
    if not np.isfinite(exact).all():
        raise NoNumber("has values that are not finite numbers")
    largest = np.abs(exact).max()
    if largest == 0:
        raise NoNumber("is zero everywhere")
    result = np.ldexp(exact, -np.frexp(largest)[1])
    # A constant map that went through an interpolation differs from itself in the last bits.
    rounding = 4 * np.finfo(values.dtype).eps if values.dtype.kind == "f" else 0.0
    if result.max() - result.min() <= rounding * np.abs(result).max():
        raise NoNumber("is constant")
    return result


def centred(values: np.ndarray) -> np.ndarray:
    """The map less its mean; the second round removes the rounding of the first mean."""
    result = scaled(values)
    for _ in range(2):
        result = result - result.mean()
    return result


def ranks(values: np.ndarray) -> np.ndarray:
    """Average ranks, centred: multiples of 1/2, so sums of their products are exact up to 300 000 pixels."""
    from scipy.stats import rankdata

    scaled(values)  # only its refusals: scaled values could tie where the given ones do not
    return rankdata(values.astype(np.float64)) - (values.size + 1) / 2


def absolute_ranks(values: np.ndarray) -> np.ndarray:
    """Average ranks of the magnitudes, centred."""
    return ranks(np.abs(values))


def normalised(values: np.ndarray) -> np.ndarray:
    """The map in units of its root mean square."""
    exact = scaled(values)
    return exact / np.sqrt(np.mean(exact * exact))


def windowed(values: np.ndarray) -> Windows:
    """The map and its window statistics; ValueError unless it has two dimensions."""
    if values.ndim != 2:
        raise ValueError(f"The maps must have two dimensions, not {values.ndim}.")
    if min(values.shape) < WINDOW:
        raise NoNumber(f"is smaller than the window of {WINDOW} × {WINDOW} pixels")
    normal = normalised(values)
    mean = window_mean(normal)
    return Windows(normal, mean, sample(window_mean(normal * normal) - mean * mean))


def window_mean(values: np.ndarray) -> np.ndarray:
    """The mean of each window that lies wholly in the map, [H-6 W-6]."""
    from scipy.ndimage import uniform_filter

    edge = WINDOW // 2
    return uniform_filter(values, WINDOW)[edge:-edge, edge:-edge]


def sample(covariance: np.ndarray) -> np.ndarray:
    """The population covariance of a window as the sample covariance."""
    return covariance * (WINDOW**2 / (WINDOW**2 - 1))
