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
        rows.append(row | ({COHERENT: _round(b.coherent)} if coherent else {}) | {"pairs": b.pairs})
    for name, rank in (("Kendall's tau", shown.order.kendall), ("Spearman's rho", shown.order.spearman)):
        row = _row(name, rank.measured, rank.predicted, rank.trained)
        rows.append(row | ({COHERENT: _round(rank.coherent)} if coherent else {}))
    for t in shown.order.tops:
        rows.append(
            _row(f"top {t.k} that stay", t.measured, t.predicted, t.trained) | {"chance": _round(t.chance)}
        )
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
                    "tau": _round(tau.measured.mean),
                    "tau low": _round(tau.measured.low),
                    "tau high": _round(tau.measured.high),
                    "tau expected": _round(tau.predicted),
                    "tau expected with coherence": _round(tau.coherent),
                    "tau trained": _round(tau.trained),
                    "coherence": _round(result.coherence.mean, 4),
                    "largest difference": _round(largest[0]) if largest else None,
                    "at ratios from": largest[1].low if largest else None,
                    "largest difference with coherence": _round(coherent[0]) if coherent else None,
                    "spread of the logits": _round(result.logit_std[1].mean),
                }
            )
    return rows


def maps(rows: Sequence[MapRow]) -> list[dict[str, Any]]:
    """One row a kind of map."""
    return [
        {
            "map": map_label(r.key),
            "random networks": r.seeds,
            "original and randomized": _round(r.alike.mean),
            "low": _round(r.alike.low),
            "high": _round(r.alike.high),
            "original and norm map": _round(r.norm_before),
            "randomized and norm map": _round(r.norm_after.mean),
            "left without the norm map": _round(r.left.mean),
            "original and mean of random networks": _round(r.common_before),
            "left without that mean": _round(r.left_common.mean),
            "signed cosine, original and randomized": _round(r.signed.mean),
            "signed cosine, two random networks": _round(r.between.mean),
            "the same, expected": _round(r.between_predicted),
        }
        for r in rows
    ]


def residual(rows: Sequence[ResidualRow]) -> list[dict[str, Any]]:
    """One row a block and way to randomize."""
    return [
        {
            "block": r.block,
            "randomized by": TEXT.ways[r.way].table,
            "cosine of output and input": _round(r.cosine.mean, 4),
            "low": _round(r.cosine.low, 4),
            "high": _round(r.cosine.high, 4),
            "energy of the branch": _round(r.branch, 5),
            "expected cosine": _round(r.predicted, 4),
        }
        for r in rows
    ]


def _row(what: str, measured: Measured, predicted: float | None, trained: float | None) -> dict[str, Any]:
    return {
        "what": what,
        "measured": _round(measured.mean),
        "low": _round(measured.low),
        "high": _round(measured.high),
        "expected": _round(predicted),
        "trained": _round(trained),
    }


def _round(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)
