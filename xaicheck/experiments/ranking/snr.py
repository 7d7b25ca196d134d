"""How much of an original map is noise: the map of a slightly noisy picture against that of another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaicheck.errors import Cancelled
from xaicheck.methods import METHODS
from xaicheck.seeds import generator
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.theory import snr_of_split_half
from xaicheck.types import MethodChoice, Network

if TYPE_CHECKING:
    import torch

COPIES = 8  # of the picture; two halves of four
SIGMA = 0.1  # of the picture's range, as in sMPRT
ROWS = 4  # copies explained at once


def snr(
    network: Network,
    x: torch.Tensor,
    target: int,
    choices: Sequence[MethodChoice],
    *,
    seed: int,
    image: str,
    check: Callable[[], None] = lambda: None,
) -> np.ndarray:
    """The signal-to-noise ratio of each method's original map, float32 [method] in [0, inf]; NaN: no map.

    `x` [3 H W] is the input of the trained `network`, `image` names the random numbers; `check` is called
    before every batch and may raise.
    Formula: r / (1 - r) / 4 with r the correlation of two mean maps, each over 4 copies of the picture with
        normal noise of sd 0.1 (max x - min x); below 0 counts as 0. The ratio is that of one copy's map.
    Source: derived (`theory.snr_of_split_half`); the noise level is sMPRT's: Hedström et al. 2024.
    Differs: a method's own random numbers stay the same over copies, as they do between the original and the
        randomized map; only fresh noise draws anew.
    Undefined when: a map could not be computed or the mean over copies is constant.
    """
    import torch

    spread = SIGMA * (x.max() - x.min())
    noise = [
        torch.randn(x.shape, generator=generator("snr", image, k), dtype=torch.float32) for k in range(COPIES)
    ]
    copies = torch.stack([x + spread * one.to(x) for one in noise])
    return np.array([_of_method(network, copies, target, c, seed, image, check) for c in choices], np.float32)


def _of_method(
    network: Network,
    copies: torch.Tensor,
    target: int,
    choice: MethodChoice,
    seed: int,
    image: str,
    check: Callable[[], None],
) -> float:
    from xaicheck.methods.explain import draws_for, explain

    halves = []
    for start in range(0, COPIES, ROWS):
        check()
        # The copy stands where the depth does: methods that draw anew for every depth draw anew for it.
        rows = tuple(range(start, start + ROWS))
        draws = draws_for(seed, choice.key, image, rows)
        rows_of_picture = copies[start : start + ROWS]
        try:
            maps = explain(METHODS[choice.key], network, rows_of_picture, target, draws=draws, params=choice)
        except Cancelled:
            raise
        except Exception:  # a method may fail in any way; the check's own scores say how
            return float("nan")
        halves.append(maps.mean(0, dtype=np.float64))
    correlation = SIMILARITIES["pearson"].fn(halves[0], halves[1])
    if correlation.value is None:
        return float("nan")
    return float(snr_of_split_half(max(correlation.value, 0.0))) / (COPIES // 2)
