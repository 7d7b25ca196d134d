"""Orders of methods: who is before whom, Kendall's tau_b, and how large tau is by chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, product
from math import comb, prod

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.seeds import derived
from xaicheck.statistics.intervals import LEVEL, SAME

STATES = 4000  # of the exact law of tau; 12 methods with any ties have at most 1 296
SHUFFLES = 20_000  # a share's standard error is at most 0.35 percentage points


@dataclass(frozen=True, slots=True)
class TauNull:
    """Kendall's tau when the two orders have nothing to do with each other."""

    sd: float | None  # of tau; None where tau is undefined
    within: float | None  # the least |tau| that LEVEL of the orders do not exceed
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
    with np.errstate(over="ignore"):  # an infinite difference has the right sign
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
    """Kendall's tau (b) [...] from the pair signs of two scores [... pairs]; not-a-number if all methods tie.

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

    Formula: the exact law of tau's numerator over all orders with these ties; beyond STATES, its share among
        SHUFFLES orders drawn with a fixed seed.
    Source: Kendall, "Rank Correlation Methods", 1948, chapter 4, for the law without ties; with ties derived.
    """
    if np.shape(first) != np.shape(second) or np.ndim(first) != 1:
        raise ValueError("Kendall's tau needs one score of each kind for every method.")
    n = np.size(first)
    if n < 2:
        how = "One method has no order." if n else "There is no method, so there is no order."
        return TauNull(None, None, None, how)
    a, b = pair_signs(first), pair_signs(second)
    power = np.sqrt(np.abs(a).sum() * np.abs(b).sum())
    if not power:
        return TauNull(None, None, None, "All methods have the same score, so there is no order to compare.")
    # The law is the same the other way round, and quicker from the order with fewer states.
    blocks, groups = sorted((_sizes(first), _sizes(second)), key=_states)
    if _states(blocks) > STATES:
        sums = pair_signs(_shuffled(ranks(second))) @ a
        law, how = np.ones(SHUFFLES), f"{SHUFFLES:,} shuffled orders".replace(",", " ")
    else:
        law, how = _law(blocks, groups), "exact"
        sums = np.arange(law.size) - law.size // 2.0
    share = law / law.sum()
    distance, at = np.unique(np.abs(sums), return_inverse=True)
    held = np.bincount(at, share).cumsum()
    return TauNull(
        sd=float(np.sqrt(share @ sums**2) / power),
        within=float(distance[np.searchsorted(held, LEVEL - 1e-9)] / power),
        p_value=float(share[np.abs(sums) >= abs(a @ b)].sum()),
        how=how,
    )


def _sizes(goodness: ArrayLike) -> tuple[int, ...]:
    """How many methods share each rank, the best rank first."""
    return tuple(np.unique(ranks(goodness), return_counts=True)[1].tolist())


def _blocks(sizes: tuple[int, ...]) -> list[tuple[int, bool]]:
    """(methods, whether they tie): each tie, and each run of methods between ties."""
    found: list[tuple[int, bool]] = []
    for tied, run in groupby(sizes, lambda size: size > 1):
        held = list(run)
        found += [(size, True) for size in held] if tied else [(sum(held), False)]
    return found


def _states(sizes: tuple[int, ...]) -> int:
    return prod(size + 1 for size, _ in _blocks(sizes))


@lru_cache(maxsize=64)
def _law(first: tuple[int, ...], second: tuple[int, ...]) -> np.ndarray:
    """How many orders have each sum of s s' over pairs, -P to P, P pairs of methods, float64 [2P + 1].

    The second order's ties are dealt, the best first, to the first one's blocks: m more to a block that has t
    add m t signs there, all 0 in a tie and else spread as a Gaussian binomial, and a fixed sign for every
    method in another block. How the t are arranged does not matter: all arrangements are equally likely.
    """
    blocks = _blocks(first)
    middle = comb(sum(first), 2)
    start = np.zeros(2 * middle + 1)
    start[middle] = 1
    laws = {(0,) * len(blocks): start}
    for size in second:
        after: dict[tuple[int, ...], np.ndarray] = {}
        for held, law in laws.items():
            room = [range(min(size, whole - t) + 1) for (whole, _), t in zip(blocks, held, strict=True)]
            for more in product(*room):
                if sum(more) != size:
                    continue
                shift = sum(m * (sum(held[:i]) - sum(held[i + 1 :])) for i, m in enumerate(more))
                dealt = np.roll(law, shift)  # no sum lies beyond the ends, so nothing comes round
                for (_, tied), t, m in zip(blocks, held, more, strict=True):
                    if m and t:
                        dealt = (
                            dealt * comb(t + m, m) if tied else np.convolve(dealt, _gaussian(t, m), "same")
                        )
                key = tuple(t + m for t, m in zip(held, more, strict=True))
                after[key] = after[key] + dealt if key in after else dealt
        laws = after
    return next(iter(laws.values()))


@cache
def _gaussian(t: int, m: int) -> np.ndarray:
    """Arrangements of t and m things by the sum of signs between them, -t m to t m, float64 [2 t m + 1]."""
    if not t * m:
        return np.ones(1)
    law = np.zeros(2 * t * m + 1)
    law[2 * m :] += _gaussian(t - 1, m)  # the last thing is one of the t, which has the m before it
    law[: 2 * t * (m - 1) + 1] += _gaussian(t, m - 1)
    return law


def _shuffled(values: np.ndarray) -> np.ndarray:
    """SHUFFLES orders of the values, [order method]."""
    rng = np.random.default_rng(derived("tau", "shuffles"))
    return rng.permuted(np.tile(values, (SHUFFLES, 1)), axis=1)
