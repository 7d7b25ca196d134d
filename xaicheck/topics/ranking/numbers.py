"""What the page Ranking gap reads off the experiment: each method's place in both orders of one setting."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xaicheck.statistics import Interval, RankGap, Ranking
from xaicheck.types import Method

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.data import RankingData
    from xaicheck.experiments.ranking.rank import Choice, RankingView
    from xaicheck.experiments.ranking.setting import Variant

ENTROPY = "entropy"  # Choice.test of eMPRT
SURE = 0.95  # share of draws from which an order is called sure
MOSTLY = 0.5  # share of a method's maps beyond a bound from which its name carries the mark


@dataclass(frozen=True, slots=True)
class Place:
    """One method in both orders."""

    key: str
    label: str
    control: bool
    check: Interval  # the randomization score
    faith: Interval  # the faithfulness score
    other_faith: Interval | None  # with pictures weighted the other way; None: there is one way
    check_rank: Interval  # 1 = best; tied methods share their mean rank
    faith_rank: Interval
    check_place: int  # 1 = best; tied methods share the best place of theirs
    faith_place: int
    check_row: int  # 1 = top; tied methods stand in neighbouring rows
    faith_row: int
    check_tied: bool
    faith_tied: bool
    other_place: int | None  # in faithfulness with pictures weighted the other way
    other_tied: bool
    marked: bool  # most of its maps are beyond the bound of a certificate


class TwoOrders:
    """Both orders of the same methods under one choice: their places, in the order of the check.

    Errors: ValueError for a view without scores, which has no order.
    """

    def __init__(
        self, data: RankingData, choice: Choice, view: RankingView, methods: Mapping[str, Method]
    ) -> None:
        self.data, self.choice, self.view = data, choice, view
        if view.gap is None or view.check is None or view.faith is None:
            raise ValueError("A view without scores has no order to read.")
        self.gap: RankGap = view.gap
        self.low_is_better = view.check.low_is_better
        self.faith_low_is_better = view.faith.low_is_better
        self.images: tuple[str, ...] = view.check.images
        keys = self.gap.first.methods
        check_rows = _rows(self.gap.first.ranks, self.gap.second.ranks)
        faith_rows = _rows(self.gap.second.ranks, self.gap.first.ranks)
        other = view.other
        marked = {held.method for held in data.held if held.marked > MOSTLY}
        places = [
            Place(
                key=key,
                label=methods[key].label if key in methods else key,
                control=methods[key].control if key in methods else False,
                check=view.check_intervals[i],
                faith=view.faith_intervals[i],
                other_faith=other.intervals[i] if other else None,
                check_rank=self.gap.first.ranks[i],
                faith_rank=self.gap.second.ranks[i],
                check_place=_place(self.gap.first.ranks, i),
                faith_place=_place(self.gap.second.ranks, i),
                check_row=check_rows[i],
                faith_row=faith_rows[i],
                check_tied=_tied(self.gap.first.ranks, i),
                faith_tied=_tied(self.gap.second.ranks, i),
                other_place=_place(other.gap.second.ranks, i) if other else None,
                other_tied=other is not None and _tied(other.gap.second.ranks, i),
                marked=key in marked,
            )
            for i, key in enumerate(keys)
        ]
        self.places: tuple[Place, ...] = tuple(sorted(places, key=lambda p: p.check_row))

    @property
    def n(self) -> int:
        """How many methods there are."""
        return len(self.places)

    def of(self, key: str) -> Place | None:
        """The place of a method; None where it does not take part."""
        return next((place for place in self.places if place.key == key), None)

    @property
    def by_faith(self) -> tuple[Place, ...]:
        """The places in the order of faithfulness."""
        return tuple(sorted(self.places, key=lambda p: p.faith_row))

    @property
    def variant(self) -> Variant:
        """The way the networks were randomized."""
        return self.data.variant(self.choice.variant).variant


def doubt(
    ranking: Ranking, ends: Sequence[Place], others: Sequence[Place], *, last: bool = False
) -> tuple[Place, float] | None:
    """(the least sure of the others, share of the draws in which it is behind the first or before the last).

    None where no draw was made, and where the end is sure: all others are there in a share SURE of the draws,
    which is at least 1 less the shares in which each of them is not (Boole).
    """
    if ranking.beats is None or not others:
        return None
    at, rest = ([ranking.methods.index(p.key) for p in places] for places in (ends, others))
    shares = (ranking.beats[np.ix_(rest, at)].T if last else ranking.beats[np.ix_(at, rest)]).min(0)
    if (1 - shares).sum() <= 1 - SURE + 1e-9:
        return None
    return others[int(shares.argmin())], float(shares.min())


def known(value: float | None) -> bool:
    """Whether there is a number."""
    return value is not None and math.isfinite(value)


def _estimate(rank: Interval) -> float:
    return float("inf") if rank.estimate is None else rank.estimate


def _rows(ranks: tuple[Interval, ...], other: tuple[Interval, ...]) -> list[int]:
    """The row of each method; tied ones in the order of the other ranking: fewer lines cross."""
    order = sorted(range(len(ranks)), key=lambda i: (_estimate(ranks[i]), _estimate(other[i])))
    rows = [0] * len(ranks)
    for row, i in enumerate(order, 1):
        rows[i] = row
    return rows


def _place(ranks: tuple[Interval, ...], i: int) -> int:
    return 1 + sum(_estimate(other) < _estimate(ranks[i]) for other in ranks)


def _tied(ranks: tuple[Interval, ...], i: int) -> bool:
    return sum(_estimate(other) == _estimate(ranks[i]) for other in ranks) > 1
