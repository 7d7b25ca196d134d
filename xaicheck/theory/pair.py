"""Two channels: how probable it is that the more active one goes on contributing more."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, ndtr

from xaicheck.theory.domain import above, at_least, whole
from xaicheck.theory.laws import GAUSSIAN, WeightLaw


def order_kept(ratio: ArrayLike, law: WeightLaw = GAUSSIAN) -> np.ndarray:
    """P(|w_i x_i| >= |w_j x_j|) for r = x_i / x_j in [0, inf]; shape of the ratio.

    Formula: E[F_|w|(r |w|)]: Gaussian (2/pi) arctan r; uniform 1 - 1/(2r) for r >= 1 and r/2 below; Laplace
        r / (1 + r); equal magnitudes 1 for r >= 1 and 0 below; permuted values: see `permuted`.
    Assumes: the activations are the same before and after; w_i and w_j are drawn alike and independently
        (permuted: without replacement); one output unit.
    Source: derived; exact.
    """
    return law.keeps(at_least("activation ratio", ratio, 0))


def order_lost_far_out(ratio: ArrayLike, law: WeightLaw = GAUSSIAN) -> np.ndarray:
    """1 - P(order kept) for a large ratio r > 0, first term; shape of the ratio.

    Formula: f_|w|(0) E|w| / r: Gaussian 2/(pi r), uniform 1/(2r), Laplace 1/r, equal magnitudes 0.
    Assumes: as order_kept; |w| has a density at 0. The next term is of order 1/r^2 or smaller.
    Source: derived: F_|w|(s) = f(0) s + ... at s = |w| / r.
    """
    if np.isnan(law.density):
        raise ValueError("A finite set of trained values has no density at zero.")
    return law.density * law.mean / above("activation ratio", ratio, 0)


def order_kept_by_norm(ratio: ArrayLike, outputs: int) -> np.ndarray:
    """P(x_i |w_i|_2 >= x_j |w_j|_2), the contributions to K output units joined by the L2 norm.

    Formula: I_{r^2 / (1 + r^2)}(K/2, K/2), I the regularised incomplete beta function; arctan for K = 1.
    Assumes: independent Gaussian weights of one variance, K a channel.
    Source: derived: the ratio of two squared norms has an F law with (K, K) degrees of freedom; exact.
    """
    half = whole("number of outputs", outputs, 1) / 2
    angle = np.arctan(at_least("activation ratio", ratio, 0))
    return betainc(half, half, np.sin(angle) ** 2)


def order_kept_by_sum(ratio: ArrayLike, outputs: int) -> np.ndarray:
    """P(x_i |w_i|_1 >= x_j |w_j|_1), the contributions to K output units joined by the sum of magnitudes.

    Formula: Phi(sqrt(K) (r - 1) m / (s sqrt(1 + r^2))), m = sqrt(2/pi), s^2 = 1 - 2/pi.
    Assumes: independent Gaussian weights; the sums are nearly Gaussian, which takes K of 4 or more. For few
        outputs and a very large ratio it stays below 1, where the truth does not.
    Source: derived: an approximation by the central limit theorem.
    """
    k = whole("number of outputs", outputs, 1)
    angle = np.arctan(at_least("activation ratio", ratio, 0))
    distance = np.sin(angle) - np.cos(angle)  # = (r - 1) / sqrt(1 + r^2), also where r is infinite
    return ndtr(np.sqrt(k) * distance * np.sqrt(2 / np.pi) / np.sqrt(1 - 2 / np.pi))
