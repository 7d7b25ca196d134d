"""Pairs of networks: how alike the maps of two random ones are, beside the trained and a random one.

Two maps of a pair are of two seeds, so they never share the random numbers of their method. A run with one
seed explains a second random network for it, at a few depths: its companion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, permutations

from xaicheck.engine.scores import NO_MAP, wanted
from xaicheck.methods import METHODS
from xaicheck.seeds import MOST_SEED
from xaicheck.similarity.comparisons import of_sides
from xaicheck.similarity.side import Side
from xaicheck.types import Attribution, PairRow, Request

BETWEEN, AGAIN, TRAINED = "between", "again", "trained"
MOST = 20  # networks of which every two are compared: their rank is a test at 5 % from 19 on
ONE_IN = 7  # depths: of so many the companion explains one

MapOf = Callable[[int, int], Attribution | None]
"""The map of one method at a depth and seed."""


def companion(request: Request) -> int | None:
    """The seed of the random network that is explained for the pairs alone; None where there is none."""
    if request.band == "off" or len(request.seeds) > 1 or not request.depths[-1]:
        return None
    seed: int = request.seeds[0]
    return seed + 1 if seed < MOST_SEED else 0


def seeds(request: Request) -> tuple[int, ...]:
    """Those that are paired with each other: of many the first, of one and its companion both."""
    if request.band == "off" or not request.depths[-1]:
        return ()
    second = companion(request)
    found: tuple[int, ...] = request.seeds if second is None else tuple(sorted((*request.seeds, second)))
    return found[:MOST]


def depths(request: Request) -> tuple[int, ...]:
    """Those at which random networks are paired: all; with a companion a few, ends and middle among them."""
    deep = tuple(depth for depth in request.depths if depth)
    if companion(request) is None:
        return deep
    count = -(-len(deep) // ONE_IN)
    last, middle = len(deep) - 1, len(deep) // 2 - 1  # where a page starts
    few = [last * i // (count - 1) for i in range(count)] if count > 1 else [last]
    if count > 2:
        few[min(range(1, count - 1), key=lambda i: abs(few[i] - middle))] = middle
    return tuple(deep[i] for i in few)


def part(known: Iterable[PairRow], request: Request) -> tuple[PairRow, ...]:
    """Those of a larger run's rows that a run of the request gives."""
    methods, paired, deep = {choice.key for choice in request.methods}, seeds(request), depths(request)
    return tuple(
        row
        for row in known
        if row.method in methods
        and row.measure in request.measures
        and row.depth in (0, *deep)
        and {row.first, row.second} <= set(paired)
        and (row.kind != TRAINED or row.first in request.seeds)
    )


def every(
    request: Request, maps: Sequence[Attribution], check: Callable[[], None] = lambda: None
) -> Iterator[tuple[str, float, PairRow | None]]:
    """The rows of all methods, each with the method's label and the share of the work that is about done.

    After each method there is one without a row. `check` is called before each pair and may end the run.
    """
    cells = {(a.method, a.depth, a.seed): a for a in maps}
    places, count = (0, *depths(request)), len(request.methods)
    for before, choice in enumerate(request.methods if seeds(request) else ()):
        label = METHODS[choice.key].label
        for row in rows(request, choice.key, lambda *at, key=choice.key: cells.get((key, *at)), check):
            yield label, (before + (places.index(row.depth) + 1) / len(places)) / count, row
        yield label, (before + 1) / count, None


def rows(
    request: Request, method: str, map_of: MapOf, check: Callable[[], None] = lambda: None
) -> Iterator[PairRow]:
    """How alike the maps of each two seeds of a method are, by every measure of the request.

    `check` is called before each pair and may end the run. A deterministic method has one trained map: what
    it is to itself, and each random map to it, say its scores.
    """
    asked, paired = wanted(request), seeds(request)
    draws = METHODS[method].stochastic

    def side(depth: int, seed: int) -> Side | None:
        found = map_of(depth, seed)
        name = "random" if depth else "trained"
        return None if found is None or found.values is None else Side(found.values, name)

    def pair(kind: str, depth: int, first: int, second: int, a: Side | None, b: Side | None) -> list[PairRow]:
        check()
        scores = (NO_MAP,) * len(asked) if a is None or b is None else of_sides(a, b, asked)
        return [
            PairRow(method, measure, depth, kind, first, second, score)
            for measure, score in zip(request.measures, scores, strict=True)
        ]

    trained = {seed: side(0, seed) for seed in paired} if draws else {}
    for a, b in combinations(trained, 2):
        yield from pair(AGAIN, 0, a, b, trained[a], trained[b])
    for depth in depths(request):
        random = {seed: side(depth, seed) for seed in paired}
        for a, b in combinations(random, 2):
            yield from pair(BETWEEN, depth, a, b, random[a], random[b])
        for a, b in permutations(trained, 2):
            if a in request.seeds:
                yield from pair(TRAINED, depth, a, b, trained[b], random[a])
