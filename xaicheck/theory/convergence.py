"""How alike two random directions are: what cosine similarity convergence starts from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from xaicheck.theory.domain import at_least


def mean_absolute_cosine(dimensions: ArrayLike) -> np.ndarray:
    """E|cos| of two independent directions in so many dimensions, in (0, 1]; shape of `dimensions`.

    Formula: Gamma(d/2) / (sqrt(pi) Gamma((d+1)/2)), about sqrt(2 / (pi d)) where d is large.
    Assumes: both directions are uniform on the sphere, as vectors of independent Gaussian values are.
    Source: derived: one direction may be held fixed, then |cos| is the first coordinate of the other.
    """
    d = at_least("number of dimensions", dimensions, 1)
    return np.exp(gammaln(d / 2) - gammaln((d + 1) / 2)) / np.sqrt(np.pi)
