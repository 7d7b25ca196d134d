"""From the maps of one picture to the scores of every repair that gives a map a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from xaicheck.experiments.repairs.setting import Repair
from xaicheck.randomization.efficient_mprt import entropy_rise
from xaicheck.similarity.comparisons import compare
from xaicheck.types import Score

FLOOR = 0.1  # of the root mean square of the input's strength: where the input is weaker, this divides


def scores(maps: Mapping[str, np.ndarray], repair: Repair, strength: np.ndarray) -> list[list[Score]]:
    """A row a map stack [depth H W], the trained network's first; a column a randomized depth.

    eMPRT has the one column of the greatest depth. `strength`: of the network's input, [H W].
    """
    rows = []
    for stack in maps.values():
        if repair.reads == "entropy":
            rows.append([entropy_rise(stack[0], stack[-1])])
            continue
        seen = divided(stack, strength) if repair.divided else stack
        against = compare(seen[0], [repair.comparison])
        rows.append([against(one)[0] for one in seen[1:]])
    return rows


def divided(maps: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Maps [depth H W] divided by the strength of the network's input where that is not near 0.

    Formula: a / max(s, 0.1 rms(s)), s the root mean square of the input over its channels. No pixel is left
        out, because what is left out in both maps would make them alike.
    """
    least = FLOOR * np.sqrt(np.square(strength).mean())
    return np.asarray(maps / np.maximum(strength, least))


def values(found: Sequence[Sequence[Score]]) -> np.ndarray:
    """The numbers, float32 [row depth]; NaN where there is none."""
    return np.array([[float(one) for one in row] for row in found], np.float32)


def reason(row: Sequence[Score]) -> str:
    """Why a row lacks a number; empty where it has them all."""
    return next((one.why for one in row if one.value is None), "")
