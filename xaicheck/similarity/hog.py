"""Histograms of oriented gradients: which way the edges of a map run, cell by cell."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from xaicheck.similarity.validity import NoNumber

ORIENTATIONS = 9  # unsigned: an edge and its negative are one
CELL = 16  # pixels, height = width
BLOCK = 3  # cells, height = width
_EPSILON = 1e-5  # beside blocks without edges; maps run from 0 to 1
_CLIP = 0.2  # Lowe's "Hys": no single bin rules a block


def hog(values: np.ndarray) -> np.ndarray:
    """The HOG vector of a map float64 that is not constant: one entry a block, cell and orientation.

    Formula: gradient = central differences; each cell sums its magnitudes by orientation (bins of 20°);
        each block of 3 × 3 cells is divided by its L2 norm, clipped at 0.2 and divided again.
    Source: Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005; parameters
        and min-max normalisation as in the published code of Adebayo et al., NeurIPS 2018.
    Differs: the map is stretched from 0 to 1 first, so that no positive factor and no offset changes
        anything; the orientation is that of the gradient's upper half plane, so that neither does the sign.
    Undefined when: the map has fewer than 3 × 3 whole cells, or no gradient inside.
    """
    if values.ndim != 2:
        raise ValueError(f"The maps must have two dimensions, not {values.ndim}.")
    if min(values.shape) < BLOCK * CELL:
        raise NoNumber(f"is smaller than a HOG block of {BLOCK * CELL} × {BLOCK * CELL} pixels")
    unit = (values - values.min()) / (values.max() - values.min())
    down, right = np.zeros_like(unit), np.zeros_like(unit)
    down[1:-1] = unit[2:] - unit[:-2]
    right[:, 1:-1] = unit[:, 2:] - unit[:, :-2]
    turn = (down < 0) | ((down == 0) & (right < 0))
    angle = np.arctan2(np.abs(down), np.where(turn, -right, right))  # 0 to pi
    bins = np.minimum((angle * (ORIENTATIONS / np.pi)).astype(np.intp), ORIENTATIONS - 1)
    rows, columns = values.shape[0] // CELL, values.shape[1] // CELL
    inside = (slice(rows * CELL), slice(columns * CELL))
    index = _cells(rows, columns) + bins[inside]
    strength = np.hypot(down, right)[inside]
    sums = np.bincount(index.ravel(), strength.ravel(), rows * columns * ORIENTATIONS)
    cells = sums.reshape(rows, columns, ORIENTATIONS) / CELL**2
    blocks = np.lib.stride_tricks.sliding_window_view(cells, (BLOCK, BLOCK), axis=(0, 1))
    flat = np.ascontiguousarray(blocks.transpose(0, 1, 3, 4, 2)).reshape(-1, BLOCK * BLOCK * ORIENTATIONS)
    flat = np.minimum(_unit_length(flat), _CLIP)
    return _unit_length(flat).ravel()


def _unit_length(blocks: np.ndarray) -> np.ndarray:
    return blocks / np.sqrt((blocks * blocks).sum(1, keepdims=True) + _EPSILON**2)


@lru_cache(maxsize=8)
def _cells(rows: int, columns: int) -> np.ndarray:
    """For each pixel of the whole cells, where its cell's histogram begins."""
    cell = np.arange(rows * columns).reshape(rows, columns) * ORIENTATIONS
    return cell.repeat(CELL, 0).repeat(CELL, 1)
