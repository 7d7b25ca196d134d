"""The ranking gap: methods in the order of one score against the same methods in the order of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.statistics.bootstrap import DRAWS, Draws, alongside, draw
from xaicheck.statistics.intervals import (
    FEW_SEEDS,
    LEVEL,
    NO_SEEDS,
    PERCENTILES_SETTLE,
    Interval,
    cautions,
    checked_level,
)
from xaicheck.statistics.ranks import TauNull, pair_signs, ranks, tau_b, tau_null
from xaicheck.statistics.tables import ScoreTable, paired

METHOD = "nested bootstrap, percentiles"
NO_SEED_AXIS = "There is no interval: these scores have no seeds, and pictures alone are no basis for one."
ONE_METHOD = "One method has no order."
ALL_TIED = "All methods have the same score, so there is no order to compare."


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Methods in the order of their mean score, and how firm that order is."""

    methods: tuple[str, ...]
    means: np.ndarray  # float64 [method], in the score's own direction
    low_is_better: bool
    ranks: tuple[Interval, ...]  # a method each; 1 = best
    beats: np.ndarray | None  # [method method]: share of draws in which i is better than j; None: no draws
    warning: str


@dataclass(frozen=True, slots=True, eq=False)
class RankGap:
    """Two rankings of the same methods on the same images, and how far they agree."""

    first: Ranking
    second: Ranking
    tau: Interval  # Kendall's tau_b of the two; 1 = the same order, -1 = the reverse
    tau_median: float | None  # over the draws: resampling noise pulls it towards 0
    null: TauNull
    dropped: tuple[str, ...]  # images without a score from every method in both
    warnings: tuple[str, ...]


def ranking(table: ScoreTable, *, level: float = LEVEL, n_draws: int = DRAWS, seed: int = 0) -> Ranking:
    """The methods' ranks with percentile intervals over draws of seeds, then of images.

    Undefined when: there is one seed or none; then the ranks stand without intervals, and `warning` says why.
    """
    checked_level(level)
    draws = draw(table, n_draws=n_draws, seed=seed) if table.n_seeds >= 2 else None
    return _ranking(table, None if draws is None else _goodness(table, draws), level)


def rank_gap(
    first: ScoreTable, second: ScoreTable, *, level: float = LEVEL, n_draws: int = DRAWS, seed: int = 0
) -> RankGap:
    """Kendall's tau (b) between two scores of the same methods, with an interval over nested draws.

    Seeds are drawn for the first score (a randomization check), images for both alike; a second score with
    seeds of its own draws them too. Images that one of the two lacks are dropped from both.
    Undefined when: the first score has one seed (no interval), or a score is one and the same for all methods
        (no tau).
    """
    checked_level(level)
    a, b = paired(first, second)
    goodness_a = goodness_b = None
    if a.n_seeds >= 2:
        draws = draw(a, n_draws=n_draws, seed=seed)
        goodness_a, goodness_b = _goodness(a, draws), _goodness(b, alongside(draws, b, seed=seed))
    elif b.n_seeds >= 2:
        goodness_b = _goodness(b, draw(b, n_draws=n_draws, seed=seed))
    tau, median = _tau(a, b, goodness_a, goodness_b, level)
    few = cautions(n_methods=len(a.methods), n_images=len(a.images), n_seeds=a.n_seeds or None)
    return RankGap(
        first=_ranking(a, goodness_a, level),
        second=_ranking(b, goodness_b if b.n_seeds >= 2 else None, level),
        tau=tau,
        tau_median=median,
        null=tau_null(a.goodness, b.goodness),
        dropped=a.dropped,
        warnings=tuple(sentence for sentence in (*few, a.dropped_note) if sentence),
    )


def _goodness(table: ScoreTable, draws: Draws) -> np.ndarray:
    """The mean score of each method in each draw, [draw method], higher = better."""
    means = draws.means(table)
    return -means if table.low_is_better else means


def _tau(
    a: ScoreTable, b: ScoreTable, goodness_a: np.ndarray | None, goodness_b: np.ndarray | None, level: float
) -> tuple[Interval, float | None]:
    """Tau_b with its interval, and its median over the draws."""

    def interval(estimate: float | None, low: float | None, high: float | None, *warnings: str) -> Interval:
        text = " ".join(warning for warning in warnings if warning)
        return Interval(estimate, low, high, level, a.n_seeds, len(a.images), METHOD, text)

    if len(a.methods) < 2:
        return interval(None, None, None, ONE_METHOD), None
    estimate = float(tau_b(pair_signs(a.goodness), pair_signs(b.goodness)))
    if np.isnan(estimate):
        return interval(None, None, None, ALL_TIED), None
    if goodness_a is None or goodness_b is None:
        return interval(estimate, None, None, _why_none(a)), None
    taus = tau_b(pair_signs(goodness_a), pair_signs(goodness_b))
    defined = taus[~np.isnan(taus)]
    if defined.size == 0:
        return interval(estimate, None, None, ALL_TIED), None
    low, median, high = (float(q) for q in np.quantile(defined, [(1 - level) / 2, 0.5, (1 + level) / 2]))
    lost = taus.size - defined.size
    tied = f"In {lost} of {taus.size} draws all methods tie; these are left out." if lost else ""
    return interval(estimate, low, high, _optimistic(a.n_seeds), tied), median


def _ranking(table: ScoreTable, goodness: np.ndarray | None, level: float) -> Ranking:
    n_images = len(table.images)
    means = table.values.mean((1, 2))
    own = ranks(table.goodness)
    if goodness is None:
        why = _why_none(table)
        alone = tuple(
            Interval(float(r), None, None, level, table.n_seeds, n_images, METHOD, why) for r in own
        )
        return Ranking(table.methods, means, table.low_is_better, alone, None, why)
    drawn = ranks(goodness)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    warning = _optimistic(table.n_seeds)
    intervals = tuple(
        Interval(float(r), float(a), float(b), level, table.n_seeds, n_images, METHOD, warning)
        for r, a, b in zip(own, low, high, strict=True)
    )
    n = len(table.methods)
    beats = np.zeros((n, n))
    i, j = np.triu_indices(n, 1)
    signs = pair_signs(goodness)
    beats[i, j], beats[j, i] = (signs > 0).mean(0), (signs < 0).mean(0)
    return Ranking(table.methods, means, table.low_is_better, intervals, beats, warning)


def _why_none(table: ScoreTable) -> str:
    return NO_SEEDS if table.seeded else NO_SEED_AXIS


def _optimistic(n_seeds: int) -> str:
    if n_seeds >= PERCENTILES_SETTLE:
        return ""
    if n_seeds < FEW_SEEDS:
        return cautions(n_seeds=n_seeds)[0]
    few = f"{n_seeds} seeds: with fewer than {PERCENTILES_SETTLE}"
    return f"{few}, percentile intervals are somewhat too narrow."
