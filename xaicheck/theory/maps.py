"""What two maps score that have nothing in common: the squared distance and the rank correlation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.theory.domain import at_least, between, finite

INDEPENDENT_MSE = 2.0
"""E[MSE] of a map and an independent one that is symmetric about zero, in units of their root mean squares.

Formula: 2 - 2 E[cosine] = 2, for any first map. Assumes: b and -b have the same law, independent of a.
Source: derived; exact.
"""

FLATNESS: Mapping[str, float] = MappingProxyType(
    {"gaussian": np.sqrt(2 / np.pi), "uniform": np.sqrt(3) / 2, "laplace": 1 / np.sqrt(2)}
)
"""E|b| / sqrt(E[b^2]) of the usual laws; of a map that is zero but for a share q, sqrt(q) times that."""


def mse_of_cosine(cosine: ArrayLike) -> np.ndarray:
    """The squared distance of two maps in units of their root mean square, in [0, 4]; shape of the cosine.

    Formula: 2 - 2 cos(a, b).
    Assumes: each map is divided by its own root mean square.
    Source: derived: expand the square; both second moments are 1. So the two are one piece of evidence.
    """
    return 2 - 2 * between("cosine", cosine, -1, 1)


def independent_mse_sd(pixels: ArrayLike) -> np.ndarray:
    """The standard deviation of that distance for one independent map; shape of the number of pixels.

    Formula: 2 / sqrt(d).
    Assumes: the second map is Gaussian noise, independent from pixel to pixel.
    Source: derived: the cosine with a fixed direction has variance 1/d; exact.
    """
    return 2 / np.sqrt(at_least("number of pixels", pixels, 1))


def flatness(values: ArrayLike) -> float:
    """m = mean / root mean square of a map, in [-1, 1]; 1 = constant, near 0 = signed or sparse."""
    b = finite("values", values)
    largest = np.abs(b).max()
    if largest == 0:
        raise ValueError("A map that is zero everywhere has no root mean square.")
    b = b / largest  # so that no square overflows or vanishes
    return float(b.mean() / np.sqrt(np.mean(b * b)))


def independent_mse(flatness_a: ArrayLike, flatness_b: ArrayLike) -> np.ndarray:
    """E[MSE] of two independent maps, in [0, 4], from the flatness of each; broadcast shape.

    Formula: 2 - 2 m_a m_b. Magnitudes: Gaussian 2 - 4/pi = 0.727, uniform 0.5, Laplace 1; signed 2.
    Assumes: pixels alike and independent within each map; the error is of order 1/d for d pixels, more
        where the fourth moment is infinite.
    Source: derived: the cosine tends to E[a] E[b] / (rms rms).
    """
    return 2 - 2 * between("flatness", flatness_a, -1, 1) * between("flatness", flatness_b, -1, 1)


def shared_zeros_spearman(share: ArrayLike) -> np.ndarray:
    """Spearman's correlation of the magnitudes of two independent maps that are zero at the same pixels.

    Formula: 3p / (3p + (1 - p)^2), p = the share of common zeros in [0, 1); 0.484 for 0.2, 0.857 for 0.5. The
        signed correlation is 0.
    Assumes: many pixels; outside the zeros the values are independent, continuous and alike.
    Source: derived: the average ranks of zeros and others differ by d/2; within the others nothing is shared.
    """
    p = between("share of zeros", share, 0, 1)
    if (p == 1).any():
        raise ValueError("A map that is zero everywhere has no rank correlation.")
    return 3 * p / (3 * p + (1 - p) ** 2)
