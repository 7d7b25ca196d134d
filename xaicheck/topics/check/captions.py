"""What the parts of the check page show, at two levels, and the finding over each of its charts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xaicheck.reading import words
from xaicheck.reading.numbers import Reading, ScaleRow
from xaicheck.reading.sentences import scales_line, where
from xaicheck.reading.texts import beside
from xaicheck.reading.words import UNIFORM_ENTROPY, number, short

TEXT = beside(__file__)


def scales_title(reading: Reading, depth: int, what: str) -> str:
    """The finding over one chart of the activations: `what` is a key of charts.SCALES."""
    if what == "rms":
        return scales_line(reading, depth) or words.TEXT.titles.scales
    touched = set(reading.touched(depth))
    rows = [row for row in reading.scales(depth) if row.block in touched]
    if not rows:
        return words.TEXT.titles.scales
    finding = _FINDINGS[what](rows)
    return f"With {where(reading, depth)}, {finding}." if finding else words.TEXT.titles.scales


def _quantiles(rows: list[ScaleRow]) -> str:
    widths = [
        (row.quantiles[4] - row.quantiles[0]) / wide
        for row in rows
        if (wide := row.original.quantiles[4] - row.original.quantiles[0])
    ]
    spread = _spread(widths)
    return spread and f"the middle 90 % of their activations is {spread} times as wide"


def _dead(rows: list[ScaleRow]) -> str:
    before = sum(row.original.dead for row in rows) / len(rows)
    after = sum(row.dead for row in rows) / len(rows)
    return f"{100 * after:.0f} % of their rectified values are zero (trained: {100 * before:.0f} %)"


def _gradient(rows: list[ScaleRow]) -> str:
    spread = _spread([row.gradient_ratio for row in rows])
    return spread and f"their gradients reach {spread} times the original RMS"


_FINDINGS = {"quantiles": _quantiles, "dead": _dead, "gradient": _gradient}


def _spread(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return ""
    low, high = short(min(known)), short(max(known))
    return low if low == high else f"{low} to {high}"


def alive_chart_title(reading: Reading, depth: int, what: str) -> str:
    """The finding over one chart of the liveness: the number at this depth beside the trained one."""
    before, after = reading.alive(0), reading.alive(depth)
    if before is None or after is None:
        return ""
    name = {"logit_std": "Spread of the logits", "entropy": "Entropy"}[what]
    shown = short if what == "logit_std" else number
    most = f", of at most {number(UNIFORM_ENTROPY)} nats" if what == "entropy" else ""
    first, now = shown(getattr(before, what)), shown(getattr(after, what))
    if not depth:
        return f"{name}: {first}{most}"
    return f"{name}: {first} trained, {now} with {where(reading, depth)}{most}"
