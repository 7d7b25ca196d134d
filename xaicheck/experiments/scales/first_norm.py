"""What the BatchNorm behind depthwise filters does to the order of channels.

In a depthwise block every channel has a filter of its own, and the recalibrated BatchNorm behind the filters
divides each channel by the spread that its filter gave it. Here that is changed in one respect after the
other, and every BatchNorm behind it is recalibrated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xaicheck.experiments.scales.data import NormRow
from xaicheck.experiments.scales.order import kendall_of, kept, measured, pairs_of
from xaicheck.experiments.scales.setting import DEPTHS, MODEL, OUTPUTS, Setting
from xaicheck.models.registry import load
from xaicheck.models.samples import load as sample
from xaicheck.types import Network

if TYPE_CHECKING:
    from torch import nn

OWN, ONE, UNCENTRED, SHARED = "own", "one", "uncentred", "shared"
WAYS = (OWN, ONE, UNCENTRED, SHARED)
"""The scale of each channel, as recalibrated; one scale for all of them; as recalibrated, not centred; one
scale for all and one filter for all.
"""
DEPTH = DEPTHS[-1]  # the lowest block of the network, the only one that begins with depthwise filters


def compute(*, seeds: int = 50) -> tuple[NormRow, ...]:
    """Kendall's tau of activations and contributions under each of WAYS, over so many random networks."""
    import torch

    from xaicheck.batching.activations import top
    from xaicheck.experiments.scales import network as parts
    from xaicheck.experiments.scales.contributions import contribute, magnitude
    from xaicheck.randomization.weights import randomized

    trained, setting = load(MODEL), Setting(DEPTH)
    image = sample(setting.picture)
    whole = parts.part(trained, DEPTH)
    activation = whole.preprocess(image)
    picture = trained.preprocess(image)[None].contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        classes = [target.index for target in top(trained.module(picture)[0], max(OUTPUTS))]
    pairs = pairs_of(magnitude(activation, parts.reading(trained, DEPTH)))
    taus: dict[str, list[float]] = {way: [] for way in WAYS}
    for seed in range(seeds):
        random = randomized(whole, depth=DEPTH, law=setting.law, batchnorm=setting.batchnorm, seed=seed)
        for way in WAYS:
            changed(random, way)
            found = contribute(random, activation, classes).contributions
            taus[way].append(float(kendall_of(kept(pairs, np.abs(found))[:, -1].mean())))
    return tuple(NormRow(way, seeds, measured(np.array(taus[way]))) for way in WAYS)


def changed(random: Network, way: str) -> None:
    """Changes the first BatchNorm of a recalibrated random network in place, and for SHARED the filters."""
    import torch

    filters, *norms = _layers(random)
    first, *behind = norms
    with torch.no_grad():
        if way == SHARED:
            filters.weight.copy_(filters.weight[:1].expand_as(filters.weight))
    _again(random, norms)
    if way == OWN:
        return
    if way == UNCENTRED:
        first.running_mean.zero_()
    else:
        first.running_var.fill_(first.running_var.mean())
    _again(random, behind)


def _layers(random: Network) -> list[nn.Module]:
    """The depthwise filters of the lowest randomized block, then every BatchNorm from there up."""
    from torch import nn
    from torch.nn.modules.batchnorm import _BatchNorm

    modules = [
        random.module.get_submodule(name)
        for block in reversed(random.blocks[:DEPTH])
        for name in block.modules
    ]
    filters = next(m for m in modules if isinstance(m, nn.Conv2d) and m.groups > 1)
    return [filters, *(m for m in modules if isinstance(m, _BatchNorm))]


def _again(random: Network, norms: Sequence[nn.Module]) -> None:
    from xaicheck.randomization.batchnorm import calibration_batch, recalibrate

    for norm in norms:
        norm.reset_running_stats()
    recalibrate(random.module, norms, calibration_batch(random))
