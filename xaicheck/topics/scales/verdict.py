"""What may and may not be concluded from the activation scales, with the numbers that are shown."""

from __future__ import annotations

from xaicheck.experiments.scales.data import BlockResult, MapRow
from xaicheck.experiments.scales.setting import Setting
from xaicheck.reading.captions import Verdict
from xaicheck.reading.words import inside, number
from xaicheck.topics.scales.numbers import Shown
from xaicheck.topics.scales.words import TEXT, departure, finding, map_label, percent, share

MET = 0.03  # a difference from the law up to here is called small


def verdict(
    shown: Shown, results: list[BlockResult], methods: tuple[MapRow, ...], maps: tuple[MapRow, ...]
) -> Verdict:
    """May and may not, from the experiment on top, all depths, and the maps at this depth."""
    may = [finding(shown)]
    largest = shown.order.largest_difference()
    if largest is not None:
        met = "meets" if largest[0] < MET else "does not meet"
        may.append(
            f"The network {met} the law, which knows nothing of it: the largest difference is "
            f"{100 * largest[0]:.1f} points over bins of at least 30 pairs. {departure(shown)}".strip()
        )
    plain = [r for r in results if r.setting == Setting(r.setting.depth)]
    if plain:
        low, high = (f(plain, key=lambda r: r.order(1).kendall.measured.mean or 0.0) for f in (min, max))
        may.append(
            f"Over {len(plain)} depths and one output unit, Kendall’s τ of activations and contributions is "
            f"lowest below {low.block}, {_tau(low)}, and highest below {high.block}, {_tau(high)}."
        )
    kept = percent(share(shown.order.kendall.measured.mean))
    elsewhere = _departs(plain) if plain else TEXT.verdict.no_other
    may_not = [
        (TEXT.verdict.strong_places, TEXT.verdict.strong_before.format(share=kept)),
        (TEXT.verdict.changes, _signs(maps)),
        (TEXT.verdict.everywhere, f"{TEXT.verdict.one_network} {elsewhere}"),
        *_methods(methods),
    ]
    return Verdict(tuple(may), tuple(may_not))


def _tau(result: BlockResult) -> str:
    tau = result.order(1).kendall
    return f"{number(tau.measured.mean)} (the law, from the activations alone: {number(tau.predicted)})"


def _signs(maps: tuple[MapRow, ...]) -> str:
    """What the signs of the same contributions do to the likeness of two random networks' maps."""
    between = {row.key: number(row.between.mean) for row in maps}
    if not {"signed", "positive"} <= set(between):
        return str(TEXT.verdict.signs)
    return str(TEXT.verdict.signs_here.format(signed=between["signed"], positive=between["positive"]))


def _departs(results: list[BlockResult]) -> str:
    """The block where the law is met worst, as a warning against taking it for a theorem about networks."""
    largest = [(d[0], r.block) for r in results if (d := r.order(1).largest_difference()) is not None]
    if not largest:
        return ""
    worst, block = max(largest, key=lambda pair: pair[0])
    return str(TEXT.verdict.worst.format(block=block, points=f"{100 * worst:.0f}"))


def _methods(rows: tuple[MapRow, ...]) -> list[tuple[str, str]]:
    """That the method whose map changes least is no worse one; empty with fewer than two of them."""
    known = [r for r in rows if r.alike.mean is not None]
    if len(known) < 2:
        return []
    most, least = (f(known, key=lambda r: r.alike.mean or 0.0) for f in (max, min))
    first, second = (inside(map_label(r.key)) for r in (most, least))
    return [
        (
            f"“Maps of {first} change less than those of {second}, so it is the worse method.”",
            f"Here {number(most.alike.mean)} of the order of places is kept against "
            f"{number(least.alike.mean)}. Without what any random network draws, "
            f"{number(most.left_common.mean)} and {number(least.left_common.mean)} are left: the check "
            "mostly tells what maps are made of, not how faithful they are.",
        )
    ]
