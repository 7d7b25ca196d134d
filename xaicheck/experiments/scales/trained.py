"""The last layer of the trained network on one picture, as its experiment needs it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from xaicheck.experiments.scales.data import LayerData, Order
from xaicheck.experiments.scales.laws import LAYER_LAWS
from xaicheck.experiments.scales.layer import law_of
from xaicheck.experiments.scales.order import expectation
from xaicheck.experiments.scales.setting import LAYER_OUTPUTS, MODEL, PICTURE
from xaicheck.models.registry import load
from xaicheck.models.samples import load as sample
from xaicheck.types import Listener, Network, Progress

QUANTILES = 1024  # of the layer's weights: enough for a law, small enough for its table of ratios


def layer_data(picture: str = PICTURE, *, listener: Listener | None = None) -> LayerData:
    """Features, trained weights and all closed forms; a few seconds, most of them for the closed forms."""
    import torch

    from xaicheck.batching.activations import top
    from xaicheck.experiments.scales.network import activations

    network = load(MODEL)
    x = network.preprocess(sample(picture))[None]
    with torch.no_grad():
        best = top(network.module(x.contiguous(memory_format=torch.channels_last))[0], max(LAYER_OUTPUTS))
        features = activations(network, 1, x)[0].mean((1, 2)).float().numpy()
    classes = tuple(target.index for target in best)
    weights = _last(network).weight.detach()
    data = LayerData(
        picture,
        best[0],
        classes,
        features,
        np.where(features > 0, weights[list(classes)].numpy(), 0).astype(np.float32),
        *values_of(network),
        (),
    )
    expected: list[tuple[str, Order]] = []
    wanted = [(key, outputs) for key in LAYER_LAWS for outputs in LAYER_OUTPUTS]
    for i, (key, outputs) in enumerate(wanted):
        if listener is not None:
            listener.update(Progress(i, len(wanted), "closed forms", None, None))
        law = law_of(data, key, outputs)
        if law is not None:
            expected.append((key, expectation(features, law, outputs=outputs)))
    return replace(data, expected=tuple(expected))


def values_of(network: Network) -> tuple[np.ndarray, tuple[float, float]]:
    """(evenly spaced quantiles of the last layer's weights, their mean and standard deviation)."""
    values = np.sort(_last(network).weight.detach().double().flatten().numpy())
    places = np.rint((np.arange(QUANTILES) + 0.5) / QUANTILES * values.size - 0.5).astype(int)
    return values[places].astype(np.float32), (float(values.mean()), float(values.std()))


def _last(network: Network) -> Any:
    return network.module.get_submodule(network.blocks[0].modules[0])
