"""Sentences on how firm the two orders are: null bands, winners, switches, pairs, and their origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.faithfulness import FAITHFULNESS
from xaicheck.faithfulness.road import PERCENTAGES
from xaicheck.reading.words import count, inside, listed, number
from xaicheck.statistics import Ranking
from xaicheck.topics.ranking.numbers import TwoOrders, known
from xaicheck.topics.ranking.words import TEXT, capital, check_label, method_label, percent

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.data import RankingData
    from xaicheck.experiments.ranking.rank import FlipView

SURE = 0.95  # share of draws from which an order of two methods is called sure


def bands_title(orders: TwoOrders) -> str:
    """How alike the maps of two random networks are, for the method with most and the one with least."""
    real = [(p.null.median, p) for p in orders.places if not p.control and p.null and known(p.null.median)]
    if not real:
        return str(TEXT.without_order.no_bands)
    low, high = min(real, key=lambda pair: pair[0] or 0.0), max(real, key=lambda pair: pair[0] or 0.0)
    if low is high:
        return (
            f"Between two random networks, {inside(low[1].label)} has {check_label(orders)} "
            f"{number(low[0])}: a baseline of its own"
        )
    return (
        f"Between two random networks, {check_label(orders)} runs from {number(low[0])} "
        f"({inside(low[1].label)}) to {number(high[0])} ({inside(high[1].label)}): every method has a "
        "baseline of its own"
    )


def wins_title(view: FlipView) -> str:
    """Who comes first most often, and in how many settings."""
    flips = view.all
    if not flips.settings:
        return str(TEXT.without_order.no_setting)
    order = sorted(range(len(flips.methods)), key=lambda i: -flips.wins[i])
    winners = [i for i in order if flips.wins[i] > 0]
    top = winners[0]
    text = (
        f"{method_label(flips.methods[top])} comes first in {percent(flips.wins[top])} of "
        f"{count(len(flips.settings), 'setting')}"
    )
    if len(winners) == 1:
        return text
    return f"{text}; {len(winners)} methods come first in at least one"


def switches_title(view: FlipView) -> str:
    """Which switch changes the order most."""
    rates = [(name, f.rate) for name, f in view.by_switch if f.rate is not None]
    if not rates:
        return str(TEXT.without_order.one_setting)
    name, rate = max(rates, key=lambda pair: pair[1])
    return f"Changing only “{name}” puts {percent(rate)} of the pairs in another order"


def flips_line(view: FlipView) -> str:
    """The flip rates over all settings of both tests."""
    parts = []
    for name, flips in (("the check", view.all), ("faithfulness", view.faithfulness)):
        if flips.rate is not None:
            parts.append(
                f"two of the {len(flips.settings)} settings of {name} put {percent(flips.rate)} "
                "of the pairs of methods in another order"
            )
    text = f"{capital(listed(parts))}; unrelated orders would put 50 %." if parts else ""
    return " ".join((text, *view.notes)).strip()


def beats_title(orders: TwoOrders) -> str:
    """How many neighbours in the check's order are told apart in a share SURE of the draws."""
    beats = orders.gap.first.beats
    if beats is None:
        return str(TEXT.without_order.one_seed)
    keys = [p.key for p in orders.places]
    at = [orders.gap.first.methods.index(key) for key in keys]
    sure = sum(beats[a, b] >= SURE for a, b in zip(at, at[1:], strict=False))
    return f"{sure} of {len(at) - 1} neighbours in the check’s order keep it in {percent(SURE)} of draws"


def beats_alt(name: str, ranking: Ranking) -> str:
    """The alternative text of a heat map of pairs: the order of its rows."""
    order = sorted(range(len(ranking.methods)), key=lambda i: ranking.ranks[i].estimate or 0)
    return f"{name}, share of draws in which the row is better; rows: " + listed(
        [method_label(ranking.methods[i]) for i in order]
    )


def done_line(data: RankingData, *, own: bool) -> str:
    """How the numbers came about."""
    how = "Computed for you" if own else "Computed beforehand"
    protocols = {FAITHFULNESS[key].protocol for key in data.faithfulness_measures}
    removed = []
    if "flipping" in protocols:
        removed.append(f"{data.steps} steps over regions of {data.region} × {data.region} pixels")
    if "road" in protocols:
        removed.append(f"ROAD removes {PERCENTAGES[0]} to {PERCENTAGES[-1]} % of the pixels")
    return (
        f"{how} in {duration(data.seconds)}. Pictures: {', '.join(data.images)}. "
        f"{TEXT.faithfulness}: {'; '.join(removed)}."
    )


def duration(seconds: float) -> str:
    """A time in seconds, minutes or hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def missing_line(n: int) -> str:
    """How many numbers there are none of."""
    return f"{count(n, 'number')} {'is' if n == 1 else 'are'} missing; the table says why."
