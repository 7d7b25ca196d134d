"""One toy of each kind of thing that an entry adds, and a way to have them all for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from tests.unit.test_randomization_entry import FILL_ENTRY, LAW_ENTRY, MODE_ENTRY, MODEL_ENTRY, POLICY_ENTRY
from tests.unit.test_similarity_entry import TOY as MEASURE_ENTRY
from xaicheck.arguments import OneEntry, WholeNumber
from xaicheck.engine.settings import SETTINGS, Setting
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import CertificateKind, Method, Network, Param, Registry


def slope(
    network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: object, power: int
) -> torch.Tensor:
    """The gradient to a power, its sign kept.

    Source: this test. Differs: from nothing.
    """
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(network.module(x).gather(1, target[:, None]).sum(), x)
    return gradient.sign() * gradient.abs() ** power


def taken_twice(
    network: Network, x: torch.Tensor, target: torch.Tensor, maps: torch.Tensor, *, power: int
) -> torch.Tensor:
    """The power of each map, and the power of its double over four: equal."""
    found = maps.square().sum((1, 2, 3))
    return torch.stack([found, (2 * maps).square().sum((1, 2, 3)) / 4], 1)


CERTIFICATE = CertificateKind(
    "twice", "Power", "The power of the map, taken twice.", "power {power}: {found} for {due}",
    bound=0.1, why_bound="this test says so", measure=taken_twice,
)  # fmt: skip
METHOD_ENTRY = Method(
    "slope", "Slope", "How steep the answer is.", "This test", slope,
    params=(Param("power", "Power", 1, 1, 3, 1, "Of the gradient."),),
    certificates=(CERTIFICATE,),
)  # fmt: skip
NUMBER_ENTRY = Setting(
    "shade", "Shade", WholeNumber(1, 9), 3, "the shade",
    option="shade of the toy, 9 is 100 %", group="picture", help="How dark.",
    shown=lambda value: f"shade {value}",
)  # fmt: skip
CHOICE_ENTRY = Setting(
    "palette", "Palette", OneEntry(MODES), "cascade", "the palette",
    option="palette of the toy", group="comparison", shown=str,
)  # fmt: skip

ENTRIES: tuple[tuple[Registry[Any], Any], ...] = (
    (METHODS, METHOD_ENTRY),
    (SIMILARITIES, MEASURE_ENTRY),
    (MODES, MODE_ENTRY),
    (LAWS, LAW_ENTRY),
    (BATCHNORM, POLICY_ENTRY),
    (FILLS, FILL_ENTRY),
    (MODELS, MODEL_ENTRY),
    (SETTINGS, NUMBER_ENTRY),
    (SETTINGS, CHOICE_ENTRY),
)
CHOSEN = {
    "mode": MODE_ENTRY.key,
    "law": LAW_ENTRY.key,
    "batchnorm": POLICY_ENTRY.key,
    "shade": 7,
    "palette": MODE_ENTRY.key,
}
"""The toys as values of settings."""


@contextmanager
def added() -> Iterator[None]:
    """Adds all the toys to their registries for the length of the context."""
    with ExitStack() as stack:
        for registry, entry in ENTRIES:
            stack.enter_context(registry.with_entry(entry))
        yield
