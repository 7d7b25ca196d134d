"""The most active channels: how probable it is that they go on contributing most."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.theory.domain import whole
from xaicheck.theory.laws import GAUSSIAN, WeightLaw
from xaicheck.theory.order import magnitudes

# Quadrature on (0, 1): Gauss-Legendre in panels that halve towards both ends, where the integrand is steep:
# at 1 a channel of little activity enters the top, at 0 a very active one leaves it.
NODES = 12  # a panel
TO_ZERO, TO_ONE = 8, 20  # halvings


def stays_in_top(
    activations: ArrayLike, k: int, *, channel: int | None = None, law: WeightLaw = GAUSSIAN
) -> float:
    """P(|w_i x_i| is among the k largest contributions); i = the most active channel unless given.

    Formula: int_0^inf f_|w|(t) PoissonBinomial_{<= k-1}({P(|w_j| > t x_i / x_j)}_{j != i}) dt.
    Assumes: independent weights drawn alike; one output unit.
    Source: derived: given |w_i| = t the other channels pass it independently. Quadrature: Gauss-Legendre in
        u = F_|w|(t), 588 nodes, error below 1e-6. Cost: their number times k n.
    """
    x = magnitudes(activations)
    whole("number of top channels", k, 1, x.size)
    index = int(np.argmax(x)) if channel is None else whole("channel", channel, 0, x.size - 1)
    if x[index] == 0:
        raise ValueError("A channel that is zero has no place of its own among the others.")
    return _stays(x, k, index, law)


def expected_overlap(activations: ArrayLike, k: int, law: WeightLaw = GAUSSIAN) -> float:
    """The expected share of the k most active channels among the k largest contributions; chance is k/n.

    Formula: mean of stays_in_top over the k most active channels. Cost: k quadratures.
    Assumes: as stays_in_top; at least k channels are not zero.
    Source: derived: the expectation of a sum.
    """
    x = magnitudes(activations)
    whole("number of top channels", k, 1, x.size)
    top = np.argsort(-x, kind="stable")[:k]
    if x[top[-1]] == 0:
        raise ValueError(f"Fewer than {k} channels are active, so the top {k} are not determined.")
    return float(np.mean([_stays(x, k, int(index), law) for index in top]))


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Nodes in (0, 1) and their weights, which sum to 1."""
    left = 0.5 ** np.arange(TO_ZERO + 1, 1, -1.0)
    right = 1 - 0.5 ** np.arange(1, TO_ONE + 1, 0.5)  # two panels a halving
    edges = np.concatenate([[0], left, right, [1]])
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    width = np.diff(edges)[:, None]
    return (edges[:-1, None] + width * (nodes + 1) / 2).ravel(), (width * weights / 2).ravel()


def _stays(x: np.ndarray, k: int, index: int, law: WeightLaw) -> float:
    if law.cdf is None or law.quantile is None:
        raise ValueError("Places among the top channels are known for independent weights only.")
    nodes, weights = _quadrature()
    size = law.quantile(nodes)  # |w_i|
    others = np.delete(x, index)
    others = others[others > 0]
    # P(exactly c channels have passed it), c < k, channel by channel.
    passed = np.zeros((size.size, k))
    passed[:, 0] = 1
    for other in others:
        chance = (1 - law.cdf(size * (x[index] / other)))[:, None]
        moved = passed[:, :-1] * chance
        passed *= 1 - chance
        passed[:, 1:] += moved
    return float(weights @ passed.sum(1))
