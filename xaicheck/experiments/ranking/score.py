"""From maps to the scores of one picture under one random network: every comparison, every depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xaicheck.randomization.efficient_mprt import entropy_rise
from xaicheck.similarity.comparisons import compare
from xaicheck.types import Comparison, Score

NO_MAP = "the map could not be computed"


@dataclass(frozen=True, slots=True)
class Gone:
    """A score that there is none of in one picture under one random network."""

    method: str
    depth: int | None  # None: the original map, so every depth
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class PictureScores:
    """One picture under one random network."""

    depths: tuple[int, ...]  # randomized ones, ascending
    similarity: np.ndarray  # float32 [comparison method depth]
    entropy_rise: np.ndarray  # float32 [method]
    gone: tuple[Gone, ...]


def score(
    maps: Mapping[str, np.ndarray],
    depths: Sequence[int],
    comparisons: Sequence[Comparison],
    *,
    whys: Mapping[tuple[str, int], str] | None = None,
    check: Callable[[], None] = lambda: None,
) -> PictureScores:
    """The scores of maps [depth H W] by method, the original (depth 0) first, in the order of the mapping.

    `whys`: why a map (method, depth) is not-a-number, where that is known. `check` is called before every map
    and may raise to end the work.
    """
    if not depths or depths[0] != 0:
        raise ValueError("The original map, depth 0, must come first.")
    similarity = np.full((len(comparisons), len(maps), len(depths) - 1), np.nan, np.float32)
    rises = np.full(len(maps), np.nan, np.float32)
    gone: list[Gone] = []
    for row, (method, stack) in enumerate(maps.items()):
        known = {d: (whys or {}).get((method, d), NO_MAP) for d in depths}
        if np.isnan(stack[0]).all():
            gone.append(Gone(method, None, known[0]))
            continue
        against = compare(stack[0], comparisons)
        scores: tuple[Score, ...] = ()
        for column, depth in enumerate(depths[1:]):
            check()
            values = stack[column + 1]
            if np.isnan(values).all():
                gone.append(Gone(method, depth, known[depth]))
                continue
            # Controls that do not look at the network give one map at every depth: one comparison is enough.
            if not scores or not np.array_equal(values, stack[column]):
                scores = against(values)
            similarity[:, row, column] = [float(one) for one in scores]
            why = next((one.why for one in scores if one.value is None), "")
            if why:
                gone.append(Gone(method, depth, why))
        rises[row] = float(entropy_rise(stack[0], stack[-1]))
    return PictureScores(tuple(depths[1:]), similarity, rises, tuple(gone))
