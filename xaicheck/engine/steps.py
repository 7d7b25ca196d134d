"""The maps of a step: some methods at some depths of one seed, in as few passes as there can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xaicheck.errors import Cancelled
from xaicheck.methods import METHODS
from xaicheck.methods.shared_passes import cost
from xaicheck.types import Method, MethodChoice, Network, Request

if TYPE_CHECKING:
    import torch

Group = tuple[MethodChoice, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Methods that are explained together, depths that share a batch, and the seed of the random network."""

    group: Group
    depths: tuple[int, ...]
    seed: int

    @property
    def label(self) -> str:
        """The methods in a few words."""
        first, others = METHODS[self.group[0].key].label, len(self.group) - 1
        return f"{first} and {others} more from one pass" if others else first


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step gave no maps."""

    why: str
    no_room: bool  # fewer rows may do


def groups(choices: Sequence[MethodChoice]) -> tuple[Group, ...]:
    """The methods in their order; those that read the same passes are together, where the first one stood."""
    readers = tuple(choice for choice in choices if METHODS[choice.key].derive is not None)
    found: dict[str, Group] = {}
    for choice in choices:
        found.setdefault(
            "shared" if choice in readers else choice.key, readers if choice in readers else (choice,)
        )
    return tuple(found.values())


def passes_of(group: Group, copies: int) -> float:
    """Forward and backward passes that a group's maps of one depth and seed cost."""
    methods = [METHODS[choice.key] for choice in group]
    if methods[0].derive is not None:
        return cost(methods) * copies
    return methods[0].passes(**dict(group[0].params)) * copies


def smaller(step: Step, failure: Failure) -> tuple[Step, ...]:
    """The steps that a failed one is tried again in; none where it cannot be made smaller."""
    depths, count = step.depths, len(step.depths)
    if count > 1 and failure.no_room:
        half = count // 2
        return tuple(Step(step.group, part, step.seed) for part in (depths[:half], depths[half:]))
    if len(step.group) > 1:
        return tuple(Step((choice,), depths, step.seed) for choice in step.group)
    return tuple(Step(step.group, (depth,), step.seed) for depth in depths) if count > 1 else ()


def attempt(
    at: Callable[[tuple[int, ...]], Network],
    step: Step,
    x: torch.Tensor,
    target: int,
    request: Request,
    between: Callable[[int], None],
) -> torch.Tensor | Failure:
    """The step's maps float32 [methods depths H W] on the device of x [1 3 H W], or why there are none.

    `at` gives the network whose rows are the depths; `between` hears of each noisy copy that is done.
    """
    from xaicheck.batching.memory import out_of_memory
    from xaicheck.randomization.smooth_mprt import averaged

    methods = [METHODS[choice.key] for choice in step.group]
    try:
        network = at(step.depths)
        return averaged(
            lambda rows, image: _maps(methods, network, rows, target, step, request.pooling, image),
            x.expand(len(step.depths), -1, -1, -1),
            request.image,
            request.copies,
            between,
        )
    except Cancelled:
        raise
    except Exception as error:  # a method may fail in any way; the other cells go on
        # The error itself is not kept: it holds every tensor of its frames.
        return Failure(f"{type(error).__name__}: {error}", out_of_memory(error))


def _maps(
    methods: Sequence[Method],
    network: Network,
    x: torch.Tensor,
    target: int,
    step: Step,
    pooling: str,
    image: str,
) -> torch.Tensor:
    from xaicheck.methods.explain import draws_for, explain_alone, explain_together

    if methods[0].derive is not None:
        return explain_together(methods, network, x, target, pooling=pooling)
    (choice,) = step.group
    draws = draws_for(step.seed, choice.key, image, step.depths)
    return explain_alone(methods[0], network, x, target, draws=draws, params=choice, pooling=pooling)[None]
