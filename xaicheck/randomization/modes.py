"""Which blocks are randomized at a depth: MODES."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xaicheck.errors import BadRequest
from xaicheck.types import Registry

ADEBAYO = "Adebayo et al., “Sanity Checks for Saliency Maps”, NeurIPS 2018"
HEDSTROEM = (
    "Hedström et al., “Sanity Checks Revisited: An Exploration to Repair the Model Parameter Randomisation "
    "Test”, 2024"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the check that goes in an order of blocks asks of a map."""

    label: str
    summary: str  # one or two sentences
    formula: str
    source: str
    loophole: str  # what passes it without being sensitive to the weights, or fails it though it is


@dataclass(frozen=True, slots=True)
class Mode:
    """An order in which blocks are randomized, and the words for it."""

    key: str
    label: str
    summary: str  # one sentence
    order: Callable[[int], Sequence[int]]  # of so many blocks, 0 = the output: which comes at depth 1, 2, ...
    axis: str  # the title of an axis of depths
    plain: str  # the same as `axis` for readers who know no networks, inside a sentence
    question: Question
    cumulative: bool = True  # blocks that came before stay random; False: each comes alone
    end: str = ""  # "output" or "input": a depth randomizes the blocks next to this end; "": others

    @property
    def counted(self) -> str:
        """What a depth is, as the head of a column."""
        return "Blocks randomized" if self.cumulative else "The one block randomized"

    def blocks(self, depth: int, count: int) -> Sequence[int]:
        """The blocks that are randomized at a depth of 0 to count, the one that came last at the end."""
        order = self.order(count)
        return order[:depth] if self.cumulative else order[max(depth - 1, 0) : depth]


MODES = Registry(
    "mode",
    (
        Mode(
            "cascade", "Cascade (top-down)", "From the output down: depth d randomizes the last d blocks.",
            range,
            axis="Blocks randomized, output to input",
            plain="counted from its answer backwards",
            question=Question(
                "From the output, one block more each step (MPRT)",
                "Random weights replace the trained ones from the last layer downwards. Does the map change?",
                "m_d = similarity(map of the trained network, map with the d blocks next to the output "
                "randomized)",
                ADEBAYO,
                "Fresh noise passes it without looking at the network. Below the randomized blocks the "
                "activations stay bit for bit, and channels that were strong tend to stay strong "
                "contributors (Binder et al. 2023).",
            ),
            end="output",
        ),
        Mode(
            "independent", "Independent",
            "One block at a time: depth d randomizes only the d-th block from the output.",
            range,
            axis="The one block that is randomized",
            plain="one part alone",
            question=Question(
                "One block at a time",
                "A single block is randomized and all others keep their trained weights.",
                "m_d = similarity(map of the trained network, map with block d alone randomized)",
                ADEBAYO,
                "Fresh noise passes it. Shortcuts lead around a block, so little may change whatever the "
                "method: not to be mixed into one curve with the cumulative orders.",
            ),
            cumulative=False,
        ),
        Mode(
            "bottom_up", "Bottom-up", "From the input up: depth d randomizes the first d blocks.",
            lambda count: range(count - 1, -1, -1),
            axis="Blocks randomized, input to output",
            plain="counted from the photograph forwards",
            question=Question(
                "From the input, one block more each step",
                "The same from the first layer upwards: no block keeps its trained input.",
                "m_d = similarity(map of the trained network, map with the d blocks next to the input "
                "randomized)",
                HEDSTROEM,
                "Fresh noise passes it. The first step already changes everything that the later blocks see.",
            ),
            end="input",
        ),
    ),
)  # fmt: skip
"""The modes by key; the first one is the default."""


def randomized_blocks(mode: str, depth: int, count: int) -> Sequence[int]:
    """Indices (0 = output) of the blocks that are randomized at a depth of 0 to count, the latest last."""
    if not 0 <= depth <= count:
        raise BadRequest(f"There is no depth {depth}; choose 0 (the original) to {count} (all blocks).")
    return MODES.chosen(mode).blocks(depth, count)
