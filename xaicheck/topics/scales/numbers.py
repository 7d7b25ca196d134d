"""The numbers of one experiment as the page shows them, whichever of the two experiments they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaicheck.experiments.scales.data import ENOUGH, Bin, BlockResult, LayerData, NormRow, Order
from xaicheck.experiments.scales.laws import LAYER_LAWS
from xaicheck.experiments.scales.layer import LayerRun
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One experiment, ready to be drawn."""

    what: str  # that was drawn anew, inside a sentence
    setting: str  # law, policy, outputs, seeds, in words
    order: Order
    activation: np.ndarray  # [n]
    before: np.ndarray  # [n] magnitudes
    after: np.ndarray  # [n], first random network
    spread: np.ndarray  # [3 n]: 5, 50, 95 % of |after|
    curve: tuple[np.ndarray, np.ndarray] | None  # ratios, P(order kept)
    theory: str  # what is expected and how it is known, for legends
    block: BlockResult | None = None  # None: the last layer alone
    norms: tuple[NormRow, ...] = ()  # the first BatchNorm changed, for the default setting

    @property
    def outputs(self) -> int:
        """How many output units are joined."""
        return self.order.outputs

    @property
    def coherence(self) -> float | None:
        """How alike the gradient is at two places; None where that does not tell what is read."""
        return None if self.block is None else self.block.coherence.mean

    def twice(self) -> Bin | None:
        """The pairs of which one channel is about twice as active; None where there are too few."""
        return next((b for b in self.order.bins if b.low < 2 < b.high and b.pairs >= ENOUGH), None)


def of_layer(data: LayerData, run: LayerRun, law: str, curve: tuple[np.ndarray, np.ndarray] | None) -> Shown:
    """The last layer alone."""
    order = run.order
    known = "law" if run.closed else "from 200,000 draws of the law"
    if curve is None:
        known = "the trained order"
    return Shown(
        what="the last layer",
        setting=f"New weights: {LAYER_LAWS[law].label}. {_outputs(order.outputs)}. "
        f"{order.seeds} random layers.",
        order=order,
        activation=data.activation,
        before=np.abs(run.before),
        after=np.abs(run.after),
        spread=run.spread,
        curve=curve,
        theory=f"Expected ({known})",
    )


def of_block(
    result: BlockResult,
    outputs: int,
    curve: tuple[np.ndarray, np.ndarray] | None,
    norms: tuple[NormRow, ...] = (),
) -> Shown:
    """A block of the real network and everything above it."""
    setting = result.setting
    shortcuts = "" if setting.residual else " Without residual connections."
    return Shown(
        what="the last layer" if setting.depth == 1 else f"everything from {result.block} up",
        setting=f"New weights: {LAWS[setting.law].label}. BatchNorm: {BATCHNORM[setting.batchnorm].label}."
        f"{shortcuts} {_outputs(outputs)}. {result.seeds} random networks.",
        order=result.order(outputs),
        activation=result.activation,
        before=np.abs(result.before),
        after=np.abs(result.after),
        spread=result.spread,
        curve=curve,
        theory="Expected (law)",
        block=result,
        norms=norms,
    )


def _outputs(count: int) -> str:
    return "One output unit" if count == 1 else f"{count} output units joined by their L2 norm"
