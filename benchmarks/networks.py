"""The networks that are timed, at their own blocks and with every layer a block."""

from __future__ import annotations

import dataclasses

import torch

from benchmarks.setting import Setting
from xaicheck.models.graph import blocks_of, trace
from xaicheck.models.registry import MODELS, assemble, load
from xaicheck.models.samples import load as sample
from xaicheck.seeds import generator
from xaicheck.types import BlockSpec, Network

EMBEDDED = "efficientnet_lite0"  # its weights come with a package
PICTURE = "chelsea"
TARGET = 285  # Egyptian cat


def network(key: str, setting: Setting) -> Network:
    """A registered network; those whose weights would be downloaded stay as they are initialised."""
    if MODELS[key].source == "embedded":
        found = load(key, setting.device)
    else:
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(generator("benchmark", key).get_state())
            found = assemble(MODELS[key], None, setting.device)
    if setting.pixels is None:
        return found
    size = setting.pixels
    spec = dataclasses.replace(found.spec, size=size, resize=size * found.spec.resize // found.spec.size)
    return dataclasses.replace(found, spec=spec)


def at_leaves(network: Network) -> Network:
    """The same network with every layer that has parameters a block of its own."""
    wiring = trace(network.module, network.spec.size)
    blocks = tuple(BlockSpec(name, (name,)) for name in reversed(wiring.order))
    spec = dataclasses.replace(network.spec, blocks=blocks)
    return dataclasses.replace(network, spec=spec, blocks=blocks_of(network.module, spec, wiring))


def picture(network: Network) -> torch.Tensor:
    """The sample picture as the network sees it, [1 3 S S] on its device."""
    return network.preprocess(sample(PICTURE))[None].to(network.device)


def spaced(count: int, most: int) -> tuple[int, ...]:
    """At most that many depths from 1 to count, evenly spaced, the last one included."""
    if count <= most:
        return tuple(range(1, count + 1))
    return tuple(sorted({round((i + 1) * count / most) for i in range(most)}))
