"""The laws from which random weights are drawn, and what each of them does to the order of two activations.

The activations x_i >= 0 below the lowest randomized layer are the same before and after randomization; a
channel contributes w_i x_i. What matters of a weight law is the law of the ratio of two magnitudes |w|.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, erfinv

from xaicheck.theory.domain import finite
from xaicheck.types import Registry

TABLE = 2048  # values; up to here every ratio of two of them is kept, sorted (34 MB)

Elementwise = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class WeightLaw:
    """A law of weights that are symmetric about zero; |w| is given in units of the law's own scale."""

    key: str
    label: str
    keeps: Elementwise  # r in [0, inf] -> P(r |w_i| >= |w_j|) for two channels i, j
    density: float  # of |w| at 0
    mean: float  # of |w|
    log_variance: float | None  # of log |w|; None: some weights are exactly zero
    cdf: Elementwise | None = None  # of |w|; None: the weights are not independent
    quantile: Elementwise | None = None  # its inverse on (0, 1)
    size: int | None = None  # how many values are dealt out; None: any number


GAUSSIAN = WeightLaw(
    "gaussian",
    "Gaussian",
    keeps=lambda r: 2 / np.pi * np.arctan(r),  # w_j / w_i is Cauchy
    density=np.sqrt(2 / np.pi),
    mean=np.sqrt(2 / np.pi),
    log_variance=np.pi**2 / 8,
    cdf=lambda t: erf(t / np.sqrt(2)),
    quantile=lambda u: np.sqrt(2) * erfinv(u),
)
UNIFORM = WeightLaw(
    "uniform",
    "Uniform",
    keeps=lambda r: np.where(r >= 1, 1 - 0.5 / np.maximum(r, 1), 0.5 * np.minimum(r, 1)),
    density=1.0,
    mean=0.5,
    log_variance=1.0,
    cdf=lambda t: np.minimum(t, 1.0),
    quantile=lambda u: u,
)
LAPLACE = WeightLaw(
    "laplace",
    "Laplace",
    keeps=lambda r: 1 - 1 / (1 + r),  # = r / (1 + r), also where r is infinite
    density=1.0,
    mean=1.0,
    log_variance=np.pi**2 / 6,
    cdf=lambda t: -np.expm1(-t),
    quantile=lambda u: -np.log1p(-u),
)
CONSTANT = WeightLaw(
    "constant",
    "Equal magnitude, random sign",
    keeps=lambda r: np.where(r >= 1, 1.0, 0.0),
    density=0.0,
    mean=1.0,
    log_variance=0.0,
    cdf=lambda t: np.where(t >= 1, 1.0, 0.0),
    quantile=np.ones_like,
)

WEIGHT_LAWS = Registry("law of weights", (GAUSSIAN, UNIFORM, LAPLACE, CONSTANT))
"""The laws by key. `permuted` makes one more from trained values."""


def permuted(values: ArrayLike) -> WeightLaw:
    """The law of trained weights that are dealt out anew, each value once.

    Formula: P(r |w_i| >= |w_j|) = #{(k, l), k != l: |v_l| <= r |v_k|} / (N (N - 1)).
    Assumes: every order of the N values is equally likely; two channels never get the same copy.
    Source: derived: counting, exact. For r >= 1 the count is sum_k #{l: |v_l| <= r |v_k|} - N.
    Cost: one search a ratio up to 2048 values, N of them beyond; thin the sorted magnitudes for long curves.
    """
    magnitudes = np.sort(np.abs(finite("trained values", values)).ravel())
    n = magnitudes.size
    if n < 2:
        raise ValueError("A permutation needs at least two trained values.")
    if magnitudes[-1] == 0:
        raise ValueError("At least one trained value must differ from zero.")
    return WeightLaw(
        "permuted",
        "Trained values, permuted",
        keeps=_by_table(magnitudes) if n <= TABLE else _by_search(magnitudes),
        density=float("nan"),  # a finite set has none
        mean=float(magnitudes.mean()),
        log_variance=float(np.log(magnitudes).var()) if magnitudes[0] > 0 else None,
        size=n,
    )


def _by_table(magnitudes: np.ndarray) -> Elementwise:
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = magnitudes[:, None] / magnitudes[None, :]  # |v_l| / |v_k|: the smallest r that will do
    needed[np.isnan(needed)] = 0  # 0 <= r 0 always
    others = ~np.eye(magnitudes.size, dtype=bool)
    table = np.sort(needed[others])
    return lambda r: np.searchsorted(table, r, side="right") / table.size


def _by_search(magnitudes: np.ndarray) -> Elementwise:
    n = magnitudes.size

    def count(r: float) -> float:
        if np.isinf(r):
            return 1.0
        reach = r * magnitudes
        selves = np.count_nonzero(magnitudes <= reach)
        return (np.searchsorted(magnitudes, reach, side="right").sum() - selves) / (n * (n - 1))

    return np.vectorize(count, otypes=[np.float64])
