"""Zeros that two unrelated maps share, such as a black background, and what they do to rank correlations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck import theory
from xaicheck.seeds import derived
from xaicheck.similarity.measures import SIMILARITIES

SIDE = 224  # pixels
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class SharedZeros:
    """Two independent maps that are zero at the same pixels: the rank correlations."""

    share: float
    magnitude: float  # measured, of |values|
    signed: float  # measured
    predicted: float  # of |values|; the signed one is 0


def pair(share: float, seed: int = 0, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Two independent Gaussian maps [side side], zero outside one disc around the middle.

    `share` in [0, 1) is the share of the pixels outside; the rest of the two maps has nothing in common.
    """
    rng = np.random.default_rng(derived("shared zeros", seed))
    a, b = rng.standard_normal((2, side, side))
    line = np.arange(side) - (side - 1) / 2
    away = np.hypot(*np.meshgrid(line, line)) + 1e-6 * rng.random((side, side))  # no two pixels alike
    zero = np.zeros(away.size, bool)
    zero[np.argsort(-away, axis=None)[: round(share * away.size)]] = True
    inside = ~zero.reshape(side, side)
    return a * inside, b * inside


def measured(share: float, seed: int = 0, side: int = SIDE) -> SharedZeros:
    """What these maps score, and what the closed form says."""
    a, b = pair(share, seed, side)
    return SharedZeros(
        share,
        float(SIMILARITIES["spearman_abs"].fn(a, b)),
        float(SIMILARITIES["spearman"].fn(a, b)),
        float(theory.shared_zeros_spearman(share)),
    )
