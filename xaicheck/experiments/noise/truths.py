"""One truth, many scores: unrelated maps under the usual normalisations, measured and predicted.

Two independent maps are changed as much as two maps can be without being opposite. How much a score says
that they changed depends on how their values are spread, unless both maps are brought to unit power.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from xaicheck import theory
from xaicheck.seeds import derived
from xaicheck.similarity.comparisons import against
from xaicheck.similarity.normalise import normalise
from xaicheck.similarity.pair import ssim_at

SIDE = 224  # pixels
PAIRS = 4
Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Marginal:
    """How the values of a map are spread."""

    key: str
    label: str
    summary: str
    draw: Draw


@dataclass(frozen=True, slots=True)
class Scoring:
    """A measure with its normalisation: a score of two maps, and the score that their spread predicts."""

    key: str
    label: str
    detail: str  # normalisation and, for SSIM, L
    distance: bool
    high: float  # the largest score of unrelated maps; for drawing
    fn: Callable[[np.ndarray, np.ndarray], float]
    plug_in: Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True, slots=True)
class Cell:
    """The mean over the pairs, and the mean of the predictions."""

    measured: float
    predicted: float


@dataclass(frozen=True, slots=True)
class TruthTable:
    """A row for each marginal, a cell for each scoring."""

    seed: int
    pairs: int
    side: int  # pixels
    cells: Mapping[str, Mapping[str, Cell]]  # marginal, scoring

    def column(self, scoring: str) -> tuple[float, ...]:
        """The measured scores of all marginals."""
        return tuple(row[scoring].measured for row in self.cells.values())


def _sparse(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.standard_normal(shape) * (rng.random(shape) < 0.01)


_MARGINALS = (
    Marginal("uniform", "Uniform", "flat: no pixel stands out", lambda rng, shape: rng.uniform(-1, 1, shape)),
    Marginal("gaussian", "Gaussian", "most pixels near zero", lambda rng, shape: rng.standard_normal(shape)),
    Marginal("laplace", "Laplace", "peaked: some strong pixels", lambda rng, shape: rng.laplace(size=shape)),
    Marginal("t3", "Student t₃", "heavy tails: few huge pixels", lambda rng, shape: rng.standard_t(3, shape)),
    Marginal("sparse", "1 % sparse", "99 of 100 pixels are zero", _sparse),
)

MARGINALS: Mapping[str, Marginal] = MappingProxyType({one.key: one for one in _MARGINALS})
"""The spreads by key, from flat to peaked."""


def _mse(normalisation: str) -> Callable[[np.ndarray, np.ndarray], float]:
    return lambda a, b: float(against("mse", a, normalisation=normalisation)(b))


def _ssim(
    normalisation: str, data_range: float | None, *, magnitude: bool = False
) -> Callable[[np.ndarray, np.ndarray], float]:
    return lambda a, b: ssim_at(a, b, normalisation=normalisation, data_range=data_range, magnitude=magnitude)


def _unit_power(a: np.ndarray, b: np.ndarray) -> float:
    """2, whatever the maps: the cross term is all that could change it."""
    return theory.INDEPENDENT_MSE


def _noise(a: np.ndarray, b: np.ndarray) -> float:
    """What Gaussian noise of unit power scores at the joint range of both maps."""
    first, second = normalise(a), normalise(b)
    size = float(max(first.max(), second.max()) - min(first.min(), second.min()))
    return theory.noise_ssim(dynamic_range=size)


def _powers(a: np.ndarray, b: np.ndarray) -> float:
    """mean (N a)^2 + mean (N b)^2 with N a = a / max |a|: the squared distance without its cross term."""
    return sum(float(np.mean(np.square(normalise(one, "max")))) for one in (a, b))


def _spread(
    normalisation: str, data_range: float, *, magnitude: bool = False
) -> Callable[[np.ndarray, np.ndarray], float]:
    """c2 / (s^2 + s'^2 + c2) with the spreads s of the whole normalised maps."""

    def plug_in(a: np.ndarray, b: np.ndarray) -> float:
        first, second = (normalise(np.abs(one) if magnitude else one, normalisation) for one in (a, b))
        return float(theory.plug_in_ssim(0.0, first.var(), second.var(), dynamic_range=data_range))

    return plug_in


_SCORINGS = (
    Scoring("mse", "Squared distance", "unit power", True, 2, _mse("second_moment"), _unit_power),
    Scoring("mse_max", "Squared distance", "largest |value| = 1", True, 2, _mse("max"), _powers),
    Scoring(
        "ssim", "SSIM", "unit power, L = joint range", False, 1,
        _ssim("second_moment", None), _noise,
    ),
    Scoring("ssim_minmax", "SSIM", "min–max, L = 1", False, 1, _ssim("minmax", 1.0), _spread("minmax", 1.0)),
    Scoring(
        "ssim_default", "SSIM", "min–max, L = 2", False, 1, _ssim("minmax", 2.0), _spread("minmax", 2.0)
    ),
    Scoring(
        "ssim_abs", "SSIM", "|values|, largest = 1, L = 1", False, 1,
        _ssim("max", 1.0, magnitude=True), _spread("max", 1.0, magnitude=True),
    ),
)  # fmt: skip

SCORINGS: Mapping[str, Scoring] = MappingProxyType({one.key: one for one in _SCORINGS})
"""The scorings by key; the first one gives every row the same score."""


def table(seed: int = 0, *, pairs: int = PAIRS, side: int = SIDE) -> TruthTable:
    """The scores of independent maps [side side], means over `pairs` fresh pairs.

    Formula: predicted are 2 and mean (N a)^2 + mean (N b)^2 for the squared distances, c2 / (s^2 + s'^2 + c2)
        for SSIM of maps whose windows all have about the same mean, with s the spread of the whole normalised
        map, c2 = (0.03 L)^2; `theory.noise_ssim` where the mean is zero.
    Differs: the prediction takes the map's spread for every window's, which maps with heavy tails and sparse
        ones do not obey.
    """
    cells = {}
    for marginal in MARGINALS.values():
        rng = np.random.default_rng(derived("one truth", seed, marginal.key))
        drawn = [(marginal.draw(rng, (side, side)), marginal.draw(rng, (side, side))) for _ in range(pairs)]
        cells[marginal.key] = {
            key: Cell(
                float(np.mean([scoring.fn(a, b) for a, b in drawn])),
                float(np.mean([scoring.plug_in(a, b) for a, b in drawn])),
            )
            for key, scoring in SCORINGS.items()
        }
    return TruthTable(seed, pairs, side, cells)


def example(marginal: str, seed: int, side: int = 56) -> np.ndarray:
    """A small map of that spread, to look at, float64 [side side]."""
    rng = np.random.default_rng(derived("one truth, example", seed, marginal))
    return MARGINALS[marginal].draw(rng, (side, side))
