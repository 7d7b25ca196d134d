"""The experiment on the real network: a block and everything above it drawn anew, seed after seed."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xaicheck.errors import BadRequest
from xaicheck.experiments.scales.data import BlockResult, Maps, Order, Pictures
from xaicheck.experiments.scales.laws import LAYER_LAWS, Trained, joined, norm_of_gaussians
from xaicheck.experiments.scales.maps import FROM_CHANNELS, summarised as map_summary
from xaicheck.experiments.scales.order import measured, summarised
from xaicheck.experiments.scales.setting import CHECKED, LIVE_SEEDS, MODEL, OUTPUTS, Setting
from xaicheck.models.registry import load
from xaicheck.models.samples import load as sample
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.theory import WeightLaw
from xaicheck.types import Listener, Network, Progress

if TYPE_CHECKING:
    import torch

    from xaicheck.experiments.scales.contributions import Contributions

SHOWN = 8  # channels as pictures
SIDE = 28  # pixels; larger maps are averaged down for drawing


def compute(setting: Setting, *, seeds: int = LIVE_SEEDS, listener: Listener | None = None) -> BlockResult:
    """What becomes of the channels below the block, over so many random networks.

    Errors: BadRequest names the allowed values; Cancelled when nobody listens any more.
    """
    import torch

    from xaicheck.batching.activations import top
    from xaicheck.experiments.scales import network as parts
    from xaicheck.experiments.scales.contributions import as_read, contribute, magnitude
    from xaicheck.randomization.weights import randomized

    setting = setting.checked()
    if seeds < 2:
        raise BadRequest("One random network shows no spread: take two or more.")
    start = time.perf_counter()
    trained = load(MODEL)
    depth, image = setting.depth, sample(setting.picture)
    picture = trained.preprocess(image)[None]
    how = parts.reading(trained, depth)
    with torch.no_grad():
        logits = trained.module(picture.contiguous(memory_format=torch.channels_last))[0]
    best = top(logits, max(OUTPUTS))
    classes = tuple(target.index for target in best)
    whole = parts.part(trained, depth)
    activation = whole.preprocess(image)
    before = contribute(whole, activation, classes)
    twin = whole if setting.residual else parts.part(trained, depth, residual=False)
    drawn: list[Contributions] = []
    for seed in range(seeds):
        if listener is not None:
            listener.check()
        random = randomized(twin, depth=depth, law=setting.law, batchnorm=setting.batchnorm, seed=seed)
        drawn.append(_light(contribute(random, activation, classes), keep=seed == 0))
        if listener is not None:
            spent = time.perf_counter() - start
            left = spent / (seed + 1) * (seeds - seed - 1)
            note = f"random network {seed + 1} of {seeds}"
            listener.update(Progress(seed + 1, seeds, note, left, None))
    same = sum(_identical(trained, setting, picture, activation, seed) for seed in range(min(CHECKED, seeds)))
    x = magnitude(activation, how)
    coherence = measured(np.array([p.coherence for p in drawn] if how == "pointwise" else []))
    read = None if coherence.mean is None else as_read(activation, coherence.mean)
    after = np.stack([p.contributions for p in drawn])
    values = activation.cpu().numpy()
    return BlockResult(
        setting=setting,
        block=trained.blocks[depth - 1].name,
        reading=how,
        shape=tuple(int(side) for side in activation.shape),
        target=best[0],
        classes=classes,
        seeds=seeds,
        identical=same,
        activation=x,
        before=before.contributions[0],
        after=after[0, 0],
        spread=np.quantile(np.abs(after[:, 0]), (0.05, 0.5, 0.95), axis=0).astype(np.float32),
        orders=tuple(
            _order(x, after, before.contributions, law_at(trained, setting, k), k, read) for k in OUTPUTS
        ),
        coherence=coherence,
        logit_std=(before.logit_std, measured(np.array([p.logit_std for p in drawn]))),
        maps=_maps(values, before, drawn),
        pictures=_pictures(x, values, before, drawn[0]),
        seconds=time.perf_counter() - start,
    )


def law_at(network: Network, setting: Setting, outputs: int) -> WeightLaw | None:
    """The closed form's law: that of the weights where they are read one by one, else the Gaussian one.

    A contribution behind a convolution is a sum over many weights of a channel, nearly Gaussian whatever
    the law of each. None: the weights of the last layer are not drawn alike for all channels, or by a law of
    which no closed form is known.
    """
    from xaicheck.experiments.scales.network import reading
    from xaicheck.experiments.scales.trained import values_of

    if reading(network, setting.depth) != "dense":
        return norm_of_gaussians(outputs)
    quantiles, moments = values_of(network)
    nothing = np.zeros((outputs, 0), np.float32)  # rows matter to random signs only, which have no law
    law = LAYER_LAWS.get(setting.law)
    return None if law is None else joined(law, Trained(nothing, quantiles, moments), outputs)


def _order(
    x: np.ndarray,
    after: np.ndarray,
    before: np.ndarray,
    law: WeightLaw | None,
    outputs: int,
    read: np.ndarray | None,
) -> Order:
    """Contributions of groups of `outputs` units [seeds groups n], each joined by the L2 norm."""
    seeds, units, n = after.shape
    groups = after.reshape(seeds, units // outputs, outputs, n)
    norms = np.linalg.norm(groups.astype(np.float64), axis=2)
    trained = np.linalg.norm(before[:outputs].astype(np.float64), axis=0)
    return summarised(x, norms, trained, law, outputs=outputs, read=read)


def _light(one: Contributions, *, keep: bool) -> Contributions:
    """The same with maps [kinds h w] in the place of all channels' maps, except for the first seed."""
    if keep:
        return one
    return replace(one, places=np.stack([pool(one.places) for pool in FROM_CHANNELS.values()]))


def _maps(values: np.ndarray, before: Contributions, drawn: list[Contributions]) -> Maps:
    first = drawn[0].places
    stacks = {
        key: np.stack([pool(first), *(p.places[i] for p in drawn[1:])])
        for i, (key, pool) in enumerate(FROM_CHANNELS.items())
    }
    return map_summary(values, before.places, stacks, first)


def _pictures(x: np.ndarray, values: np.ndarray, before: Contributions, after: Contributions) -> Pictures:
    most = np.argsort(-x, kind="stable")[:SHOWN]
    return Pictures(
        tuple(int(i) for i in most),
        _small(values[most]),
        _small(before.places[most]),
        _small(after.places[most]),
    )


def _small(maps: np.ndarray) -> np.ndarray:
    """Maps [8 h w] averaged down to at most SIDE pixels a side."""
    step = max(1, -(-maps.shape[-1] // SIDE))
    h, w = maps.shape[1] // step * step, maps.shape[2] // step * step
    cut = maps[:, :h, :w].reshape(len(maps), h // step, step, w // step, step)
    return cut.mean((2, 4)).astype(np.float32)


def _identical(
    trained: Network, setting: Setting, picture: torch.Tensor, activation: torch.Tensor, seed: int
) -> bool:
    """Whether a whole randomized network, from the picture up, has the very same activations there."""
    import torch

    from xaicheck.experiments.scales.network import activations
    from xaicheck.randomization.weights import randomized

    policy = setting.batchnorm
    if BATCHNORM[policy].statistics == "samples":
        policy = "reset"  # what is above cannot matter
    whole = randomized(trained, depth=setting.depth, law=setting.law, batchnorm=policy, seed=seed)
    return torch.equal(activations(whole, setting.depth, picture)[0], activation)
