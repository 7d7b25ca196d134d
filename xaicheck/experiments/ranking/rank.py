"""Two orders of the same methods: by a randomization check and by faithfulness, from computed scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking.data import RankingData, VariantScores
from xaicheck.experiments.ranking.flips import FlipView, flips
from xaicheck.experiments.ranking.pairing import depth_means, in_common, label, note_on_cells, note_on_methods
from xaicheck.experiments.ranking.setting import CONTROLS
from xaicheck.faithfulness.measures import FAITHFULNESS
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import (
    Interval,
    Leaders,
    Power,
    RankGap,
    ScoreTable,
    crossed_interval,
    leaders,
    picture_interval,
    power,
    rank_gap,
    ranks,
)
from xaicheck.types import Comparison

__all__ = ["TESTS", "Choice", "FlipView", "RankingView", "default_choice", "flips", "rank", "removal_of"]

TESTS = ("similarity", "entropy")
WEIGHTINGS = ("raw", "relative")  # a drop as it is, or divided by the picture's own probability
HEADLINE = Comparison(
    "ssim", "second_moment", "magnitude"
)  # what the check is known for; blind to signs anyway
BY_CONSTRUCTION = {
    "check": (
        {"sobel", "fixed_noise", "sign_flip"},
        "random weights change no more than the sign of these maps",
    ),
    "faithfulness": ({"sobel", "sign_flip"}, "the cheater’s original map is the edges less their mean"),
}
"""Controls that tie whatever the data are, test by test, and why."""
NOTHING = "No picture has a score of any method in this setting, so there is nothing to order."


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting of the ranking gap; everything that can be switched without computing anew."""

    variant: str
    comparison: Comparison
    measure: str = "abpc"
    fill: str = "mean"
    output: str = "softmax"
    ranking: str = "signed"
    depth: int | None = None  # None: the mean over depths
    controls: bool = True
    test: str = "similarity"  # or "entropy": eMPRT, which has no comparison and no depth
    weighting: str = "raw"  # or "relative": drops of a probability in units of the picture's own


@dataclass(frozen=True, slots=True, eq=False)
class RankingView:
    """Both orders and how far they agree; None where no picture has any score."""

    gap: RankGap | None
    check: ScoreTable | None  # both tables on the same methods and images
    faith: ScoreTable | None
    check_intervals: tuple[Interval, ...]  # of each method's mean score, in the table's order
    faith_intervals: tuple[Interval, ...]
    snr: tuple[float | None, ...]  # of each method's original map, median over images; inf: no noise at all
    notes: tuple[str, ...]  # sentences: what is left out, what is tied, how little this tells
    leaders: Leaders | None = None  # in faithfulness
    power: Power | None = None  # of the methods, and of differences in both scores
    other: Weighted | None = None  # the faithfulness with pictures weighted the other way, if there is one


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """The faithfulness under another weighting of pictures, in the order of the view's tables."""

    weighting: str
    gap: RankGap
    intervals: tuple[Interval, ...]
    leaders: Leaders


def default_choice(data: RankingData) -> Choice:
    """The setting that a page opens with: SSIM of magnitudes over all depths of the first variant, ABPC."""
    wanted = HEADLINE if HEADLINE in data.comparisons else data.comparisons[0]
    return Choice(
        variant=data.variants[0].variant.key,
        comparison=wanted,
        measure=data.faithfulness_measures[0],
        fill=data.fills[0],
        output=data.outputs[0],
        ranking=data.rankings[0],
    )


def rank(data: RankingData, choice: Choice) -> RankingView:
    """Both orders under this choice, with intervals that account for seeds.

    Formula: Kendall's tau_b of the check's order (low similarity first) and the faithfulness's order, each by
        the mean over depths, seeds and images; pigeonhole bootstrap over seeds and images.
    Differs: a depth at which a chosen method has no score is left out for all chosen methods of that image
        and seed; a method that has no score in common with the others is left out, and `notes` names it.
    Errors: BadRequest names the allowed values.
    """
    scores = data.variant(choice.variant)
    raw, low_is_better = _check_scores(data, scores, choice)
    faith = _faith_scores(data, choice)
    rows = [i for i, m in enumerate(data.methods) if choice.controls or m not in CONTROLS]

    def images(kept: Sequence[int]) -> np.ndarray:
        """Whether an image has all scores of these rows, bool [image]."""
        ours = [rows[i] for i in kept]
        return np.isfinite(depth_means(raw[ours])).all((0, 1)) & np.isfinite(faith[ours]).all((0, 1))

    counts = np.isfinite(raw[rows]).sum((1, 2, 3)) + np.isfinite(faith[rows]).sum((1, 2))
    common = in_common(counts, lambda kept: bool(images(kept).any()))
    kept = [rows[i] for i in common]
    notes = [note_on_methods([data.methods[row] for i, row in enumerate(rows) if i not in common])]
    if not kept:
        return RankingView(None, None, None, (), (), (), (*filter(None, notes), NOTHING))
    there, means = images(common), depth_means(raw[kept])
    names = [data.methods[i] for i in kept]
    depths = set(_depths(scores, choice))
    notes += [
        note_on_cells(
            np.isfinite(raw[kept]),
            (
                m
                for m in data.missing
                if m.variant == choice.variant and {m.depth, *depths} - {None} == depths
            ),
            names,
            "combinations of picture, seed and depth",
        ),
        note_on_cells(
            np.isfinite(faith[kept]),
            (m for m in data.missing if not m.variant),
            names,
            "combinations of picture and seed in faithfulness",
        ),
    ]
    check_table = _table(data, kept, means, there, low_is_better)
    higher = FAITHFULNESS[choice.measure].higher_is_better
    faith_table = _table(data, kept, faith[kept], there, not higher)
    other = None
    if weighted(choice):
        way = WEIGHTINGS[choice.weighting == WEIGHTINGS[0]]
        values = _faith_scores(data, replace(choice, weighting=way))[kept]
        if np.isfinite(values[..., there]).all():
            other = _weighted(way, check_table, _table(data, kept, values, there, not higher))
    gap = rank_gap(check_table, faith_table)
    notes += [*gap.warnings, _tied(check_table, "check"), _tied(faith_table, "faithfulness")]
    notes += [gap.tau.warning if gap.tau.estimate is None else ""]
    return RankingView(
        gap=gap,
        check=check_table,
        faith=faith_table,
        check_intervals=tuple(crossed_interval(v) for v in check_table.values),
        faith_intervals=tuple(picture_interval(v) for v in faith_table.values),
        snr=tuple(_median(data.snr[i]) for i in kept),
        notes=tuple(dict.fromkeys(filter(None, notes))),
        leaders=leaders(faith_table.over_seeds),
        power=power(check_table, faith_table),
        other=other,
    )


def _weighted(way: str, check: ScoreTable, faith: ScoreTable) -> Weighted:
    intervals = tuple(picture_interval(v) for v in faith.values)
    return Weighted(way, rank_gap(check, faith), intervals, leaders(faith.over_seeds))


def _depths(scores: VariantScores, choice: Choice) -> tuple[int, ...]:
    if choice.depth is None or choice.test == "entropy":
        return scores.depths
    if choice.depth not in scores.depths:
        known = ", ".join(map(str, scores.depths))
        raise BadRequest(f"There is no depth {choice.depth} in {choice.variant}; choose one of {known}.")
    return (choice.depth,)


def _check_scores(data: RankingData, scores: VariantScores, choice: Choice) -> tuple[np.ndarray, bool]:
    """The check's scores [method seed image depth], and whether low ones are better."""
    _position("test", choice.test, TESTS)
    if choice.test == "entropy":
        return scores.entropy_rise[..., None], False
    at = _position("comparison", _same_number(choice.comparison), data.comparisons)
    columns = [scores.depths.index(depth) for depth in _depths(scores, choice)]
    return scores.similarity[at][..., columns], not SIMILARITIES[choice.comparison.measure].distance


def _faith_scores(data: RankingData, choice: Choice) -> np.ndarray:
    """The faithfulness scores [method seed image]."""
    at = _position("faithfulness measure", choice.measure, data.faithfulness_measures)
    fill, output = removal_of(choice)
    own = FAITHFULNESS[choice.measure]
    _position("weighting", choice.weighting, WEIGHTINGS)
    scores = data.faithfulness[
        at,
        0 if own.fill else _position("fill", fill, data.fills),
        0 if own.output else _position("output", output, data.outputs),
        _position("ranking", choice.ranking, data.rankings),
    ].astype(np.float64)
    if weighted(choice) and choice.weighting == "relative":
        p0 = np.array([target.probability for target in data.targets])
        return np.asarray(np.divide(scores, p0, out=np.full(scores.shape, np.nan), where=p0 > 0))
    return scores


def weighted(choice: Choice) -> bool:
    """Whether the score is in units of a probability, which may be taken relative to the picture's own."""
    own = FAITHFULNESS[choice.measure]
    return own.of_probability and removal_of(choice)[1] == "softmax"


def removal_of(choice: Choice) -> tuple[str, str]:
    """(fill, output) that the faithfulness is measured with: the measure's own, else the chosen ones."""
    own = FAITHFULNESS[choice.measure]
    return own.fill or choice.fill, own.output or choice.output


def _position(what: str, value: object, known: Sequence[object]) -> int:
    if value not in known:
        raise BadRequest(f"There is no {what} {_said(value)}; choose one of {', '.join(map(_said, known))}.")
    return known.index(value)


def _same_number(comparison: Comparison) -> Comparison:
    """The comparison under which this one's number is kept; an unknown one as it is."""
    return canonical(comparison) if comparison.measure in SIMILARITIES else comparison


def _said(value: object) -> str:
    if isinstance(value, Comparison):
        return f"{value.measure}/{value.normalisation}/{value.sign}"
    return str(value)


def _table(
    data: RankingData, kept: Sequence[int], values: np.ndarray, there: np.ndarray, low_is_better: bool
) -> ScoreTable:
    """The table of these methods on the images that have all scores; the others are named in it."""
    names = np.array(data.images, dtype=object)
    return ScoreTable(
        tuple(data.methods[i] for i in kept),
        tuple(names[there]),
        values[:, :, there].astype(np.float64),
        low_is_better,
        True,
        tuple(names[~there]),
    )


def _median(values: np.ndarray) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else None


def _tied(table: ScoreTable, what: str) -> str:
    """Which methods share a mean score to the last digit, and why if it must be; empty where none do."""
    groups: dict[float, list[str]] = {}
    for method, place in zip(table.methods, ranks(table.goodness), strict=True):
        groups.setdefault(float(place), []).append(method)
    known, why = BY_CONSTRUCTION[what]
    same = [
        " = ".join(map(label, group)) + f" (by construction: {why})" * (known >= set(group))
        for group in groups.values()
        if len(group) > 1
    ]
    return f"Tied by {what}: {'; '.join(same)}." if same else ""
