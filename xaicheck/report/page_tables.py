"""Tables of the report's page: HTML from rows, everything escaped."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from xaicheck.reading import certificates, tables, words
from xaicheck.reading.numbers import Reading, Summary
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.templates import pieces
from xaicheck.report.words import TEXT
from xaicheck.similarity.measures import Measure
from xaicheck.types import Method

_PIECES = "report/tables.html"
Written = Callable[[float | None], str]
CELL = Sentence[tuple[Reading, Measure]](
    "report.cell",
    TEXT.tables.cell,
    lambda of: any(
        of[0].score(key, of[1].key, depth).seeds > 1 for key in of[0].methods for depth in of[0].report.depths
    ),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with a second line below it."""

    text: str
    below: str = ""


def rows_table(rows: Sequence[Mapping[str, Any]], name: str) -> Markup:
    """A table of rows with the same columns; numbers to the right, words to the left."""
    if not rows:
        return Markup()
    rows = tables.filled(rows)
    head = list(rows[0])
    return table(head, [[row[key] for key in head] for row in rows], name)


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], name: str, caption: str = "") -> Markup:
    """A table whose first column names its rows; it scrolls by itself where it is too wide."""
    texts = [[row[i] for row in rows if isinstance(row[i], str)] for i in range(len(head))]
    columns = [(title, not words.are_numbers(column)) for title, column in zip(head, texts, strict=True)]
    written = [words.column(row[i] for row in rows if isinstance(row[i], float)) for i in range(len(head))]
    cells = [[_cell(value, how) for value, how in zip(row, written, strict=True)] for row in rows]
    return pieces(_PIECES).table(columns, cells, name, caption)


def scores(reading: Reading, measure: Measure, methods: Mapping[str, Method]) -> Markup:
    """One row a depth, one column a method: mean over the seeds, lowest to highest below."""
    head = [reading.mode.counted, *(methods[key].label for key in reading.methods)]
    depths, keys = reading.report.depths, reading.methods
    found = {at: reading.score(at[1], measure.key, at[0]) for at in itertools.product(depths, keys)}
    every = [end for score in found.values() for end in (score.mean, score.low, score.high)]
    written = words.scores(every, distance=measure.distance, digits=3, write=words.fixed)
    rows = [
        [
            str(depth),
            *(_summary(found[depth, key], certificates.mark(reading, key, depth), written) for key in keys),
        ]
        for depth in depths
    ]
    return table(head, rows, f"{measure.label}: {words.TEXT.table}", CELL((reading, measure)))


def folded(inner: Markup, label: str) -> Markup:
    """A table that is folded away on the screen and open on paper; empty where there is none."""
    return pieces(_PIECES).folded(inner, label) if inner else Markup()


def _summary(score: Summary, mark: str, written: Written) -> Cell:
    if score.mean is None:
        return Cell(words.DASH, score.why)
    spread = f"{written(score.low)} to {written(score.high)}" if score.seeds > 1 else ""
    return Cell(written(score.mean), "\n".join(filter(None, (spread, mark))))


def _cell(value: Any, written: Written) -> Cell:
    if isinstance(value, Cell):
        return value
    if value is None:
        return Cell(words.DASH)
    return Cell(written(value) if isinstance(value, float) else str(value))
