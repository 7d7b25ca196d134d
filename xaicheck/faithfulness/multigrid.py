"""Linear inpainting on a GPU: many pictures at once, by conjugate gradients through ever coarser grids.

The equations, times 12: s u - S u = r at the removed pixels and u = 0 at the others; S sums over [1 2 1] by
[1 2 1], s is that sum over ones. Corrections are found in float32, what is still lacking in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

ACCURACY = 1e-11  # what the equations may lack at the end, relative to the start
_STEPS = 7  # between two looks at what they lack: about what float32 can hold
_ROUNDS = 30  # 2 or 3 are needed
_SMALLEST = 64  # pixels; a grid of that size is solved directly


def solved(picture: torch.Tensor, removed: torch.Tensor) -> torch.Tensor:
    """The picture [C H W] with the pixels `removed` [N H W] filled from the others, [N C H W] in float64.

    Each is what it would be alone, to the accuracy. See `inpaint.inpainted` for what is solved.

    Source: Hestenes and Stiefel, 1952 (conjugate gradients); Brandt, "Multi-Level Adaptive Solutions to
        Boundary-Value Problems", Mathematics of Computation 31, 1977 (the grids).
    """
    import torch

    exact = picture.double()
    everything = removed.all(-1).all(-1)[:, None, None, None]
    gone = (removed[:, None] & ~everything).double()
    levels = _grids(gone.float(), len(exact))
    weights = _spread(_framed(torch.ones_like(gone[:1])))
    filled = _framed(exact * (1 - gone))
    allowed = None
    for _ in range(_ROUNDS):
        lacking = (_spread(filled) - weights * _inside(filled)) * gone
        size = _dot(lacking, lacking).sqrt()
        allowed = ACCURACY * size if allowed is None else allowed
        wanting = size > allowed
        if not wanting.any():
            break
        scale = torch.where(wanting, size, 1.0)
        step = _correction(levels, (lacking / scale).float(), _STEPS)
        _inside(filled).add_(torch.where(wanting, scale * step, 0.0))
    means = exact.mean((1, 2), keepdim=True)
    return torch.where(everything, means, _inside(filled))


@dataclass(frozen=True, slots=True)
class _Grid:
    """One grid of the cycle."""

    removed: torch.Tensor  # [N 1 H W], 1 where the pixel is unknown, else 0
    smoother: torch.Tensor  # [N 1 H W], one over the diagonal of the equations at unknown pixels, else 0
    unknown: torch.Tensor  # [N C H+2 W+2], framed: room for the solution
    inverse: torch.Tensor | None  # [N 1 HW HW], the smallest grid's


def _grids(removed: torch.Tensor, channels: int) -> list[_Grid]:
    """The grids for systems whose unknowns are `removed` [N 1 H W], 1 or 0, from fine to coarse.

    A coarse pixel is unknown where all its fine ones are. The known ones beside it are nearer than a whole
    coarse pixel, (h + 1) / 2 instead of h fine ones, so they weigh more.
    """
    import torch

    size, grids = 1.0, []
    while True:
        nearer = (2 * size / (size + 1) - 1) * _spread(_framed(1 - removed))
        diagonal = _spread(_framed(torch.ones_like(removed))) - 4 + nearer
        diagonal = torch.where(removed > 0, diagonal, 1)  # a single pixel has no neighbours to be divided by
        room = _framed(torch.zeros_like(removed).repeat(1, channels, 1, 1))
        small = removed[0, 0].numel() <= _SMALLEST
        grids.append(_Grid(removed, removed / diagonal, room, _inverse(removed, diagonal) if small else None))
        if small:
            return grids
        removed, size = _all_of_two(_all_of_two(removed).mT).mT, 2 * size


def _correction(levels: Sequence[_Grid], r: torch.Tensor, steps: int) -> torch.Tensor:
    """An approximate solution u [N C H W] of s u - S u = r after so many steps of conjugate gradients."""
    import torch

    removed = levels[0].removed
    weights = _spread(_framed(torch.ones_like(removed[:1])))
    u, way = torch.zeros_like(r), _framed(torch.zeros_like(r))
    before = torch.full_like(r[:, :1, :1, :1], torch.inf)
    least = torch.finfo(r.dtype).tiny  # a picture that is done has nothing to divide
    for _ in range(steps):
        z = _cycle(levels, r)
        now = _dot(r, z)
        way *= now / before
        _inside(way).add_(z)
        pushed = (weights * _inside(way) - _spread(way)) * removed
        share = now / _dot(_inside(way), pushed).clamp(min=least)
        u += share * _inside(way)
        r = r - share * pushed
        before = now.clamp(min=least)
    return u


def _cycle(levels: Sequence[_Grid], r: torch.Tensor) -> torch.Tensor:
    """A rough solution for r: smooth, correct on the coarser grid, smooth. Linear, symmetric and positive.

    A sweep is the plain mean of the neighbours (Jacobi), which takes two thirds of what is rough.
    """
    import torch

    grid = levels[0]
    u = _inside(grid.unknown)
    if grid.inverse is not None:
        return u.copy_((grid.inverse @ r.flatten(2)[..., None]).view_as(r))
    torch.multiply(r, grid.smoother, out=u)
    left = (_spread(grid.unknown) - 4 * u) * grid.removed  # of r, once what u explains is taken off
    coarse = _cycle(levels[1:], _halved(_halved(left).mT).mT)
    finer = torch.nn.functional.interpolate(coarse, scale_factor=2.0, mode="bilinear")
    u += finer[..., : r.shape[-2], : r.shape[-1]] * grid.removed
    return torch.multiply(_spread(grid.unknown) - 4 * u + r, grid.smoother, out=u)


def _framed(pictures: torch.Tensor) -> torch.Tensor:
    """The pictures with a frame of zeros, [... H+2 W+2]."""
    import torch

    return torch.nn.functional.pad(pictures, (1, 1, 1, 1))


def _inside(framed: torch.Tensor) -> torch.Tensor:
    """What is inside the frame; writing to it writes to the framed tensor."""
    return framed[..., 1:-1, 1:-1]


def _spread(framed: torch.Tensor) -> torch.Tensor:
    """The sums over [1 2 1] by [1 2 1], [... H W] of framed pictures."""
    rows = framed[..., :-1, :] + framed[..., 1:, :]
    rows = rows[..., :-1, :] + rows[..., 1:, :]
    both = rows[..., :-1] + rows[..., 1:]
    return both[..., :-1] + both[..., 1:]


def _dot(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The scalar product of each picture [N 1 1 1]."""
    return (a * b).sum((1, 2, 3), keepdim=True)


def _halved(fine: torch.Tensor) -> torch.Tensor:
    """Half as many rows, rounded up: the transpose of doubling them bilinearly and leaving out the rest."""
    even, odd = fine[..., ::2, :], fine[..., 1::2, :]
    pairs = odd.shape[-2]
    coarse = 0.75 * even
    coarse[..., :pairs, :] += 0.75 * odd
    coarse[..., :-1, :] += 0.25 * even[..., 1:, :]
    coarse[..., :1, :] += 0.25 * even[..., :1, :]
    coarse[..., 1:, :] += 0.25 * odd[..., : coarse.shape[-2] - 1, :]
    if pairs == coarse.shape[-2]:
        coarse[..., -1:, :] += 0.25 * odd[..., -1:, :]
    return coarse


def _all_of_two(removed: torch.Tensor) -> torch.Tensor:
    """Half as many rows, 1 where both rows are; a last row without a partner stays."""
    coarse = removed[..., ::2, :].clone()
    coarse[..., : removed.shape[-2] // 2, :] *= removed[..., 1::2, :]
    return coarse


def _inverse(removed: torch.Tensor, diagonal: torch.Tensor) -> torch.Tensor:
    """The inverse of the equations of a small grid, [N 1 HW HW]; zeros for the known pixels."""
    import torch

    height, width = removed.shape[-2:]
    alone = torch.eye(height * width, dtype=removed.dtype, device=removed.device)
    beside = _spread(_framed(alone.view(-1, height, width))).flatten(1) - 4 * alone
    gone = removed.flatten(2)[:, :, None]
    both = gone * gone.mT
    return both * torch.linalg.inv(alone * diagonal.flatten(2)[:, :, None] - both * beside)
