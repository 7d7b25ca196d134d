"""Sentences of the page Ranking gap, made from its numbers: the finding, both orders, tau. Plain text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xaicheck.experiments.ranking.rank import removal_of
from xaicheck.faithfulness import FAITHFULNESS, FILLS, OUTPUTS, RANKINGS
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.reading import certificates
from xaicheck.reading.compared import full_name
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, inside, interval as interval_words, listed, number, share
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval
from xaicheck.topics.ranking.numbers import ENTROPY, Place, TwoOrders

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.data import RankingData
    from xaicheck.experiments.ranking.rank import Choice
    from xaicheck.experiments.ranking.setting import Variant

TEXT = beside(__file__)
CHANCE = 0.05  # above it, unrelated orders give such a tau often enough


def check_label(orders: TwoOrders) -> str:
    """The name of the randomization score."""
    choice = orders.choice
    return str(TEXT.entropy) if choice.test == ENTROPY else SIMILARITIES[choice.comparison.measure].label


def faith_label(orders: TwoOrders) -> str:
    """The name of the faithfulness score."""
    return FAITHFULNESS[orders.choice.measure].label


def faith_name(orders: TwoOrders) -> str:
    """The faithfulness score inside a sentence, quoted where its name has a comma."""
    name = inside(faith_label(orders))
    return f"“{name}”" if "," in name else name


def variant_label(variant: Variant) -> str:
    """A way to randomize in words: order and new weights."""
    return f"{MODES[variant.mode].label} · {LAWS[variant.law].label}"


def depth_label(depth: int | None, mode: str) -> str:
    """Which depths count, in words."""
    if depth is None:
        return "mean over all depths"
    if not MODES[mode].cumulative:
        return f"block {depth} alone randomized"
    return "1 block randomized" if depth == 1 else f"{depth} blocks randomized"


def faithfulness_line(choice: Choice) -> str:
    """The faithfulness side of a setting in words."""
    own, (fill, output) = FAITHFULNESS[choice.measure], removal_of(choice)
    parts = [own.label, f"fill: {inside(FILLS[fill].label)}"]
    if not own.output:
        parts.append(inside(OUTPUTS[output].label))
    return ", ".join((*parts, f"{inside(RANKINGS[choice.ranking].label)} order"))


def own_removal(measure: str) -> str:
    """What cannot be chosen for a measure of faithfulness; empty where everything can."""
    own = FAITHFULNESS[measure]
    return TEXT.own_removal.format(measure=own.label, fill=inside(FILLS[own.fill].label)) if own.fill else ""


def not_there(data: RankingData) -> str:
    """Which measures of faithfulness these numbers do not have; empty where they have all."""
    absent = [own.label for key, own in FAITHFULNESS.items() if key not in data.faithfulness_measures]
    return TEXT.not_there.format(measures=listed(absent)) if absent else ""


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th …"""
    if place % 100 in (11, 12, 13):
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"


def kicker(orders: TwoOrders) -> str:
    """What was asked and on what, in one line above the finding."""
    data = orders.data
    return " · ".join(
        (
            TEXT.question,
            count(len(orders.images), "picture"),
            count(len(data.seeds), "seed"),
            network_label(data),
        )
    )


def tau_text(tau: Interval) -> str:
    """τ with its interval; without one, τ alone."""
    if tau.low is None or tau.high is None:
        return f"τ = {number(tau.estimate)}"
    return f"τ = {number(tau.estimate)} ({interval_words(tau.low, tau.high, level=tau.level)})"


def tau_line(name: str, orders: TwoOrders) -> str:
    """Tau, its interval, the median over the draws and the chance of unrelated orders, in a sentence."""
    gap, other = orders.gap, orders.view.other
    if gap.tau.estimate is None:
        return f"{name}: {gap.tau.warning}"
    parts = [f"{name} ({count(orders.n, 'method')}): {tau_text(gap.tau)}"]
    if other is not None:
        parts.append(f"{TEXT.ways[other.weighting]} {tau_text(other.gap.tau)}")
    if gap.tau_median is not None:
        parts.append(f"median over the draws {number(gap.tau_median)}")
    if gap.null.p_value is not None:
        parts.append(
            f"unrelated orders are at least as far from 0 in {percent(gap.null.p_value)} of cases "
            f"({gap.null.how})"
        )
    return ", ".join(parts) + "."


def percent(value: float) -> str:
    """A share in percent; the smallest ones are one bound."""
    return "less than 0.1 %" if 0 < value < 0.001 else share(value)


def check_axis(orders: TwoOrders) -> str:
    """The axis of the randomization score with the direction of better."""
    score = check_label(orders) if orders.choice.test == ENTROPY else plain_axis(orders)
    return f"{score} · better in the check →"


def plain_axis(orders: TwoOrders) -> str:
    """The axis of the randomization score with its end."""
    choice = orders.choice
    if choice.test == ENTROPY:
        return f"{check_label(orders)} (0 = no rise)"
    distance = SIMILARITIES[choice.comparison.measure].distance
    return f"{check_label(orders)} ({'0 = alike' if distance else '1 = same map'})"


def faith_axis(orders: TwoOrders) -> str:
    """The axis of the faithfulness score with its unit and the direction of better."""
    own = FAITHFULNESS[orders.choice.measure].output  # then the measure's name says what it counts
    unit = "" if own else f" ({inside(OUTPUTS[orders.choice.output].label)})"
    return f"{faith_label(orders)}{unit} · more faithful →"


def bump_hover(orders: TwoOrders, place: Place) -> str:
    """Both places and both scores of a method."""
    return (
        f"<b>{place.label}</b><br>check: {nth(place.check_place, tied=place.check_tied)}, "
        f"{interval_text(place.check)}<br>faithfulness: {nth(place.faith_place, tied=place.faith_tied)}, "
        f"{interval_text(place.faith)}"
    )


def scatter_hover(orders: TwoOrders, place: Place) -> str:
    """Both scores of a method with their intervals."""
    return (
        f"<b>{place.label}</b><br>{check_label(orders)}: {interval_text(place.check)}<br>"
        f"{faith_label(orders)}: {interval_text(place.faith)}"
    )


def tau_hover(name: str, orders: TwoOrders) -> str:
    """Tau of one row."""
    return f"{name}: {tau_text(orders.gap.tau)}"


def interval_text(interval: Interval, digits: int = 3) -> str:
    """An estimate with its interval, or alone where there is none."""
    text = number(interval.estimate, digits)
    if interval.low is None or interval.high is None:
        return text
    ends = interval_words(interval.low, interval.high, partial(number, digits=digits), interval.level)
    return f"{text} ({ends})"


def bump_alt(orders: TwoOrders) -> str:
    """The alternative text of the bump chart: both orders."""
    check = listed([p.label for p in orders.places])
    faith = listed([p.label for p in orders.by_faith])
    return f"Order in the check: {check}. Order in faithfulness: {faith}."


def scatter_alt(orders: TwoOrders) -> str:
    """The alternative text of the scatter: both numbers of every method."""
    return "; ".join(f"{p.label}: {both_numbers(orders, p)}" for p in orders.places)


def both_numbers(orders: TwoOrders, place: Place) -> str:
    """Both scores of a method."""
    return (
        f"{inside(check_label(orders))} {number(place.check.estimate)}, "
        f"{faith_name(orders)} {number(place.faith.estimate)}"
    )


def cautions(orders: TwoOrders) -> tuple[str, ...]:
    """What to keep in mind with so few methods, pictures or seeds, and what was left out."""
    sentences = (*orders.view.notes, orders.gap.first.warning, certificates.marked_too(orders.data))
    return tuple(dict.fromkeys(sentence for sentence in sentences if sentence))


def method_label(key: str) -> str:
    """A method's label."""
    return METHODS[key].label if key in METHODS else key


def network_label(data: RankingData) -> str:
    """The network's label."""
    return MODELS[data.model].label if data.model in MODELS else data.model


def setting_line(orders: TwoOrders) -> str:
    """The setting of both tests, in words."""
    choice = orders.choice
    scored = (
        f"{TEXT.entropy}, original against the greatest depth"
        if choice.test == ENTROPY
        else f"{full_name(choice.comparison)}, {depth_label(choice.depth, orders.variant.mode)}"
    )
    return (
        f"Check: {variant_label(orders.variant)}; {scored}. {TEXT.faithfulness}: {faithfulness_line(choice)}."
    )


def nth(place: int, *, tied: bool) -> str:
    """A place as a number, and that it is shared where it is."""
    return f"{ordinal(place)} (shared)" if tied else ordinal(place)


def faith_nth(place: Place, other_way: str) -> str:
    """A place in faithfulness, and that with pictures weighted the other way where it is another."""
    own = nth(place.faith_place, tied=place.faith_tied)
    if place.other_place in (None, place.faith_place):
        return own
    return f"{own}, {other_way} {nth(place.other_place or 0, tied=place.other_tied)},"


def capital(text: str) -> str:
    """The text with a capital letter in front."""
    return text[0].upper() + text[1:]
