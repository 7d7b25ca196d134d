"""The faithfulness of the original maps of one picture: every order of removal is tried once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xaicheck.experiments.ranking.score import NO_MAP
from xaicheck.faithfulness import FAITHFULNESS, FILLS, Faithfulness, FaithfulnessMeasure, faithfulness, road
from xaicheck.faithfulness.regions import places_of, regions_of, tie_breaker
from xaicheck.types import Network

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Recipe:
    """How faithfulness is measured: a score for every combination.

    The score of a measure with a fill and an output of its own stands at every fill and output.
    """

    measures: tuple[str, ...]
    fills: tuple[str, ...]
    outputs: tuple[str, ...]
    rankings: tuple[str, ...]
    steps: int
    region: int  # pixels


@dataclass(frozen=True, slots=True, eq=False)
class PictureFaith:
    """The faithfulness of one picture's original maps."""

    scores: np.ndarray  # float32 [measure fill output ranking method seed]
    gone: tuple[tuple[str, int, str], ...]  # method, seed, why there is no score


def faith(
    network: Network,
    x: torch.Tensor,
    maps: Mapping[str, Sequence[np.ndarray | None]],
    target: int,
    recipe: Recipe,
    *,
    seeds: Sequence[int],
    image: str,
    check: Callable[[], None] = lambda: None,
) -> PictureFaith:
    """The scores of original maps, for each method one [H W] a seed: those of `faithfulness` and `road`.

    Seed s breaks ties and fills as in `faithfulness(..., seed=s)`. Maps that remove the regions in one order
    (a method without noise at all seeds, a map without negative values signed and by magnitude) share their
    curves: the passes are made once. `image` names the picture's random numbers.
    """
    shape = (len(recipe.measures), len(recipe.fills), len(recipe.outputs), len(recipe.rankings))
    scores = np.full((*shape, len(maps), len(seeds)), np.nan, np.float32)
    gone: list[tuple[str, int, str]] = []
    kept: dict[tuple[int, int], np.ndarray] = {}  # method, seed -> a map that can be ranked
    for (row, method), (column, seed) in _cells(maps, seeds):
        values = maps[method][column]
        if values is not None and np.isfinite(values).all():
            kept[row, column] = values
            continue
        partly = values is not None and np.isfinite(values).any()
        gone.append((method, seed, "the map has values that are not finite numbers" if partly else NO_MAP))
    for (protocol, fill), measures in _curves(recipe).items():
        region = recipe.region if protocol == "flipping" else 1
        orders, templates = _orders(kept, recipe.rankings, region, seeds, image)
        for wanted, seed in _batches(orders, seeds, by_seed=FILLS[fill].stochastic):
            results = _removed(
                network, x, {name: templates[name] for name in wanted.values()}, target, recipe,
                protocol=protocol, fill=fill, seed=seed, image=image, check=check,
            )  # fmt: skip
            by_map = {(result.map, result.output): result for result in results}
            for (at, row, column), name in wanted.items():
                for m, measure in measures.items():
                    f = slice(None) if measure.fill else recipe.fills.index(fill)
                    for o, output in enumerate(recipe.outputs):
                        score = by_map[name, measure.output or output].score(measure.key)
                        scores[m, f, o, at, row, column] = float(score)
    lost = {(row, column) for row, column in np.argwhere(np.isnan(scores).any((0, 1, 2, 3)))}
    named = {(method, seed) for method, seed, _ in gone}
    gone += [
        (method, seed, "the network's answer is not a finite number")
        for (row, method), (column, seed) in _cells(maps, seeds)
        if (row, column) in lost and (method, seed) not in named
    ]
    return PictureFaith(scores, tuple(gone))


def _curves(recipe: Recipe) -> dict[tuple[str, str], dict[int, FaithfulnessMeasure]]:
    """Protocol and fill of the curves that the recipe needs, and the measures (by row) read from them."""
    curves: dict[tuple[str, str], dict[int, FaithfulnessMeasure]] = {}
    for row, key in enumerate(recipe.measures):
        measure = FAITHFULNESS[key]
        for fill in (measure.fill,) if measure.fill else recipe.fills:
            curves.setdefault((measure.protocol, fill), {})[row] = measure
    return curves


def _removed(
    network: Network,
    x: torch.Tensor,
    maps: Mapping[str, np.ndarray],
    target: int,
    recipe: Recipe,
    *,
    protocol: str,
    fill: str,
    seed: int,
    image: str,
    check: Callable[[], None],
) -> tuple[Faithfulness, ...]:
    """The curves of each map under that protocol."""
    if protocol == "road":
        return road(network, x, maps, target, fill=fill, seed=seed, image=image, check=check)
    return faithfulness(
        network, x, maps, target, fills=(fill,), outputs=recipe.outputs, region=recipe.region,
        steps=recipe.steps, seed=seed, image=image, check=check,
    )  # fmt: skip


def _cells(
    maps: Mapping[str, object], seeds: Sequence[int]
) -> Iterator[tuple[tuple[int, str], tuple[int, int]]]:
    return ((method, seed) for method in enumerate(maps) for seed in enumerate(seeds))


def _batches(
    orders: Mapping[tuple[int, int, int], str], seeds: Sequence[int], *, by_seed: bool
) -> Iterator[tuple[dict[tuple[int, int, int], str], int]]:
    """(orders, seed): all of them at once, or seed by seed for a fill that draws random numbers."""
    parts = [(column,) for column in range(len(seeds))] if by_seed else [tuple(range(len(seeds)))]
    for columns in parts:
        wanted = {cell: name for cell, name in orders.items() if cell[2] in columns}
        if wanted:
            yield wanted, seeds[columns[0]]


def _orders(
    kept: Mapping[tuple[int, int], np.ndarray],
    rankings: Sequence[str],
    region: int,
    seeds: Sequence[int],
    image: str,
) -> tuple[dict[tuple[int, int, int], str], dict[str, np.ndarray]]:
    """(the name of the order of each ranking, method and seed; a map of each order by its name)."""
    orders: dict[tuple[int, int, int], str] = {}
    templates: dict[str, np.ndarray] = {}
    for (row, column), values in kept.items():
        for at, ranking in enumerate(rankings):
            name, template = _order(values, region, seeds[column], image, ranking)
            orders[at, row, column] = name
            templates[name] = template
    return orders, templates


def _order(values: np.ndarray, region: int, seed: int, image: str, ranking: str) -> tuple[str, np.ndarray]:
    """The name of a map's order of removal, and a map [H W] that has this order and no ties."""
    regions = regions_of(values.shape[0], values.shape[1], region)
    sizes = np.bincount(regions.ravel())
    ties = tie_breaker(sizes.size, seed=seed, image=image)
    places = places_of(values, regions, ties, ranking=ranking).astype(np.int64)
    # Regions are ranked by their sums, and those at the edge may have fewer pixels.
    return hashlib.sha256(places.tobytes()).hexdigest(), -places / sizes[regions]
