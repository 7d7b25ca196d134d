"""From where new weights are drawn: LAWS."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xaicheck.types import Registry

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Slot:
    """A tensor to be drawn: its trained values and its place in a layer."""

    name: str
    trained: torch.Tensor  # on the CPU
    role: str  # weight, bias, scale, shift, token, gain
    fan_in: int


@dataclass(frozen=True, slots=True)
class Law:
    """A way to draw new values: fn(slot, generator) -> a tensor like the trained one, for every role."""

    key: str
    label: str
    summary: str  # one sentence
    fn: Callable[[Slot, torch.Generator], torch.Tensor]


def own_init(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    """PyTorch’s default for the layer: uniform for weights and biases, constants for scales and shifts."""
    import torch

    bound = 1 / math.sqrt(slot.fan_in)
    values = torch.empty_like(slot.trained)
    fill: Mapping[str, Callable[[], torch.Tensor]] = {
        "weight": lambda: values.uniform_(-bound, bound, generator=rng),
        "bias": lambda: values.uniform_(-bound, bound, generator=rng),
        "scale": lambda: values.fill_(1.0),
        "shift": lambda: values.fill_(0.0),
        "token": lambda: values.normal_(0.0, 0.02, generator=rng),
        "gain": lambda: values.fill_(1e-6),
    }
    return fill[slot.role]()


def he_normal(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    """Normal weights with variance 2/fan-in; gains are 1, all else as in `own_init`."""
    import torch

    if slot.role == "weight":
        return torch.empty_like(slot.trained).normal_(0.0, math.sqrt(2 / slot.fan_in), generator=rng)
    if slot.role == "gain":
        return torch.ones_like(slot.trained)
    return own_init(slot, rng)


def normal_moments(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    """Normal with the trained tensor's mean and standard deviation; `own_init` where it is constant."""
    import torch

    spread = slot.trained.double().std(correction=0).item()
    if spread == 0.0:  # a constant tensor has no spread to imitate
        return own_init(slot, rng)
    mean = slot.trained.double().mean().item()
    return torch.empty_like(slot.trained).normal_(mean, spread, generator=rng)


def permutation(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    """The trained values, each once, in random places."""
    import torch

    order = torch.randperm(slot.trained.numel(), generator=rng)
    return slot.trained.flatten()[order].view_as(slot.trained)


def sign_flip(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    """The trained values in their places, each sign + or - with equal chance."""
    import torch

    signs = torch.randint(0, 2, slot.trained.shape, generator=rng) * 2 - 1
    return slot.trained * signs


LAWS = Registry(
    "law",
    (
        Law(
            "own_init", "Layer’s own init",
            "PyTorch’s default for the layer: uniform, ±1/√fan-in; it shrinks signals.",
            own_init,
        ),
        Law(
            "he_normal", "He normal",
            "Normal with variance 2/fan-in: keeps the scale of signals behind a ReLU.",
            he_normal,
        ),
        Law(
            "normal_moments", "Normal, trained moments",
            "Normal with the trained tensor’s mean and standard deviation.",
            normal_moments,
        ),
        Law(
            "permutation", "Permutation", "The trained values in random places: the same histogram.",
            permutation,
        ),
        Law(
            "sign_flip", "Random signs",
            "The trained values with random signs: every magnitude stays in its place.",
            sign_flip,
        ),
    ),
)  # fmt: skip
"""The laws by key."""
