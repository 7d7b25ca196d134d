"""What a benchmark says: a row a number, a section a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One number with its unit; None where there is none, and the note says why."""

    what: str
    value: float | None
    unit: str
    spread: tuple[float, float] | None = None  # least and largest of the rounds, in the same unit
    note: str = ""
    quoted: bool = False  # in README


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that were measured together."""

    title: str
    rows: tuple[Row, ...]


def row(what: str, values: Sequence[float], unit: str, note: str = "", *, quoted: bool = False) -> Row:
    """The median of the rounds, with their least and largest value where there are several."""
    several = (min(values), max(values)) if len(values) > 1 else None
    return Row(what, median(values), unit, several, note, quoted)


def missing(what: str, unit: str, note: str) -> Row:
    """A row without a number."""
    return Row(what, None, unit, None, note)
