"""What the command `check` says when it is done: lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xaicheck.cli import listings
from xaicheck.methods import METHODS
from xaicheck.reading import class_sentences
from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, listed, number, share
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report

TEXT = beside(__file__)


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run and the files that were written."""

    report: Report
    paths: Sequence[Path]

    @property
    def failed(self) -> int:
        """How many maps could not be computed."""
        return sum(one.values is None for one in self.report.attributions)

    @property
    def known(self) -> int:
        """How many scores have a number."""
        return sum(row.score.value is not None for row in self.report.scores)


LINES = (
    Sentence[Done](
        "cli.failed",
        TEXT.check.failed,
        lambda done: done.failed > 0,
        lambda done: {"maps": count(done.failed, "map")},
    ),
    Sentence[Done](
        "cli.no_number",
        TEXT.check.no_number,
        lambda done: done.known == 0,
        lambda done: {"why": "; ".join(dict.fromkeys(row.score.why for row in done.report.scores))},
    ),
    Sentence[Done](
        "cli.done",
        TEXT.check.done,
        lambda done: True,
        lambda done: {
            "target": done.report.target.label,
            "share": share(done.report.target.probability),
            "maps": count(len(done.report.attributions) - done.failed, "map"),
            "scores": count(done.known, "score"),
            "seconds": number(done.report.seconds, 1),
            "device": done.report.device,
            "paths": listed([str(path) for path in done.paths]),
        },
    ),
)


def table(report: Report) -> Iterator[str]:
    """r, b, t, D and E of each method at the greatest depth, by the first measure; none without pairs.

    A method without one of r, b and t has the reason in its row.
    """
    reading, measure = Reading(report), SIMILARITIES[report.request.measures[0]]
    bands = Bands(reading)
    if not bands.depths:
        return
    depth, text = bands.depths[-1], TEXT.band
    rows = [
        (
            METHODS[key].label + ("" if reading.usable(key, depth) else " *"),
            *(number(v) for v in (band.r.mean, band.b.mean, band.t.value, band.gate, band.memory)),
            "; ".join(dict.fromkeys(filter(None, (band.r.why, band.b.why, band.t.why)))),
        )
        for key, band in bands.every(measure.key, depth).items()
    ]
    head = text.head.format(measure=measure.label, depth=depth)
    yield from listings.table((head, "r", "b", "t", "D", "E", ""), rows).split("\n")
    yield text.turned if measure.distance else text.note
    if not all(reading.usable(key, depth) for key in reading.methods):
        yield text.marked


def classes(report: Report) -> Iterator[str]:
    """How alike the trained network's maps of both classes are, by method and measure; none without a second.

    A method without a number has the reason in its row; where none has one, a sentence says why.
    """
    reading, measures = Reading(report), [SIMILARITIES[key] for key in report.request.measures]
    if report.against is None:
        return
    seen = [class_sentences.Classes(reading, measure, METHODS) for measure in measures]
    rows, marked = [], [key for key in reading.methods if class_sentences.mark(reading, key)]
    for key in reading.methods:
        found = [reading.second_class(key, measure.key) for measure in measures]
        values = [one.number(score.value) for one, score in zip(seen, found, strict=True)]
        whys = "; ".join(dict.fromkeys(score.why for score in found if score.why))
        rows.append((METHODS[key].label + (" *" if key in marked else ""), *values, whys))
    if not any(row.score.value is not None for row in report.class_scores):
        yield class_sentences.line(reading, measures[0], METHODS)
        return
    a, b = class_sentences.labels(reading)
    head = (TEXT.classes.head.format(a=a, b=b), *(measure.label for measure in measures), "")
    yield from listings.table(head, rows).split("\n")
    if marked:
        yield TEXT.band.marked


def lines(report: Report, paths: Sequence[Path]) -> Iterator[str]:
    """What failed, why there is no number, and what was computed and written."""
    done = Done(report, paths)
    return filter(None, (sentence(done) for sentence in LINES))
