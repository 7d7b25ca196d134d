"""The measured sections as a table in text, as JSON and as README's section."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.rows import Row, Section

SCHEMA = 1
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def number(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cells(row: Row) -> tuple[str, str, str, str]:
    """What, value with unit, spread, note."""
    value = "n/a" if row.value is None else f"{number(row.value)} {row.unit}"
    spread = "" if row.spread is None else "–".join(map(number, row.spread))
    return row.what, value, spread, row.note


def table(sections: Sequence[Section]) -> str:
    """The sections as Markdown tables, one below the other."""
    parts = []
    for section in sections:
        lines = [f"**{section.title}**", "", "| what | median | rounds | note |", "| --- | --: | --- | --- |"]
        lines += ["| " + " | ".join(cells(row)) + " |" for row in section.rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def readme(text: str, found: Mapping[str, Any]) -> str:
    """README's text with the quoted rows of a run between its two markers."""
    machine = found["machine"]
    about = (
        f"{found['date']}, {machine['processor']}, {machine['cores']} cores, device {machine['device']}, "
        f"torch {machine['torch']}, captum {machine['captum']}, Quantus {machine['quantus']}."
    )
    lines = [about, "", "| what | median | rounds |", "| --- | --: | --- |"]
    for section in found["sections"]:
        rows = [cells(Row(**entry)) for entry in section["rows"] if entry["quoted"]]
        lines += [f"| **{section['title']}** | | |"] if rows else []
        lines += [f"| {what} | {value} | {spread} |" for what, value, spread, _ in rows]
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}"


def as_json(
    sections: Sequence[Section], machine: Mapping[str, Any], *, date: str, quick: bool, seconds: float
) -> dict[str, Any]:
    """A JSON-ready dict of everything."""
    return {
        "schema": SCHEMA,
        "date": date,
        "quick": quick,
        "seconds": seconds,
        "machine": dict(machine),
        "sections": [dataclasses.asdict(section) for section in sections],
    }
