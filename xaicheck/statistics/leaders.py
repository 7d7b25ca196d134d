"""Who leads, and whom the data do not separate from the leader."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.statistics.intervals import (
    LEAST_IMAGES,
    LEVEL,
    SAME,
    checked_level,
    crossed_spread,
    scaled,
    t_draws,
)
from xaicheck.statistics.tables import ScoreTable

NO_DIFFERENCE = "There is no test: {why}."


@dataclass(frozen=True, slots=True, eq=False)
class Leaders:
    """The methods from the best mean score down, each compared with the first on the same images."""

    methods: tuple[str, ...]
    differences: np.ndarray  # float64 [method], the first's mean score less this one's, turned so that >= 0
    p_values: np.ndarray | None  # float64 [method], Holm's; 1 for the first; None: there is no test
    together: tuple[str, ...]  # the first, and all that are not separated from it
    level: float
    why: str = ""  # there is no test


def leaders(table: ScoreTable, *, level: float = LEVEL, seed: int = 0) -> Leaders:
    """The leader and those that the data do not separate from it: paired differences, Holm over the others.

    Formula: scores with seeds: t of the differences [seed image] (`intervals.crossed_spread`); scores without
        (`ScoreTable.over_seeds`): bootstrap-t over images. Two-sided. Differences that are all equal have no
        spread: the sign test, 2^(1 - n), n the seeds or the images, whichever are fewer but not one. The
        leader is the first of these data, which the test does not account for.
    Source: Holm, Scandinavian Journal of Statistics 6, 1979.
    Undefined when: there is one seed, or fewer than 4 images in a score without seeds; then all stand
        together.
    """
    checked_level(level)
    order = np.argsort(-table.goodness, kind="stable")
    methods = tuple(table.methods[i] for i in order)
    differences = table.goodness[order[0]] - table.goodness[order]
    why = ""
    if table.n_seeds == 1:
        why = "one seed says nothing about other random weights"
    elif not table.seeded and len(table.images) < LEAST_IMAGES:
        why = f"it takes {LEAST_IMAGES} pictures"
    if why:
        return Leaders(methods, differences, None, methods, level, why)
    best = table.values[order[0]]
    _, exponent = scaled(table.values)
    apart = [np.ldexp(table.values[i] - best, -exponent) for i in order[1:]]
    raw = np.array([_p_value(one, seeded=table.seeded, seed=seed) for one in apart])
    p_values = np.concatenate([[1.0], holm(raw)])
    together = tuple(m for m, p in zip(methods, p_values, strict=True) if p > 1 - level)
    return Leaders(methods, differences, p_values, together, level)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's adjusted p-values, in the given order.

    Source: Holm, Scandinavian Journal of Statistics 6, 1979.
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    adjusted = np.empty_like(given)
    adjusted[order] = np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1))
    return np.minimum(adjusted, 1.0)


def _p_value(differences: np.ndarray, *, seeded: bool, seed: int) -> float:
    """That the mean of paired differences [seed image] of scores of about 1 is 0, two-sided."""
    if not seeded:
        differences = differences.mean(0, keepdims=True)
    if np.abs(differences).max() <= SAME:
        return 1.0
    if np.ptp(differences) <= SAME:
        drawn = [n for n in differences.shape if n > 1]
        return 2.0 ** (1 - min(drawn))
    if seeded:
        from scipy.special import stdtr

        spread = crossed_spread(differences)
        return float(2 * stdtr(spread.dof, -abs(spread.mean) / spread.error))
    means = differences[0]
    observed = abs(means.mean()) / (means.std(ddof=1) / np.sqrt(means.size))
    quotients = t_draws(means, seed=seed)
    return float((1 + (np.abs(quotients) >= observed).sum()) / (1 + quotients.size))
