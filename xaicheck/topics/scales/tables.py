"""The numbers behind the pictures of the page Activation scales, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xaicheck.experiments.scales.data import BlockResult, MapRow, Measured, ResidualRow
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.topics.scales.numbers import Shown
from xaicheck.topics.scales.words import TEXT, map_label

COHERENT = "expected with coherence"


def order(shown: Shown) -> list[dict[str, Any]]:
    """One row a bin of activation ratios, then the ranks and the top places."""
    rows: list[dict[str, Any]] = []
    coherent = shown.coherence is not None
    for b in shown.order.bins:
        row = _row(f"order kept, ratio {b.low:g} to {b.high:g}", b.kept, b.predicted, b.trained)
        rows.append(row | ({COHERENT: b.coherent} if coherent else {}) | {"pairs": b.pairs})
    for name, rank in (("Kendall’s tau", shown.order.kendall), ("Spearman’s rho", shown.order.spearman)):
        row = _row(name, rank.measured, rank.predicted, rank.trained)
        rows.append(row | ({COHERENT: rank.coherent} if coherent else {}))
    for t in shown.order.tops:
        rows.append(_row(f"top {t.k} that stay", t.measured, t.predicted, t.trained) | {"chance": t.chance})
    return rows


def depths(results: Sequence[BlockResult]) -> list[dict[str, Any]]:
    """One row a setting and number of outputs that was computed beforehand."""
    rows = []
    for result in results:
        for kept in result.orders:
            largest = kept.largest_difference()
            coherent = kept.largest_difference(coherent=True)
            tau = kept.kendall
            rows.append(
                {
                    "depth": result.setting.depth,
                    "lowest block": result.block,
                    "read by": result.reading,
                    "channels": result.shape[0],
                    "new weights": LAWS[result.setting.law].label,
                    "BatchNorm": BATCHNORM[result.setting.batchnorm].label,
                    "residual connections": "on" if result.setting.residual else "off",
                    "outputs": kept.outputs,
                    "random networks": result.seeds,
                    "tau": tau.measured.mean,
                    "tau low": tau.measured.low,
                    "tau high": tau.measured.high,
                    "tau expected": tau.predicted,
                    "tau expected with coherence": tau.coherent,
                    "tau trained": tau.trained,
                    "coherence": result.coherence.mean,
                    "largest difference": largest[0] if largest else None,
                    "at ratios from": largest[1].low if largest else None,
                    "largest difference with coherence": coherent[0] if coherent else None,
                    "spread of the logits": result.logit_std[1].mean,
                }
            )
    return rows


def maps(rows: Sequence[MapRow]) -> list[dict[str, Any]]:
    """One row a kind of map."""
    return [
        {
            "map": map_label(r.key),
            "random networks": r.seeds,
            "original and randomized": r.alike.mean,
            "low": r.alike.low,
            "high": r.alike.high,
            "original and norm map": r.norm_before,
            "randomized and norm map": r.norm_after.mean,
            "left without the norm map": r.left.mean,
            "original and mean of random networks": r.common_before,
            "left without that mean": r.left_common.mean,
            "signed cosine, original and randomized": r.signed.mean,
            "signed cosine, two random networks": r.between.mean,
            "the same, expected": r.between_predicted,
        }
        for r in rows
    ]


def residual(rows: Sequence[ResidualRow]) -> list[dict[str, Any]]:
    """One row a block and way to randomize."""
    return [
        {
            "block": r.block,
            "randomized by": TEXT.ways[r.way].table,
            "cosine of output and input": r.cosine.mean,
            "low": r.cosine.low,
            "high": r.cosine.high,
            "energy of the branch": r.branch,
            "expected cosine": r.predicted,
        }
        for r in rows
    ]


def _row(what: str, measured: Measured, predicted: float | None, trained: float | None) -> dict[str, Any]:
    return {
        "what": what,
        "measured": measured.mean,
        "low": measured.low,
        "high": measured.high,
        "expected": predicted,
        "trained": trained,
    }
