"""How alike two random directions are: what cosine similarity convergence starts from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from xaicheck.theory.domain import at_least

_ONE = 1e-12  # in one dimension every direction is the same line: the limit of the formula


def median_absolute_cosine(dimensions: ArrayLike) -> np.ndarray:
    """The median |cos| of two independent directions in so many dimensions, in (0, 1]; shape of `dimensions`.

    Formula: sqrt(m), m the median of Beta(1/2, (d - 1)/2); about 0.674 / sqrt(d) where d is large.
    Assumes: both directions are uniform on the sphere, as vectors of independent Gaussian values are.
    Source: derived: one direction may be held fixed, then cos is the first coordinate of the other.
    """
    d = at_least("number of dimensions", dimensions, 1)
    return np.sqrt(betaincinv(0.5, np.maximum(d - 1, _ONE) / 2, 0.5))
