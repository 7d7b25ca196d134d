"""The network's answers to many pictures, a chunk of them in each forward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xaicheck.batching.memory import out_of_memory
from xaicheck.errors import BadRequest
from xaicheck.faithfulness.options import Option, at_least_one
from xaicheck.types import Network, Registry

if TYPE_CHECKING:
    import torch


class Answers(NamedTuple):
    """What the network says about one class, a row a picture."""

    logit: np.ndarray  # float64 [N]
    probability: np.ndarray  # float64 [N], softmax
    first: np.ndarray  # bool [N]: no other class has a larger logit


OUTPUTS = Registry(
    "output",
    (
        Option(
            "softmax", "Probability", "The softmax probability of the class, in [0, 1].",
            lambda answers: answers.probability,
        ),
        Option(
            "logit", "Logit", "The class’s score before the softmax, without bounds.",
            lambda answers: answers.logit,
        ),
    )
)  # fmt: skip
"""What is read off at the network's end; the first one is the default."""


def rows_of(device: str) -> int:
    """How many pictures a pass should hold.

    On a CPU as many as its caches do: on two cores a picture costs 0.75 of its share of 8 in passes of 4, and
    1.3 in passes of 16 (EfficientNet-Lite0). On a GPU enough to fill it.
    """
    return 4 if device == "cpu" else 128


def ask(
    network: Network,
    pictures: Callable[[slice], torch.Tensor],
    count: int,
    target: int,
    *,
    chunk: int | None,
    check: Callable[[], None],
) -> Answers:
    """The answers to `count` pictures; `pictures` makes those of a slice [n 3 H W], on the network's device.

    `chunk`: pictures a pass, None: what suits the device; halved, for the rest of the run, where memory does
    not suffice. `check` is called before every pass. Answers stay on the device until the last pass is made.
    Rows do not see each other, so the answers do not depend on `chunk` beyond rounding.
    Errors: BadRequest where the network has no such class; whatever `check` raises.
    """
    import torch

    rows = at_least_one("number of pictures a pass", rows_of(network.device) if chunk is None else chunk)
    parts: list[torch.Tensor] = []
    done = 0
    with torch.no_grad():
        while done < count:
            check()
            try:
                parts.append(_answered(network, pictures(slice(done, done + rows)), target))
            except (MemoryError, RuntimeError) as error:
                if rows == 1 or not out_of_memory(error):
                    raise
                rows //= 2
            else:
                done += rows
    logit, probability, first = torch.cat(parts, 1).cpu().numpy()
    return Answers(logit, probability, first > 0)


def _answered(network: Network, batch: torch.Tensor, target: int) -> torch.Tensor:
    """Logit, probability and first place (1 or 0) of the class in each picture, float64 [3 n]."""
    import torch

    logits = network.module(batch.contiguous(memory_format=torch.channels_last)).double()
    if not 0 <= target < logits.shape[1]:
        raise BadRequest(f"There is no class {target}; choose one from 0 to {logits.shape[1] - 1}.")
    own = logits[:, target]
    return torch.stack([own, logits.softmax(1)[:, target], (own >= logits.amax(1)).double()])
