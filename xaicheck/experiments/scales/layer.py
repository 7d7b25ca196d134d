"""The last layer alone, on the real pooled features: the exact setting of the closed forms, numpy only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xaicheck.errors import BadRequest
from xaicheck.experiments.scales.data import LayerData, Order
from xaicheck.experiments.scales.laws import LAYER_LAWS, Trained, joined
from xaicheck.experiments.scales.order import expectation, summarised
from xaicheck.experiments.scales.setting import LAYER_OUTPUTS
from xaicheck.seeds import derived
from xaicheck.theory import WeightLaw, order_kept

WEIGHTS = 3_000_000  # drawn at most a run, so that an answer takes no longer than a blink
SEEDS = (50, 100)  # at least, at most


@dataclass(frozen=True, slots=True, eq=False)
class LayerRun:
    """The experiment: contributions of random last layers, and what became of the order."""

    order: Order
    before: np.ndarray  # float32 [n]: magnitude, trained
    after: np.ndarray  # float32 [n]: first random layer
    spread: np.ndarray  # float32 [3 n]: 5, 50, 95 % over random layers
    closed: bool  # whether what is expected is a closed form; False: 200 000 draws of the law itself


def seeds_for(outputs: int, live: int) -> int:
    """How many random layers one run draws: 100, fewer where there are many outputs, 50 at least."""
    return int(np.clip(WEIGHTS // (outputs * max(live, 1)), *SEEDS))


def law_of(data: LayerData, key: str, outputs: int) -> WeightLaw | None:
    """The law of the joined weights; None where it differs from channel to channel, or is not known."""
    law = LAYER_LAWS.get(key)
    return None if law is None else joined(law, trained_of(data, outputs), outputs)


def trained_of(data: LayerData, outputs: int) -> Trained:
    """What the draws may know of the trained layer."""
    if outputs not in LAYER_OUTPUTS:
        raise BadRequest(f"There are no {outputs} outputs to join; choose one of {LAYER_OUTPUTS}.")
    return Trained(data.weights[:outputs], data.quantiles, data.moments)


def contributions(data: LayerData, key: str, outputs: int, seeds: int) -> np.ndarray:
    """x_i |w_i|_2 of so many random layers, float32 [seeds n], the weights drawn for each channel and output.

    Dead channels contribute 0 whatever their weights, so theirs are not drawn.
    """
    trained = trained_of(data, outputs)
    live = np.flatnonzero(data.activation)
    alive = Trained(trained.rows[:, live], trained.quantiles, trained.moments)
    g = np.random.default_rng(derived("lab", "layer", key, outputs))
    weights = LAYER_LAWS.chosen(key).draw(g, alive, (seeds, outputs, live.size))
    size = np.abs(weights[:, 0]) if outputs == 1 else np.sqrt(np.einsum("skn,skn->sn", weights, weights))
    out = np.zeros((seeds, data.activation.size), np.float32)
    out[:, live] = data.activation[live] * size
    return out


def run(data: LayerData, key: str, outputs: int = 1, seeds: int | None = None) -> LayerRun:
    """The experiment for a key of LAYER_LAWS, K = `outputs` joined by the L2 norm.

    Errors: BadRequest names the laws that can be drawn in the last layer alone, and the numbers of outputs.
    """
    seeds = seeds_for(outputs, int(np.count_nonzero(data.activation))) if seeds is None else seeds
    after = contributions(data, key, outputs, seeds)
    before = data.activation * np.linalg.norm(data.weights[:outputs], axis=0)
    expected = data.expectation(key, outputs)
    lawless = False
    if expected is None:
        law = law_of(data, key, outputs)
        lawless = law is None
        expected = expectation(data.activation, law, outputs=outputs)
    order = summarised(data.activation, after[:, None], before, outputs=outputs, expected=expected)
    closed = outputs == 1 or not LAYER_LAWS[key].simulated
    spread = np.quantile(after, (0.05, 0.5, 0.95), axis=0)
    return LayerRun(_as_trained(order) if lawless else order, before, after[0], spread, closed)


def curve(data: LayerData, key: str, outputs: int, ratios: np.ndarray) -> np.ndarray | None:
    """P(order kept) at these activation ratios; None where there is no law."""
    law = law_of(data, key, outputs)
    return None if law is None else order_kept(ratios, law)


def _as_trained(order: Order) -> Order:
    """Where only signs change, every magnitude is the trained one: that is what to expect, exactly."""
    return replace(
        order,
        bins=tuple(replace(b, predicted=b.trained) for b in order.bins),
        kendall=replace(order.kendall, predicted=order.kendall.trained),
        spearman=replace(order.spearman, predicted=order.spearman.trained),
        tops=tuple(replace(t, predicted=t.trained) for t in order.tops),
    )
