"""What data of this size could have shown, and how much it would take to show more."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from xaicheck.seeds import derived
from xaicheck.statistics.intervals import LEAST_IMAGES, SAME, crossed_spread, scaled, t_quantile
from xaicheck.statistics.ranks import pair_signs, tau_b
from xaicheck.statistics.tables import ScoreTable

SHARE, LEVEL = 0.8, 0.95  # power and level of every number here
DRAWS = 3000
TAUS = tuple(round(0.05 * i, 2) for i in range(2, 20))
MOST_METHODS = 60
MOST_IMAGES, MOST_TIMES = 1000, 100  # beyond them an estimate from these data says no more than "more"


@dataclass(frozen=True, slots=True)
class Pair:
    """The two methods that are first in a score, and what mean difference of theirs the data could show."""

    methods: tuple[str, str]
    difference: float  # the smallest true one that is shown
    observed: float
    needed: int | None  # what showing the observed one takes; None: more than the most that is asked for


@dataclass(frozen=True, slots=True)
class Power:
    """What these methods, seeds and images could show in 80 of 100 repeats, tested two-sided at 5 %."""

    n_methods: int
    tau: float | None  # the smallest true tau that stands out from unrelated orders; None: not even 0.95
    methods_for_half: int  # methods that a true tau of 0.5 takes
    check: Pair | None  # `needed`: times as many seeds and images; None: one seed, a tie or no spread
    faith: Pair | None  # `needed`: images; None: fewer than 4 images, a tie or no spread


def power(check: ScoreTable, faith: ScoreTable) -> Power:
    """The power for tau by the number of methods, for differences by the spread of the first two's.

    Formula: for tau by simulation, see `tau_seen`; for a difference (t_{0.975} + t_{0.8}) error, in the check
        with the error of `crossed_spread`, which k times as many seeds and images divide by sqrt(k), in
        faithfulness with s / sqrt(n) over images and n - 1 degrees of freedom.
    Source: the normal-theory power of a paired t test; derived.
    """
    n = len(check.methods)
    return Power(n, tau_seen(n) if n > 1 else None, methods_for(0.5), _in_check(check), _in_faith(faith))


def _in_check(table: ScoreTable) -> Pair | None:
    if len(table.methods) < 2 or table.n_seeds == 1:
        return None
    methods, apart = _first_two(table)
    spread = crossed_spread(apart)
    observed = abs(spread.mean)
    if min(observed, spread.error) <= SAME * np.abs(table.values).max():
        return None

    def shown(times: int) -> bool:
        return _seen(spread.error / math.sqrt(times), spread.dof * times) <= observed

    return Pair(methods, _seen(spread.error, spread.dof), observed, _fewest(shown, 1, MOST_TIMES))


def _in_faith(table: ScoreTable) -> Pair | None:
    if len(table.methods) < 2 or len(table.images) < LEAST_IMAGES:
        return None
    methods, apart = _first_two(table.over_seeds)
    small, exponent = scaled(apart)
    observed, sd = float(abs(apart.mean())), float(np.ldexp(small.std(ddof=1), exponent))
    if min(observed, sd) <= SAME * np.abs(table.values).max():
        return None

    def seen(n_images: int) -> float:
        return _seen(sd / math.sqrt(n_images), n_images - 1)

    return Pair(methods, seen(apart.size), observed, _fewest(lambda n: seen(n) <= observed, 2, MOST_IMAGES))


def _first_two(table: ScoreTable) -> tuple[tuple[str, str], np.ndarray]:
    """The two best methods and their paired differences [seed image]."""
    first, second = np.argsort(-table.goodness, kind="stable")[:2]
    return (table.methods[first], table.methods[second]), table.values[first] - table.values[second]


def _fewest(shown: Callable[[int], bool], least: int, most: int) -> int | None:
    """The smallest number that shows it; None: more than `most`."""
    found = bisect_left(range(most + 1), True, lo=least, key=shown)
    return found if found <= most else None


def _seen(error: float, dof: float) -> float:
    """The mean difference that is shown with this standard error."""
    return (t_quantile((1 + LEVEL) / 2, dof) + t_quantile(SHARE, dof)) * error


@cache
def tau_seen(n_methods: int) -> float | None:
    """The smallest true tau (in steps of 0.05) that so many independent methods show; None: not even 0.95.

    Formula: two scores of each method are jointly normal with correlation sin(pi tau / 2), whose Kendall's
        tau is tau; it is shown where |tau_b| is as large as at most 5 % of unrelated scores have it, in 80 %
        of the draws.
    Source: Greiner's relation; derived by simulation with 3000 draws, off by one step at most.
    Differs: methods of one family are not independent, so families see less than their number of methods.
    """
    rng = np.random.default_rng(derived("power of tau", n_methods))
    first, rest = rng.standard_normal((2, DRAWS, n_methods))
    signs = pair_signs(first)
    unrelated = np.sort(np.abs(tau_b(signs, pair_signs(rest))))
    # The smallest value that at most 5 % of unrelated orders reach; few methods have none.
    reached = [c for c in np.unique(unrelated.round(9)) if np.mean(unrelated >= c - 1e-8) <= 1 - LEVEL]
    if not reached:
        return None

    def shown(tau: float) -> bool:
        rho = math.sin(math.pi * tau / 2)
        second = rho * first + math.sqrt(1 - rho**2) * rest
        return bool(np.mean(np.abs(tau_b(signs, pair_signs(second))) >= reached[0] - 1e-8) >= SHARE)

    at = bisect_left(TAUS, True, key=shown)
    return TAUS[at] if at < len(TAUS) else None


@cache
def methods_for(tau: float) -> int:
    """The fewest independent methods that show this true tau; MOST_METHODS: so many or more."""
    return bisect_left(range(MOST_METHODS), True, lo=2, key=lambda n: (tau_seen(n) or 1.0) <= tau)
