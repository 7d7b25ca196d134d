"""The parts of a ranking gap, as they are computed, put together in one RankingData."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from xaicheck.experiments.ranking.data import Missing, RankingData, VariantScores
from xaicheck.experiments.ranking.faith import PictureFaith
from xaicheck.experiments.ranking.request import RankingRequest
from xaicheck.experiments.ranking.score import PictureScores
from xaicheck.experiments.ranking.setting import Variant
from xaicheck.randomization.modes import MODES
from xaicheck.types import Target


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """All of one picture."""

    name: str  # for display
    target: Target
    scores: Mapping[tuple[str, int], PictureScores]  # by variant's key and seed
    nulls: Mapping[tuple[str, int, int], np.ndarray]  # [comparison method] by variant's key and two seeds
    faith: PictureFaith
    snr: np.ndarray  # float32 [method]


def has_null(variant: Variant) -> bool:
    """Whether the variant's greatest depth is a random network."""
    return MODES[variant.mode].cumulative


def assemble(
    request: RankingRequest,
    parts: Sequence[Part],
    *,
    versions: tuple[tuple[str, str], ...],
    seconds: float,
) -> RankingData:
    """The whole of all pictures, in the request's order; pictures of one name are numbered."""
    names = distinct([part.name for part in parts])
    missing = [
        Missing(gone.method, name, seed, gone.depth, gone.why, variant.key)
        for variant in request.variants
        for name, part in zip(names, parts, strict=True)
        for seed in request.seeds
        for gone in part.scores[variant.key, seed].gone
    ]
    missing += [
        Missing(method, name, seed, None, why)
        for name, part in zip(names, parts, strict=True)
        for method, seed, why in part.faith.gone
    ]
    return RankingData(
        model=request.model,
        images=names,
        targets=tuple(part.target for part in parts),
        methods=request.methods,
        seeds=request.seeds,
        comparisons=request.comparisons,
        variants=tuple(_variant(request, variant, parts) for variant in request.variants),
        faithfulness_measures=request.measures,
        fills=request.fills,
        outputs=request.outputs,
        rankings=request.rankings,
        faithfulness=np.stack([part.faith.scores for part in parts], -1),
        snr=np.stack([part.snr for part in parts], -1),
        steps=request.steps,
        region=request.region,
        missing=tuple(missing),
        versions=versions,
        seconds=seconds,
    )


def _variant(request: RankingRequest, variant: Variant, parts: Sequence[Part]) -> VariantScores:
    cells = [[part.scores[variant.key, seed] for part in parts] for seed in request.seeds]
    similarity = np.array([[cell.similarity for cell in row] for row in cells])  # [seed image comparison ...]
    rises = np.array([[cell.entropy_rise for cell in row] for row in cells])
    pairs = list(combinations(request.seeds, 2))
    null = np.full(
        (len(request.comparisons), len(request.methods), len(pairs), len(parts)), np.nan, np.float32
    )
    if has_null(variant):
        for p, (first, second) in enumerate(pairs):
            for i, part in enumerate(parts):
                null[:, :, p, i] = part.nulls[variant.key, first, second]
    return VariantScores(
        variant, cells[0][0].depths, similarity.transpose(2, 3, 0, 1, 4), null, rises.transpose(2, 0, 1)
    )


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, a second picture of one name with its number."""
    names_so_far: list[str] = []
    for name in names:
        number, shown = 1, name
        while shown in names_so_far:
            number += 1
            shown = f"{name} ({number})"
        names_so_far.append(shown)
    return tuple(names_so_far)
