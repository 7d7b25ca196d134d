"""How many depths to explain at once, and how long what is left should take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


class Pace:
    """How many depths to explain at once, and how long what is left should take, measured on the way."""

    def __init__(self, most_rows: int) -> None:
        """`most_rows`: depths that fit into one pass, at least 1."""
        self.most_rows = most_rows
        self._spent = 0.0
        self._done = 0.0

    def parts(self, depths: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """The depths in neighbouring parts of about one size, none larger than fits."""
        count = -(-len(depths) // self.most_rows)
        edges = [len(depths) * i // count for i in range(count + 1)] if count else [0]
        return tuple(tuple(depths[a:b]) for a, b in pairwise(edges))

    def no_room_for(self, rows: int) -> None:
        """Makes all later parts at most half as large as this one, which did not fit."""
        self.most_rows = max(1, min(self.most_rows, rows // 2))

    def learn(self, passes: float, seconds: float) -> None:
        """Takes a step into account: rows times passes, and how long it took; the last hundred count most."""
        kept = 1 / (1 + passes / 100)
        self._spent = self._spent * kept + seconds
        self._done = self._done * kept + passes

    def seconds_for(self, passes: float) -> float | None:
        """The time that many passes should take; None while nothing was measured."""
        return passes * self._spent / self._done if self._done > 2 else None

    def in_parts(self, depths: Sequence[int], work: Callable[[tuple[int, ...]], T]) -> Iterator[T]:
        """What `work` gives for parts of the depths; where memory does not suffice, for halves of a part."""
        from xaicheck.batching.memory import out_of_memory

        left = list(self.parts(depths))
        while left:
            part = left.pop(0)
            try:
                result = work(part)
            except Exception as error:
                if len(part) == 1 or not out_of_memory(error):
                    raise
            else:
                yield result
                continue
            # Not within `except`: the error holds every tensor of its frames.
            self.no_room_for(len(part))
            half = len(part) // 2
            left = [part[:half], part[half:], *left]
