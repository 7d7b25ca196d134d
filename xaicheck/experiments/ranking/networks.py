"""How alike the maps of all networks of one picture are: the trained one and random ones, each with each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xaicheck.seeds import derived
from xaicheck.similarity.comparisons import compare, pairwise
from xaicheck.types import Comparison

COMPARISONS = (
    Comparison("ssim", "second_moment", "magnitude"),
    Comparison("cs"),
    Comparison("cosine"),
    Comparison("spearman"),
    Comparison("spearman_abs"),
    Comparison("pearson"),
    Comparison("hog", "second_moment", "magnitude"),
    Comparison("topk", "second_moment", "magnitude"),
)
"""Those for which all networks are compared: each measure once, as the check is set with it most often."""

BLUR = 5.0  # pixels, the standard deviation
CHANGES = ("blurred", "shuffled")


@dataclass(frozen=True, slots=True, eq=False)
class PictureNetworks:
    """One picture: see `data.NetworkScores`."""

    trained: np.ndarray  # float32 [comparison method seed depth]
    between: np.ndarray  # float32 [comparison method pair depth]
    again: np.ndarray  # float32 [comparison method pair]


def networks(
    maps: Sequence[Mapping[str, np.ndarray]],
    comparisons: Sequence[Comparison] = COMPARISONS,
    *,
    check: Callable[[], None] = lambda: None,
) -> PictureNetworks:
    """The scores of maps [depth H W] by method, one mapping a seed; the first depth is the trained network.

    The random network of a seed stands beside the trained one of the next seed: where a method draws random
    numbers, two maps never share them. A method without them has one trained map, which `again` compares with
    itself.
    """
    methods, n = tuple(maps[0]), len(maps)
    depths = len(maps[0][methods[0]]) - 1
    pairs = n * (n - 1) // 2
    trained = np.full((len(comparisons), len(methods), n, depths), np.nan, np.float32)
    between = np.full((len(comparisons), len(methods), pairs, depths), np.nan, np.float32)
    again = np.full((len(comparisons), len(methods), pairs), np.nan, np.float32)
    for row, method in enumerate(methods):
        check()
        stacks = [own[method] for own in maps]
        again[:, row] = pairwise([stack[0] for stack in stacks], comparisons)
        for seed, stack in enumerate(stacks):
            against = compare(stacks[(seed + 1) % n][0], comparisons)
            for depth in range(depths):
                trained[:, row, seed, depth] = [float(one) for one in against(stack[depth + 1])]
        for depth in range(depths):
            check()
            between[:, row, :, depth] = pairwise([stack[depth + 1] for stack in stacks], comparisons)
    return PictureNetworks(trained, between, again)


def changed(maps: Sequence[Mapping[str, np.ndarray]], methods: Sequence[str]) -> list[dict[str, np.ndarray]]:
    """Controls made of the methods' own maps: their blurred magnitudes, and their pixels in one random order.

    A blur makes any two maps alike, and a common order of pixels takes away where things are: both say how
    much of r and b is a method's texture. Keys are "blurred:METHOD" and "shuffled:METHOD".
    """
    from scipy.ndimage import gaussian_filter

    size = next(iter(maps[0].values()))[0].size
    order = np.random.default_rng(derived("ranking", "shuffled pixels")).permutation(size)
    made = []
    for own in maps:
        blurred = {
            f"blurred:{m}": np.stack([gaussian_filter(np.abs(one), BLUR) for one in own[m]]) for m in methods
        }
        shuffled = {
            f"shuffled:{m}": own[m].reshape(len(own[m]), -1)[:, order].reshape(own[m].shape) for m in methods
        }
        made.append(blurred | shuffled)
    return made
