"""What a ranking gap is computed for, and the setting of the gallery that comes with the program."""

from __future__ import annotations

from dataclasses import dataclass

from xaicheck.arguments import kept_plain
from xaicheck.methods import DEFAULT_PANEL

MODEL = "efficientnet_lite0"
PICTURES = (
    "coffee", "camera", "goldfish", "german_shepherd", "koala", "balloon", "bee", "viaduct", "screwdriver",
    "lorikeet", "space_shuttle", "bison", "frying_pan", "anemone_fish", "neuschwanstein", "volleyball",
    "giant_panda", "tabby", "stupa", "hen",
)  # fmt: skip
"""The first twenty of those of which the network names the class with a probability of at least 0.5
(`models/gallery.py` has all); more would not fit into the file's 10 MB."""
CONTROLS = ("sobel", "fresh_noise", "fixed_noise", "sign_flip")
METHODS = (*(key for key in DEFAULT_PANEL if key not in CONTROLS), "guided_grad_cam", *CONTROLS)
SEEDS = tuple(range(10))
FEW_SEEDS = SEEDS[:3]
FAITH_SEEDS = 3  # at most: seeds draw ties and fills there, and nothing at all for most methods

# Faithfulness: squares of 16 pixels in 14 steps, because each inpainted step costs as much as three passes.
REGION, STEPS = 16, 14
FILLS = ("mean", "inpaint")
OUTPUTS = ("softmax", "logit")
RANKINGS = ("signed", "magnitude")


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to randomize, the depths at which it is computed, and the seeds."""

    mode: str
    law: str
    batchnorm: str = "recalibrate"
    depths: tuple[int, ...] = ()  # () = all
    seeds: tuple[int, ...] = ()  # () = all

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, kept_plain(name, getattr(self, name)))

    @property
    def key(self) -> str:
        """A short name for files and addresses."""
        return f"{self.mode}-{self.law}"


CHANGED_DEPTHS = (1, 5, 9, 14, 19)  # at which the controls made of the methods' own maps are compared
SOME = (0, 3, 6, 9, 12, 15, 18)  # every third block of the default network
VARIANTS = (
    Variant("cascade", "he_normal"),
    Variant("cascade", "permutation", depths=SOME, seeds=FEW_SEEDS),
    Variant("bottom_up", "he_normal", depths=SOME, seeds=FEW_SEEDS),
    Variant("independent", "he_normal", depths=SOME, seeds=FEW_SEEDS),
)
