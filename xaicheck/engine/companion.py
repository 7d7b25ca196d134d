"""The second random network of a run with one seed: a few maps of it, for the pairs and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from xaicheck.engine.steps import Done, Step, Steps
from xaicheck.types import Network

if TYPE_CHECKING:
    from xaicheck.batching.depth_batch import Cascade


def explained(
    steps: Steps,
    trained: Network,
    drawn: Callable[[int, tuple[int, ...]], Cascade],
    say: Callable[[str], None],
) -> Iterator[Done]:
    """The steps of the companion's maps, and of a second original map where a method draws random numbers.

    `drawn` gives the random network of a seed at some depths; `say` hears what is done, as it comes.
    """
    seed = steps.companion
    if seed is None:
        return
    say(f"drawing random weights, seed {seed}")
    cascade = drawn(seed, steps.few)
    if steps.request.target_policy != "original":
        _classes(steps, cascade, seed)
    for group in steps.groups:
        if steps.draws_anew(group):
            yield from steps.original(lambda _: trained, group, seed)
        yield from steps.randomized(cascade.at, group, seed)
        say(f"{Step(group, (0,), 0).label}, a second random network")


def _classes(steps: Steps, cascade: Cascade, seed: int) -> None:
    """Learns the class that the network of each depth gives itself."""
    from xaicheck.batching.activations import measure

    def look(depths: tuple[int, ...]) -> None:
        rows = steps.x.expand(len(depths), -1, -1, -1)
        _, alive = measure(cascade.at(depths), rows, None, depths=depths, seed=seed)
        steps.answers(alive)

    for _ in steps.pace.in_parts(steps.few, look):
        pass
