"""The registries as rows, and rows as text: what `settings`, `models`, `methods` and `measures` print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from xaicheck.engine.request import arguments
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.types import ModelSpec

Row = dict[str, Any]


def models() -> list[Row]:
    """One row a model: what is known before it is loaded."""
    return [
        {
            "key": spec.key,
            "label": spec.label,
            "default": spec.key == DEFAULT_MODEL,
            "size": spec.size,
            "blocks": len(spec.blocks),
            "source": spec.source,
            "licence": spec.licence,
        }
        for spec in MODELS.values()
    ]


def methods(spec: ModelSpec | None = None) -> list[Row]:
    """One row a method; with a model also why the method is refused there (None: it is not)."""
    rows: list[Row] = []
    for method in METHODS.values():
        row: Row = {
            "key": method.key,
            "label": method.label,
            "default": method.key in DEFAULT_PANEL,
            "control": method.control,
            "stochastic": method.stochastic,
            "signed": method.signed,
            "params": [asdict(param) for param in method.params],
            "summary": method.summary,
            "source": method.source,
        }
        rows.append(row if spec is None else row | {"refused": refusal(method, spec)})
    return rows


def measures() -> list[Row]:
    """One row a measure: its range, its value for identical maps and when it has none."""
    return [
        {
            "key": measure.key,
            "label": measure.label,
            "low": _json_number(measure.low),
            "high": _json_number(measure.high),
            "best": _json_number(measure.best),
            "distance": measure.distance,
            "undefined": measure.undefined,
            "formula": measure.formula,
            "summary": measure.summary,
            "source": measure.source,
        }
        for measure in SIMILARITIES.values()
    ]


def settings() -> list[Row]:
    """One row an argument of `check`: its default and its values, in words."""
    return [
        {
            "key": argument.key,
            "label": argument.label,
            "default": argument.usual(),
            "values": argument.domain.allowed(),
        }
        for argument in arguments()
    ]


def models_text() -> str:
    """The models as a table for reading."""
    head = ("KEY", "NAME", "PIXELS", "BLOCKS", "WEIGHTS", "LICENCE")
    cells = [
        (_starred(row), row["label"], row["size"], row["blocks"], row["source"], row["licence"])
        for row in models()
    ]
    return table(head, cells) + "\n\n* the default"


def methods_text(spec: ModelSpec | None = None) -> str:
    """The methods as a table for reading; with a model its last column says what is refused there."""
    rows = methods(spec)
    if spec is None:
        head = ("KEY", "NAME", "PARAMETERS", "SUMMARY")
        last = [row["summary"] for row in rows]
    else:
        head = ("KEY", "NAME", "PARAMETERS", f"ON {spec.label}")
        last = [f"refused: {row['refused']}" if row["refused"] else "yes" for row in rows]
    cells = [
        (_starred(row), row["label"], _settings(row["params"]), text)
        for row, text in zip(rows, last, strict=True)
    ]
    return table(head, cells) + "\n\n* in the default panel"


def measures_text() -> str:
    """The measures as a table for reading."""
    cells = []
    for row in measures():
        span = f"{_shown(row['low'])} to {_shown(row['high'])}"
        cells.append((row["key"], row["label"], span, _shown(row["best"]), row["summary"]))
    before = [
        table((head, "NAME", "SUMMARY"), [(entry.key, entry.label, entry.summary) for entry in entries])
        for head, entries in (("NORMALISATION", NORMALISATIONS.values()), ("SIGN", SIGNS.values()))
    ]
    note = "Ranges hold at unit power (second_moment) and signed, which are the defaults."
    return "\n\n".join((table(("KEY", "NAME", "RANGE", "ALIKE", "SUMMARY"), cells), note, *before))


def settings_text() -> str:
    """The arguments of `check` as a table for reading."""
    cells = [(row["key"], row["label"], row["default"], row["values"]) for row in settings()]
    return table(("KEY", "NAME", "DEFAULT", "VALUES"), cells)


def table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as their longest cell, two spaces between them, no space at a line's end."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return "\n".join(line.rstrip() for line in lines)


def _starred(row: Row) -> str:
    return f"{row['key']} *" if row["default"] else str(row["key"])


def _settings(params: Sequence[Row]) -> str:
    shown = (f"{p['key']}={_shown(p['default'])} ({_shown(p['low'])}..{_shown(p['high'])})" for p in params)
    return ", ".join(shown) or "-"


def _shown(number: float | None) -> str:
    return "∞" if number is None else f"{number:g}"


def _json_number(number: float) -> float | None:
    """The number; None for an infinite bound, which JSON has no word for."""
    return None if number in (float("inf"), float("-inf")) else number
