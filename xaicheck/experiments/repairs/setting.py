"""What the repair bench is computed for: ways to score a check, real methods, pictures, random networks."""

from __future__ import annotations

from dataclasses import dataclass

from xaicheck.experiments.ranking.setting import FEW_SEEDS, Variant
from xaicheck.types import Comparison, Registry

PICTURES = (
    "goldfish", "koala", "german_shepherd", "bee", "balloon", "viaduct", "screwdriver", "space_shuttle",
)  # fmt: skip
"""Of the gallery: the network names each with a probability of at least 0.5."""
REAL = (
    "gradient", "input_x_gradient", "smoothgrad", "guided_backprop", "grad_cam", "guided_grad_cam", "lrp",
)  # fmt: skip
"""Methods that look at the network; integrated gradients and occlusion are left out, which cost most."""
HELPERS = ("sobel", "sign_flip")  # maps of which exploits are made
SHALLOW_TO_DEEP, FEW = (1, 5, 9, 14, 19), (9, 19)
MAGNITUDES = Comparison("ssim", "second_moment", "magnitude")
SIGNED = Comparison("spearman")


@dataclass(frozen=True, slots=True)
class Source:
    """Maps of one kind: how networks are randomized, and over how many noisy copies of the picture."""

    variant: Variant
    copies: int = 1

    @property
    def key(self) -> str:
        """A short name for files."""
        return self.variant.key + (f"-{self.copies}" if self.copies > 1 else "")

    @property
    def real(self) -> tuple[str, ...]:
        """The real methods whose maps are made; SmoothGrad's are means over noisy copies anyway."""
        return REAL if self.copies == 1 else tuple(key for key in REAL if key != "smoothgrad")


TOP_DOWN = Source(Variant("cascade", "he_normal", depths=SHALLOW_TO_DEEP, seeds=tuple(range(8))))
COPIES = Source(Variant("cascade", "he_normal", depths=FEW, seeds=FEW_SEEDS), copies=4)
BOTTOM_UP = Source(Variant("bottom_up", "he_normal", depths=FEW, seeds=FEW_SEEDS))
INDEPENDENT = Source(Variant("independent", "he_normal", depths=FEW, seeds=FEW_SEEDS))
SOURCES = (TOP_DOWN, COPIES, BOTTOM_UP, INDEPENDENT)


@dataclass(frozen=True, slots=True)
class Repair:
    """A way to score a check. Where it ranks, its score is a mean over depths."""

    key: str
    label: str
    source: Source
    comparison: Comparison = MAGNITUDES
    reads: str = "similarity"  # "similarity" (low wins), "entropy" (a high rise wins), "networks": E
    divided: bool = False  # maps are divided by the network's input first

    @property
    def high_wins(self) -> bool:
        """Whether the higher score is the better one."""
        return self.reads != "similarity"


REPAIRS = Registry(
    "repair",
    (
        Repair("raw", "Raw check", TOP_DOWN),
        Repair("memory", "Gate and memory", TOP_DOWN, reads="networks"),
        Repair("smprt", "sMPRT", COPIES),
        Repair("emprt", "eMPRT", TOP_DOWN, reads="entropy"),
        Repair("signed", "Signed", TOP_DOWN, SIGNED),
        Repair("bottom_up", "Bottom-up", BOTTOM_UP),
        Repair("independent", "Independent", INDEPENDENT),
        Repair("divided", "Input divided out", TOP_DOWN, divided=True),
    ),
)
"""The raw check and what was proposed to repair it, by key."""
