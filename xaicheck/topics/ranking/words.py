"""Sentences of the page Ranking gap, made from its numbers: the finding, both orders, tau. Plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xaicheck.experiments.ranking.rank import removal_of
from xaicheck.faithfulness import FAITHFULNESS, FILLS, OUTPUTS, RANKINGS
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, inside, listed, number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.statistics import Interval
from xaicheck.topics.ranking.numbers import ENTROPY, Place, TwoOrders, known
from xaicheck.types import Comparison

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.data import RankingData
    from xaicheck.experiments.ranking.rank import Choice
    from xaicheck.experiments.ranking.setting import Variant

TEXT = beside(__file__)
_NO_TAU = "has no τ"
CHANCE = 0.05  # above it, unrelated orders give such a tau often enough


def check_label(orders: TwoOrders) -> str:
    """The name of the randomization score."""
    choice = orders.choice
    return str(TEXT.entropy) if choice.test == ENTROPY else SIMILARITIES[choice.comparison.measure].label


def faith_label(orders: TwoOrders) -> str:
    """The name of the faithfulness score."""
    return FAITHFULNESS[orders.choice.measure].label


def variant_label(variant: Variant) -> str:
    """A way to randomize in words: order and new weights."""
    return f"{MODES[variant.mode].label} · {LAWS[variant.law].label}"


def comparison_label(comparison: Comparison) -> str:
    """A similarity measure in words, with what is done to both maps before."""
    parts = [
        SIMILARITIES[comparison.measure].label,
        inside(NORMALISATIONS[comparison.normalisation].label),
        inside(SIGNS[comparison.sign].label),
    ]
    return ", ".join(parts)


def depth_label(depth: int | None) -> str:
    """Which depths count, in words."""
    if depth is None:
        return "mean over all depths"
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


def finding(orders: TwoOrders) -> str:
    """The page's result: who comes first in the check, where that one stands in faithfulness, and tau."""
    first = [p for p in orders.places if p.check_place == 1]
    if len(first) == orders.n:
        return str(TEXT.without_order.all_tie.format(n=orders.n))
    who = listed([inside(p.label) for p in first])
    if len(first) == 1:
        opening = f"{capital(who)} comes first in the check and {_faith_place(orders, first[0])}"
    else:
        places = listed([_nth(p.faith_place, tied=p.faith_tied) for p in first])
        opening = (
            f"{capital(who)} share the first place in the check and are {places} of {orders.n} "
            f"in {inside(TEXT.faithfulness)}"
        )
    return f"{opening}; {agreement(orders)}."


def agreement(orders: TwoOrders) -> str:
    """How far the two orders agree, as the end of a sentence."""
    tau, p = orders.gap.tau, orders.gap.null.p_value
    if tau.estimate is None:
        return str(TEXT.without_order.one_tie)
    value = tau_text(tau)
    if p is None or p > CHANCE:
        return f"the two orders agree no better than unrelated ones may, {value}"
    if tau.low is not None and tau.high is not None and tau.low <= 0 <= tau.high:
        seem = "to run against each other" if tau.estimate < 0 else "to agree in part"
        return f"the two orders seem {seem}, but other seeds and pictures may undo that, {value}"
    if tau.estimate < 0:
        return f"the two orders run against each other, {value}"
    same = "are the same" if tau.estimate > 1 - 1e-9 else "agree in part"
    return f"the two orders {same}, {value}"


def tau_text(tau: Interval) -> str:
    """τ with its interval; without one, τ alone."""
    if tau.low is None or tau.high is None:
        return f"τ = {number(tau.estimate)}"
    return f"τ = {number(tau.estimate)} ({tau.level * 100:.0f} % {number(tau.low)} to {number(tau.high)})"


def bump_title(orders: TwoOrders) -> str:
    """How many pairs of methods change their order, from the rows that are drawn."""
    n, crossed = orders.n, crossings(orders)
    pairs = n * (n - 1) // 2
    if not pairs:
        return TEXT.bump_title
    return f"{crossed} of {pairs} pairs of methods change their order between the two tests"


def crossings(orders: TwoOrders) -> int:
    """Pairs of methods that are strictly in another order."""
    places = orders.places
    return sum(
        (a.check_place - b.check_place) * (a.faith_place - b.faith_place) < 0
        for i, a in enumerate(places)
        for b in places[:i]
    )


def scatter_title(orders: TwoOrders) -> str:
    """The best of each test with both numbers."""
    first, best = orders.places[0], orders.by_faith[0]
    if first.key == best.key:
        return f"{first.label} is best in both: {_both(orders, first)}"
    return f"Best in the check: {inside(first.label)}. Most faithful: {inside(best.label)}"


def tau_title(rows: Sequence[tuple[str, TwoOrders]]) -> str:
    """Whether tau leaves the band of unrelated orders, with and without the controls."""
    parts = [(name, _where_tau_is(orders)) for name, orders in rows]
    kinds = {where for _, where in parts}
    if kinds == {_NO_TAU}:
        return str(TEXT.without_order.no_tau)
    if len(kinds) == 1:
        return f"τ {kinds.pop()} the band of unrelated orders"
    return "; ".join(f"{inside(name)}, τ {where} the band" for name, where in parts).capitalize()


def _where_tau_is(orders: TwoOrders) -> str:
    p = orders.gap.null.p_value
    return _NO_TAU if p is None else "stays inside" if p > CHANCE else "leaves"


def tau_line(name: str, orders: TwoOrders) -> str:
    """Tau, its interval, the median over the draws and the chance of unrelated orders, in a sentence."""
    gap = orders.gap
    if gap.tau.estimate is None:
        return f"{name}: {gap.tau.warning}"
    parts = [f"{name} ({count(orders.n, 'method')}): {tau_text(gap.tau)}"]
    if gap.tau_median is not None:
        parts.append(f"median over the draws {number(gap.tau_median)}")
    if gap.null.p_value is not None:
        parts.append(
            f"unrelated orders are as far from 0 in {percent(gap.null.p_value)} of cases ({gap.null.how})"
        )
    if gap.null.sd is not None:
        parts.append(f"their standard deviation is {number(gap.null.sd)}")
    return ", ".join(parts) + "."


def percent(share: float) -> str:
    """A share in percent: whole numbers, one digit below 1 %."""
    if 0 < share < 0.01:
        return f"{100 * share:.1g} %"
    return f"{100 * share:.0f} %"


def check_axis(orders: TwoOrders) -> str:
    """The axis of the randomization score with the direction of better."""
    score = check_label(orders) if orders.choice.test == ENTROPY else plain_axis(orders)
    return f"{score} · better in the check →"


def plain_axis(orders: TwoOrders) -> str:
    """The axis of the randomization score with its end."""
    choice = orders.choice
    if choice.test == ENTROPY:
        return f"{check_label(orders)} (0 = unchanged)"
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
        f"<b>{place.label}</b><br>check: {_nth(place.check_place, tied=place.check_tied)}, "
        f"{interval_text(place.check)}<br>faithfulness: {_nth(place.faith_place, tied=place.faith_tied)}, "
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
    """An estimate with its range, or alone where there is no range."""
    text = number(interval.estimate, digits)
    if interval.low is None or interval.high is None:
        return text
    return f"{text} ({number(interval.low, digits)} to {number(interval.high, digits)})"


def bump_alt(orders: TwoOrders) -> str:
    """The alternative text of the bump chart: both orders."""
    check = listed([p.label for p in orders.places])
    faith = listed([p.label for p in orders.by_faith])
    return f"Order in the check: {check}. Order in faithfulness: {faith}."


def scatter_alt(orders: TwoOrders) -> str:
    """The alternative text of the scatter: both numbers of every method."""
    return "; ".join(f"{p.label}: {_both(orders, p)}" for p in orders.places)


def cautions(orders: TwoOrders) -> tuple[str, ...]:
    """What to keep in mind with so few methods, pictures or seeds, and what was left out."""
    sentences = (*orders.view.notes, orders.gap.first.warning)
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
        else f"{comparison_label(choice.comparison)}, {depth_label(choice.depth)}"
    )
    return (
        f"Check: {variant_label(orders.variant)}; {scored}. {TEXT.faithfulness}: {faithfulness_line(choice)}."
    )


def _both(orders: TwoOrders, place: Place) -> str:
    return (
        f"{inside(check_label(orders))} {number(place.check.estimate)}, "
        f"{faith_label(orders)} {number(place.faith.estimate)}"
    )


def _faith_place(orders: TwoOrders, place: Place) -> str:
    if not known(place.faith.estimate):
        return f"has no place in {inside(TEXT.faithfulness)}"
    if place.faith_place == 1 and not place.faith_tied:
        return f"in {inside(TEXT.faithfulness)} too"
    last = place.faith_place == orders.n
    where = "last" if last else _nth(place.faith_place, tied=place.faith_tied)
    return f"{where} of {orders.n} in {inside(TEXT.faithfulness)}"


def _nth(place: int, *, tied: bool) -> str:
    return f"{ordinal(place)} (shared)" if tied else ordinal(place)


def capital(text: str) -> str:
    """The text with a capital letter in front."""
    return text[0].upper() + text[1:]
