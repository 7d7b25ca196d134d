"""The pigeonhole bootstrap: seeds and images are drawn independently, the same draws for all methods.

No bootstrap is exact for crossed data (McCullagh, Bernoulli 6, 2000); this one errs on the wide side: Owen,
Annals of Applied Statistics 1, 2007; Owen & Eckles, same journal 6, 2012.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
        return (by_seed * self.seeds.T).mean(1).T if table.seeded else by_seed.mean(1).T


def draw(table: ScoreTable, *, n_draws: int = DRAWS, seed: int = 0) -> Draws:
    """Draws with replacement of this table's seeds and images.

    The images are drawn once in each draw of seeds and shared by them, as the pictures are in the data;
    drawing anew for each seed would take every seed to have pictures of its own.
    """
    if table.n_seeds == 1:
        raise ValueError("Resampling needs at least two seeds; pictures alone are no basis.")
    if n_draws < 1:
        raise ValueError("There must be at least one draw.")
    return _drawn(table.values.shape[1], table.values.shape[2], n_draws, seed)


@lru_cache(maxsize=4)
def _drawn(n_seeds: int, n_images: int, n_draws: int, seed: int) -> Draws:
    rng = np.random.default_rng(derived("bootstrap", seed))
    return Draws(_counts(rng, n_seeds, n_draws), _counts(rng, n_images, n_draws))


def _counts(rng: np.random.Generator, n: int, n_draws: int) -> np.ndarray:
    counts = rng.multinomial(n, np.full(n, 1 / n), size=n_draws).astype(np.float64)
    counts.setflags(write=False)
    return counts
