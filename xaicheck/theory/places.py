"""A channel that is read at many places: how far the gradient agrees across them, and what follows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.theory.domain import at_least, between, finite, whole


def coherence(gradient: ArrayLike) -> float:
    """How alike the gradient is at two places: c in [-1/(P - 1), 1], for a gradient [channels P].

    Formula: mean over p != q of sum_i g_i(p) g_i(q), divided by the mean over p of sum_i g_i(p)^2; which is
        (P s - 1) / (P - 1), s the share of the energy along each channel's mean over places.
    Assumes: two places or more. s itself is 1/P, not 0, where places have nothing in common.
    Undefined when: the gradient is zero everywhere: not-a-number.
    """
    g = finite("gradient", gradient)
    if g.ndim != 2 or g.shape[1] < 2:
        raise ValueError("The gradient must be channels by places, with two places or more.")
    energy, places = float(np.square(g).sum()), g.shape[1]
    if energy == 0:
        return float("nan")
    return (float(np.square(g.sum(1)).sum()) / energy - 1) / (places - 1)


def coherent_magnitude(mean: ArrayLike, rms: ArrayLike, coherence: float, places: int) -> np.ndarray:
    """What counts as a channel's activation where random weights read it at P places; shape of the mean.

    Formula: x^2 = c mean^2 + (1 - c) rms^2 / P, mean and root mean square over the places. Two channels keep
        their order with the probability order_kept(x_i / x_j): x is the standard deviation of a
        contribution, up to a factor that is the same for all channels.
    Assumes: weights of one variance v, independent of each other, that read every place alike (a pointwise
        layer); all pairs of places agree equally: c, the `coherence`.
    Source: derived: the contribution is C = sum_p x(p) g(p), g(p) = sum_o w_o d_o(p), d the gradient behind
        the layer, whatever the channel. Given d, E[C^2] = v sum_pq x(p) x(q) K_pq with K_pq = sum_o d_o(p)
        d_o(q). With K_pp = k and K_pq = c k the sum is k ((1 - c) sum_p x(p)^2 + c (sum_p x(p))^2)
        = k P^2 ((1 - c) rms^2 / P + c mean^2). c = 1 is global pooling, which reads the mean; c = 0 are
        places that add up like independent numbers, which reads the root mean square.
    """
    count = whole("number of places", places, 2)
    c = float(between("coherence", coherence, -1 / (count - 1), 1))
    m, r = finite("means", mean), at_least("root mean squares", rms, 0)
    square = c * np.square(m) + (1 - c) * np.square(r) / count
    return np.sqrt(np.maximum(square, 0))  # below zero by rounding only: |mean| <= rms
