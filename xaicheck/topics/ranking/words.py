"""Sentences of the ranking gap, made from its numbers: the finding, both orders, tau. Plain text only."""

from __future__ import annotations

from collections.abc import Sequence

from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.reading.words import count, inside, listed, number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import Interval
from xaicheck.topics.ranking.captions import BUMP_TITLE, FAITH, QUESTION
from xaicheck.topics.ranking.numbers import (
    ENTROPY,
    ENTROPY_LABEL,
    Place,
    Reading,
    comparison_label,
    depth_label,
    faithfulness_line,
    known,
    variant_label,
)

CHANCE = 0.05  # above it, unrelated orders give such a tau often enough


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th …"""
    if place % 100 in (11, 12, 13):
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"


def kicker(reading: Reading) -> str:
    """What was asked and on what, in one line above the finding."""
    data = reading.data
    return " · ".join(
        (
            QUESTION,
            count(len(reading.images), "picture"),
            count(len(data.seeds), "seed"),
            MODELS[data.model].label if data.model in MODELS else data.model,
        )
    )


def finding(reading: Reading) -> str:
    """The page's result: who comes first in the check, where that one stands in faithfulness, and tau."""
    first = [p for p in reading.places if p.check_place == 1]
    if len(first) == reading.n:
        return f"All {reading.n} methods have the same score in the check: there is no order to compare."
    who = listed([inside(p.label) for p in first])
    if len(first) == 1:
        opening = f"{capital(who)} comes first in the check and {_faith_place(reading, first[0])}"
    else:
        places = listed([_nth(p.faith_place, tied=p.faith_tied) for p in first])
        opening = (
            f"{capital(who)} share the first place in the check and are {places} of {reading.n} "
            f"in {inside(FAITH)}"
        )
    return f"{opening}; {agreement(reading)}."


def agreement(reading: Reading) -> str:
    """How far the two orders agree, as the end of a sentence."""
    tau, p = reading.gap.tau, reading.gap.null.p_value
    if tau.estimate is None:
        return "one of the two orders is a tie throughout, so there is no τ"
    number_ = tau_text(tau)
    if p is None or p > CHANCE:
        return f"the two orders agree no better than unrelated ones may, {number_}"
    if tau.low is not None and tau.high is not None and tau.low <= 0 <= tau.high:
        seem = "to run against each other" if tau.estimate < 0 else "to agree in part"
        return f"the two orders seem {seem}, but other seeds and pictures may undo that, {number_}"
    if tau.estimate < 0:
        return f"the two orders run against each other, {number_}"
    same = "are the same" if tau.estimate > 1 - 1e-9 else "agree in part"
    return f"the two orders {same}, {number_}"


def tau_text(tau: Interval) -> str:
    """τ with its interval; without one, τ alone."""
    if tau.low is None or tau.high is None:
        return f"τ = {number(tau.estimate)}"
    return f"τ = {number(tau.estimate)} ({tau.level * 100:.0f} % {number(tau.low)} to {number(tau.high)})"


def bump_title(reading: Reading) -> str:
    """How many pairs of methods change their order, from the rows that are drawn."""
    n, crossed = reading.n, crossings(reading)
    pairs = n * (n - 1) // 2
    if not pairs:
        return BUMP_TITLE
    return f"{crossed} of {pairs} pairs of methods change their order between the two tests"


def crossings(reading: Reading) -> int:
    """Pairs of methods that are strictly in another order."""
    places = reading.places
    return sum(
        (a.check_place - b.check_place) * (a.faith_place - b.faith_place) < 0
        for i, a in enumerate(places)
        for b in places[:i]
    )


def scatter_title(reading: Reading) -> str:
    """The best of each test with both numbers."""
    first, best = reading.places[0], reading.by_faith[0]
    if first.key == best.key:
        return f"{first.label} is best in both: {_both(reading, first)}"
    return f"Best in the check: {inside(first.label)}. Most faithful: {inside(best.label)}"


def tau_title(rows: Sequence[tuple[str, Reading]]) -> str:
    """Whether tau leaves the band of unrelated orders, with and without the controls."""
    parts = []
    for name, reading in rows:
        p = reading.gap.null.p_value
        where = "has no τ" if p is None else ("stays inside" if p > CHANCE else "leaves")
        parts.append((name, where))
    words_ = {where for _, where in parts}
    if len(words_) == 1:
        where = words_.pop()
        return (
            "There is no τ to compare" if where == "has no τ" else f"τ {where} the band of unrelated orders"
        )
    return "; ".join(f"{inside(name)}, τ {where} the band" for name, where in parts).capitalize()


def tau_line(name: str, reading: Reading) -> str:
    """Tau, its interval, the median over the draws and the chance of unrelated orders, in a sentence."""
    gap = reading.gap
    if gap.tau.estimate is None:
        return f"{name}: {gap.tau.warning}"
    parts = [f"{name} ({count(reading.n, 'method')}): {tau_text(gap.tau)}"]
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


def check_axis(reading: Reading) -> str:
    """The axis of the randomization score with the direction of better."""
    choice = reading.choice
    if choice.test == ENTROPY:
        return f"{reading.check_label} · better in the check →"
    measure = SIMILARITIES[choice.comparison.measure]
    ends = "0 = alike" if measure.distance else "1 = same map"
    return f"{measure.label} ({ends}) · better in the check →"


def faith_axis(reading: Reading) -> str:
    """The axis of the faithfulness score with its unit and the direction of better."""
    unit = {"softmax": "probability", "logit": "logit"}.get(reading.choice.output, reading.choice.output)
    return f"{reading.faith_label} ({unit}) · more faithful →"


def bump_hover(reading: Reading, place: Place) -> str:
    """Both places and both scores of a method."""
    return (
        f"<b>{place.label}</b><br>check: {_nth(place.check_place, tied=place.check_tied)}, "
        f"{interval_text(place.check)}<br>faithfulness: {_nth(place.faith_place, tied=place.faith_tied)}, "
        f"{interval_text(place.faith)}"
    )


def scatter_hover(reading: Reading, place: Place) -> str:
    """Both scores of a method with their intervals."""
    return (
        f"<b>{place.label}</b><br>{reading.check_label}: {interval_text(place.check)}<br>"
        f"{reading.faith_label}: {interval_text(place.faith)}"
    )


def tau_hover(name: str, reading: Reading) -> str:
    """Tau of one row."""
    return f"{name}: {tau_text(reading.gap.tau)}"


def interval_text(interval: Interval, digits: int = 3) -> str:
    """An estimate with its range, or alone where there is no range."""
    text = number(interval.estimate, digits)
    if interval.low is None or interval.high is None:
        return text
    return f"{text} ({number(interval.low, digits)} to {number(interval.high, digits)})"


def bump_alt(reading: Reading) -> str:
    """The alternative text of the bump chart: both orders."""
    check = listed([p.label for p in reading.places])
    faith = listed([p.label for p in reading.by_faith])
    return f"Order in the check: {check}. Order in faithfulness: {faith}."


def scatter_alt(reading: Reading) -> str:
    """The alternative text of the scatter: both numbers of every method."""
    return "; ".join(f"{p.label}: {_both(reading, p)}" for p in reading.places)


def cautions(reading: Reading) -> tuple[str, ...]:
    """What to keep in mind with so few methods, pictures or seeds, and what was left out."""
    found = (*reading.view.notes, reading.gap.first.warning)
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))


def method_label(key: str) -> str:
    """A method's label."""
    return METHODS[key].label if key in METHODS else key


def setting_line(reading: Reading) -> str:
    """The setting of both tests, in words."""
    choice = reading.choice
    scored = (
        f"{ENTROPY_LABEL}, original against the greatest depth"
        if choice.test == ENTROPY
        else f"{comparison_label(choice.comparison)}, {depth_label(choice.depth)}"
    )
    return f"Check: {variant_label(reading.variant)}; {scored}. {FAITH}: {faithfulness_line(choice)}."


def _both(reading: Reading, place: Place) -> str:
    return (
        f"{inside(reading.check_label)} {number(place.check.estimate)}, "
        f"{reading.faith_label} {number(place.faith.estimate)}"
    )


def _faith_place(reading: Reading, place: Place) -> str:
    if not known(place.faith.estimate):
        return f"has no place in {inside(FAITH)}"
    if place.faith_place == 1 and not place.faith_tied:
        return f"in {inside(FAITH)} too"
    last = place.faith_place == reading.n
    where = "last" if last else _nth(place.faith_place, tied=place.faith_tied)
    return f"{where} of {reading.n} in {inside(FAITH)}"


def _nth(place: int, *, tied: bool) -> str:
    return f"{ordinal(place)} (shared)" if tied else ordinal(place)


def capital(text: str) -> str:
    """The text with a capital letter in front."""
    return text[0].upper() + text[1:]
