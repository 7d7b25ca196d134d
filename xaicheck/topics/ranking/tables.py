"""The numbers behind the ranking gap as rows of tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from xaicheck.topics.ranking.numbers import Place, TwoOrders
from xaicheck.topics.ranking.words import TEXT, check_label, faith_label, method_label, variant_label

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.data import RankingData
    from xaicheck.experiments.ranking.rank import FlipView
    from xaicheck.statistics import Interval, Ranking

Rows = list[dict[str, Any]]
ROUNDING = 1e-6  # of a rank: what a mean of draws leaves


def places(orders: TwoOrders) -> Rows:
    """One row a method in the order of the check: ranks and scores of both tests with their intervals."""
    rows: Rows = []
    for place in orders.places:
        rows.append(
            {
                "Method": place.label,
                "Control": place.control,
                **_rank("Rank in the check, ties at their mean", place.check_rank),
                **_rank("Rank in faithfulness, ties at their mean", place.faith_rank),
                check_label(orders): place.check.estimate,
                **_ends(check_label(orders), place.check),
                faith_label(orders): place.faith.estimate,
                **_ends(faith_label(orders), place.faith),
                **_other(orders, place),
                **_marked(orders, place),
                "Why no interval": place.check.warning if place.check.low is None else "",
            }
        )
    return rows


def _marked(orders: TwoOrders, place: Place) -> dict[str, float | None]:
    """The share of the method's maps beyond a bound; None where it has no certificate."""
    if not orders.data.certified:
        return {}
    own = [held.marked for held in orders.data.held if held.method == place.key]
    return {"Maps beyond a bound": max(own, default=None)}


def _other(orders: TwoOrders, place: Place) -> dict[str, float | None]:
    """The faithfulness with pictures weighted the other way; nothing where there is one way."""
    if place.other_faith is None:
        return {}
    assert orders.view.other is not None
    name = f"{faith_label(orders)}, {TEXT.weightings[orders.view.other.weighting]}"
    return {name: place.other_faith.estimate, **_ends(name, place.other_faith)}


def taus(rows: list[tuple[str, TwoOrders]]) -> Rows:
    """One row with the controls and one without."""
    return [
        {
            "Methods": name,
            "How many": orders.n,
            "τ": orders.gap.tau.estimate,
            **_ends("τ", orders.gap.tau),
            **_other_tau(orders),
            "Median over the draws": orders.gap.tau_median,
            "Standard deviation of unrelated orders": orders.gap.null.sd,
            "P(unrelated orders are at least as far from 0)": orders.gap.null.p_value,
            "How": orders.gap.null.how,
        }
        for name, orders in rows
    ]


def _other_tau(orders: TwoOrders) -> dict[str, float | None]:
    """Tau with pictures weighted the other way; nothing where there is one way."""
    other = orders.view.other
    if other is None:
        return {}
    name = f"τ, {TEXT.weightings[other.weighting]}"
    return {name: other.gap.tau.estimate, **_ends(name, other.gap.tau)}


def winners(view: FlipView) -> Rows:
    """One row a method: in how many settings of each test it comes first."""
    return [
        {
            "Method": method_label(key),
            "First in the check (share of settings)": float(view.all.wins[i]),
            "First in faithfulness (share of settings)": _win(view, i),
        }
        for i, key in enumerate(view.all.methods)
    ]


def switches(view: FlipView) -> Rows:
    """One row a switch: the share of pairs of methods that it puts in another order."""
    return [
        {
            "Switch": name,
            "Pairs in another order": f.rate,
            "Positions": len(f.settings),
            "Note": f.warning,
        }
        for name, f in view.by_switch
    ]


def beats(ranking: Ranking) -> Rows:
    """One row a method, one column a method: the share of draws in which the row is better."""
    if ranking.beats is None:
        return []
    labels = [method_label(key) for key in ranking.methods]
    return [
        {"Better": a, **{b: (None if i == j else float(ranking.beats[i, j])) for j, b in enumerate(labels)}}
        for i, a in enumerate(labels)
    ]


def missing(data: RankingData) -> Rows:
    """One row a missing number, with its reason."""
    names = {v.variant.key: variant_label(v.variant) for v in data.variants}
    return [
        {
            "Method": method_label(m.method),
            "Picture": m.image,
            "Seed": m.seed,
            "Blocks randomized": "all" if m.depth is None else str(m.depth),
            "Test": names.get(m.variant, m.variant) if m.variant else "faithfulness",
            "Why": m.why,
        }
        for m in data.missing
    ]


def settings(data: RankingData) -> Rows:
    """One row a setting of the computation, versions included."""
    rows = [
        ("Network", data.model),
        ("Pictures", ", ".join(data.images)),
        ("Explained classes", ", ".join(t.label for t in data.targets)),
        ("Methods", ", ".join(method_label(m) for m in data.methods)),
        ("Seeds", ", ".join(map(str, data.seeds))),
        *(
            (
                f"Depths, {variant_label(v.variant)}",
                ", ".join(map(str, v.depths)) + f"; {v.variant.batchnorm}",
            )
            for v in data.variants
        ),
        ("Comparisons", str(len(data.comparisons))),
        ("Faithfulness measures", ", ".join(data.faithfulness_measures)),
        ("Fills", ", ".join(data.fills)),
        ("Steps of the removal", str(data.steps)),
        ("Region", f"{data.region} × {data.region} pixels"),
        ("Seconds", f"{data.seconds:.0f}"),
        *data.versions,
    ]
    return [{"Setting": name, "Value": value} for name, value in rows]


def _ends(name: str, interval: Interval) -> dict[str, float | None]:
    return {f"{name}, low": interval.low, f"{name}, high": interval.high}


def _rank(name: str, rank: Interval) -> dict[str, float | None]:
    """A rank with the ends of its interval, outwards to whole and half ranks: others there are none."""
    low, high = rank.low, rank.high
    return {
        name: rank.estimate,
        f"{name}, low": None if low is None else math.floor(2 * low + ROUNDING) / 2,
        f"{name}, high": None if high is None else math.ceil(2 * high - ROUNDING) / 2,
    }


def _win(view: FlipView, i: int) -> float | None:
    wins = view.faithfulness.wins
    return float(wins[i]) if len(view.faithfulness.settings) and i < len(wins) else None
