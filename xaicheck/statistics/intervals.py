"""Intervals for means, and the sentences that say how little a few seeds, images or methods tell.

The unit of an interval is what was drawn at random. In a randomization check all images share the random
weights of a seed: `crossed_interval`. In faithfulness seeds stand within an image (they draw its fills and
its ties, and nothing for a method without noise): `picture_interval`. Draws of one thing:
`replicate_interval`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.seeds import derived

LEVEL = 0.95
SAME = 1e-12  # relative to the largest score: means that differ by less differ by rounding
FEW_METHODS, FEW_IMAGES, FEW_SEEDS = 6, 20, 5
LEAST_IMAGES = 4  # of a bootstrap-t: two have no draw but themselves, and of three it covers 80 %
NO_SEEDS = "There is no interval: with one seed nothing is known about other random weights."
ONE_IMAGE = "There is no interval: one picture says nothing about other pictures."
TOO_FEW_IMAGES = "There is no interval: {n} pictures are too few to draw from."
ONE_DRAW = "There is no interval: one draw says nothing about others."
TIES = "There is no interval: too many pictures have the same score."
NO_WIDTH = "All scores are equal, so the interval has no width."
LARGEST = 1e290  # size of a score: an interval around it still has ends
DRAWS = 4999  # of the bootstrap: a p-value is at least 1/5000


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


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean, its standard error and the degrees of freedom of a t quotient; nan where there are none."""

    mean: float
    error: float
    dof: float


def crossed_spread(scores: ArrayLike) -> Spread:
    """Mean and standard error of scores [seed image] in which seeds are crossed with images.

    Formula: error^2 = (MS_S + MS_I - MS_E) / (S n), at least MS_E / (S n), from the mean squares of seeds,
        images and rest; degrees of freedom by Satterthwaite, at least 1. One image: that of its S seeds.
    Source: two-way random effects without replication; Satterthwaite, Biometrics Bulletin 2, 1946.
    Undefined when: there is one seed.
    """
    values, exponent = scaled(_table(scores))
    n_seeds, n_images = values.shape
    mean = float(values.mean())
    one = float(np.ldexp(1.0, exponent))
    by_seed, by_image = values.mean(1), values.mean(0)
    if n_seeds == 1:
        return Spread(mean * one, np.nan, np.nan)
    if n_images == 1:
        return Spread(mean * one, float(by_seed.std(ddof=1) / np.sqrt(n_seeds)) * one, n_seeds - 1.0)
    rest = values - by_seed[:, None] - by_image + mean
    degrees = np.array([n_seeds - 1, n_images - 1, (n_seeds - 1) * (n_images - 1)], dtype=np.float64)
    squares = np.array([n_images * by_seed.var(), n_seeds * by_image.var(), 0.0])
    squares[:2] *= np.array([n_seeds, n_images]) / degrees[:2]
    squares[2] = (rest**2).sum() / degrees[2]
    total = max(squares[0] + squares[1] - squares[2], squares[2])
    weights = (squares**2 / degrees).sum()
    dof = max(total**2 / weights, 1.0) if weights > 0 else degrees.min()
    return Spread(mean * one, float(np.sqrt(total / values.size)) * one, float(dof))


def crossed_interval(scores: ArrayLike, level: float = LEVEL) -> Interval:
    """The mean of a check's scores [seed image] with a t interval for other random weights and other images.

    Formula: mean +- t error, see `crossed_spread`. For two methods give the differences of their scores.
    Covers (95 % nominal, simulated; `tests/oracle/test_coverage.py`): from 3 seeds and 3 images on 93 to 98 %
        of normal effects, and up to 99.9 % where neither seeds nor images but their combinations vary; with
        2 seeds or 2 images 87 to 99.5 %; 87 to 93 % where strongly skewed effects of 2 to 10 seeds decide.
    Undefined when: there is one seed. With one image the interval is for that image alone.
    """
    values = _table(scores)
    checked_level(level)
    n_seeds, n_images = values.shape
    spread = crossed_spread(values)
    method = "t, seeds crossed with pictures" if n_images > 1 else "t over seeds, one picture"
    if n_seeds == 1:
        why = " ".join([NO_SEEDS, *cautions(n_images=n_images)])
        return Interval(spread.mean, None, None, level, n_seeds, n_images, method, why)
    equal = same(values)
    half = 0.0 if equal else t_quantile((1 + level) / 2, spread.dof) * spread.error
    warnings = [*cautions(n_seeds=n_seeds, n_images=n_images), *([NO_WIDTH] if equal else [])]
    return Interval(
        spread.mean, spread.mean - half, spread.mean + half, level, n_seeds, n_images, method,
        " ".join(warnings),
    )  # fmt: skip


def replicate_interval(scores: ArrayLike, level: float = LEVEL) -> Interval:
    """The mean of independent draws [draw] of one and the same thing, with Student's t interval.

    Undefined when: there is one draw.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError("The scores must have one axis, the draws.")
    if not values.size:
        raise ValueError("There must be at least one draw.")
    values = _table(values[:, None])[:, 0]
    warning = ONE_DRAW if values.size == 1 else NO_WIDTH if same(values) else ""
    return replace(crossed_interval(values[:, None], level), method="t over draws", warning=warning)


def picture_interval(scores: ArrayLike, level: float = LEVEL, *, seed: int = 0) -> Interval:
    """The mean of scores [seed image] with an interval for other images; seeds are averaged within an image.

    Formula: bootstrap-t: mean - t*_{1 - a/2} s / sqrt(n), mean - t*_{a/2} s / sqrt(n), t* the quantiles of
        (mean* - mean) sqrt(n) / s* over images drawn with replacement.
    Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 12.5.
    Covers (95 % nominal, simulated): 93 to 98 % from 20 images on, 91 to 97 % of strongly skewed scores; 88
        to 97 % with 8 images, and `warning` says so below 20. Scores of 0 and 1: 96 to 100 % of those from 20
        images on whose shares are 0.3 to 0.7.
    Undefined when: there are fewer than 4 images, or so many of one score that an end is infinite.
    """
    values = _table(scores)
    checked_level(level)
    n_seeds, n_images = values.shape
    values, exponent = scaled(values)
    means, one = values.mean(0), float(np.ldexp(1.0, exponent))
    estimate, method = float(means.mean()) * one, "bootstrap-t over pictures"
    few = cautions(n_images=n_images)
    if why := few_images(n_images):
        return Interval(estimate, None, None, level, n_seeds, n_images, method, " ".join([why, *few]))
    error = means.std(ddof=1) / np.sqrt(n_images) * one
    if same(means, values):
        warning = " ".join([*few, NO_WIDTH])
        return Interval(estimate, estimate, estimate, level, n_seeds, n_images, method, warning)
    quotients = t_draws(means, seed=seed)
    with np.errstate(invalid="ignore"):  # between two infinite ones there is no number
        low, high = np.quantile(quotients, [(1 - level) / 2, (1 + level) / 2])
    if not np.isfinite([low, high]).all():
        return Interval(estimate, None, None, level, n_seeds, n_images, method, " ".join([TIES, *few]))
    return Interval(
        estimate, float(estimate - high * error), float(estimate - low * error), level, n_seeds, n_images,
        method, " ".join(few),
    )  # fmt: skip


def same(values: np.ndarray, made_of: np.ndarray | None = None) -> bool:
    """Whether only rounding tells the values apart, their own or that of what they were made of."""
    return bool(np.ptp(values) <= SAME * np.abs(values if made_of is None else made_of).max())


def scaled(values: np.ndarray) -> tuple[np.ndarray, int]:
    """The values with the largest between 1/2 and 1, and the power of two they lack: squares stay numbers."""
    exponent = int(np.frexp(np.abs(values).max())[1])
    return np.ldexp(values, -exponent), exponent


def few_images(n_images: int) -> str:
    """Why so few images have no interval, in a sentence; empty where they have one."""
    if n_images >= LEAST_IMAGES:
        return ""
    return ONE_IMAGE if n_images == 1 else TOO_FEW_IMAGES.format(n=n_images)


def t_draws(values: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Quotients (mean* - mean) / error* over draws of values [image] with replacement, [draw].

    A draw of one image alone has no error and is left out; one of several images that tie is infinite.
    """
    n = len(values)
    counts = _counts(n, seed)
    centred, _ = scaled(values - values.mean())
    means = counts @ centred / n
    variance = (counts @ centred**2 / n - means**2) / (n - 1)
    spread = variance > 1e-12 * centred.var()
    kept = spread | ((counts > 0).sum(1) > 1)
    tied = np.where(np.abs(means) > SAME, np.copysign(np.inf, means), 0.0)
    return np.where(spread, means / np.sqrt(np.where(spread, variance, 1.0)), tied)[kept]


@lru_cache(maxsize=4)
def _counts(n: int, seed: int) -> np.ndarray:
    """How often each image is in each draw, float64 [draw image]; making them costs more than using them."""
    rng = np.random.default_rng(derived("bootstrap-t", seed))
    counts = rng.multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(np.float64)
    counts.setflags(write=False)
    return counts


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
            f"{n_images} pictures: with fewer than {FEW_IMAGES}, "
            "no interval can be trusted to hold for others."
        )
    return tuple(sentences)


def checked_level(level: float) -> float:
    """The level, or ValueError unless it lies between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError("The level of an interval must lie between 0 and 1.")
    return level


def t_quantile(p: float, dof: float) -> float:
    """The quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(dof, p))


def _table(scores: ArrayLike) -> np.ndarray:
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 2 or values.size == 0:
        raise ValueError("The scores must have two axes, seed and picture, and at least one entry.")
    if not np.isfinite(values).all():
        raise ValueError("Every score must be a finite number; leave out a picture that has none.")
    if np.abs(values).max() > LARGEST:
        raise ValueError(f"Every score must be at most {LARGEST:g} in size; divide them all by one number.")
    return values
