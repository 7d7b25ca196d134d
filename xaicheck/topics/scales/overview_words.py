"""The sentences on all depths, on maps and on residual blocks, made from the numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence

from xaicheck.experiments.scales.data import BlockResult, MapRow, Maps, ResidualRow
from xaicheck.experiments.scales.setting import Setting
from xaicheck.reading.words import listed, number
from xaicheck.topics.scales.captions import MAP_LABELS


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
        parts.append(
            f"depth {r.setting.depth} ({r.block}): {number(tau.measured.mean)}, expected "
            f"{number(tau.predicted)}"
        )
    return "Kendall’s τ of activations and contributions: " + "; ".join(parts) + "."


def depths_line(results: Sequence[BlockResult]) -> str:
    """The largest difference from the law for one output unit: at each depth, by activation and by reach."""
    parts = []
    for r in results:
        if r.setting != Setting(r.setting.depth):
            continue
        found = r.order(1).largest_difference()
        if found is None:
            continue
        reach = r.reach.largest_difference() if r.reach else None
        by = f" ({100 * reach[0]:.1f} by what the gradient reaches)" if reach else ""
        parts.append(f"depth {r.setting.depth}: {100 * found[0]:.1f}{by}")
    return (
        "Largest difference between the measured share of pairs and the law, in points, one output unit, "
        "bins of "
        "at least 30 pairs: " + "; ".join(parts) + "."
    )


def maps_title(result: BlockResult) -> str:
    """How alike the maps of this block are before and after, and what is left without what is shared "
    "anyway."""
    row = next(r for r in result.maps.rows if r.key == "positive")
    return (
        f"Below {result.block} the positive maps of original and random network agree at "
        f"{number(row.alike.mean)}; "
        f"without what any random network draws, {number(row.left_common.mean)} is left"
    )


def maps_alt(rows: Sequence[MapRow]) -> str:
    """The picture in words."""
    return "; ".join(
        f"{MAP_LABELS[r.key]}: {number(r.alike.mean)}, without the norm map {number(r.left.mean)}, without "
        f"what "
        f"random networks draw {number(r.left_common.mean)}"
        for r in rows
    )


def missing_line(rows: Sequence[MapRow]) -> str:
    """Which kinds of map have no number, and why; empty where all have one."""
    names = [MAP_LABELS[r.key] for r in rows if r.alike.mean is None]
    if not names:
        return ""
    return (
        f"No number for {listed(names)}: in at least one of the random networks the map is zero or constant "
        "everywhere, so it has no order of places."
    )


def methods_line(rows: Sequence[MapRow]) -> str:
    """How rough the mean map of the shipped methods is."""
    seeds = min(r.seeds for r in rows)
    return (
        f"The methods’ maps come from {seeds} random networks; the mean of the other {seeds - 1} is rough, "
        f"so about 0.1 "
        "left without it is no sign of anything more."
    )


def residual_title(rows: Sequence[ResidualRow]) -> str:
    """What randomizing a residual block does to its input, as the smallest cosine of each way."""
    low = {
        way: min((r.cosine.mean for r in rows if r.way == way and r.cosine.mean is not None), default=None)
        for way in ("usual", "alive")
    }
    return (
        f"Drawing a residual block anew hardly turns its signal: cosine at least {number(low['usual'], 3)} "
        f"with the "
        f"layers’ own init, {number(low['alive'], 3)} even when drawn at full size"
    )


def maps_line(maps: Maps, seeds: int) -> str:
    """The two closed forms of the baseline beside what was measured."""
    signed, positive = (next(r for r in maps.rows if r.key == key) for key in ("signed", "positive"))
    return (
        f"Cosine of the maps of two random networks: {number(signed.between.mean)} with signs (expected 0), "
        f"{number(positive.between.mean)} for positive contributions (expected "
        f"{number(positive.between_predicted)} "
        f"from {maps.effective:.0f} effective channels a place). Averaged over {seeds} random networks, "
        f"the unsigned "
        f"map correlates with the activation-norm map at {number(maps.average_norm)}; it would be 1 if the "
        f"gradient "
        "were equally large at every place."
    )


def residual_line(rows: Sequence[ResidualRow]) -> str:
    """The range of cosines under both ways, and what the small branch comes from."""
    parts = []
    for way, label in (
        ("usual", "Layers’ own init and reset BatchNorm"),
        ("alive", "He normal, recalibrated"),
    ):
        values = [r.cosine.mean for r in rows if r.way == way and r.cosine.mean is not None]
        branch = [r.branch for r in rows if r.way == way]
        if values:
            parts.append(
                f"{label}: cosine {number(min(values), 3)} to {number(max(values), 3)}, the branch has "
                f"{100 * min(branch):.1f} to {100 * max(branch):.1f} % of the input’s energy"
            )
    alive = [r.branch for r in rows if r.way == "alive"]
    why = (
        f" Even a normalised branch is small beside its input: the trained activations are "
        f"{max(alive) ** -0.5:.0f} to "
        f"{min(alive) ** -0.5:.0f} times larger. At equal size the cosine would be 0.71."
        if alive
        else ""
    )
    return "; ".join(parts) + "." + why
