"""Maps that lie on a device are compared there, all maps of a batch at once.

The numbers are those of numpy to 1e-12 (the rank correlations to the last bit; sums run in another order,
which may depend on the batch). Nothing here waits for the device: a map that cannot be compared gives NaN and
a code, and `Pending.scores` turns both into Scores once it has fetched them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from xaicheck.similarity.arrays import WINDOW, Arrays, Ends
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.pair import Pair
from xaicheck.similarity.side import Side
from xaicheck.similarity.validity import CODES, CONSTANT, NOT_FINITE, REASONS, ZERO, NoNumber
from xaicheck.types import Comparison, Score


class Torch(Arrays):
    """Maps [N H W], float32 or shorter and not empty: their squares stay inside float64's range."""

    xp = torch

    def given(self, values: torch.Tensor) -> torch.Tensor:
        return values

    def shape(self, values: torch.Tensor) -> tuple[int, ...]:
        return tuple(values.shape[1:])

    def ends(self, values: torch.Tensor) -> Ends:
        low, high = (end[:, None, None].double() for end in values.flatten(1).aminmax(dim=1))
        largest = torch.maximum(-low, high)
        rounding = 4 * torch.finfo(values.dtype).eps
        code = (high - low <= rounding * largest) * CODES[CONSTANT]
        code = code.masked_fill(largest == 0, CODES[ZERO])
        code = code.masked_fill(~(low.isfinite() & high.isfinite()), CODES[NOT_FINITE])
        return Ends(low, high, torch.frexp(largest).exponent.double(), code)

    def exact(self, values: torch.Tensor) -> torch.Tensor:
        return values.double()

    def absolute(self, values: torch.Tensor) -> torch.Tensor:
        return values.abs()

    def times_two_to(self, values: torch.Tensor | float, exponent: torch.Tensor) -> torch.Tensor:
        return values * torch.exp2(exponent)

    def in_units(self, value: torch.Tensor, exponent: torch.Tensor) -> torch.Tensor:
        return self.times_two_to(value, exponent)

    def mean(self, values: torch.Tensor) -> torch.Tensor:
        return values.mean((1, 2), keepdim=True)

    def total(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a * b).sum((1, 2), keepdim=True)

    def ranks(self, values: torch.Tensor) -> torch.Tensor:
        # Half of how many values are smaller less how many are larger.
        flat = values.flatten(1).contiguous()
        ordered = flat.sort(1).values
        smaller = torch.searchsorted(ordered, flat)
        others = torch.searchsorted(ordered, flat, right=True)
        return ((smaller + others - flat.shape[1]).double() / 2).view(values.shape)

    def window_mean(self, values: torch.Tensor) -> torch.Tensor:
        return F.avg_pool2d(values[:, None], WINDOW, 1)[:, 0]


TORCH = Torch()


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """Scores that may still be on their way."""

    numbers: torch.Tensor  # [2 K N] float64: by comparison and map the number, NaN without one; and the code
    whys: tuple[str, ...]  # of each comparison that no map of this shape has, why; empty for the others

    def scores(self) -> list[tuple[Score, ...]]:
        """The Scores of each map, by comparison; this waits for the device."""
        numbers, codes = self.numbers.cpu().numpy()
        return [
            tuple(_score(*one) for one in zip(number, code, self.whys, strict=True))
            for number, code in zip(numbers.T, codes.T, strict=True)
        ]


def compare(original: torch.Tensor, wanted: Sequence[Comparison]) -> Callable[[torch.Tensor], Pending]:
    """A function that compares maps [N H W] with this original [H W], all on one device; as on the CPU.

    It raises ValueError for maps of another shape, OnlyOnCPU for a comparison that has no form on a device.
    """
    asked = [canonical(one) for one in wanted]
    first = Side(original[None], "original", TORCH)

    def pending(maps: torch.Tensor) -> Pending:
        pair = Pair(first, Side(maps, "randomized", TORCH))
        rows, whys = zip(*(_row(pair, one) for one in asked), strict=True)
        return Pending(torch.stack(rows, 1), whys)

    return pending


def _row(pair: Pair, comparison: Comparison) -> tuple[torch.Tensor, str]:
    """(numbers and codes [2 N], why no map of this shape has a number)."""
    measure = SIMILARITIES[comparison.measure]
    seen = measure.seen(pair, comparison.sign)
    codes = (seen.a.code * len(REASONS) + seen.b.code).flatten().double()
    try:
        values, why = measure.number(seen, comparison.normalisation, comparison.sign).flatten(), ""
    except NoNumber as reason:
        values, why = torch.full_like(codes, torch.nan), str(reason)
    return torch.stack((values.masked_fill(codes > 0, torch.nan), codes)), why


def _score(number: float, code: float, why: str) -> Score:
    original, randomized = divmod(int(code), len(REASONS))
    if original or randomized:
        name = "original" if original else "randomized"
        return Score(None, f"the {name} map {REASONS[original or randomized]}")
    return Score(None, why) if why else Score(float(number))
