"""In which order the pixels go: squares ranked by their attribution, ties broken at random."""

from __future__ import annotations

import numpy as np

from xaicheck.faithfulness.options import Option, at_least_one
from xaicheck.seeds import generator
from xaicheck.types import Registry

RANKINGS = Registry(
    "ranking",
    (
        Option(
            "signed", "Signed",
            "The most positive attribution is the most relevant, the most negative the least.",
            lambda values: values,
        ),
        Option(
            "magnitude", "Magnitude", "The largest attribution of either sign is the most relevant.",
            np.abs,
        ),
    )
)  # fmt: skip
"""What a pixel's relevance is; the first one is the default."""

ORDERS = Registry(
    "order",
    (
        Option(
            "morf", "Most relevant first", "The sooner the class goes, the more faithful the map.",
            lambda places, regions: places,
        ),
        Option(
            "lerf", "Least relevant first", "The longer the class lasts, the more faithful the map.",
            lambda places, regions: regions - 1 - places,
        ),
    )
)  # fmt: skip
"""From a region's place among the most relevant ones to its place in the order of removal."""


def regions_of(height: int, width: int, size: int) -> np.ndarray:
    """The region of each pixel, int [H W], numbered row by row from 0.

    Regions are squares of `size` pixels; those at the right and lower edge are smaller where the size does
    not divide, so that no pixel is left out. Size 1: every pixel is a region of its own.
    """
    size = at_least_one("region size", size)
    rows, columns = np.arange(height) // size, np.arange(width) // size
    return rows[:, None] * (columns[-1] + 1) + columns


def tie_breaker(regions: int, *, seed: int, image: str) -> np.ndarray:
    """A random order of the regions that depends on seed and picture only: int [regions]."""
    import torch

    return torch.randperm(regions, generator=generator("ties", seed, image, regions)).numpy()


def places_of(values: np.ndarray, regions: np.ndarray, ties: np.ndarray, *, ranking: str) -> np.ndarray:
    """The place of each pixel's region, int [H W]: 0 goes first when the most relevant goes first.

    Formula: regions by descending sum of their pixels' attributions; regions with equal sums in the order of
        `ties`.
    Source: Samek et al., "Evaluating the Visualization of What a Deep Neural Network Has Learned", IEEE TNNLS
        28(11), 2017.
    Differs: ties are broken at random instead of by position, which would favour the upper left corner. A
        small region at the edge is ranked by its sum too: it counts for what its removal takes away.
    """
    relevance = RANKINGS.chosen(ranking).fn(values.astype(np.float64))
    sums = np.bincount(regions.ravel(), weights=relevance.ravel())
    order = ties[np.argsort(-sums[ties], kind="stable")]
    places = np.empty_like(order)
    places[order] = np.arange(order.size)
    return places[regions]


def schedule(regions: int, steps: int) -> np.ndarray:
    """How many regions are gone at each step, int [K + 1]: from none to all, evenly.

    K is `steps`, or the number of regions where there are fewer.
    """
    count = min(at_least_one("number of steps", steps), regions)
    return np.arange(count + 1) * regions // count
