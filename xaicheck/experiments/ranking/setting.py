"""What a ranking gap is computed for, and the setting of the gallery that comes with the program."""

from __future__ import annotations

from dataclasses import dataclass

from xaicheck.arguments import kept_plain
from xaicheck.methods import DEFAULT_PANEL

MODEL = "efficientnet_lite0"
PICTURES = ("chelsea", "coffee", "rocket", "camera", "grace_hopper", "brick", "clock", "hubble")
CONTROLS = ("sobel", "fresh_noise", "fixed_noise", "sign_flip")
METHODS = (*(key for key in DEFAULT_PANEL if key not in CONTROLS), "guided_grad_cam", *CONTROLS)
SEEDS = (0, 1, 2)

# Faithfulness: squares of 16 pixels in 14 steps, because each inpainted step costs as much as three passes.
REGION, STEPS = 16, 14
FILLS = ("mean", "inpaint")
OUTPUTS = ("softmax", "logit")
RANKINGS = ("signed", "magnitude")


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to randomize, and the depths at which it is computed."""

    mode: str
    law: str
    batchnorm: str = "recalibrate"
    depths: tuple[int, ...] = ()  # () = all

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, kept_plain(name, getattr(self, name)))

    @property
    def key(self) -> str:
        """A short name for files and addresses."""
        return f"{self.mode}-{self.law}"


SOME = (0, 3, 6, 9, 12, 15, 18)  # every third block of the default network
VARIANTS = (
    Variant("cascade", "he_normal"),
    Variant("cascade", "permutation", depths=SOME),
    Variant("bottom_up", "he_normal", depths=SOME),
    Variant("independent", "he_normal", depths=SOME),
)
