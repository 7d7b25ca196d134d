"""What an experiment on the real network depends on: strings and numbers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from xaicheck.arguments import Argument, WholeNumber
from xaicheck.models.registry import spec_of
from xaicheck.models.samples import SAMPLES
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS

MODEL = "efficientnet_lite0"
PICTURE = "chelsea"
OUTPUTS = (1, 4, 8)  # output units whose contributions are joined; the most probable classes
LAYER_OUTPUTS = (1, 4, 8, 16, 64)  # the same for the last layer alone, where more cost nothing
TOPS = (1, 5, 10)
LIVE_SEEDS = 20
CHECKED = 5  # random networks whose activations are computed again from the picture and compared bit by bit


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to randomize a block of a network and everything above it."""

    depth: int = 8  # blocks randomized, counted from the output
    picture: str = PICTURE  # a key of the gallery
    law: str = "he_normal"
    batchnorm: str = "recalibrate"
    residual: bool = True  # False: the randomized blocks have no shortcut

    def key(self) -> str:
        """A short name for files and jobs; equal settings have equal ones."""
        return "-".join(str(value) for value in asdict(self).values())

    def checked(self) -> Setting:
        """The setting in its one canonical form; a BadRequest names the allowed values if one is not."""
        deepest = len(spec_of(MODEL).blocks) - 1  # below the last one there is only the picture
        return Setting(
            Argument("depth", "Depth", WholeNumber(1, deepest), 8).converted(self.depth),
            SAMPLES.chosen(self.picture).key,
            LAWS.chosen(self.law).key,
            BATCHNORM.chosen(self.batchnorm).key,
            bool(self.residual),
        )


DEPTHS = (1, 2, 4, 8, 12, 16, 18)  # computed beforehand
DEFAULT = Setting()
"""What the page opens with."""

SHIPPED: Mapping[Setting, int] = MappingProxyType(
    {
        **{Setting(depth): 50 for depth in DEPTHS},
        **{Setting(depth, batchnorm=policy): 50 for depth in (4, 8) for policy in ("reset", "keep")},
        **{Setting(18, batchnorm=policy): 20 for policy in ("reset", "keep")},
        Setting(4, residual=False): 50,
        Setting(12, residual=False): 50,
        Setting(4, law="permutation"): 50,
        Setting(8, law="permutation"): 50,
    }
)
"""The settings that are computed beforehand, each with its number of random networks."""
