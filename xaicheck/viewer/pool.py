"""Smaller maps: the mean over squares of pixels."""

from __future__ import annotations

import numpy as np


def factor_of(height: int, width: int, pixels: int | None) -> int:
    """The side of the squares that bring both sides to at most `pixels`; 1 = nothing to do."""
    return 1 if pixels is None else max(1, -(-max(height, width) // pixels))


def pooled(values: np.ndarray, factor: int) -> np.ndarray:
    """The mean of each square of factor × factor pixels, float32; the last ones may be cut off."""
    if factor == 1:
        return values
    sums, counts = values.astype(np.float64), np.ones(values.shape)
    for axis in (0, 1):
        starts = np.arange(0, values.shape[axis], factor)
        sums = np.add.reduceat(sums, starts, axis=axis)
        counts = np.add.reduceat(counts, starts, axis=axis)
    return np.asarray(sums / counts, np.float32)
