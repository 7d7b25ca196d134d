"""The same network in float64: what a map would be if rounding did not matter."""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import nn

from xaicheck.types import Network


def in_float64(network: Network) -> Network:
    """A network of its own with every tensor in float64; the given one, also a branched one, stays as it is.

    Weights and statistics are those of the given network to the last bit: only the arithmetic is finer.
    """
    module = network.module
    own = {id(t): _double(t) for t in (*module.parameters(), *module.buffers())}
    return replace(network, module=copy.deepcopy(module, own))


def _double(tensor: torch.Tensor) -> torch.Tensor:
    if not tensor.is_floating_point():
        return tensor.clone()
    values = tensor.detach().double()
    return nn.Parameter(values, requires_grad=False) if isinstance(tensor, nn.Parameter) else values
