"""What the numbers about noise are computed for."""

from __future__ import annotations

from dataclasses import dataclass

from xaicheck.experiments.noise import mixing
from xaicheck.experiments.ranking.setting import CONTROLS, FEW_SEEDS, METHODS, REGION, STEPS
from xaicheck.methods import DEFAULT_PANEL
from xaicheck.seeds import derived

PICTURES = ("chelsea", "camera", "coffee")
PANEL = tuple(key for key in DEFAULT_PANEL if key not in CONTROLS)  # whose maps come with the program
MEASURES = ("cosine", "mse", "spearman", "spearman_abs", "ssim", "cs")
CONTESTED = MEASURES[1:]  # the cosine is the squared distance over again
FILLS = ("mean", "blur")
DRAWS = (0, 1, 2, 3, 4)  # of the noise, for faithfulness
MANY_DRAWS = tuple(range(10))  # of maps that are nothing but noise: an area near 0 takes more of them


@dataclass(frozen=True, slots=True)
class Setting:
    """All that the numbers depend on, so that a test can compute a part again."""

    pictures: tuple[str, ...] = PICTURES
    panel: tuple[str, ...] = PANEL
    contestants: tuple[str, ...] = METHODS
    measures: tuple[str, ...] = MEASURES
    shares: tuple[float, ...] = mixing.SHARES
    draws: tuple[int, ...] = DRAWS
    many_draws: tuple[int, ...] = MANY_DRAWS
    fills: tuple[str, ...] = FILLS
    seeds: tuple[int, ...] = FEW_SEEDS

    @property
    def recipe(self) -> str:
        """A name for how faithfulness is measured: what was kept under it need not be computed again."""
        return f"{derived(self.shares, self.draws, self.fills, REGION, STEPS):x}"

    @property
    def comparing(self) -> str:
        """A name for how similarities are measured."""
        return f"{derived(self.panel, self.measures, self.shares, mixing.DRAWS):x}"
