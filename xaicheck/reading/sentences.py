"""Sentences made from the numbers of a report: the finding, titles, alternative texts. Plain text only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading.compared import full_name
from xaicheck.reading.numbers import Reading
from xaicheck.reading.seen import Seen
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import DASH, TEXT, alike, count, listed, method_name, number, scored
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.types import Method, Report


def where(reading: Reading, depth: int) -> str:
    """Which blocks are randomized, as the beginning of a sentence."""
    total, mode = reading.blocks, reading.mode
    if depth == 0:
        return "nothing randomized"
    if not mode.cumulative:
        return f"only block {depth} of {total} randomized ({reading.touched(depth)[0]})"
    if depth == total:
        return f"all {total} blocks randomized"
    if depth == 1:
        return f"only the {reading.touched(1)[0]} randomized"
    side = {"output": "the last ", "input": "the first "}.get(mode.end, "")
    return f"{side}{depth} of {total} blocks randomized"


def blocks_line(reading: Reading, depth: int) -> str:
    """The names of the randomized blocks, shortened in the middle."""
    names = reading.touched(depth)
    if not names:
        return str(TEXT.finding.trained)
    shown = list(names) if len(names) <= 5 else [*names[:2], "…", *names[-2:]]
    order = {"output": " (output to input)", "input": " (input to output)"}.get(reading.mode.end, "")
    return ", ".join(shown) + (order if len(names) > 1 else "")


def kicker(report: Report) -> str:
    """What was asked, in one line above the finding."""
    target = report.target
    parts = [
        TEXT.question,
        samples.display(report.image_name, report.request.image),
        MODELS[report.request.model].label,
    ]
    if target.index >= 0:
        own = report.request.target_policy != "original"
        parts.append(f"explained class: {target.label}" + f", then {TEXT.own}" * own)
    return " · ".join(parts)


# The finding.


@dataclass(frozen=True, slots=True)
class Map:
    """One method's map with its score."""

    seen: Seen
    key: str
    first: bool = True  # of its sentence: there the measure is named

    @property
    def word(self) -> str:
        """What its score says, in words."""
        return self.seen.word(self.key)


MAP = (
    Sentence[Map](
        "finding.word",
        TEXT.finding.word,
        lambda one: one.seen.judged and one.word != DASH,
        lambda one: (
            _score(one, f"{one.seen.measured} {{}}")
            | {"word": one.word + " with its original" * one.word.endswith("uncorrelated")}
        ),
    ),
    Sentence[Map](
        "finding.score",
        TEXT.finding.score,
        lambda one: one.seen.judged and one.word == DASH,
        lambda one: _score(one, f"{{}} by {one.seen.measured}"),
    ),
)
CLAUSES = (
    Sentence[Seen](
        "finding.no_number",
        TEXT.finding.no_number,
        lambda seen: seen.unscored,
        lambda seen: {"why": seen.why},
    ),
    Sentence[Seen](
        "finding.unknown",
        TEXT.finding.unknown,
        lambda seen: seen.depth > 0 and not seen.scores and not seen.reading.report.complete,
    ),
    Sentence[Seen](
        "finding.noise",
        TEXT.finding.noise,
        lambda seen: seen.depth > 0 and seen.noise is not None and bool(seen.asked),
        lambda seen: {"score": seen.number(seen.noise) + f" by {seen.measured}" * (not seen.real)},
    ),
    Sentence[Seen](
        "finding.controls",
        TEXT.finding.controls,
        lambda seen: _alone(seen) and len(seen.controls) > 1,
        lambda seen: {"scores": _controls(seen)},
    ),
    Sentence[Seen](
        "finding.control",
        TEXT.finding.control,
        lambda seen: _alone(seen) and len(seen.controls) == 1,
        lambda seen: {"scores": _controls(seen)},
    ),
)
FINDING = (
    Sentence[Seen](
        "finding.begin",
        TEXT.finding.begin,
        lambda seen: seen.depth == 0 and len(seen.reading.report.depths) > 1,
    ),
    Sentence[Seen](
        "finding.nothing",
        TEXT.finding.nothing,
        lambda seen: seen.depth == 0 and len(seen.reading.report.depths) == 1,
    ),
)


def _said(seen: Seen) -> str:
    """The most and the least alike map, or why there is none, and the controls."""
    ends = list(dict.fromkeys((*seen.real[-1:], *seen.real[:1])))
    maps = " and ".join(filter(None, (say(MAP, Map(seen, key, key == ends[0])) for key in ends)))
    return "; ".join(filter(None, (maps, say(CLAUSES, seen, "; "))))


def _score(one: Map, with_measure: str) -> dict[str, object]:
    score = one.seen.number(one.seen.scores[one.key])
    return {
        "method": method_name(one.seen.methods, one.key),
        "score": with_measure.format(score) if one.first else score,
    }


def _alone(seen: Seen) -> bool:
    """Whether only controls were run, and some score is known or will not be."""
    return seen.depth > 0 and not seen.asked and (bool(seen.scores) or seen.reading.report.complete)


def _controls(seen: Seen) -> str:
    scores = [f"{seen.number(seen.scores.get(k))} ({method_name(seen.methods, k)})" for k in seen.controls]
    return listed(scores) + f" by {seen.measured}" * bool(seen.scores)


def finding(reading: Reading, measure: str, depth: int, methods: Mapping[str, Method]) -> str:
    """The result in one or two sentences with its numbers."""
    seen = Seen(reading, SIMILARITIES[measure], depth, methods)
    return f"With {where(reading, depth)}, {_said(seen)}." if depth else say(FINDING, seen)


def scored_methods(seen: Seen) -> str:
    """How many attribution methods have a score to go by: "7 methods", or that it is not all of them."""
    return scored(len(seen.real), len(seen.asked))


# The curves.


@dataclass(frozen=True, slots=True)
class Below:
    """How many attribution methods are less alike than half way to independent ones, at a depth."""

    seen: Seen

    @property
    def count(self) -> int:
        """How many of those with a score."""
        return sum(alike(self.seen.how, self.seen.scores[key]) < 0.5 for key in self.seen.real)

    @property
    def numbers(self) -> dict[str, object]:
        """What the title says."""
        seen, zero = self.seen, unrelated(self.seen.how) or 0.0
        return {
            "low": self.count,
            "of": scored_methods(seen),
            "method": method_name(seen.methods, seen.real[0]),
            "side": "less than" if self.count else "at least",
            "half": f"{(zero + seen.measure.best) / 2:g}",
            "place": where(seen.reading, seen.depth),
        }


CURVES = (
    Sentence[Below](
        "curves.below",
        TEXT.curves.below,
        lambda at: at.seen.has_zero and len(at.seen.real) > 1 and at.seen.depth > 0,
        lambda at: at.numbers,
    ),
    Sentence[Below](
        "curves.one",
        TEXT.curves.one,
        lambda at: at.seen.has_zero and len(at.seen.real) == 1 and at.seen.depth > 0,
        lambda at: at.numbers,
    ),
)


def curves_title(reading: Reading, measure: Measure, methods: Mapping[str, Method]) -> str:
    """The finding of the curves: how many methods fall below one half, after one step and after all."""
    deep = [depth for depth in reading.report.depths if depth]
    ends = dict.fromkeys((*deep[:1], *deep[-1:]))
    said = [say(CURVES, Below(Seen(reading, measure, depth, methods))) for depth in ends]
    return "; ".join(filter(None, said)) or str(TEXT.curves.plain.format(measure=measure.label))


def curves_alt(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> str:
    """The alternative text of the curves: every method's score at the chosen depth."""
    written = Seen(reading, measure, depth, methods).number
    scores = [
        f"{methods[k].label} {written(reading.score(k, measure.key, depth).mean)}" for k in reading.methods
    ]
    name, (first, *_, last) = full_name(reading.comparison(measure.key)), (0, *reading.report.depths)
    span = f"{first} to {last} of {reading.blocks} blocks"
    return f"{name} against depth, {span}. At depth {depth}: {', '.join(scores)}."


def done_line(reading: Reading, *, precomputed: bool) -> str:
    """How the results came about, under the finding."""
    report = reading.report
    maps = f"Maps of seed {reading.seed}, scores over {count(len(report.request.seeds), 'seed')}."
    if precomputed:
        return f"{TEXT.precomputed} {maps}"
    return f"Computed in {number(report.seconds, 0)} s ({report.device}). {maps}"
