"""Made-up numbers of a repair bench: two real methods, four exploits, 8 networks, 5 pictures, 2 depths."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from xaicheck.experiments.ranking.data import NetworkScores
from xaicheck.experiments.repairs.data import NoScore, RepairData, RepairScores
from xaicheck.experiments.repairs.setting import MAGNITUDES

REAL = ("gradient", "lrp")
EXPLOITS = ("fresh", "keyed", "edges", "zero")
ROWS = (*REAL, *EXPLOITS)
SEEDS, PICTURES, DEPTHS = tuple(range(8)), ("a", "b", "c", "d", "e"), (1, 19)


def scored(repair: str, means: dict[str, float], spread: float = 0.02) -> RepairScores:
    """Scores around these means; rows that are not named have none."""
    g = np.random.default_rng(14)
    values = np.full((len(ROWS), len(SEEDS), len(PICTURES), len(DEPTHS)), np.nan, np.float32)
    for row, mean in means.items():
        values[ROWS.index(row)] = mean + spread * g.standard_normal(values.shape[1:])
    return RepairScores(repair, DEPTHS, SEEDS, values)


def networks(b: dict[str, float], e: dict[str, float], t: dict[str, float]) -> NetworkScores:
    """By row: b, E (0 where not named) and t (1 where not named); rows without b have no numbers."""
    g = np.random.default_rng(17)
    pairs = list(combinations(range(len(SEEDS)), 2))
    shape = (len(PICTURES), len(DEPTHS))
    trained = np.full((1, len(ROWS), len(SEEDS), *shape), np.nan, np.float32)
    between = np.full((1, len(ROWS), len(pairs), *shape), np.nan, np.float32)
    again = np.full((1, len(ROWS), len(pairs), len(PICTURES)), np.nan, np.float32)
    for row, level in b.items():
        own = 0.01 * g.standard_normal(len(SEEDS))  # of each network
        r = ROWS.index(row)
        for s in SEEDS:
            trained[0, r, s] = level + e.get(row, 0.0) + own[s]
        for p, (i, j) in enumerate(pairs):
            between[0, r, p] = level + own[i] + own[j]
        again[0, r] = t.get(row, 1.0)
    return NetworkScores(ROWS, (MAGNITUDES,), DEPTHS, SEEDS, trained, between, again)


def bench(
    *scores: RepairScores,
    b: dict[str, float] | None = None,
    e: dict[str, float] | None = None,
    t: dict[str, float] | None = None,
) -> RepairData:
    """A bench with these scores; the zero map lacks one everywhere."""
    missing = tuple(NoScore("zero", one.repair, "the original map is zero everywhere") for one in scores)
    levels = b or {"gradient": 0.2, "lrp": 0.6, "fresh": 0.0, "keyed": 0.0, "edges": 1.0}
    found = networks(levels, e or {}, t or {"fresh": 0.0})
    return RepairData("efficientnet_lite0", PICTURES, REAL, EXPLOITS, 4, tuple(scores), found, missing, ())
