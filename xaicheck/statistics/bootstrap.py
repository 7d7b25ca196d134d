"""Nested resampling: seeds outside, images inside, the same draws for all methods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.seeds import derived
from xaicheck.statistics.tables import ScoreTable

DRAWS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """How often each seed and each image was drawn, float64 [draw seed] and [draw image]."""

    seeds: np.ndarray
    images: np.ndarray

    def means(self, table: ScoreTable) -> np.ndarray:
        """The mean score of each method in each draw, float64 [draw method]."""
        by_seed = table.values @ self.images.T / table.values.shape[2]  # [method seed draw]
        return (by_seed * self.seeds.T).mean(1).T


def draw(table: ScoreTable, *, n_draws: int = DRAWS, seed: int = 0) -> Draws:
    """Draws with replacement of this table's seeds and images.

    The images are drawn once in each draw of seeds and shared by them, as the pictures are in the data;
    drawing anew for each seed would take every seed to have pictures of its own.
    """
    if table.n_seeds < 2:
        raise ValueError("Resampling needs at least two seeds; pictures alone are no basis.")
    if n_draws < 1:
        raise ValueError("There must be at least one draw.")
    rng = np.random.default_rng(derived("bootstrap", seed))
    return Draws(_counts(rng, table.values.shape[1], n_draws), _counts(rng, table.values.shape[2], n_draws))


def alongside(draws: Draws, table: ScoreTable, *, seed: int = 0) -> Draws:
    """Draws for a second score on the same pictures: the same images, seeds of its own."""
    if draws.images.shape[1] != table.values.shape[2]:
        raise ValueError("Both scores need the same pictures.")
    rng = np.random.default_rng(derived("bootstrap", "second score", seed))
    return Draws(_counts(rng, table.values.shape[1], len(draws.seeds)), draws.images)


def _counts(rng: np.random.Generator, n: int, n_draws: int) -> np.ndarray:
    return rng.multinomial(n, np.full(n, 1 / n), size=n_draws).astype(np.float64)
