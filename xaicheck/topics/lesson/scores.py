"""The gallery's scores as the lesson needs them: one contest, and the clearest flip of a winner."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xaicheck.experiments.ranking.association import Association, associated
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.pairing import depth_means
from xaicheck.experiments.ranking.rank import default_choice, rank
from xaicheck.experiments.ranking.setting import CONTROLS
from xaicheck.similarity.comparisons import same_order
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Comparison

COMPARISON = Comparison("spearman_abs")
TWO_CONTROLS = ("fresh_noise", "sobel")
SWITCHES = ("measure", "normalisation", "sign")  # the fields of a Comparison
FAIR = ("max", "minmax", "second_moment")  # without any normalisation the unit of a method decides


@dataclass(frozen=True, slots=True)
class Contestant:
    """A method's line in the contest."""

    method: str
    check: float  # similarity to the original, mean over depths and seeds: low comes first
    faith: float | None  # ABPC, mean over seeds; 0 = as good as a random order of pixels


@dataclass(frozen=True, slots=True)
class Contest:
    """Methods and controls, the one that changed most first."""

    pictures: tuple[str, ...]  # the numbers are means over these
    lines: tuple[Contestant, ...]
    seeds: int
    depths: int

    def place(self, method: str) -> int:
        """The place of a method, from 1; those with equal scores share the first of theirs."""
        own = self.line(method).check
        return 1 + sum(line.check < own for line in self.lines)

    def line(self, method: str) -> Contestant:
        """The line of a method. Errors: StopIteration for one that does not take part."""
        return next(line for line in self.lines if line.method == method)


@dataclass(frozen=True, slots=True)
class Order:
    """Methods with their scores under one comparison, the one that changed most first."""

    comparison: Comparison
    scores: tuple[tuple[str, float], ...]

    @property
    def first(self) -> str:
        """The winner."""
        return self.scores[0][0]

    def place(self, method: str) -> int:
        """The place of a method, from 1."""
        return 1 + [key for key, _ in self.scores].index(method)

    @property
    def margin(self) -> float:
        """How far the winner is from the second, as a share of the whole spread."""
        values = [value for _, value in self.scores]
        spread = max(values) - min(values)
        return abs(values[0] - values[1]) / spread if spread else 0.0


@dataclass(frozen=True, slots=True)
class Flip:
    """Two settings of the check that differ in one switch: another method comes first."""

    pictures: tuple[str, ...]
    switch: str  # one of SWITCHES
    before: Order
    after: Order
    winners: tuple[tuple[str, int], ...]  # (method, settings it wins), most wins first
    settings: int


def pictures_of(data: RankingData, label: str) -> tuple[int, ...]:
    """The rows of a picture; of all pictures where it has no scores of its own."""
    return (data.images.index(label),) if label in data.images else tuple(range(len(data.images)))


@lru_cache(maxsize=32)
def contest(data: RankingData, label: str) -> Contest | None:
    """The contest on a picture; None where a contestant has no score."""
    rows = [i for i, m in enumerate(data.methods) if m not in CONTROLS or m in TWO_CONTROLS]
    images = pictures_of(data, label)
    scores = data.variants[0]
    if COMPARISON not in data.comparisons:
        return None
    at = data.comparisons.index(COMPARISON)
    check = depth_means(scores.similarity[at][rows][:, :, images]).mean((1, 2))
    faith = data.faithfulness[0, 0, 0, 0][rows][:, :, images].astype(np.float64).mean((1, 2))
    lines = [
        Contestant(data.methods[row], float(value), float(own) if np.isfinite(own) else None)
        for row, value, own in zip(rows, check, faith, strict=True)
        if np.isfinite(value)
    ]
    if not {line.method for line in lines} >= set(TWO_CONTROLS):
        return None
    lines.sort(key=lambda line: line.check)
    names = tuple(data.images[i] for i in images)
    return Contest(names, tuple(lines), len(data.seeds), len(scores.depths))


@lru_cache(maxsize=32)
def flip(data: RankingData, label: str) -> Flip | None:
    """The flip whose two winners win most clearly; None if one switch never changes the winner."""
    rows = [i for i, m in enumerate(data.methods) if m not in CONTROLS]
    images = pictures_of(data, label)
    values = data.variants[0].similarity[:, rows][:, :, :, images]
    means = depth_means(values).mean((-1, -2))  # [comparison method]
    orders = [
        _order(comparison, [data.methods[row] for row in rows], scores)
        for comparison, scores in zip(data.comparisons, means, strict=True)
        if comparison.normalisation in FAIR
        and np.isfinite(scores).all()
        # The squared distance at unit power orders as the cosine: their settings count once.
        and (same_order(comparison) == comparison or same_order(comparison) not in data.comparisons)
    ]
    pairs = [
        (before, after, switch)
        for before in orders
        for after in orders
        if before.first != after.first
        and before.margin > 0 < after.margin
        and (switch := _one_switch(before.comparison, after.comparison)) is not None
    ]
    if not pairs:
        return None
    before, after, switch = max(
        pairs, key=lambda pair: (min(pair[0].margin, pair[1].margin), pair[0].place(pair[1].first))
    )
    wins = Counter(order.first for order in orders)
    names = tuple(data.images[i] for i in images)
    return Flip(names, switch, before, after, tuple(wins.most_common()), len(orders))


@lru_cache(maxsize=4)
def association(data: RankingData) -> Association | None:
    """Two random networks beside the trained one, as the page Ranking gap opens with them."""
    choice = default_choice(data)
    return associated(data, choice, rank(data, choice))


def _order(comparison: Comparison, methods: list[str], means: np.ndarray) -> Order:
    turn = -1.0 if SIMILARITIES[comparison.measure].distance else 1.0
    ranked = sorted(zip(methods, map(float, means), strict=True), key=lambda pair: turn * pair[1])
    return Order(comparison, tuple(ranked))


def _one_switch(a: Comparison, b: Comparison) -> str | None:
    """The only field in which two comparisons differ; None if there are more or none."""
    differ = [field for field in SWITCHES if getattr(a, field) != getattr(b, field)]
    return differ[0] if len(differ) == 1 else None
