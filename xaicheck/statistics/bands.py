"""Null bands: the range of scores between things that have nothing to do with each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.statistics.intervals import LEVEL, checked_level


@dataclass(frozen=True, slots=True)
class Band:
    """Where the middle of the comparisons lies; None where there are none."""

    low: float | None
    median: float | None
    high: float | None
    level: float  # share of the comparisons between low and high
    n: int  # independent comparisons
    warning: str = ""


def null_band(scores: ArrayLike, level: float = LEVEL) -> Band:
    """The band that holds the middle `level` of these scores, one for each independent comparison.

    Formula: linear quantiles at (1 - level)/2, 1/2, (1 + level)/2.
    Assumes: the comparisons share neither random networks nor noise (two random networks each, fresh noise
        each): maps of one network on many pictures are one comparison, not many.
    Source: empirical quantiles. Undefined when: there is no comparison.
    """
    values = np.asarray(scores, dtype=np.float64).ravel()
    checked_level(level)
    if not np.isfinite(values).all():
        raise ValueError("Every score must be a finite number; leave out a comparison that has none.")
    if values.size == 0:
        return Band(None, None, None, level, 0, "There is no comparison to make a band of.")
    low, median, high = (float(q) for q in np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2]))
    # With fewer, the outer quantiles lie between the extreme values and their neighbours, or on them.
    needed = int(np.ceil(2 / (1 - level) - 1e-9))
    warning = ""
    if values.size < needed:
        many = "1 comparison" if values.size == 1 else f"{values.size} comparisons"
        warning = (
            f"{many}: a band of {level:.0%} takes {needed}, so this one is hardly more than their range."
        )
    return Band(low, median, high, level, values.size, warning)
