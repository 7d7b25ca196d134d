"""How complex a map is, and whether it becomes more so: the entropy of its values, and eMPRT."""

from __future__ import annotations

import numpy as np

from xaicheck.similarity.side import Side
from xaicheck.similarity.validity import NoNumber
from xaicheck.types import Score

BINS = 100
"""Bins of the histogram; the entropy is at most log(BINS) = 4.61 nats."""


def entropy(values: np.ndarray, bins: int = BINS) -> Score:
    """The entropy of the map's values in nats, in (0, log(bins)]; noise of even strength has the highest.

    Formula: H = - sum p log p over the bins of a histogram between the map's smallest and largest value.
    Source: Hedström et al., "Sanity Checks Revisited: An Exploration to Repair the Model Parameter
        Randomisation Test", 2024, and their code.
    Differs: in nats, and no magnitudes are taken: the signed values are counted. It knows the values and not
        where they are: permuting the pixels changes nothing. One outlier stretches the bins, so maps with
        heavy tails have a low and unsteady entropy.
    Undefined when: the map is constant, zero everywhere, empty, or not finite.
    """
    try:
        unit = Side(values).checked().scaled
    except NoNumber as reason:
        return Score(None, f"the map {reason}")
    counts = np.histogram(unit, bins, (unit.min(), unit.max()))[0]
    shares = counts[counts > 0] / unit.size
    return Score(float(-(shares * np.log(shares)).sum()))


def entropy_rise(original: np.ndarray, randomized: np.ndarray) -> Score:
    """How much more entropy the map of the fully randomized network has, as a share; high = passes eMPRT.

    Formula: (H(randomized) - H(original)) / H(original), H as in `entropy`; at least -1, no upper end.
    Source: Hedström et al. 2024 (see entropy), the efficient model parameter randomization test.
    Differs: as in `entropy`.
    Undefined when: either map has no entropy.
    """
    return rise_of(entropy(original), entropy(randomized))


def rise_of(before: Score, after: Score) -> Score:
    """The rise from one entropy to another, as a share of the first."""
    for name, score in (("original", before), ("randomized", after)):
        if score.value is None:
            return Score(None, score.why.replace("the map", f"the {name} map", 1))
    return Score((float(after) - float(before)) / float(before))
