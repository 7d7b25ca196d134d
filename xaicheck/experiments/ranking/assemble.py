"""The parts of a ranking gap, as they are computed, put together in one RankingData."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xaicheck.experiments.ranking.data import Held, Missing, NetworkScores, RankingData, VariantScores
from xaicheck.experiments.ranking.faith import PictureFaith
from xaicheck.experiments.ranking.maps import Certified
from xaicheck.experiments.ranking.networks import CHANGES, COMPARISONS, PictureNetworks, changed, networks
from xaicheck.experiments.ranking.request import RankingRequest
from xaicheck.experiments.ranking.score import PictureScores
from xaicheck.experiments.ranking.setting import CHANGED_DEPTHS, CONTROLS, Variant
from xaicheck.types import Target


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """All of one picture."""

    name: str  # for display
    target: Target
    scores: Mapping[tuple[str, int], PictureScores]  # by variant's key and seed
    networks: tuple[PictureNetworks, ...]  # one for each of `networks_of(request)`
    faith: PictureFaith
    snr: np.ndarray  # float32 [method]
    certified: Sequence[Certified]  # of all maps under the first way to randomize


def networks_of(request: RankingRequest) -> tuple[NetworkScores, ...]:
    """What is compared between all networks, without pictures: the methods' maps, and controls made of them.

    Nothing where there is one random network.
    """
    seeds, depths = request.seeds_of(request.variants[0]), request.depths_of(request.variants[0])
    if len(seeds) < 2:
        return ()
    none = np.zeros(0, np.float32)
    real = [m for m in request.methods if m not in CONTROLS]
    some = tuple(d for d in CHANGED_DEPTHS if d in depths) or depths[-1:]
    controls = tuple(f"{change}:{method}" for change in CHANGES for method in real)
    whole = NetworkScores(request.methods, COMPARISONS, depths, seeds, none, none, none)
    return (whole, replace(whole, methods=controls, depths=some)) if controls else (whole,)


def compared_networks(
    request: RankingRequest,
    depths: Sequence[int],
    maps: Sequence[Mapping[str, np.ndarray]],
    *,
    check: Callable[[], None] = lambda: None,
) -> tuple[PictureNetworks, ...]:
    """All networks of one picture, from maps [depth H W] by method, one mapping a seed, depth 0 first."""
    made = []
    for wanted in networks_of(request):
        rows = [0, *(depths.index(depth) for depth in wanted.depths)]
        own = [{method: stack[rows] for method, stack in one.items()} for one in maps]
        if wanted.methods != request.methods:
            own = changed(own, [m for m in request.methods if m not in CONTROLS])
        made.append(networks(own, wanted.comparisons, check=check))
    return tuple(made)


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
        for seed in request.seeds_of(variant)
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
        networks=tuple(
            replace(
                one,
                trained=np.stack([part.networks[at].trained for part in parts], 3),
                between=np.stack([part.networks[at].between for part in parts], 3),
                again=np.stack([part.networks[at].again for part in parts], 3),
            )
            for at, one in enumerate(networks_of(request))
        ),
        held=_held([one for part in parts for one in part.certified]),
    )


def _variant(request: RankingRequest, variant: Variant, parts: Sequence[Part]) -> VariantScores:
    seeds = request.seeds_of(variant)
    cells = [[part.scores[variant.key, seed] for part in parts] for seed in seeds]
    similarity = np.array([[cell.similarity for cell in row] for row in cells])  # [seed image comparison ...]
    rises = np.array([[cell.entropy_rise for cell in row] for row in cells])
    return VariantScores(
        variant, cells[0][0].depths, seeds, similarity.transpose(2, 3, 0, 1, 4), rises.transpose(2, 0, 1)
    )


def _held(certified: Sequence[Certified]) -> tuple[Held, ...]:
    kinds: dict[tuple[str, str], list[Certified]] = {}
    for one in certified:
        if one.value is not None:
            kinds.setdefault((one.method, one.kind), []).append(one)
    return tuple(
        Held(
            method,
            kind,
            _median([one.value for one in own if one.depth == 0 and one.value is not None]),
            sum(one.marked for one in own) / len(own),
            len(own),
        )
        for (method, kind), own in kinds.items()
    )


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None


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
