"""What may and may not be concluded from the activation scales, with the numbers that are shown."""

from __future__ import annotations

from xaicheck.experiments.scales.data import BlockResult, MapRow
from xaicheck.experiments.scales.setting import Setting
from xaicheck.reading.captions import Verdict
from xaicheck.reading.words import inside, number
from xaicheck.topics.scales.captions import MAP_LABELS
from xaicheck.topics.scales.view import Shown
from xaicheck.topics.scales.words import departure, finding, percent, share

MET = 0.03  # a difference from the law up to here is called small


def verdict(
    shown: Shown, results: list[BlockResult], methods: tuple[MapRow, ...], maps: tuple[MapRow, ...]
) -> Verdict:
    """May and may not, from the experiment on top, all depths, and the maps at this depth."""
    may = [finding(shown)]
    found = shown.order.largest_difference()
    if found is not None:
        met = "meets" if found[0] < MET else "does not meet"
        may.append(
            f"The network {met} the law, which knows nothing of it: the largest difference is "
            f"{100 * found[0]:.1f} points over bins of at least 30 pairs. {departure(shown)}".strip()
        )
    plain = [r for r in results if r.setting == Setting(r.setting.depth)]
    if plain:
        low, high = (f(plain, key=lambda r: r.order(1).kendall.measured.mean or 0.0) for f in (min, max))
        may.append(
            f"Over {len(plain)} depths and one output unit, Kendall’s τ of activations and contributions "
            f"is lowest "
            f"below {low.block}, {_tau(low)}, and highest below {high.block}, {_tau(high)}."
        )
    signed = next((r for r in maps if r.key == "signed"), None)
    positive = next((r for r in maps if r.key == "positive"), None)
    may_not = [
        (
            "“A map that keeps its strong places after randomization is a bad map.”",
            "The places were strong before any new weight was drawn: the activations below are the same, "
            "and the more "
            f"active of two channels keeps contributing more in "
            f"{percent(share(shown.order.kendall.measured.mean))} "
            "of all pairs. Explanations can only be expected to differ to a certain extent.",
        ),
        (
            "“A map that changes completely is a better explanation.”",
            _signs(signed, positive),
        ),
        (
            "“It is like this in every network.”",
            "One network, one picture and one class are shown here. "
            + (_departs(plain) if plain else "Other blocks were not computed."),
        ),
    ]
    known = [r for r in methods if r.alike.mean is not None]
    if len(known) > 1:
        most = max(known, key=lambda r: r.alike.mean or 0.0)
        least = min(known, key=lambda r: r.alike.mean or 0.0)
        first, second = (inside(MAP_LABELS[r.key]) for r in (most, least))
        may_not.append(
            (
                f"“Maps of {first} change less than those of {second}, so it is the worse method.”",
                f"Here {number(most.alike.mean)} of the order of places is kept against "
                f"{number(least.alike.mean)}. "
                f"Without what any random network draws, {number(most.left_common.mean)} and "
                f"{number(least.left_common.mean)} are left: the check mostly tells what maps are made of, "
                f"not "
                "how faithful they are.",
            )
        )
    return Verdict(tuple(may), tuple(may_not))


def _tau(result: BlockResult) -> str:
    tau = result.order(1).kendall
    return f"{number(tau.measured.mean)} (the law, from the activations alone: {number(tau.predicted)})"


def _signs(signed: MapRow | None, positive: MapRow | None) -> str:
    if signed is None or positive is None:
        return "Signs decide how much a map changes, and a sign says nothing about faithfulness."
    return (
        "Whether a map changes depends on its signs: of the very same contributions, the signed sum of two "
        "random "
        f"networks has cosine {number(signed.between.mean)} and the sum of the positive ones "
        f"{number(positive.between.mean)}. Neither number looks at faithfulness."
    )


def _departs(results: list[BlockResult]) -> str:
    """The block where the law is met worst, as a warning against taking it for a theorem about networks."""
    found = [(d[0], r) for r in results if (d := r.order(1).largest_difference()) is not None]
    if not found:
        return ""
    worst, result = max(found, key=lambda pair: pair[0])
    return (
        f"The law is met worst below {result.block}, by up to {100 * worst:.0f} points: it assumes weights "
        f"drawn "
        "alike for all channels and places that do not add up."
    )
