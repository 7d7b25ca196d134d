"""The trained network beside random ones: does a map remember more than any two networks share?

r is the similarity of the trained network's map and a random one's, b that of the maps of two random
networks. The random networks are the unit: if training had left nothing behind, the trained one would be one
of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.statistics.intervals import LEVEL, NO_WIDTH, SAME, Interval, checked_level, t_quantile

FEWEST = 8  # random networks: with fewer there is no verdict
RANKED = 19  # random networks from which the rank among them is a test at 5 %
GATE = 0.05  # D = t - b must be clearly above this: the sign-flip cheater has 0.04 by the cosine at one depth
METHOD = "t, random networks as replicates"
NO_SPREAD = "All random networks are equally alike, so there is no test."
NO_PAIRS = "There must be two or more random networks, with a similarity for every pair."
NO_NUMBER = "Every similarity must be a finite number; leave out a picture that has none."


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """E = r - b: what a map keeps of the trained upper weights beyond what any two networks share."""

    r: float  # mean similarity of the trained and a random network
    b: float  # mean similarity of two random networks
    interval: Interval  # of E
    p_value: float | None  # E = 0, two-sided; None: fewer than 3 networks, or no spread
    rank: float | None  # share of all networks that lie at least as far out; None: fewer than 19
    networks: int

    @property
    def judged(self) -> bool:
        """Whether there are networks enough for a verdict."""
        return self.networks >= FEWEST and self.p_value is not None


def memory(trained: ArrayLike, between: ArrayLike, level: float = LEVEL) -> Memory:
    """E and its test, from similarities that are means over pictures.

    `trained` [network]: of the trained network's maps and each random one's; `between` [network network]: of
    random networks' maps, symmetric, the diagonal is not read.
    Formula: T = E / (sd(v) sqrt(1 + 1/S)), v_i = (S - 1) / (S - 2) (b_i - b), b_i the mean similarity of
        network i to the other random ones, S networks, S - 1 degrees of freedom.
    Source: derived: under exchangeable networks E is the deviation of one more network from the mean of S.
    False alarms (5 % nominal, simulated; `tests/oracle/test_networks.py`): 3 to 6 %, 6 to 8 % of strongly
        skewed similarities.
    Undefined when: there are fewer than 3 random networks (E itself takes 2), or they differ by rounding.
    """
    r, pairs = np.asarray(trained, dtype=np.float64), np.asarray(between, dtype=np.float64)
    n = r.size
    checked_level(level)
    if r.ndim != 1 or pairs.shape != (n, n):
        raise ValueError(NO_PAIRS)
    if not np.isfinite(r).all():
        raise ValueError(NO_NUMBER)
    own, rounding = _own(pairs)
    rounding = max(rounding, SAME * float(np.abs(r).max()))
    b = float(own.mean())
    estimate = float(r.mean()) - b
    if abs(estimate) <= rounding:
        estimate = 0.0
    warning = "" if n >= FEWEST else f"{n} random networks: a verdict takes {FEWEST}."
    none = Interval(estimate, None, None, level, n, 0, METHOD, warning)
    if n < 3:
        return Memory(float(r.mean()), b, none, None, None, n)
    deviations = (n - 1) / (n - 2) * (own - b)
    error = float(deviations.std(ddof=1) * np.sqrt(1 + 1 / n))
    if error <= rounding:
        none = replace(none, warning=" ".join(filter(None, (warning, NO_SPREAD))))
        return Memory(float(r.mean()), b, none, None, None, n)
    from scipy.special import stdtr

    half = t_quantile((1 + level) / 2, n - 1) * error
    p_value = float(2 * stdtr(n - 1, -abs(estimate) / error))
    interval = Interval(estimate, estimate - half, estimate + half, level, n, 0, METHOD, warning)
    return Memory(float(r.mean()), b, interval, p_value, _rank(r, pairs, own) if n >= RANKED else None, n)


def between_interval(between: ArrayLike, level: float = LEVEL) -> Interval:
    """b, the mean similarity of two random networks, with an interval for other random networks.

    `between` [network network]: symmetric, the diagonal is not read.
    Formula: mean over pairs +- t_{S-1} 2 sd(v) / sqrt(S), v as in `memory`.
    Source: the first-order variance of a U-statistic of degree 2, Hoeffding 1948.
    Covers (95 % nominal, simulated; `tests/oracle/test_networks.py`): 94 to 99 %, most where networks have
        nothing in common.
    Undefined when: there are fewer than 3 networks. It has no width where they differ by rounding.
    """
    checked_level(level)
    own, rounding = _own(np.asarray(between, dtype=np.float64))
    n, b = own.size, float(own.mean())
    if n < 3:
        return Interval(b, None, None, level, n, 0, METHOD, "2 random networks give no interval.")
    spread = float((n - 1) / (n - 2) * own.std(ddof=1))
    if spread <= rounding:
        return Interval(b, b, b, level, n, 0, METHOD, NO_WIDTH)
    half = t_quantile((1 + level) / 2, n - 1) * 2 * spread / np.sqrt(n)
    return Interval(b, float(b - half), float(b + half), level, n, 0, METHOD)


def _own(pairs: np.ndarray) -> tuple[np.ndarray, float]:
    """b_i, the mean similarity of each network to the others, and by how much they differ by rounding."""
    n = len(pairs) if pairs.ndim else 0
    if n < 2 or pairs.shape != (n, n):
        raise ValueError(NO_PAIRS)
    off = ~np.eye(n, dtype=bool)
    if not np.isfinite(pairs[off]).all():
        raise ValueError(NO_NUMBER)
    return np.where(off, pairs, 0).sum(1) / (n - 1), SAME * float(np.abs(pairs[off]).max())


def _rank(r: np.ndarray, pairs: np.ndarray, own: np.ndarray) -> float:
    """The share of all networks, the trained one too, whose similarity to the others is as far out."""
    n = r.size
    means = np.concatenate([[r.mean()], ((n - 1) * own + r) / n])
    # Every network against the mean over the pairs of the others, as the trained one is.
    total = np.where(~np.eye(n, dtype=bool), pairs, 0).sum() / 2 + r.sum()
    others = (total - n * means) / (n * (n - 1) / 2)
    apart = np.abs(means - others)
    return float(np.mean(apart >= apart[0] - 1e-15))
