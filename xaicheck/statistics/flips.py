"""How often the order of methods changes when a setting of the check does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xaicheck.statistics.intervals import SAME
from xaicheck.statistics.ranks import pair_signs


@dataclass(frozen=True, slots=True, eq=False)
class Flips:
    """How far the orders under several settings differ, and who comes first under them."""

    settings: tuple[str, ...]
    methods: tuple[str, ...]
    rate: float | None  # mean over pairs of settings; None: there is one setting or one method
    between: np.ndarray  # [setting setting], share of pairs of methods in another order
    wins: np.ndarray  # [method], share of the settings; methods that tie for the first place share it
    warning: str = ""


def ranking_flips(goodness: Mapping[str, ArrayLike], methods: tuple[str, ...]) -> Flips:
    """The flips over settings, from a score [method] for each: higher = better.

    Formula: share of pairs of methods whose order differs between two settings: 1 for a reversed pair, 1/2
        for one that ties in one setting alone; mean over pairs of settings. Unrelated orders: 0.5.
    Source: 1 - 2 share is Kendall's tau where nothing ties.
    """
    scores = {setting: np.asarray(values, dtype=np.float64) for setting, values in goodness.items()}
    if not scores or not methods:
        raise ValueError("There must be at least one setting and one method.")
    wrong = [setting for setting, values in scores.items() if values.shape != (len(methods),)]
    if wrong:
        raise ValueError(f"The setting {wrong[0]} has not one score for each of the {len(methods)} methods.")
    # Setting by setting: what counts as rounding depends on the setting's own scale.
    signs = np.stack([pair_signs(values) for values in scores.values()])
    n_settings, n_pairs = signs.shape
    wins = np.mean([_firsts(values) for values in scores.values()], axis=0)
    between = np.zeros((n_settings, n_settings))
    if n_pairs:
        untied = np.abs(signs)
        # |a - b| = a^2 + b^2 - a b - |a| |b| for a, b in {-1, 0, 1}: matrix products instead of a cube.
        either = untied.sum(1)[:, None] + untied.sum(1)[None, :]
        between = (either - signs @ signs.T - untied @ untied.T) / (2 * n_pairs)
    warning = ""
    if n_settings < 2:
        warning = "One setting: there is nothing to compare it with."
    elif not n_pairs:
        warning = "One method has no order."
    rate = None if warning else float(between[np.triu_indices(n_settings, 1)].mean())
    return Flips(tuple(scores), methods, rate, between, wins, warning)


def _firsts(values: np.ndarray) -> np.ndarray:
    """1 for the best method, or equal parts for those that tie, [method]."""
    first = values >= values.max() - SAME * np.abs(values).max()
    return first / first.sum()
