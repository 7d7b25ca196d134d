"""What a map keeps of the activations below, whatever the random weights above them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.theory.domain import above, at_least, finite

RECTIFIED_MEAN = 1 / np.sqrt(2 * np.pi)  # of max(w, 0), w standard Gaussian
RECTIFIED_VARIANCE = 1 / 2 - 1 / (2 * np.pi)


def activation_norm(activations: ArrayLike) -> np.ndarray:
    """The L2 norm over channels, [H W] for activations [n H W]."""
    return np.sqrt(np.square(finite("activations", activations)).sum(0))


def expected_magnitude(activations: ArrayLike, weight_sd: float = 1.0) -> np.ndarray:
    """E|R(p)| of the map R(p) = sum_i w_i x_i(p), [H W] for activations [n H W].

    Formula: sd sqrt(2/pi) |x(p)|_2.
    Assumes: independent Gaussian weights of mean 0 (for others: many channels), one a channel for all p.
    Source: derived: R(p) is Gaussian with standard deviation sd |x(p)|_2; E[R(p)] itself is 0.
    """
    return (
        float(above("standard deviation", weight_sd, 0)) * np.sqrt(2 / np.pi) * activation_norm(activations)
    )


def effective_count(activations: ArrayLike) -> np.ndarray:
    """How many equally active channels would weigh as much, [H W] in [0, n]; 0 where none is active.

    Formula: (sum x)^2 / sum x^2 over the channels of activations [n H W], at least 0.
    Source: derived.
    """
    x = _positive(activations)
    power = np.square(x).sum(0)
    return np.divide(x.sum(0) ** 2, power, out=np.zeros_like(power), where=power > 0)


def mean_over_sd(activations: ArrayLike) -> np.ndarray:
    """E[R(p)] / sd(R(p)) of a map with non-negative weights, [H W]; 0 where no channel is active.

    Formula: sqrt((1/2pi) / (1/2 - 1/2pi)) sqrt(N_eff) = 0.683 sqrt(N_eff).
    Assumes: R(p) = sum_i max(w_i, 0) x_i(p), independent Gaussian w of mean 0; activations
        x >= 0, [n H W].
    Source: derived: mean and variance of a rectified Gaussian; exact.
    """
    return RECTIFIED_MEAN / np.sqrt(RECTIFIED_VARIANCE) * np.sqrt(effective_count(activations))


def baseline_cosine(activations: np.ndarray) -> float:
    """The cosine, in [0, 1], of two maps whose non-negative weights are drawn independently, [n H W] below.

    Formula: M / (M + V), with t(p) = sum_i x_i(p), M = mu^2 sum_p t(p)^2 the power of the expected map and
        V = s^2 (sum_i |x_i|^2 - sum_i (x_i t)^2 / |t|^2) that of the random part at right angles to it;
        mu = 0.399 and s^2 = 0.341 are mean and variance of a rectified Gaussian.
    Assumes: as mean_over_sd; V small beside M, which many active channels give (0.01 at 40).
    Source: derived: to first order, a random part along the expected map only scales it.
    """
    x = _positive(activations).reshape(len(activations), -1)
    total = x.sum(0)
    power = total @ total
    if power == 0:
        raise ValueError("At least one activation must differ from zero.")
    along = np.square(x @ total).sum() / power
    expected = RECTIFIED_MEAN**2 * power
    across = RECTIFIED_VARIANCE * max(np.square(x).sum() - along, 0.0)
    return float(expected / (expected + across))


def residual_cosine(branch_share: ArrayLike) -> np.ndarray:
    """The cosine of a residual block's output y = x + F(x) and its input x, in [0, 1]; shape of the share.

    Formula: 1 / sqrt(1 + e), e = E|F|^2 / E|x|^2.
    Assumes: F is uncorrelated with x, before the activation function that follows the sum.
    Source: derived: |y|^2 = |x|^2 + |F|^2, x y = |x|^2.
    """
    return 1 / np.sqrt(1 + at_least("energy of the branch", branch_share, 0))


def _positive(activations: ArrayLike) -> np.ndarray:
    return at_least("activations", finite("activations", activations), 0)
