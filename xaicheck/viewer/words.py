"""The viewer's own texts, and what it says about a depth."""

from __future__ import annotations

from xaicheck.reading.numbers import Reading
from xaicheck.reading.texts import beside

TEXT = beside(__file__)


def position(reading: Reading, depth: int) -> str:
    """Where the scrubber stands, in a few words."""
    if depth == 0:
        return "original"
    if not reading.mode.cumulative:
        return f"block {depth} of {reading.blocks}"
    return f"{depth} of {reading.blocks} blocks"


def share(probability: float) -> str:
    """A probability in percent."""
    return f"{100 * probability:.1f} %"
