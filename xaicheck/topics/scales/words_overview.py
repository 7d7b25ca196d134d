"""The sentences on all depths, on maps and on residual blocks, made from the numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence

from xaicheck.experiments.scales.data import BlockResult, MapRow, Maps, ResidualRow
from xaicheck.experiments.scales.setting import Setting
from xaicheck.reading.words import listed, number
from xaicheck.topics.scales.words import TEXT, map_label


def depths_title(results: Sequence[BlockResult], outputs: int) -> str:
    """Whether the order washes out as more is randomized, from the rank correlations."""
    kept = [r.order(outputs).kendall.measured for r in results]
    above = sum(k.low is not None and k.low > 0 for k in kept)
    end = "more random blocks do not wash it out" if above == len(kept) else "elsewhere it may be washed out"
    return f"At {above} of {len(kept)} depths some of the order is left for certain: {end}"


def depths_alt(results: Sequence[BlockResult], outputs: int) -> str:
    """The picture over all depths in words."""
    parts = []
    for r in results:
        tau = r.order(outputs).kendall
        taus = f"{number(tau.measured.mean)}, expected {number(tau.predicted)}"
        parts.append(f"depth {r.setting.depth} ({r.block}): {taus}")
    return f"Kendall’s τ of activations and contributions: {'; '.join(parts)}."


def depths_line(results: Sequence[BlockResult]) -> str:
    """The largest difference from the law for one output unit: at each depth, by activation and by reach."""
    parts = []
    for r in results:
        largest = r.order(1).largest_difference()
        if r.setting != Setting(r.setting.depth) or largest is None:
            continue
        reach = r.reach.largest_difference() if r.reach else None
        by = f" ({100 * reach[0]:.1f} by what the gradient reaches)" if reach else ""
        parts.append(f"depth {r.setting.depth}: {100 * largest[0]:.1f}{by}")
    return f"{TEXT.depths_line} {'; '.join(parts)}."


def maps_title(result: BlockResult) -> str:
    """How alike the maps of this block are before and after, with and without what random networks draw."""
    row = _row(result.maps, "positive")
    return (
        f"Below {result.block} the positive maps of original and random network agree at "
        f"{number(row.alike.mean)}; without what any random network draws, "
        f"{number(row.left_common.mean)} is left"
    )


def maps_alt(rows: Sequence[MapRow]) -> str:
    """The picture in words."""
    return "; ".join(
        f"{map_label(r.key)}: {number(r.alike.mean)}, without the norm map {number(r.left.mean)}, "
        f"without what random networks draw {number(r.left_common.mean)}"
        for r in rows
    )


def maps_line(maps: Maps, seeds: int) -> str:
    """The two closed forms of the baseline beside what was measured."""
    signed, positive = (_row(maps, key).between for key in ("signed", "positive"))
    expected = _row(maps, "positive").between_predicted
    return (
        f"Cosine of the maps of two random networks: {number(signed.mean)} with signs (expected 0), "
        f"{number(positive.mean)} for positive contributions (expected {number(expected)} from "
        f"{maps.effective:.0f} effective channels a place). Averaged over {seeds} random networks, the "
        f"unsigned map correlates with the activation-norm map at {number(maps.average_norm)}; it would be 1 "
        "if the gradient were equally large at every place."
    )


def missing_line(rows: Sequence[MapRow]) -> str:
    """Which kinds of map have no number, and why; empty where all have one."""
    names = [map_label(r.key) for r in rows if r.alike.mean is None]
    return f"No number for {listed(names)}: {TEXT.no_map_number}" if names else ""


def methods_line(rows: Sequence[MapRow]) -> str:
    """How rough the mean map of the shipped methods is."""
    seeds = min(r.seeds for r in rows)
    return (
        f"The methods’ maps come from {seeds} random networks; the mean of the other {seeds - 1} is rough, "
        "so about 0.1 left without it is no sign of anything more."
    )


def residual_title(rows: Sequence[ResidualRow]) -> str:
    """What randomizing a residual block does to its input, as the smallest cosine of each way."""
    low = {
        way: min((r.cosine.mean for r in rows if r.way == way and r.cosine.mean is not None), default=None)
        for way in TEXT.ways
    }
    return (
        f"Drawing a residual block anew hardly turns its signal: cosine at least {number(low['usual'], 3)} "
        f"with the layers’ own init, {number(low['alive'], 3)} even when drawn at full size"
    )


def residual_line(rows: Sequence[ResidualRow]) -> str:
    """The range of cosines under both ways, and what the small branch comes from."""
    parts = []
    for way, names in TEXT.ways.items():
        values = [r.cosine.mean for r in rows if r.way == way and r.cosine.mean is not None]
        branch = [r.branch for r in rows if r.way == way]
        if values:
            parts.append(
                f"{names.sentence}: cosine {number(min(values), 3)} to {number(max(values), 3)}, the branch "
                f"has {100 * min(branch):.1f} to {100 * max(branch):.1f} % of the input’s energy"
            )
    line = f"{'; '.join(parts)}."
    alive = [r.branch for r in rows if r.way == "alive"]
    if not alive:
        return line
    return (
        f"{line} Even a normalised branch is small beside its input: the trained activations are "
        f"{max(alive) ** -0.5:.0f} to {min(alive) ** -0.5:.0f} times larger. At equal size the cosine would "
        "be 0.71."
    )


def _row(maps: Maps, key: str) -> MapRow:
    return next(row for row in maps.rows if row.key == key)
