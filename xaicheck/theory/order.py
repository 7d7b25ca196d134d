"""A whole layer: how much of the order of its channels is expected to survive random weights above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.theory.domain import finite
from xaicheck.theory.laws import GAUSSIAN, WeightLaw

CHANCE_TIES = 1e-3  # share of the pairs; up to here they are taken for untied, an error of the same size


@dataclass(frozen=True, slots=True)
class ExpectedOrder:
    """An expected rank correlation of |x| and |w x|, with the dead channels and without."""

    value: float  # over all channels
    live: float | None  # over those that are not zero; None: they have fewer than two different values
    dead: float  # share of channels that are exactly zero: these stay last whatever the weights


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Every channel against every other, [n n]."""

    before: np.ndarray  # sign of |x_i| - |x_j|
    after: np.ndarray  # expected sign of |w_i y_i| - |w_j y_j|, y = x unless said
    tied: np.ndarray  # whether |w_i y_i| = |w_j y_j| for certain; True on the diagonal


def expected_kendall(
    activations: ArrayLike, law: WeightLaw = GAUSSIAN, *, read: ArrayLike | None = None
) -> ExpectedOrder:
    """E[Kendall's tau (b) of |x| and |w x|], in [-1, 1], for these activations [n].

    `read`: the y [n] that the weights multiply, where that is not x: then of |x| and |w y|. Zero with x only.

    Formula: mean over pairs of 2 p_ij - 1, p_ij = P(order kept), i the more active; Gaussian:
        (4/pi) arctan(x_i / x_j) - 1. With ties: the sum over pairs / sqrt(pairs untied in x * those in w x).
    Assumes: as order_kept; which pairs tie does not depend on the draw (0 w = 0, equal magnitudes), but for
        one pair in 1000, as with the odd repeated value among permuted ones.
    Source: derived: tau is linear in the pairs, and its denominator is fixed; exact. Memory n^2.
    """
    return _expected(activations, law, _kendall, read)


def expected_spearman(
    activations: ArrayLike, law: WeightLaw = GAUSSIAN, *, read: ArrayLike | None = None
) -> ExpectedOrder:
    """E[Spearman's rho of |x| and |w x|], in [-1, 1], for these activations [n]; `read` as for tau.

    Formula: 12 / (n (n^2 - 1)) sum_i (rank_i - (n + 1)/2) (1 + sum_{j != i} p_ij); average ranks and their
        variances where there are ties.
    Assumes: as expected_kendall.
    Source: derived: rho is linear in the random ranks, and their variance is fixed; exact. Memory n^2.
    """
    return _expected(activations, law, _spearman, read)


def _expected(
    activations: ArrayLike,
    law: WeightLaw,
    statistic: Callable[[_Pairs], float | None],
    read: ArrayLike | None,
) -> ExpectedOrder:
    x = magnitudes(activations)
    y = x if read is None else magnitudes(read)
    if y.shape != x.shape or ((y == 0) != (x == 0)).any():
        raise ValueError("What is read must be one number a channel, and zero where the activation is.")
    if law.size is not None and x.size > law.size:
        raise ValueError(f"{law.size} trained values cannot be dealt out to {x.size} channels.")
    alive = x > 0
    value = statistic(_pairs(x, y, law))
    if value is None:
        raise ValueError("The order of channels needs at least two different activations.")
    live = statistic(_pairs(x[alive], y[alive], law)) if alive.any() else None
    return ExpectedOrder(value, live, float(np.mean(~alive)))


def magnitudes(activations: ArrayLike) -> np.ndarray:
    """The magnitudes of a layer's activations, float64 [n]."""
    x = np.abs(finite("activations", activations))
    if x.ndim != 1:
        raise ValueError(
            f"The activations must be one number a channel, not an array of {x.ndim} dimensions."
        )
    return x


def _pairs(x: np.ndarray, y: np.ndarray, law: WeightLaw) -> _Pairs:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = y[:, None] / y[None, :]
    dead = y == 0
    certain = np.outer(dead, dead) | np.eye(x.size, dtype=bool)  # 0 w = 0; a channel ties with itself
    ratio[certain] = 1
    kept = law.keeps(ratio)
    tied = np.where(certain, 1.0, kept + kept.T - 1)
    if np.where(tied < 0.5, tied, 1 - tied).mean() > CHANCE_TIES:
        raise ValueError(
            "Too many of these trained values tie or not, as the draw falls, for an expectation."
        )
    return _Pairs(np.sign(x[:, None] - x[None, :]), kept - kept.T, tied > 0.5)


def _kendall(pairs: _Pairs) -> float | None:
    untied = np.count_nonzero(pairs.before) * np.count_nonzero(~pairs.tied)
    if untied == 0:
        return None
    return float((pairs.before * pairs.after).sum() / np.sqrt(float(untied)))


def _spearman(pairs: _Pairs) -> float | None:
    first = pairs.before.sum(1) / 2  # a centred average rank is half the sum of its signs
    second = pairs.after.sum(1) / 2
    n = first.size
    group = pairs.tied.sum(1).astype(np.float64)
    power = (first @ first) * (n**3 - n - (group**2 - 1).sum()) / 12
    if power == 0:
        return None
    return float(first @ second / np.sqrt(power))
