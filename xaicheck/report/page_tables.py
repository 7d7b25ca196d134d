"""Tables of the report's page: HTML from rows, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from xaicheck.reading import words
from xaicheck.reading.numbers import Reading, Summary
from xaicheck.report import words as report_words
from xaicheck.types import Measure, Method


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with a second line below it."""

    text: str
    below: str = ""


def rows_table(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    """A table of rows with the same columns; numbers to the right, words to the left."""
    if not rows:
        return ""
    head = list(rows[0])
    return table(head, [[row[key] for key in head] for row in rows], name)


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], name: str, caption: str = "") -> str:
    """A table whose first column names its rows; it scrolls by itself where it is too wide."""
    text = [any(isinstance(row[i], str) for row in rows) for i in range(len(head))]
    top = "".join(f'<th scope="col"{_kind(text[i])}>{escape(title)}</th>' for i, title in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_cell(value)}</th>' if i == 0 else f"<td{_kind(text[i])}>{_cell(value)}</td>"
            for i, value in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="xr-scroll" role="region" tabindex="0" aria-label="{escape(name)}">'
        f'<table class="xr-table">{said}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def scores(reading: Reading, measure: Measure, methods: Mapping[str, Method]) -> str:
    """One row a depth, one column a method: mean over the seeds, lowest to highest below."""
    head = ["Blocks randomized", *(methods[key].label for key in reading.methods)]
    rows = [
        [str(depth), *(_summary(reading.score(key, measure.key, depth)) for key in reading.methods)]
        for depth in reading.report.depths
    ]
    return table(head, rows, f"{measure.label}: {words.TEXT.table}", report_words.CELL)


def folded(inner: str, label: str = report_words.TABLE) -> str:
    """A table that is folded away on the screen and open on paper."""
    return f"<details><summary>{escape(label)}</summary>{inner}</details>" if inner else ""


def _summary(score: Summary) -> Cell:
    if score.mean is None:
        return Cell(words.DASH, score.why)
    spread = f"{words.number(score.low)} to {words.number(score.high)}" if score.seeds > 1 else ""
    return Cell(words.number(score.mean, 3), spread)


def _kind(text: bool) -> str:
    return ' class="xr-words"' if text else ""


def _cell(value: Any) -> str:
    if isinstance(value, Cell):
        return escape(value.text) + (f"<small>{escape(value.below)}</small>" if value.below else "")
    if value is None:
        return words.DASH
    if isinstance(value, float):
        return escape(words.short(value))
    return escape(str(value))
