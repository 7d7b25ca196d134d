"""A real method's maps with noise mixed in: what that does to a similarity, measured and predicted.

Both maps are first divided by their own root mean square; original and randomized get independent noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xaicheck import theory
from xaicheck.seeds import derived
from xaicheck.similarity.comparisons import against
from xaicheck.similarity.normalise import normalise
from xaicheck.similarity.validity import NoNumber

SHARES = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
DRAWS = (0, 1, 2)  # of the noise, for similarities
SIDES = ("original", "randomized")
EXACT = ("cosine", "mse")  # measures with a closed form for any map


@dataclass(frozen=True, slots=True, eq=False)
class MixCurve:
    """A similarity against the share of noise; without numbers `why` says why."""

    measure: str
    shares: tuple[float, ...]
    values: np.ndarray  # float64 [draw share]; empty where there is no number
    why: str = ""
    step: float = 0.0  # what the values were rounded to when they were stored; 0: they were not
    common: float | None = None  # the mean cosine of both maps without noise, one with its pixels shuffled

    @property
    def predicted(self) -> np.ndarray | None:
        """The closed form at the shares, [share]; None where this measure has none."""
        if self.why or self.measure not in EXACT:
            return None
        return predicted(self.measure, float(self.values[:, 0].mean()), self.shares)

    @property
    def largest_error(self) -> float | None:
        """The largest distance between the mean over the draws and the closed form; None: there is none."""
        line = self.predicted
        return None if line is None else float(np.abs(self.values.mean(0) - line).max())


def noise(seed: int, side: str, shape: tuple[int, ...]) -> np.ndarray:
    """Independent standard normal values, float64 of that shape: one map for each seed and side."""
    return np.random.default_rng(derived("mixed noise", seed, side)).standard_normal(shape)


def mixed(values: np.ndarray, share: float, seed: int, side: str = SIDES[0]) -> np.ndarray:
    """(1 - q) s + q e, float64 [H W]: s the map in units of its root mean square, e noise of power 1.

    Formula: q = `share`, 0 to 1; the signal-to-noise ratio is ((1 - q) / q)^2.
    Undefined when: NoNumber for a map that is constant, zero everywhere or not finite.
    """
    return (1 - share) * normalise(values) + share * noise(seed, side, values.shape)


def predicted(measure: str, pure: float, shares: Sequence[float]) -> np.ndarray:
    """What a measure of EXACT tends to at these shares, [share], from its value without noise.

    Formula: cosine rho g / (1 + g), squared distance 2 - 2 of that; g = ((1 - q) / q)^2.
    Source: `theory.observed_correlation`.
    """
    snr = theory.snr_of_mixture(shares)
    if measure == "mse":
        return theory.observed_mse(np.clip(1 - pure / 2, -1, 1), snr)
    return theory.observed_correlation(pure, snr)


def curve(
    original: np.ndarray | None,
    randomized: np.ndarray | None,
    measure: str,
    *,
    shares: Sequence[float] = SHARES,
    draws: Sequence[int] = DRAWS,
) -> MixCurve:
    """The similarity of both maps with independent noise in them, for every share and draw of the noise."""
    if original is None or randomized is None:
        return MixCurve(measure, tuple(shares), np.empty((0, 0)), "one of the two maps could not be computed")
    sides = []
    for values, name in zip((original, randomized), SIDES, strict=True):
        try:
            sides.append(normalise(values))
        except NoNumber as reason:
            return MixCurve(measure, tuple(shares), np.empty((0, 0)), f"the {name} map {reason}")
    similarity = np.empty((len(draws), len(shares)))
    for i, seed in enumerate(draws):
        first, second = (noise(seed, side, original.shape) for side in SIDES)
        for j, share in enumerate(shares):
            if i and share == 0:  # without noise every draw is the same
                similarity[i, j] = similarity[0, j]
                continue
            a = (1 - share) * sides[0] + share * first
            b = (1 - share) * sides[1] + share * second
            score = against(measure, a)(b)
            if score.value is None:
                return MixCurve(measure, tuple(shares), np.empty((0, 0)), score.why)
            similarity[i, j] = score.value
    common = float(sides[0].mean() * sides[1].mean()) if measure == "cosine" else None  # of unit power
    return MixCurve(measure, tuple(shares), similarity, common=common)
