"""Orders of methods: who is before whom, Kendall's tau_b, and how large tau is by chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike

SAME = 1e-12  # relative to the largest score: means that differ by less differ by rounding
EVERY_ORDER = 8  # methods; up to here tied scores are tested against all 40 320 orders


@dataclass(frozen=True, slots=True)
class TauNull:
    """Kendall's tau when the two orders have nothing to do with each other."""

    sd: float | None  # of tau; None with fewer than two methods
    p_value: float | None  # P(|tau| at least as large); None where tau is undefined
    how: str  # the p-value's basis, or why there is none


def pair_signs(goodness: ArrayLike) -> np.ndarray:
    """+1, 0 or -1 for each pair of methods i < j, [... pairs] for scores [... method]: is i better than j?

    Differences within the rounding of a mean count as ties.
    """
    values = np.asarray(goodness, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("Every score must be a finite number.")
    i, j = np.triu_indices(values.shape[-1], 1)
    difference = values[..., i] - values[..., j]
    difference[np.abs(difference) <= SAME * np.abs(values).max(initial=0)] = 0
    return np.sign(difference)


def ranks(goodness: ArrayLike) -> np.ndarray:
    """The rank of each method, [... method], 1 = best; tied methods share their mean rank."""
    values = np.asarray(goodness, dtype=np.float64)
    i, j = np.triu_indices(values.shape[-1], 1)
    signs = pair_signs(values)
    result = np.full(values.shape, (values.shape[-1] + 1) / 2)
    for pair, (first, second) in enumerate(zip(i, j, strict=True)):
        result[..., first] -= signs[..., pair] / 2
        result[..., second] += signs[..., pair] / 2
    return result


def tau_b(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Kendall's tau_b [...] from the pair signs of two scores [... pairs]; not-a-number if all methods tie.

    Formula: sum s s' / sqrt(sum s^2 sum s'^2) over pairs of methods.
    Source: Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33, 1945.
    """
    power = (first * first).sum(-1) * (second * second).sum(-1)
    agreed = (first * second).sum(-1)
    undefined = np.full(np.shape(agreed), np.nan)
    return np.divide(agreed, np.sqrt(power), out=undefined, where=power > 0)


def tau_null_sd(n_methods: int) -> float:
    """The standard deviation of Kendall's tau of two unrelated orders of M methods without ties.

    Formula: sqrt(2 (2M + 5) / (9 M (M - 1))); 0.41 for 5 methods, 0.29 for 8, 0.22 for 12.
    Source: Kendall, "A New Measure of Rank Correlation", Biometrika 30, 1938.
    """
    if n_methods < 2:
        raise ValueError("Kendall's tau needs at least two methods.")
    return float(np.sqrt(2 * (2 * n_methods + 5) / (9 * n_methods * (n_methods - 1))))


def tau_null(first: ArrayLike, second: ArrayLike) -> TauNull:
    """How often unrelated orders have a tau at least as far from 0, for two scores [method].

    Source: without ties the exact law (scipy.stats.kendalltau); with ties every order of up to 8 methods, and
        the normal approximation beyond.
    """
    if np.shape(first) != np.shape(second) or np.ndim(first) != 1:
        raise ValueError("Kendall's tau needs one score of each kind for every method.")
    n = np.size(first)
    if n < 2:
        return TauNull(None, None, "One method has no order.")
    a, b, sd = pair_signs(first), pair_signs(second), tau_null_sd(n)
    observed = float(tau_b(a, b))
    if np.isnan(observed):
        return TauNull(sd, None, "All methods have the same score, so there is no order to compare.")
    if a.all() and b.all():
        return TauNull(sd, _scipy_p(first, second, "exact"), "exact")
    if n > EVERY_ORDER:
        # Ranks, so that scipy sees the same ties as we do.
        return TauNull(sd, _scipy_p(ranks(first), ranks(second), "asymptotic"), "normal approximation")
    orders = np.array(list(permutations(range(n))))
    taus = tau_b(a, pair_signs(np.asarray(second, dtype=np.float64)[orders]))
    return TauNull(sd, float(np.mean(np.abs(taus) >= abs(observed) - 1e-9)), f"all orders of {n} methods")


def _scipy_p(first: ArrayLike, second: ArrayLike, method: str) -> float:
    from scipy.stats import kendalltau

    return float(kendalltau(first, second, method=method).pvalue)
