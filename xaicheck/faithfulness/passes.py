"""The network's answers to a stream of pictures, a chunk of them in each forward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xaicheck.errors import BadRequest
from xaicheck.faithfulness.options import Option, at_least_one, registry
from xaicheck.types import Network

if TYPE_CHECKING:
    import torch


class Answers(NamedTuple):
    """What the network says about one class, a row a picture."""

    logit: np.ndarray  # float64 [N]
    probability: np.ndarray  # float64 [N], softmax
    first: np.ndarray  # bool [N]: no other class has a larger logit


OUTPUTS = registry(
    (
        Option(
            "softmax", "Probability", "The softmax probability of the class, in [0, 1].",
            lambda answers: answers.probability,
        ),
        Option(
            "logit", "Logit", "The class's score before the softmax, without bounds.",
            lambda answers: answers.logit,
        ),
    )
)  # fmt: skip
"""What is read off at the network's end; the first one is the default."""


def ask(
    network: Network,
    pictures: Iterable[torch.Tensor],
    target: int,
    *,
    chunk: int,
    check: Callable[[], None],
) -> Answers:
    """The answers to pictures [3 H W] on the network's device; `check` is called before every pass.

    Rows do not see each other, so the answers do not depend on `chunk` beyond rounding.
    Errors: BadRequest where the network has no such class; whatever `check` raises.
    """
    import torch

    stream = iter(pictures)
    parts: list[torch.Tensor] = []
    with torch.no_grad():
        while rows := list(islice(stream, at_least_one("number of pictures a pass", chunk))):
            check()
            batch = torch.stack(rows).contiguous(memory_format=torch.channels_last)
            logits = network.module(batch).double()
            if not 0 <= target < logits.shape[1]:
                raise BadRequest(f"There is no class {target}; choose one from 0 to {logits.shape[1] - 1}.")
            own = logits[:, target]
            first = own >= logits.amax(1)
            parts.append(torch.stack([own, logits.softmax(1)[:, target], first.double()]).cpu())
    logit, probability, first_place = torch.cat(parts, 1).numpy()
    return Answers(logit, probability, first_place > 0)
