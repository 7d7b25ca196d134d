"""Noise in the maps themselves: it lowers every similarity, so a noisier method looks more sensitive."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.theory.domain import at_least, between, whole


def observed_correlation(
    true: ArrayLike, snr: ArrayLike, *, other_snr: ArrayLike | None = None, copies: int = 1
) -> np.ndarray:
    """The correlation of two noisy maps whose signals have the correlation `true`; broadcast shape.

    Formula: rho g / (1 + g), g = `copies` times the signal-to-noise ratio (of powers) of each map; with two
        ratios rho sqrt(g / (1 + g)) sqrt(g' / (1 + g')).
    Assumes: a = s + e, b = s' + e'; e, e' independent of each other and of the signals, mean zero; averaging
        N noisy copies divides the noise's power by N. Holds for Pearson's correlation and for the cosine.
    Source: derived: the covariance is that of the signals, the powers add.
    """
    n = whole("number of copies", copies, 1)
    rho = between("true correlation", true, -1, 1)
    first = _reliability(snr, n)
    second = first if other_snr is None else _reliability(other_snr, n)
    return rho * np.sqrt(first * second)


def observed_mse(
    true: ArrayLike, snr: ArrayLike, *, other_snr: ArrayLike | None = None, copies: int = 1
) -> np.ndarray:
    """The squared distance of two noisy maps in units of their root mean square, in [0, 4]; broadcast shape.

    Formula: 2 - 2 observed_correlation.
    Assumes: as observed_correlation, `true` being the cosine of the signals.
    Source: derived: see mse_of_cosine.
    """
    return 2 - 2 * observed_correlation(true, snr, other_snr=other_snr, copies=copies)


def snr_of_mixture(noise_share: ArrayLike) -> np.ndarray:
    """The signal-to-noise ratio of (1 - q) s + q e, in [0, inf]; shape of q.

    Formula: ((1 - q) / q)^2.
    Assumes: signal s and noise e have the same power.
    Source: derived.
    """
    q = between("share of noise", noise_share, 0, 1)
    with np.errstate(divide="ignore"):
        return np.square((1 - q) / q)


def snr_of_split_half(correlation: ArrayLike) -> np.ndarray:
    """The signal-to-noise ratio of a map whose two noisy copies correlate so, in [0, inf]; shape of it.

    Formula: r / (1 - r).
    Assumes: as observed_correlation with the same signal in both copies (rho = 1); r is in [0, 1].
    Source: derived: observed_correlation(1, g) = g / (1 + g), solved for g.
    """
    r = between("correlation of the two halves", correlation, 0, 1)
    with np.errstate(divide="ignore"):
        return r / (1 - r)


def _reliability(snr: ArrayLike, copies: int) -> np.ndarray:
    """The signal's share of the power, in [0, 1]."""
    with np.errstate(divide="ignore"):
        return 1 / (1 + 1 / (copies * at_least("signal-to-noise ratio", snr, 0)))
