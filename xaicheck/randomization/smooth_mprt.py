"""sMPRT: every map as the mean over noisy copies of the picture, so that a noisy method is not rewarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

SIGMA = 0.1
"""Standard deviation of the noise, as a share of the range of the network's input."""


def averaged(
    explain: Callable[[torch.Tensor, str], torch.Tensor],
    x: torch.Tensor,
    image: str,
    copies: int,
    between: Callable[[int], None] = lambda done: None,
) -> torch.Tensor:
    """The mean of `explain(noisy x, name of the copy)` over the copies, in x's precision and explain's shape.

    Formula: (1/N) sum_n e(x + e_n), e_n ~ N(0, s^2), s = 0.1 (max x - min x); e_N = 0.
    Source: Hedström et al., "Sanity Checks Revisited: An Exploration to Repair the Model Parameter
        Randomisation Test", 2024, and their code (the smooth test, sMPRT).
    Differs: the noise depends on the picture and on the number of the copy alone, so the original and every
        randomized network see the same, and more copies add to fewer. A method that draws random numbers of
        its own draws others for each copy.
    One copy is the picture itself: nothing is added, averaged or rounded. `x` [B 3 H W] holds one picture in
    all rows; `between` hears of each copy that is done.
    """
    if copies == 1:
        return explain(x, image)
    import torch

    from xaicheck.seeds import generator

    draws = generator("denoise", image)
    spread = SIGMA * (x[0].max() - x[0].min())
    total: torch.Tensor | None = None
    for number in range(1, copies + 1):
        if number == copies:
            maps = explain(x, image)
        else:
            noise = torch.randn(x.shape[1:], generator=draws, dtype=torch.float32).to(x)  # same in float64
            # The same in all rows, and kept as one.
            maps = explain((x[:1] + spread * noise).expand_as(x), f"{image}, copy {number}")
        total = maps.double() if total is None else total + maps
        between(number)
    assert total is not None
    return (total / copies).to(x.dtype)
