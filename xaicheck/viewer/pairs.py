"""Pairs of maps as a report, so that the one viewer can show them wherever they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaicheck.reading.numbers import Reading
from xaicheck.types import Attribution, Comparison, MethodChoice, Report, Score, ScoreRow


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """A method's two maps, float32 [H W], or why there are none, and the score of one against the other."""

    original: np.ndarray | None
    randomized: np.ndarray | None
    score: Score
    why: str = ""


def of_pairs(report: Report, depth: int, pairs: Mapping[str, Sides], compared: Comparison) -> Reading:
    """The report's picture and network with these maps by method, at 0 and at `depth` blocks randomized."""
    seed = report.request.seeds[0]
    request = report.request.changed(
        methods=tuple(MethodChoice(key) for key in pairs),
        depths=(0, depth),
        seeds=(seed,),
        measures=(compared.measure,),
        normalisation=compared.normalisation,
        sign=compared.sign,
    )
    maps, scores = [], []
    for key, pair in pairs.items():
        for at, values in ((0, pair.original), (depth, pair.randomized)):
            maps.append(Attribution(key, at, seed, None if values is None else _single(values), pair.why))
        scores.append(ScoreRow(key, compared.measure, depth, seed, pair.score))
    return Reading(
        dataclasses.replace(
            report,
            request=request,
            depths=(0, depth),
            attributions=tuple(maps),
            scores=tuple(scores),
            activations=(),
            liveness=(),
            entropies=(),
            complete=True,
        )
    )


def _single(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32)
