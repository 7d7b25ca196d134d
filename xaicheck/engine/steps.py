"""The maps of a run, step by step: some methods at some depths of one seed, in as few passes as there can be.

Everything about steps is here: which methods share one, what becomes of one that fails and what they cost.
How many depths fit and how long what is left should take says `pace`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xaicheck.engine import pairs
from xaicheck.engine.pace import Pace
from xaicheck.errors import Cancelled
from xaicheck.methods import METHODS
from xaicheck.methods.shared_passes import cost
from xaicheck.types import Certificate, Liveness, MethodChoice, Network, Request

if TYPE_CHECKING:
    import numpy as np
    import torch

    from xaicheck.methods.certificates import Evidence

Group = tuple[MethodChoice, ...]
Rows = Callable[[tuple[int, ...]], Network]  # the network whose rows are these depths


@dataclass(frozen=True, slots=True)
class Step:
    """Methods that are explained together, depths that share a batch, and the seed of the random network."""

    group: Group
    depths: tuple[int, ...]
    seed: int
    target: int | None = None  # the class to explain; None: that of each depth

    @property
    def label(self) -> str:
        """The methods in a few words."""
        first, others = METHODS[self.group[0].key].label, len(self.group) - 1
        return f"{first} and {others} more from one pass" if others else first

    @property
    def where(self) -> str:
        """The depths in a few words; depth 0 is the trained network."""
        return f"depths {self.depths[0]} to {self.depths[-1]}" if self.depths[-1] else "trained network"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step gave no maps."""

    why: str
    no_room: bool  # fewer rows may do


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """A step that is over: its maps, or why there are none."""

    step: Step
    maps: np.ndarray | None  # float32 [methods depths H W]
    on_device: torch.Tensor | None  # the same where they were computed; None where that is the CPU
    why: str
    seconds: float  # of the whole step
    certificates: Sequence[Sequence[tuple[Certificate, ...]]]  # [methods depths], as `maps`


def groups(choices: Sequence[MethodChoice]) -> tuple[Group, ...]:
    """The methods in their order; those that read the same passes are together, where the first one stood."""
    readers = tuple(choice for choice in choices if METHODS[choice.key].derive is not None)
    by_key: dict[str, Group] = {}
    for choice in choices:
        shares = choice in readers
        by_key.setdefault("shared" if shares else choice.key, readers if shares else (choice,))
    return tuple(by_key.values())


def stochastic(group: Group) -> bool:
    """Whether its maps depend on the seed."""
    return any(METHODS[choice.key].stochastic for choice in group)


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
        return tuple(replace(step, depths=part) for part in (depths[:half], depths[half:]))
    if len(step.group) > 1:
        return tuple(replace(step, group=(choice,)) for choice in step.group)
    return tuple(replace(step, depths=(depth,)) for depth in depths) if count > 1 else ()


class Steps:
    """The steps of one run: computes them, tries failed ones again smaller, and knows how far it is."""

    def __init__(self, request: Request, x: torch.Tensor, target: int, most_rows: int) -> None:
        """`x` [1 3 H W]: the picture; `target`: the explained class; `most_rows`: depths that fit at once."""
        self.request, self.x, self.target = request, x, target
        self.own: dict[tuple[int, int], int] = {}  # by depth and seed, where a network explains its own class
        self.second = None if request.against in (None, target) else request.against
        self.pace = Pace(most_rows)
        self.groups = groups(request.methods)
        self.deep = tuple(depth for depth in request.depths if depth)
        self.companion = pairs.companion(request)
        self.few = () if self.companion is None else pairs.depths(request)  # of the companion
        twice = 0 if self.second is None else 1 + len(self.deep) * (request.against_at == "every")
        others = len(request.seeds) * len(self.deep) + twice + len(self.few)
        maps = {g: len(self.seeds_of_original(g)) + self.draws_anew(g) + others for g in self.groups}
        self.total = sum(len(group) * count for group, count in maps.items())
        self.done = 0  # maps
        self.note, self.running = "", False  # of the step that is being computed
        self.passes = sum(passes_of(g, request.copies) * count for g, count in maps.items())
        self._passes_done = 0.0
        self._begun = 0.0

    def answers(self, alive: Sequence[Liveness]) -> None:
        """Learns which class each of these networks gives itself."""
        self.own.update({(one.depth, one.seed): one.top5[0].index for one in alive})

    def targets(self, step: Step) -> list[int]:
        """The class to explain at each depth of a step."""
        if step.target is not None:
            return [step.target] * len(step.depths)
        return [self.own.get((depth, step.seed), self.target) for depth in step.depths]

    def seeds_of_original(self, group: Group) -> tuple[int, ...]:
        """The seeds that give original maps of their own: one, unless a method draws random numbers."""
        seeds: tuple[int, ...] = self.request.seeds
        return seeds if stochastic(group) else seeds[:1]

    def draws_anew(self, group: Group) -> bool:
        """Whether a group has an original map of the companion too."""
        return self.companion is not None and stochastic(group)

    def seconds_left(self) -> float | None:
        """How long the rest should take; None while nothing was measured."""
        left = self.pace.seconds_for(max(self.passes - self._passes_done, 0.0))
        if left is None or not self.running:
            return left
        return max(left - (time.perf_counter() - self._begun), 0.0)

    def original(
        self, rows: Rows, group: Group, seed: int, exact: Rows | None = None, target: int | None = None
    ) -> Iterator[Done]:
        """The step of a group's maps on the trained network; `exact`: as for `randomized`.

        `target`: another class than the explained one.
        """
        return self._compute(rows, exact, Step(group, (0,), seed, target))

    def randomized(
        self, rows: Rows, group: Group, seed: int, exact: Rows | None = None, target: int | None = None
    ) -> Iterator[Done]:
        """The steps of a group's maps at all depths of a seed, a few of a companion's, a part at a time.

        `target`: another class than that of each depth. `exact` gives the same networks in float64, where the
        maps are held against theirs. What did not fit makes the parts that follow smaller.
        """
        left = self.few if seed == self.companion else self.deep
        while left:
            part = self.pace.parts(left)[0]
            yield from self._compute(rows, exact, Step(group, part, seed, target))
            left = left[len(part) :]

    def _compute(self, rows: Rows, exact: Rows | None, step: Step) -> Iterator[Done]:
        """The step, or what became of it in smaller steps."""
        from xaicheck.methods.certificates import Evidence

        copies, before = self.request.copies, self._passes_done
        passes = passes_of(step.group, copies) * len(step.depths)

        def say(copy: int) -> None:
            self.note = f"{step.label}, seed {step.seed}, copy {copy} of {copies}"

        self.note = f"{step.label}, seed {step.seed}, {step.where}"
        self._begun = time.perf_counter()
        self.running = True
        evidence = Evidence(costly=exact is not None)
        result = attempt(rows, step, self.x, self.targets(step), self.request, say, evidence)
        certificates = self._certificates(exact, step, result, evidence, say)
        self.running = False
        if isinstance(result, Failure) and (again := smaller(step, result)):
            if result.no_room:
                self.pace.no_room_for(len(step.depths))
            for part in again:
                yield from self._compute(rows, exact, part)
            return
        if isinstance(result, Failure):
            maps, on_device, why = None, None, result.why
        else:
            maps, on_device, why = result.cpu().numpy(), None if result.device.type == "cpu" else result, ""
        seconds = time.perf_counter() - self._begun
        self.pace.learn(passes, seconds)
        self._passes_done = before + passes
        self.done += len(step.group) * len(step.depths)
        yield Done(step, maps, on_device, why, seconds, certificates)

    def _certificates(
        self,
        exact: Rows | None,
        step: Step,
        result: torch.Tensor | Failure,
        evidence: Evidence,
        say: Callable[[int], None],
    ) -> list[list[tuple[Certificate, ...]]]:
        """What the maps of a step carry; nothing where there are none."""
        from xaicheck.methods.certificates import distances, not_measured

        rows, methods = len(step.depths), [METHODS[choice.key] for choice in step.group]
        if isinstance(result, Failure):
            return [[()] * rows for _ in methods]
        found = [evidence.certificates(method, rows, self.request.copies) for method in methods]
        if exact is None:
            return found
        self.note = f"{step.label}, seed {step.seed}, {step.where}, in float64"
        finer = self._exactly(exact, step, say)
        for i, of_method in enumerate(found):
            if isinstance(finer, Failure):
                further = [not_measured(f"in float64: {finer.why}")] * rows
            else:
                further = distances(result[i], finer[i])
            found[i] = [(*first, last) for first, last in zip(of_method, further, strict=True)]
        return found

    def _exactly(self, exact: Rows, step: Step, say: Callable[[int], None]) -> torch.Tensor | Failure:
        """The step's maps in float64, in parts where memory does not suffice; or why there are none."""
        import torch

        result = attempt(exact, step, self.x.double(), self.targets(step), self.request, say)
        if not (isinstance(result, Failure) and result.no_room and len(step.depths) > 1):
            return result
        parts: list[torch.Tensor] = []
        for smaller_step in smaller(step, result):
            part = self._exactly(exact, smaller_step, say)
            if isinstance(part, Failure):
                return part
            parts.append(part)
        return torch.cat(parts, 1)


def attempt(
    rows: Rows,
    step: Step,
    x: torch.Tensor,
    targets: Sequence[int],
    request: Request,
    between: Callable[[int], None],
    evidence: Evidence | None = None,
) -> torch.Tensor | Failure:
    """The step's maps [methods depths H W] on the device and in the precision of x [1 3 H W], or why none.

    `rows` gives the network whose rows are the depths, `targets` their classes; `between` hears of each
    noisy copy that is done; `evidence` takes what their certificates need.
    """
    from xaicheck.batching.memory import out_of_memory
    from xaicheck.methods.explain import draws_for, explain_alone, explain_together
    from xaicheck.randomization.smooth_mprt import averaged

    methods = [METHODS[choice.key] for choice in step.group]

    def maps(network: Network, x: torch.Tensor, image: str) -> torch.Tensor:
        if methods[0].derive is not None:
            return explain_together(methods, network, x, targets, pooling=request.pooling, evidence=evidence)
        (choice,) = step.group
        draws = draws_for(step.seed, choice.key, image, step.depths)
        alone = explain_alone(
            methods[0],
            network,
            x,
            targets,
            draws=draws,
            params=choice,
            pooling=request.pooling,
            evidence=evidence,
        )
        return alone[None]

    try:
        network = rows(step.depths)
        batch = x.expand(len(step.depths), -1, -1, -1)
        return averaged(
            lambda rows, image: maps(network, rows, image), batch, request.image, request.copies, between
        )
    except Cancelled:
        raise
    except Exception as error:  # a method may fail in any way; the other cells go on
        # The error itself is not kept: it holds every tensor of its frames.
        return Failure(f"{type(error).__name__}: {error}", out_of_memory(error))
