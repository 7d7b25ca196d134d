"""The order in which things are shown: shuffled, but the same for a whole class and on the worksheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from xaicheck.seeds import derived

T = TypeVar("T")


def shuffled(items: Sequence[T], sample: str, step: str) -> tuple[T, ...]:
    """The items in an order that depends on the picture and the step alone."""
    places = sorted(range(len(items)), key=lambda i: derived("lesson", sample, step, i))
    return tuple(items[i] for i in places)


def sides(count: int, sample: str, step: str) -> tuple[bool, ...]:
    """For so many pairs, whether the first picture is the one looked for: true for half of them."""
    return shuffled([i < count // 2 for i in range(count)], sample, step)
