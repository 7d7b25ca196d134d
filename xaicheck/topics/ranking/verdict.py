"""What may and may not be concluded from the two orders: each claim with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.randomization.modes import MODES
from xaicheck.reading.captions import Verdict
from xaicheck.reading.words import alike, count, inside, number
from xaicheck.topics.ranking.numbers import ENTROPY, TwoOrders
from xaicheck.topics.ranking.words import (
    CHANCE,
    TEXT,
    capital,
    faith_label,
    network_label,
    ordinal,
    percent,
    tau_text,
)

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.rank import FlipView

UNRELATED = 0.5  # flip rate of two orders that have nothing to do with each other


def verdict(orders: TwoOrders, flips: FlipView | None) -> Verdict:
    """The conclusion of the page."""
    may = [_agreement(orders), _insensitive(orders), _settings(flips)]
    may_not = [_best(orders), _fails(orders), _noise(orders), _elsewhere(orders), _truth(flips)]
    return Verdict(tuple(text for text in may if text), tuple(pair for pair in may_not if pair))


def scope(orders: TwoOrders) -> str:
    """What the numbers are about: these methods, pictures, seeds and this network."""
    data = orders.data
    return (
        f"these {count(orders.n, 'method')}, {count(len(orders.images), 'picture')} and "
        f"{count(len(data.seeds), 'seed')}, on {network_label(data)} and with these settings"
    )


def _agreement(orders: TwoOrders) -> str:
    tau, null = orders.gap.tau, orders.gap.null
    if tau.estimate is None:
        return f"For {scope(orders)} there is no τ. {tau.warning}".strip()
    text = (
        f"For {scope(orders)}, the order of the check and the order of {faith_label(orders)} have "
        f"{tau_text(tau)}."
    )
    if null.p_value is None:
        return text
    chance = f"Unrelated orders are as far from 0 in {percent(null.p_value)} of cases"
    ends = (
        ", so these numbers do not tell the two orders from unrelated ones." if null.p_value > CHANCE else "."
    )
    return f"{text} {chance}{ends}"


def _insensitive(orders: TwoOrders) -> str:
    """The network's methods whose maps keep most: what a randomization check can say."""
    if orders.choice.test == ENTROPY:
        return ""
    real = [p for p in orders.places if not p.control and p.check.estimate is not None]
    if not real:
        return ""
    last = real[-1]
    value = last.check.estimate
    assert value is not None
    kept = alike(orders.choice.comparison, value)
    label = inside(last.label)
    if kept < 0.2:
        return f"Every method’s map changes under this measure; {label} keeps most ({number(value)})."
    return (
        f"{capital(label)} changes least when weights are randomized ({number(value)}): under this measure "
        "it is the least sensitive to them."
    )


def _settings(flips: FlipView | None) -> str:
    if flips is None or flips.all.rate is None:
        return ""
    winners = [m for m, share in zip(flips.all.methods, flips.all.wins, strict=True) if share > 0]
    return (
        f"Over {count(len(flips.all.settings), 'setting')} of the check, {count(len(winners), 'method')} "
        f"{'comes' if len(winners) == 1 else 'come'} first in at least one; two settings put "
        f"{percent(flips.all.rate)} of the pairs of methods in another order."
    )


def _best(orders: TwoOrders) -> tuple[str, str] | None:
    first, best = orders.places[0], orders.by_faith[0]
    if first.key == best.key:
        return (
            f"“{first.label} is best because it comes first in the check.”",
            f"It is first in both here, but the check does not look at faithfulness: τ over all methods is "
            f"{number(orders.gap.tau.estimate)}.",
        )
    return (
        f"“{first.label} is the best method: it comes first in the check.”",
        f"It comes {ordinal(first.faith_place)} of {orders.n} in faithfulness "
        f"({faith_label(orders)} {number(first.faith.estimate)}; the first, {inside(best.label)}, has "
        f"{number(best.faith.estimate)}). Passing shows nothing about faithfulness.",
    )


def _fails(orders: TwoOrders) -> tuple[str, str] | None:
    real = [p for p in orders.places if not p.control]
    if not real:
        return None
    last = real[-1]
    why = (
        f"It changes least of the {count(len(real), 'method')} that look at the network, and comes "
        f"{ordinal(last.faith_place)} of {orders.n} in faithfulness ({number(last.faith.estimate)})."
    )
    if MODES[orders.variant.mode].end == "output":
        why += f" {TEXT.verdict.from_the_top}"
    return (f"“{last.label} fails the check, so its maps are wrong.”", why)


def _noise(orders: TwoOrders) -> tuple[str, str] | None:
    noise = orders.of("fresh_noise")
    if noise is None:
        return None
    beaten = [p for p in orders.places if not p.control and p.check_place > noise.check_place]
    real = sum(not p.control for p in orders.places)
    return (
        TEXT.verdict.good_score,
        f"Fresh noise never looks at the network, and beats {len(beaten)} of {count(real, 'method')} in the "
        f"check (score {number(noise.check.estimate)}); its {faith_label(orders)} is "
        f"{number(noise.faith.estimate)}.",
    )


def _elsewhere(orders: TwoOrders) -> tuple[str, str]:
    tau = orders.gap.tau
    if tau.low is None or tau.high is None:
        why = tau.warning or TEXT.verdict.no_interval
    else:
        why = (
            f"With other seeds and pictures like these τ could lie between {number(tau.low)} and "
            f"{number(tau.high)}."
        )
    few = " ".join(orders.gap.warnings)
    return (TEXT.verdict.elsewhere, f"{why} {few}".strip())


def _truth(flips: FlipView | None) -> tuple[str, str]:
    why = TEXT.verdict.settings_of_its_own
    if flips is not None and flips.faithfulness.rate is not None:
        why += (
            f" Two of its {len(flips.faithfulness.settings)} settings put {percent(flips.faithfulness.rate)} "
            f"of the pairs of methods in another order (unrelated orders: {percent(UNRELATED)})."
        )
    return TEXT.verdict.true_order, f"{why} {TEXT.verdict.neither}"
