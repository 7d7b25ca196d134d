"""Who wins the check: real methods and maps that do not explain the network, score by score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaicheck.experiments.noise.data import Contest
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval, replicate_interval

SAME = 1e-9  # of two scores that only rounding tells apart
CHANCE = 0.05  # a mean this near the best one's counts as level with it


@dataclass(frozen=True, slots=True)
class Spread:
    """A score over the seeds; None where a seed has no score."""

    mean: float | None
    low: float | None
    high: float | None
    values: tuple[float, ...] = ()  # by seed


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant's line."""

    method: str
    scores: Mapping[str, Spread]  # by measure, in the measure's own direction
    faithfulness: Mapping[str, Interval]  # by fill; low and high are None where the method draws nothing


@dataclass(frozen=True, slots=True)
class Standings:
    """All lines at one depth, and who is ahead in each column."""

    picture: str
    depth: int
    seeds: int
    entries: tuple[Entry, ...]
    winners: Mapping[str, tuple[str, ...]]  # by measure: who changed most; several where they tie
    held: Mapping[str, int]  # by measure: in how many random networks one of the winners changed most
    level: Mapping[str, tuple[str, ...]]  # by measure: whose mean is within CHANCE of the winner's
    faithful: Mapping[str, tuple[str, ...]]  # by fill: whose map is the most faithful; several where they tie

    def entry(self, method: str) -> Entry:
        """The line of a method. Errors: KeyError for one that does not take part."""
        for entry in self.entries:
            if entry.method == method:
                return entry
        raise KeyError(method)


def standings(contest: Contest, fills: tuple[str, ...], depth: int) -> Standings:
    """The contest at a depth; the check prefers the map that changed most. Errors: ValueError for a depth."""
    at = contest.depths.index(depth)
    entries = []
    for m, method in enumerate(contest.methods):
        scores = {
            measure: _spread(contest.scores[q, m, at].astype(np.float64))
            for q, measure in enumerate(contest.measures)
        }
        faith = {
            fill: replicate_interval(contest.faithfulness[f, m, : contest.draws[m]])
            for f, fill in enumerate(fills)
        }
        entries.append(Entry(method, scores, faith))
    winners, held, level = {}, {}, {}
    for q, measure in enumerate(contest.measures):
        known = {e.method: mean for e in entries if (mean := e.scores[measure].mean) is not None}
        if not known:
            continue
        changed = {method: change(measure, mean) for method, mean in known.items()}
        winners[measure] = _within(SAME, changed)
        level[measure] = _within(CHANCE, changed)
        rows = {m: contest.scores[q, contest.methods.index(m), at].astype(np.float64) for m in known}
        firsts = [
            _within(SAME, {m: change(measure, float(row[seed])) for m, row in rows.items()})
            for seed in range(len(contest.seeds))
        ]
        held[measure] = sum(not set(first).isdisjoint(winners[measure]) for first in firsts)
    faithful = {
        fill: _within(SAME, {e.method: _estimate(e.faithfulness[fill]) for e in entries}) for fill in fills
    }
    return Standings(
        contest.picture, depth, len(contest.seeds), tuple(entries), winners, held, level, faithful
    )


def _within(distance: float, values: Mapping[str, float]) -> tuple[str, ...]:
    """Who is no further than this from the highest."""
    best = max(values.values())
    return tuple(method for method, value in values.items() if value >= best - distance)


def change(measure: str, score: float) -> float:
    """A score turned so that more is more changed."""
    return score if SIMILARITIES[measure].distance else -score


def _estimate(interval: Interval) -> float:
    return -np.inf if interval.estimate is None else interval.estimate


def _spread(values: np.ndarray) -> Spread:
    if not np.isfinite(values).all():
        return Spread(None, None, None)
    return Spread(float(values.mean()), float(values.min()), float(values.max()), tuple(map(float, values)))
