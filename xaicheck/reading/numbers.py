"""The numbers of a report as the page needs them: means and spreads over seeds, ratios, shares."""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaicheck.engine import pairs
from xaicheck.randomization.efficient_mprt import rise_of
from xaicheck.randomization.modes import MODES, Mode
from xaicheck.similarity.comparisons import canonical
from xaicheck.types import ActivationScale, Attribution, Comparison, Liveness, Report, Request, Score, Target

_NOT_YET = Score(None, "not computed yet")


@dataclass(frozen=True, slots=True)
class Summary:
    """A score over the seeds; without any number `mean` is None and `why` says why."""

    mean: float | None
    low: float | None
    high: float | None
    seeds: int  # how many seeds have a number
    why: str = ""


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """One block at one depth, original beside randomized, means over the seeds."""

    block: str
    original: ActivationScale
    rms: float
    quantiles: tuple[float, ...]
    dead: float
    gradient_rms: float

    @property
    def ratio(self) -> float | None:
        """Randomized over original RMS; None where the original is zero."""
        return self.rms / self.original.rms if self.original.rms else None

    @property
    def gradient_ratio(self) -> float | None:
        """Randomized over original RMS of the gradient; None where the original is zero."""
        return self.gradient_rms / self.original.gradient_rms if self.original.gradient_rms else None


@dataclass(frozen=True, slots=True)
class EntropyRow:
    """The entropy of a method's maps in nats, before and after, and its rise as a share (eMPRT)."""

    original: Summary
    randomized: Summary
    rise: Summary


class Reading:
    """A report with its rows found by key, so that a page of numbers costs one pass."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._scores: dict[tuple[str, str, int], dict[int, Score]] = defaultdict(dict)
        for row in report.scores:
            self._scores[row.method, row.measure, row.depth][row.seed] = row.score
        self._marked = {(a.method, a.depth) for a in report.certified if a.marked}
        self._class_scores = {(s.method, s.measure, s.depth): s.score for s in report.class_scores}
        self._entropies = {(e.method, e.depth, e.seed): e.score for e in report.entropies}
        self._scales: dict[int, dict[str, list[ActivationScale]]] = defaultdict(lambda: defaultdict(list))
        for scale in report.activations:
            self._scales[scale.depth][scale.block].append(scale)
        self._alive: dict[int, list[Liveness]] = defaultdict(list)
        for alive in report.liveness:
            self._alive[alive.depth].append(alive)
        self.methods: tuple[str, ...] = tuple(choice.key for choice in report.request.methods)
        self.blocks: int = len(report.blocks)
        self.seed: int = next(
            (a.seed for a in report.attributions if a.values is not None and a.depth),
            report.request.seeds[0],
        )

    @property
    def mode(self) -> Mode:
        """The order in which the blocks were randomized."""
        return MODES[self.report.request.mode]

    def score(self, method: str, measure: str, depth: int) -> Summary:
        """Mean, lowest and highest over the seeds; seeds without a number are left out and counted out."""
        return summary(list(self.scores(method, measure, depth).values()))

    def scores(self, method: str, measure: str, depth: int) -> dict[int, Score]:
        """The score in every random network, by its seed, or why there is none."""
        return dict(self._scores.get((method, measure, depth), {}))

    def by_seed(self, method: str, measure: str, depth: int) -> dict[int, float]:
        """The score in every random network, by its seed; those without a number are left out."""
        rows = self.scores(method, measure, depth)
        return {seed: score.value for seed, score in rows.items() if score.value is not None}

    def second_class(self, method: str, measure: str, depth: int = 0) -> Score:
        """How alike a method's maps of both classes are at a depth, with the first seed."""
        return self._class_scores.get((method, measure, depth), _NOT_YET)

    def first_map(self, method: str, depth: int = 0) -> Attribution | None:
        """The map of the explained class with the first seed, beside the second class's."""
        return self.report.attribution(method, depth, self.report.request.seeds[0])

    def second_map(self, method: str, depth: int = 0) -> Attribution | None:
        """The map of the second class; None while it is not computed."""
        found = (a for a in self.report.class_maps if (a.method, a.depth) == (method, depth))
        return next(found, None)

    def explained(self, depth: int) -> Target | None:
        """The class that the maps shown at a depth explain; None while it is not known."""
        return self.report.explained(depth, self.seed)

    def entropy(self, method: str) -> EntropyRow:
        """The entropies of a method's maps, original and at the greatest depth; why there is none if so."""
        deepest, seeds = self.report.depths[-1], self.report.request.seeds
        before = [self._entropies.get((method, 0, seed), _NOT_YET) for seed in seeds]
        after = [self._entropies.get((method, deepest, seed), _NOT_YET) for seed in seeds]
        return EntropyRow(*(summary(scores) for scores in (before, after, self.rises(method))))

    def rises(self, method: str) -> list[Score]:
        """By which share the entropy of a method's maps rises to the greatest depth, one score a seed."""
        depths, seeds = (0, self.report.depths[-1]), self.report.request.seeds
        ends = ([self._entropies.get((method, depth, seed), _NOT_YET) for depth in depths] for seed in seeds)
        return [rise_of(before, after) for before, after in ends]

    @property
    def no_entropy(self) -> str:
        """Why eMPRT has no number in this report; empty if it has."""
        if not self.mode.cumulative:
            return "In this order no step randomizes every block, so eMPRT has no number."
        if self.report.depths[-1] < self.blocks:
            most = self.report.depths[-1]
            return f"At most {most} of {self.blocks} blocks were randomized here; eMPRT needs all of them."
        if self.report.complete and not self._entropies:
            return "These results were computed without entropies; a new run has them."
        return ""

    def comparison(self, measure: str) -> Comparison:
        """What the report's scores by this measure are, normalisation and sign included."""
        return _scored(self.report.request, measure)

    def curve(self, method: str, measure: str) -> list[tuple[int, Summary]]:
        """(depth, summary) for every depth of the report that has rows."""
        return [
            (depth, self.score(method, measure, depth))
            for depth in self.report.depths
            if (method, measure, depth) in self._scores
        ]

    def map(self, method: str, depth: int) -> Attribution | None:
        """The map of the seed that is shown; None while it is not computed."""
        return self.report.attribution(method, depth, self.seed)

    def unchanged(self, method: str, depth: int) -> bool:
        """Whether the map that is shown is the original, value by value."""
        before, after = (
            None if one is None else one.values for one in (self.map(method, 0), self.map(method, depth))
        )
        return before is not None and after is not None and np.array_equal(before, after)

    def usable(self, method: str, depth: int) -> bool:
        """Whether a sentence may lean on a method's numbers at a depth: on its scores, magnitude, entropy.

        They compare maps at that depth with the originals, over all seeds: it may not where any of these maps
        carries a mark (`Attribution.marked`). Such numbers are shown with the mark and left out of sentences.
        """
        return not {(method, 0), (method, depth)} & self._marked

    def marked(self, depth: int) -> tuple[str, ...]:
        """The methods, in their order, whose numbers at a depth no sentence may lean on."""
        return tuple(key for key in self.methods if not self.usable(key, depth))

    def magnitude(self, method: str, depth: int) -> float | None:
        """RMS of the randomized map over the RMS of the original; None where either is missing."""
        original, randomized = self.map(method, 0), self.map(method, depth)
        if original is None or randomized is None:
            return None
        before, after = original.rms, randomized.rms
        if not before or after is None or not math.isfinite(before):
            return None
        return after / before

    def scales(self, depth: int) -> list[ScaleRow]:
        """One row a block, input to output, for blocks measured both at depth 0 and at this depth."""
        rows = []
        for block in reversed(self.report.blocks):
            before, after = self._scales[0].get(block), self._scales[depth].get(block)
            if not before or not after:
                continue
            count = len(after)
            rows.append(
                ScaleRow(
                    block,
                    before[0],
                    sum(a.rms for a in after) / count,
                    tuple(sum(a.quantiles[i] for a in after) / count for i in range(5)),
                    sum(a.dead for a in after) / count,
                    sum(a.gradient_rms for a in after) / count,
                )
            )
        return rows

    def alive(self, depth: int) -> Liveness | None:
        """The liveness at a depth of the seed whose maps are shown; None while it is not computed."""
        return next((alive for alive in self._alive.get(depth, []) if alive.seed == self.seed), None)

    def liveness(self, depth: int) -> list[Liveness]:
        """All seeds' liveness at a depth."""
        return list(self._alive.get(depth, []))

    def touched(self, depth: int) -> tuple[str, ...]:
        """Names of the blocks that are randomized at a depth, in the order in which depth adds them."""
        blocks = self.report.blocks
        return tuple(blocks[i] for i in self.mode.blocks(depth, self.blocks))


def _second_class(report: Report, request: Request) -> dict[str, Any]:
    """What a part of a report keeps of the second class: nothing where it asks for none."""
    if request.against is None:
        return {"against": None, "class_maps": (), "class_scores": ()}
    methods = {choice.key for choice in request.methods}
    deepest = 0 if request.against_at == "trained" else report.depths[-1]
    return {
        "class_maps": tuple(a for a in report.class_maps if a.method in methods and a.depth <= deepest),
        "class_scores": tuple(
            s
            for s in report.class_scores
            if s.method in methods and s.measure in request.measures and s.depth <= deepest
        ),
    }


def summary(scores: Sequence[Score]) -> Summary:
    """Mean, lowest and highest of those that have a number; without any, why."""
    values = [s.value for s in scores if s.value is not None]
    if values:
        return Summary(sum(values) / len(values), min(values), max(values), len(values))
    why = next((s.why for s in scores if s.why), _NOT_YET.why if not scores else "undefined")
    return Summary(None, None, None, 0, why)


def _scored(request: Request, measure: str) -> Comparison:
    return Comparison(measure, request.normalisation, request.sign)


def part(report: Report, request: Request) -> Report | None:
    """The report of a request that asks for fewer methods, measures, seeds, certificates, classes; else None.

    Leaving something out needs no new computation: every map and score stands for itself.
    """
    have = report.request
    same = request.changed(
        methods=have.methods,
        measures=have.measures,
        seeds=have.seeds,
        normalisation=have.normalisation,
        sign=have.sign,
        certify=have.certify if request.certify == "off" else request.certify,
        band=have.band if request.band == "off" else request.band,
        against=have.against if request.against is None else request.against,
        against_at=have.against_at if request.against_at == "trained" else request.against_at,
    )
    inside = (
        set(request.methods) <= set(have.methods)
        and (request.against is None or request.seeds[0] == have.seeds[0])  # its maps are of the first seed
        and set(request.measures) <= set(have.measures)
        and set(request.seeds) <= set(have.seeds)
        and set(pairs.seeds(request)) <= set(pairs.seeds(have))
        # Ranks, for example, are the same under every normalisation.
        and all(canonical(_scored(request, key)) == canonical(_scored(have, key)) for key in request.measures)
    )
    if same != have or not inside:
        return None
    if request == have:
        return report
    methods, measures, seeds = {m.key for m in request.methods}, set(request.measures), set(request.seeds)
    return dataclasses.replace(
        report,
        request=request,
        attributions=tuple(a for a in report.attributions if a.method in methods and a.seed in seeds),
        unkept=tuple(a for a in report.unkept if a.method in methods and a.seed in seeds),
        scores=tuple(
            s for s in report.scores if s.method in methods and s.measure in measures and s.seed in seeds
        ),
        entropies=tuple(e for e in report.entropies if e.method in methods and e.seed in seeds),
        activations=tuple(a for a in report.activations if a.seed in seeds),
        liveness=tuple(a for a in report.liveness if a.seed in seeds),
        pairs=pairs.part(report.pairs, request),
        **_second_class(report, request),
    )
