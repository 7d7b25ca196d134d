"""The measures in torch: maps that lie on a device are compared there, all maps of a batch at once.

The numbers are those of `similarity` to 1e-9 (the rank correlations to the last bit; sums run in another
order, which may depend on the batch). Nothing here waits for the device: a map that cannot be compared gives
NaN and a code, and `scores` turns both into Scores once they have been fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from xaicheck.similarity.against import C1, C2
from xaicheck.similarity.validity import CONSTANT, NOT_FINITE, SMALL, WINDOW, ZERO, sample
from xaicheck.types import Score

_REASONS = ("", NOT_FINITE, ZERO, CONSTANT, SMALL)  # by code; 0: the map can be compared
_CODES = {reason: code for code, reason in enumerate(_REASONS)}


class Windows(NamedTuple):
    """Normalised maps and what is in each whole window of them."""

    values: torch.Tensor  # [N H W], in units of the root mean square
    mean: torch.Tensor  # [N H-6 W-6]
    variance: torch.Tensor  # [N H-6 W-6], sample variance


class Maps:
    """Maps float32 [N H W], not empty, and what the measures read of them, worked out once in float64."""

    def __init__(self, values: torch.Tensor) -> None:
        self.values = values
        self.exact = values.double()
        low, high = self.exact.flatten(1).aminmax(dim=1)
        self.largest = torch.maximum(-low, high)
        rounding = 4 * torch.finfo(values.dtype).eps
        codes = torch.zeros_like(self.largest)  # [N]
        codes = codes.masked_fill(high - low <= rounding * self.largest, _CODES[CONSTANT])
        codes = codes.masked_fill(self.largest == 0, _CODES[ZERO])
        self.codes = codes.masked_fill(~(low.isfinite() & high.isfinite()), _CODES[NOT_FINITE])

    @cached_property
    def magnitudes(self) -> Maps:
        """The maps without their signs."""
        return Maps(self.values.abs())

    @cached_property
    def scaled(self) -> torch.Tensor:
        """The maps, largest magnitude in [0.5, 1)."""
        return self.exact * torch.exp2(-torch.frexp(self.largest).exponent.double())[:, None, None]

    @cached_property
    def centred(self) -> torch.Tensor:
        """The scaled maps less their means; the second round removes the rounding of the first mean."""
        result = self.scaled
        for _ in range(2):
            result = result - result.mean((1, 2), keepdim=True)
        return result

    @cached_property
    def ranks(self) -> torch.Tensor:
        """Centred average ranks: half of how many values are smaller less how many are larger."""
        flat = self.values.flatten(1).contiguous()
        ordered = flat.sort(1).values
        smaller = torch.searchsorted(ordered, flat)
        others = torch.searchsorted(ordered, flat, right=True)
        return ((smaller + others - flat.shape[1]).double() / 2).view(self.values.shape)

    @cached_property
    def normalised(self) -> torch.Tensor:
        """The maps in units of their root mean square."""
        return self.scaled / self.scaled.square().mean((1, 2), keepdim=True).sqrt()

    @cached_property
    def windows(self) -> Windows:
        """The normalised maps and their window statistics."""
        mean = _window_mean(self.normalised)
        square = _window_mean(self.normalised.square())
        return Windows(self.normalised, mean, sample(square - mean.square()))


class Against:
    """An original [H W], prepared once; called with maps [N H W] of its shape and device."""

    def __init__(self, keys: Sequence[str], original: torch.Tensor) -> None:
        self.keys = tuple(keys)
        self.original = Maps(original[None])

    def __call__(self, maps: torch.Tensor) -> torch.Tensor:
        """Numbers and codes by measure and map, float64 [2 K N]; NaN where the code says why."""
        if maps.shape[1:] != self.original.values.shape[1:]:
            shapes = tuple(self.original.values.shape[1:]), tuple(maps.shape[1:])
            raise ValueError(f"The maps have different shapes: {shapes[0]} and {shapes[1]}.")
        both = self.original, Maps(maps)
        return torch.stack([torch.stack(_compared(MEASURES[key], *both)) for key in self.keys], 1)


def scores(found: torch.Tensor | np.ndarray) -> list[tuple[Score, ...]]:
    """The Scores of each map, by measure, of what `Against` gave: this fetches it."""
    numbers, codes = np.asarray(found.cpu() if isinstance(found, torch.Tensor) else found)
    return [
        tuple(_score(number, int(code)) for number, code in zip(*one, strict=True))
        for one in zip(numbers.T, codes.T, strict=True)
    ]


def _score(number: float, code: int) -> Score:
    original, randomized = divmod(code, len(_REASONS))
    if original:
        return Score(None, f"the original map {_REASONS[original]}")
    return Score(None, f"the randomized map {_REASONS[randomized]}") if randomized else Score(float(number))


class _Entry(NamedTuple):
    """What a measure reads of the maps, or of their magnitudes, and how it joins the two."""

    read: Callable[[Maps], torch.Tensor | Windows]
    join: Callable[..., torch.Tensor]
    magnitude: bool = False
    windows: bool = False


def _compared(entry: _Entry, a: Maps, b: Maps) -> tuple[torch.Tensor, torch.Tensor]:
    """(numbers, codes) [N] of one measure."""
    if entry.magnitude:
        a, b = a.magnitudes, b.magnitudes
    codes = a.codes * len(_REASONS) + b.codes
    if entry.windows and min(b.values.shape[1:]) < WINDOW:
        codes = torch.full_like(codes, _CODES[SMALL] * len(_REASONS))
        return torch.full_like(codes, torch.nan), codes
    return entry.join(entry.read(a), entry.read(b)).masked_fill(codes > 0, torch.nan), codes


def _window_mean(values: torch.Tensor) -> torch.Tensor:
    return F.avg_pool2d(values[:, None], WINDOW, 1)[:, 0]


def _correlation(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    both, one, other = ((x * y).sum((1, 2)) for x, y in ((a, b), (a, a), (b, b)))
    return (both / (one * other).sqrt()).clamp(-1, 1)


def _mean_squared_difference(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a - b).square().mean((1, 2)).clamp(0, 4)


def _contrast_structure(a: Windows, b: Windows) -> torch.Tensor:
    covariance = sample(_window_mean(a.values * b.values) - a.mean * b.mean)
    return (2 * covariance + C2) / (a.variance + b.variance + C2)


def _mean_cs(a: Windows, b: Windows) -> torch.Tensor:
    return _contrast_structure(a, b).mean((1, 2)).clamp(-1, 1)


def _mean_ssim(a: Windows, b: Windows) -> torch.Tensor:
    luminance = (2 * a.mean * b.mean + C1) / (a.mean.square() + b.mean.square() + C1)
    return (luminance * _contrast_structure(a, b)).mean((1, 2)).clamp(-1, 1)


MEASURES: Mapping[str, _Entry] = {
    "spearman": _Entry(lambda maps: maps.ranks, _correlation),
    "spearman_abs": _Entry(lambda maps: maps.ranks, _correlation, magnitude=True),
    "pearson": _Entry(lambda maps: maps.centred, _correlation),
    "cosine": _Entry(lambda maps: maps.scaled, _correlation),
    "mse": _Entry(lambda maps: maps.normalised, _mean_squared_difference),
    "ssim": _Entry(lambda maps: maps.windows, _mean_ssim, windows=True),
    "cs": _Entry(lambda maps: maps.windows, _mean_cs, windows=True),
}
"""The measures of signed maps at unit power that need no CPU, by key."""
