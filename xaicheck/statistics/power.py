"""What data of this size could have shown, and how much it would take to show more."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import numpy as np

from xaicheck.seeds import derived
from xaicheck.statistics.intervals import t_quantile
from xaicheck.statistics.ranks import pair_signs, tau_b
from xaicheck.statistics.tables import ScoreTable

SHARE, LEVEL = 0.8, 0.95  # power and level of every number here
DRAWS = 3000
TAUS = tuple(round(0.05 * i, 2) for i in range(2, 20))
MOST_METHODS, MOST_IMAGES = 60, 100_000


@dataclass(frozen=True, slots=True)
class Power:
    """What these methods and images could show in 80 of 100 repeats, tested two-sided at 5 %."""

    n_methods: int
    n_images: int
    tau: float | None  # the smallest true tau that stands out from unrelated orders; None: not even 0.95
    methods_for_half: int  # methods that a true tau of 0.5 takes
    difference: float | None  # the smallest mean difference of two methods; None: one image, or no spread
    observed: float | None  # that of the two best
    images_needed: int | None  # that the observed one takes; None: more than MOST_IMAGES, or none to see


def power(table: ScoreTable) -> Power:
    """The power of a score whose unit is the image: for tau by its methods, for differences by its images.

    Formula: for tau by simulation, see `tau_seen`; for a difference (t_{0.975} + t_{0.8}) s / sqrt(n), with
        n - 1 degrees of freedom and s the standard deviation over images of the two best methods' difference.
    Source: the normal-theory power of a paired t test; derived.
    """
    means = table.over_seeds
    n_methods, n_images = len(table.methods), len(table.images)
    order = np.argsort(-table.goodness, kind="stable")
    difference = observed = needed = None
    if n_methods > 1:
        apart = means.values[order[0], 0] - means.values[order[1], 0]
        observed = float(abs(apart.mean()))
        sd = float(apart.std(ddof=1)) if n_images > 1 else 0.0
        if sd > 0:
            difference = difference_seen(sd, n_images)
            needed = images_for(observed, sd)
    tau = tau_seen(n_methods) if n_methods > 1 else None
    return Power(n_methods, n_images, tau, methods_for(0.5), difference, observed, needed)


def difference_seen(sd: float, n_images: int) -> float:
    """The mean difference that so many images show, given the sd of the differences over images."""
    dof = n_images - 1
    return (t_quantile((1 + LEVEL) / 2, dof) + t_quantile(SHARE, dof)) * sd / math.sqrt(n_images)


def images_for(difference: float, sd: float) -> int | None:
    """The images that this mean difference takes; None: more than MOST_IMAGES."""
    if difference <= 0 or difference_seen(sd, MOST_IMAGES) > difference:
        return None
    return bisect_left(range(MOST_IMAGES), True, lo=2, key=lambda n: difference_seen(sd, n) <= difference)


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
