"""Intervals for means, and the sentences that say how little a few seeds, images or methods tell.

All images share the random weights of a seed, so more images do not make up for few seeds: nothing here makes
an interval from images alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LEVEL = 0.95
FEW_METHODS, FEW_IMAGES, FEW_SEEDS = 6, 50, 5
PERCENTILES_SETTLE = 20  # seeds; with fewer, percentile intervals are too narrow
NO_SEEDS = "There is no interval: with one seed nothing is known about other random weights."


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the range that its data allow; None where there is none, and `warning` says why."""

    estimate: float | None
    low: float | None
    high: float | None
    level: float  # nominal, such as 0.95
    n_seeds: int
    n_images: int
    method: str
    warning: str = ""  # sentences; empty where there is nothing to warn of


def mean_interval(scores: ArrayLike, level: float = LEVEL) -> Interval:
    """The mean of scores [seed image] with a t interval that counts seeds, not images, as replicates.

    Formula: mean +- t_{S-1} sqrt(Var(seed means) / S + Var(image means) / n).
    Source: two-way random effects (seeds crossed with images); derived: the residual is counted twice, which
        errs on the wide side. For the difference of two methods give the differences of their scores.
    Undefined when: there is one seed. With one image the interval is for that image alone.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 2 or values.size == 0:
        raise ValueError("The scores must have two axes, seed and picture, and at least one entry.")
    if not np.isfinite(values).all():
        raise ValueError("Every score must be a finite number; leave out a picture that has none.")
    checked_level(level)
    n_seeds, n_images = values.shape
    estimate = float(values.mean())
    method = "t, seeds as replicates"
    if n_seeds == 1:
        why = " ".join([NO_SEEDS, *cautions(n_images=n_images)])
        return Interval(estimate, None, None, level, n_seeds, n_images, method, why)
    variance = values.mean(1).var(ddof=1) / n_seeds
    if n_images > 1:
        variance += values.mean(0).var(ddof=1) / n_images
    half = _t_quantile((1 + level) / 2, n_seeds - 1) * float(np.sqrt(variance))
    warnings = [*cautions(n_seeds=n_seeds, n_images=n_images)]
    if np.ptp(values) == 0:
        warnings.append("All scores are equal, so the interval has no width.")
    return Interval(
        estimate, estimate - half, estimate + half, level, n_seeds, n_images, method, " ".join(warnings)
    )


def cautions(
    *, n_seeds: int | None = None, n_images: int | None = None, n_methods: int | None = None
) -> tuple[str, ...]:
    """What to keep in mind with so few seeds, images or methods: a sentence each, none where they suffice."""
    sentences = []
    if n_methods is not None and n_methods <= FEW_METHODS:
        many = "1 method" if n_methods == 1 else f"{n_methods} methods"
        sentences.append(f"{many}: Kendall’s tau means little with {FEW_METHODS} or fewer.")
    if n_seeds is not None and n_seeds < FEW_SEEDS:
        many = "1 seed" if n_seeds == 1 else f"{n_seeds} seeds"
        sentences.append(f"{many}: with fewer than {FEW_SEEDS}, the interval itself is very uncertain.")
    if n_images == 1:
        sentences.append("1 picture: whatever is said here holds for that picture alone.")
    elif n_images is not None and n_images < FEW_IMAGES:
        sentences.append(
            f"{n_images} pictures: with fewer than {FEW_IMAGES}, other pictures may give another result."
        )
    return tuple(sentences)


def checked_level(level: float) -> float:
    """The level, or ValueError unless it lies between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError("The level of an interval must lie between 0 and 1.")
    return level


def _t_quantile(p: float, dof: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(dof, p))
