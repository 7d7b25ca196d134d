"""The findings of the page Ranking gap, each with the premise without which it is not said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import inside, listed
from xaicheck.topics.ranking.numbers import Place, TwoOrders
from xaicheck.topics.ranking.words import (
    CHANCE,
    TEXT,
    both_numbers,
    capital,
    nth,
    percent,
    tau_text,
)

Rows = Sequence[tuple[str, TwoOrders]]


def _of(
    name: str, premise: Callable[[TwoOrders], bool], numbers: Callable[[TwoOrders], Mapping[str, object]]
) -> Sentence[TwoOrders]:
    return Sentence(f"ranking.{name}", TEXT.say[name], premise, numbers)


# Who comes first


def firsts(orders: TwoOrders) -> list[Place]:
    """Who has the best score in the check."""
    return [p for p in orders.places if p.check_place == 1]


def bests(orders: TwoOrders) -> list[Place]:
    """Who has the best faithfulness."""
    return [p for p in orders.by_faith if p.faith_place == 1]


def _names(places: Sequence[Place]) -> str:
    return listed([inside(p.label) for p in places])


def _where(orders: TwoOrders, place: Place) -> str:
    last = place.faith_place == orders.n
    return "last" if last else nth(place.faith_place, tied=place.faith_tied)


def _both(orders: TwoOrders) -> bool:
    """Whether one method comes first in both."""
    return len(firsts(orders)) == 1 < orders.n and bests(orders) == firsts(orders)


ONE_METHOD = _of("one_method", lambda o: o.n == 1, lambda o: {})
ALL_TIE = _of("all_tie", lambda o: 1 < o.n == len(firsts(o)), lambda o: {"n": o.n})
FIRST_IN_BOTH = _of("first_in_both", _both, lambda o: {"who": capital(_names(firsts(o)))})
FIRST = _of(
    "first",
    lambda o: 1 == len(firsts(o)) < o.n and not _both(o),
    lambda o: {"who": capital(_names(firsts(o))), "where": _where(o, o.places[0]), "n": o.n},
)
SHARED = _of(
    "shared",
    lambda o: 1 < len(firsts(o)) < o.n,
    lambda o: {
        "who": capital(_names(firsts(o))),
        "places": listed([nth(p.faith_place, tied=p.faith_tied) for p in firsts(o)]),
        "n": o.n,
    },
)


def _agree(orders: TwoOrders) -> str:
    """How far both orders agree: a name in the texts."""
    tau, p = orders.gap.tau, orders.gap.null.p_value
    if tau.estimate is None:
        return "no_tau"
    if p is None or p > CHANCE:
        return "chance"
    if tau.low is None or tau.high is None or tau.low <= 0 <= tau.high:
        return "seem_reversed" if tau.estimate < 0 else "seem_alike"
    if tau.estimate < 0:
        return "reversed"
    return "same" if tau.estimate > 1 - 1e-9 else "alike"


def _agreement(name: str) -> Sentence[TwoOrders]:
    return _of(name, lambda o: _agree(o) == name, lambda o: {"tau": tau_text(o.gap.tau)})


AGREEMENT = tuple(
    map(_agreement, ("no_tau", "chance", "seem_reversed", "seem_alike", "reversed", "same", "alike"))
)


def agreement(orders: TwoOrders) -> str:
    """How far the two orders agree, as the end of a sentence."""
    return say(AGREEMENT, orders)


def finding(orders: TwoOrders) -> str:
    """The page's result: who comes first in the check, where that one stands in faithfulness, and tau."""
    alone = say((ONE_METHOD, ALL_TIE), orders)
    return alone or f"{say((FIRST_IN_BOTH, FIRST, SHARED), orders)}; {agreement(orders)}."


# Titles


CROSSED = _of(
    "crossed",
    lambda o: o.n > 1,
    lambda o: {"crossed": crossings(o), "pairs": o.n * (o.n - 1) // 2},
)
BEST_OF_BOTH = _of(
    "best_of_both",
    _both,
    lambda o: {"who": o.places[0].label, "numbers": both_numbers(o, o.places[0])},
)
BEST_OF_EACH = _of(
    "best_of_each",
    lambda o: o.n > 1 and not _both(o),
    lambda o: {"first": _names(firsts(o)), "best": _names(bests(o))},
)


def _ahead(orders: TwoOrders) -> float | None:
    """The share of the draws in which the most faithful method is ahead of the next; None: no draws."""
    beats, order = orders.gap.second.beats, orders.by_faith
    if beats is None or len(bests(orders)) != 1 or orders.n < 2:
        return None
    rows = [orders.gap.second.methods.index(p.key) for p in order[:2]]
    return float(beats[rows[0], rows[1]])


AHEAD = _of(
    "ahead",
    lambda o: _ahead(o) is not None,
    lambda o: {"next": inside(o.by_faith[1].label), "share": percent(_ahead(o) or 0.0)},
)


def crossings(orders: TwoOrders) -> int:
    """Pairs of methods that are strictly in another order."""
    places = orders.places
    return sum(
        (a.check_place - b.check_place) * (a.faith_place - b.faith_place) < 0
        for i, a in enumerate(places)
        for b in places[:i]
    )


def bump_title(orders: TwoOrders) -> str:
    """How many pairs of methods change their order, from the rows that are drawn."""
    return CROSSED(orders) or TEXT.bump_title


def scatter_title(orders: TwoOrders) -> str:
    """The best of each test, and how firm the lead in faithfulness is."""
    return say((ONE_METHOD, BEST_OF_BOTH, BEST_OF_EACH, AHEAD), orders, "")


def _cases(rows: Rows) -> list[tuple[str, float]]:
    return [(name, p) for name, orders in rows if (p := orders.gap.null.p_value) is not None]


CASES = Sentence[Rows](
    "ranking.cases",
    TEXT.say.cases,
    lambda rows: bool(_cases(rows)),
    lambda rows: {"cases": listed([f"{percent(p)} of cases ({inside(name)})" for name, p in _cases(rows)])},
)


def tau_title(rows: Sequence[tuple[str, TwoOrders]]) -> str:
    """How often unrelated orders give such a tau, with and without the controls."""
    return CASES(rows) or TEXT.without_order.no_tau
