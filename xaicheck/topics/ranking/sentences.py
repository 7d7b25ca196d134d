"""The findings of the page Ranking gap, each with the premise without which it is not said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, verb
from xaicheck.topics.ranking.numbers import Place, TwoOrders, doubt
from xaicheck.topics.ranking.words import (
    CHANCE,
    TEXT,
    both_numbers,
    capital,
    nth,
    percent,
    tau_text,
)

MOST_NAMED = 3
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


def _both(orders: TwoOrders) -> bool:
    """Whether one method comes first in both."""
    return len(firsts(orders)) == 1 < orders.n and bests(orders) == firsts(orders)


def _before(orders: TwoOrders) -> tuple[Place, float] | None:
    """The least sure of those behind the first of the check, where that one's lead is not sure."""
    return doubt(orders.gap.first, firsts(orders), [p for p in orders.places if p.check_place > 1])


def level(orders: TwoOrders) -> list[Place]:
    """Those that the data do not separate from the most faithful, under either weighting of pictures."""
    together = {m for found in orders.view.faith_leaders for m in found.together}
    return [p for p in orders.by_faith if p.key in together and p not in bests(orders)]


def doubted(
    name: str, words: str, found: Callable[[TwoOrders], tuple[Place, float] | None]
) -> Sentence[TwoOrders]:
    """A clause behind the end of an order that is not sure: against whom, and in how many draws it holds."""

    def numbers(orders: TwoOrders) -> dict[str, object]:
        who = found(orders)
        return {} if who is None else {"next": inside(who[0].label), "share": percent(who[1])}

    return Sentence(f"ranking.{name}", words, lambda orders: found(orders) is not None, numbers)


BEFORE = doubted("before", TEXT.say.before, _before)
AHEAD = _of(
    "ahead",
    lambda o: 0 < len(level(o)) <= MOST_NAMED,
    lambda o: {"next": listed([inside(p.label) for p in level(o)])},
)
ONE_OF = _of("one_of", lambda o: len(level(o)) > MOST_NAMED, lambda o: {"n": len(level(o))})


def doubts(orders: TwoOrders) -> dict[str, object]:
    """What stands behind the first of each order, for the words."""
    before, ahead = BEFORE(orders), say((AHEAD, ONE_OF), orders)
    return {"before": bracket(before), "ahead": bracket(ahead), "both": bracket(before, ahead)}


def bracket(*clauses: str) -> str:
    """The clauses that are said, in brackets; empty where none is."""
    text = "; ".join(filter(None, clauses))
    return f" ({text})" if text else ""


ONE_METHOD = _of("one_method", lambda o: o.n == 1, lambda o: {})
ALL_TIE = _of("all_tie", lambda o: 1 < o.n == len(firsts(o)), lambda o: {"n": o.n})
FIRST_IN_BOTH = _of("first_in_both", _both, lambda o: doubts(o) | {"who": capital(_names(firsts(o)))})
FIRST = _of(
    "first",
    lambda o: 1 == len(firsts(o)) < o.n and not _both(o),
    lambda o: (
        doubts(o)
        | {
            "who": capital(_names(firsts(o))),
            "n": o.n,
            "where": nth(o.places[0].faith_place, tied=o.places[0].faith_tied),
        }
    ),
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
    lambda o: {
        "crossed": crossings(o),
        "pairs": count(o.n * (o.n - 1) // 2, "pair"),
        "change": verb(crossings(o), "changes its", "change their"),
    },
)
BEST_OF_BOTH = _of(
    "best_of_both",
    _both,
    lambda o: doubts(o) | {"who": o.places[0].label, "numbers": both_numbers(o, o.places[0])},
)
BEST_OF_EACH = _of(
    "best_of_each",
    lambda o: o.n > 1 and not _both(o),
    lambda o: doubts(o) | {"first": _names(firsts(o)), "best": _names(bests(o))},
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
    """The best of each test, and how firm its lead is where that is not sure."""
    return say((ONE_METHOD, BEST_OF_BOTH, BEST_OF_EACH), orders)


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
