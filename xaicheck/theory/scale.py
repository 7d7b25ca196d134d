"""Magnitudes on the logarithmic scale, where a random weight is an added noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import polygamma

from xaicheck.theory.domain import at_least, whole
from xaicheck.theory.laws import GAUSSIAN, WeightLaw


def log_correlation(spread: ArrayLike, law: WeightLaw = GAUSSIAN) -> np.ndarray:
    """Pearson's correlation of log x and log |w x|, in [0, 1], for s = sd(log x); shape of the spread.

    Formula: s / sqrt(s^2 + Var log|w|), Var log|w| = pi^2/8 (Gaussian), 1 (uniform), pi^2/6 (Laplace),
        0 (equal magnitudes), that of the values (permuted).
    Assumes: the weights are independent of the activations; none of either is zero; many channels.
    Source: derived: log|c| = log x + log|w|.
    """
    if law.log_variance is None:
        raise ValueError("A weight that is zero has no logarithm.")
    return _attenuated(spread, law.log_variance)


def log_correlation_by_norm(spread: ArrayLike, outputs: int) -> np.ndarray:
    """Pearson's correlation of log x and log(x |w|_2), the norm taken over K outputs; shape of the spread.

    Formula: s / sqrt(s^2 + psi'(K/2) / 4), psi' the trigamma function; about s / sqrt(s^2 + 1/(2K)).
    Assumes: as log_correlation; Gaussian weights.
    Source: derived: |w|_2^2 has a chi-squared law with K degrees of freedom.
    """
    return _attenuated(spread, float(polygamma(1, whole("number of outputs", outputs, 1) / 2)) / 4)


def _attenuated(spread: ArrayLike, variance: float) -> np.ndarray:
    s = at_least("spread", spread, 0)
    if variance == 0 and (s == 0).any():
        raise ValueError("Equal activations have no correlation with anything.")
    with np.errstate(divide="ignore"):
        return 1 / np.sqrt(1 + variance / s**2)
