"""Linear inpainting: a removed pixel is the weighted mean of its eight neighbours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

if TYPE_CHECKING:
    import torch

# One of each pair of opposite neighbours: rows down, columns right, weight.
_NEIGHBOURS = ((0, 1, 1 / 6), (1, 0, 1 / 6), (1, 1, 1 / 12), (1, -1, 1 / 12))
_CELL = 16  # pixels, side of the squares whose insides are solved for once and for all
_LEAF = 16  # pixels; smaller rectangles are not cut any further


class _System(NamedTuple):
    """What the equations of all pixels are, before it is known which ones are removed."""

    rows: (
        Any  # scipy.sparse.csr_array [2HW HW]: each pixel's equation, then the same without its cell's inside
    )
    elimination: np.ndarray  # int [HW], an order of the pixels in which few new entries arise
    insides: np.ndarray  # int [cells, 14 * 14], the pixels inside each whole cell
    rims: np.ndarray  # int [cells, 60], the pixels around them, in the cell
    inward: np.ndarray  # [14 * 14, 60], the values inside from those of the rim, where all of it is removed


@overload
def inpainted(picture: np.ndarray, removed: np.ndarray) -> np.ndarray: ...
@overload
def inpainted(picture: torch.Tensor, removed: torch.Tensor) -> torch.Tensor: ...
def inpainted(
    picture: np.ndarray | torch.Tensor, removed: np.ndarray | torch.Tensor
) -> np.ndarray | torch.Tensor:
    """The picture [C H W] in float64 with its removed pixels [H W] filled from the others.

    Tensors are solved for on their device, all masks [N H W] at once: [N C H W].

    Formula: x_p = sum_q w_q x_q / sum_q w_q over the neighbours q of p inside the picture, w = 1/6 beside,
        above and below, 1/12 diagonally; one sparse system for all removed pixels, solved directly, or on a
        GPU until it lacks no more than 1e-11 of what the known pixels put into it.
    Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022.
    Differs: where nothing is left the equations have no single solution; each channel becomes its mean then.
    """
    if not isinstance(picture, np.ndarray) or not isinstance(removed, np.ndarray):
        from xaicheck.faithfulness.multigrid import solved

        return solved(picture, removed)
    return _solved(picture, removed)


def _solved(picture: np.ndarray, removed: np.ndarray) -> np.ndarray:
    """The inpainted picture [C H W], exact to rounding."""
    from scipy.sparse.linalg import splu

    filled = picture.astype(np.float64)
    if removed.all():
        filled[:] = filled.mean(axis=(1, 2), keepdims=True)
    if removed.all() or not removed.any():
        return filled
    system, away = _system(*removed.shape), removed.ravel()
    # Cells that are gone altogether are alike: their insides follow from their rims.
    whole = away[system.insides].all(1) & away[system.rims].all(1)
    condensed, asked = np.zeros(away.size, bool), away.copy()
    condensed[system.rims[whole]] = True
    asked[system.insides[whole]] = False
    gone = system.elimination[asked[system.elimination]]
    flat = filled.reshape(len(filled), -1)
    flat[:, away] = 0
    rows = system.rows[gone + away.size * condensed[gone]]
    # Symmetric and positive definite: no pivoting is needed, and the order is already a good one.
    factors = splu(
        rows[:, gone].tocsc(), permc_spec="NATURAL", diag_pivot_thresh=0.0, panel_size=4,
        options={"SymmetricMode": True},
    )  # fmt: skip
    flat[:, gone] = factors.solve(-(rows @ flat.T)).T
    # A small product for each cell: a large one would wait for BLAS's threads longer than it takes.
    flat.T[system.insides[whole]] = system.inward @ flat.T[system.rims[whole]]
    return filled


@lru_cache(maxsize=4)
def _system(height: int, width: int) -> _System:
    from scipy.sparse import coo_array, diags_array, vstack

    pixels = np.arange(height * width).reshape(height, width)
    first, second, weights = [], [], []
    for down, right, weight in _NEIGHBOURS:
        left, cut = max(0, -right), max(0, right)
        a = pixels[: height - down, left : width - cut].ravel()
        b = pixels[down:, cut : width - left].ravel()
        first += [a, b]
        second += [b, a]
        weights.append(np.full(2 * a.size, weight))
    places = (np.concatenate(first), np.concatenate(second))
    shape = (pixels.size, pixels.size)
    beside = coo_array((np.concatenate(weights), places), shape=shape).tocsr()
    matrix = (diags_array(beside.sum(axis=1)) - beside).tocsr()

    down, right = height // _CELL, width // _CELL
    cells = pixels[: down * _CELL, : right * _CELL].reshape(down, _CELL, right, _CELL).swapaxes(1, 2)
    inner = np.pad(np.ones((_CELL - 2, _CELL - 2), bool), 1)
    insides = cells[:, :, inner].reshape(down * right, inner.sum())
    rims = cells[:, :, ~inner].reshape(down * right, (~inner).sum())
    inward, less = np.zeros((insides.shape[1], rims.shape[1])), matrix * 0
    if len(rims):
        across = matrix[insides[0]][:, rims[0]].toarray()
        inward = -np.linalg.solve(matrix[insides[0]][:, insides[0]].toarray(), across)
        schur = np.tile((across.T @ inward).ravel(), len(rims))
        at = np.repeat(rims, rims.shape[1], axis=1).ravel(), np.tile(rims, (1, rims.shape[1])).ravel()
        less = coo_array((schur, at), shape=shape)
    rows = vstack([matrix, matrix + less], format="csr")
    return _System(rows, np.concatenate(_dissected(pixels, 0, 0)), insides, rims, inward)


def _dissected(pixels: np.ndarray, row: int, column: int) -> list[np.ndarray]:
    """The pixels of a rectangle, halves first and the line between them last (nested dissection).

    `row` and `column`: where in the picture it begins. Lines follow the cells' rims where there is a choice.
    Up to twice as fast on a whole picture as the orders that SuperLU finds for itself.
    """
    if pixels.size <= _LEAF:
        return [pixels.ravel()]
    if pixels.shape[0] < pixels.shape[1]:
        pixels, row, column = pixels.T, column, row
    middle = len(pixels) // 2
    on_rim = (row + middle + _CELL // 2) // _CELL * _CELL - row
    if 0 < on_rim < len(pixels):
        middle = on_rim
    above = _dissected(pixels[:middle], row, column)
    return [*above, *_dissected(pixels[middle + 1 :], row + middle + 1, column), pixels[middle]]
