"""The findings of the page Ranking gap, each with the premise without which it is not said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xaicheck.reading.certificates import MARK
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, number, verb
from xaicheck.statistics import RankGap
from xaicheck.topics.ranking.numbers import Place, TwoOrders, doubt
from xaicheck.topics.ranking.words import (
    CHANCE,
    TEXT,
    both_numbers,
    capital,
    faith_nth,
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


def named(place: Place) -> str:
    """A method inside a sentence, with the mark where most of its maps are beyond a bound."""
    return f"{inside(place.label)} {MARK}" if place.marked else inside(place.label)


def _names(places: Sequence[Place]) -> str:
    return listed([named(p) for p in places])


def _both(orders: TwoOrders) -> bool:
    """Whether one method comes first in both."""
    return len(firsts(orders)) == 1 < orders.n and bests(orders) == firsts(orders)


def _before(orders: TwoOrders) -> tuple[Place, float] | None:
    """The least sure of those behind the first of the check, where that one's lead is not sure."""
    return doubt(orders.gap.first, firsts(orders), [p for p in orders.places if p.check_place > 1])


def level(orders: TwoOrders) -> list[Place]:
    """Those that the data do not separate from the most faithful, under either weighting of pictures."""
    view = orders.view
    found = (view.leaders, view.other.leaders if view.other else None)
    together = {m for one in found if one is not None for m in one.together}
    return [p for p in orders.by_faith if p.key in together and p not in bests(orders)]


def turned(orders: TwoOrders) -> list[Place]:
    """Who has the best faithfulness with pictures weighted the other way, where it is somebody else."""
    others = [p for p in orders.by_faith if p.other_place == 1]
    return others if {p.key for p in others} != {p.key for p in bests(orders)} else []


def other_way(orders: TwoOrders) -> str:
    """How pictures are weighted the other way, in words; empty where there is one way."""
    return "" if orders.view.other is None else TEXT.ways[orders.view.other.weighting]


def doubted(
    name: str, words: str, found: Callable[[TwoOrders], tuple[Place, float] | None]
) -> Sentence[TwoOrders]:
    """A clause behind the end of an order that is not sure: against whom, and in how many draws it holds."""

    def numbers(orders: TwoOrders) -> dict[str, object]:
        who = found(orders)
        return {} if who is None else {"next": inside(who[0].label), "share": percent(who[1])}

    return Sentence(f"ranking.{name}", words, lambda orders: found(orders) is not None, numbers)


BEFORE = doubted("before", TEXT.say.before, _before)
OTHERWISE = _of(
    "otherwise", lambda o: bool(turned(o)), lambda o: {"way": other_way(o), "best": _names(turned(o))}
)
AHEAD = _of(
    "ahead",
    lambda o: not turned(o) and 0 < len(level(o)) <= MOST_NAMED,
    lambda o: {"next": _names(level(o))},
)
ONE_OF = _of("one_of", lambda o: not turned(o) and len(level(o)) > MOST_NAMED, lambda o: {"n": len(level(o))})


def doubts(orders: TwoOrders) -> dict[str, object]:
    """What stands behind the first of each order, for the words."""
    before, ahead = BEFORE(orders), say((OTHERWISE, AHEAD, ONE_OF), orders)
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
            "where": faith_nth(o.places[0], other_way(o)),
        }
    ),
)
SHARED = _of(
    "shared",
    lambda o: 1 < len(firsts(o)) < o.n,
    lambda o: {
        "who": capital(_names(firsts(o))),
        "places": listed([faith_nth(p, other_way(o)).rstrip(",") for p in firsts(o)]),
        "n": o.n,
    },
)


def _agree(gap: RankGap) -> str:
    """How far both orders agree: a name in the texts."""
    tau, p = gap.tau, gap.null.p_value
    if tau.estimate is None:
        return "no_tau"
    if p is None or p > CHANCE:
        return "chance" if tau.high is None else "compatible"
    if tau.low is None or tau.high is None or tau.low <= 0 <= tau.high:
        return "seem_reversed" if tau.estimate < 0 else "seem_alike"
    if tau.estimate < 0:
        return "reversed"
    return "same" if tau.estimate > 1 - 1e-9 else "alike"


WEAKER = (
    ("same", "alike", "seem_alike"),
    ("reversed", "seem_reversed"),
    ("no_tau",),
    ("compatible", "chance"),
)


def _said(orders: TwoOrders) -> str:
    """The same, as far as it holds under both weightings of pictures: the weaker one of two of a kind."""
    found = {_agree(gap) for gap in (orders.gap, orders.view.other and orders.view.other.gap) if gap}
    kinds = [kind for kind in WEAKER if found <= set(kind)]
    return max(found, key=kinds[0].index) if kinds else "by_weighting"


def _taus(orders: TwoOrders) -> dict[str, object]:
    other, tau = orders.view.other, orders.gap.tau
    return {
        "tau": tau_text(tau), "estimate": number(tau.estimate), "low": number(tau.low),
        "high": number(tau.high),
        "way": other_way(orders), "other": tau_text(other.gap.tau) if other else "",
    }  # fmt: skip


def _agreement(name: str) -> Sentence[TwoOrders]:
    return _of(name, lambda o: _said(o) == name, _taus)


AGREEMENT = tuple(
    map(
        _agreement,
        ("no_tau", "chance", "compatible", "seem_reversed", "seem_alike", "reversed", "same", "alike",
         "by_weighting"),
    )
)  # fmt: skip


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
    lambda o: _both(o) and not turned(o) and not level(o),
    lambda o: doubts(o) | {"who": o.places[0].label, "numbers": both_numbers(o, o.places[0])},
)
FIRST_IN_CHECK = _of(
    "first_in_check",
    lambda o: o.n > 1 and not BEST_OF_BOTH.premise(o),
    lambda o: doubts(o) | {"first": _names(firsts(o))},
)


def _faith(orders: TwoOrders) -> dict[str, object]:
    best = bests(orders)
    return {
        "best": _names(best),
        "lead": verb(len(best), "leads", "lead"),
        "who": _names([*best, *level(orders)]),
        "n": len(level(orders)),
        "own": TEXT.ways[orders.choice.weighting],
        "way": other_way(orders),
        "other": _names(turned(orders)),
    }


def _leading(name: str, premise: Callable[[TwoOrders], bool]) -> Sentence[TwoOrders]:
    """Who leads in faithfulness, where the title does not say that one leads in both."""
    return _of(name, lambda o: bool(FIRST_IN_CHECK(o)) and premise(o), _faith)


LEADING = (
    _leading("lead_by_weighting", lambda o: bool(turned(o))),
    _leading("most_faithful", lambda o: not turned(o) and not level(o)),
    _leading("lead_together", lambda o: not turned(o) and 0 < len(level(o)) <= MOST_NAMED),
    _leading("lead_among", lambda o: not turned(o) and len(level(o)) > MOST_NAMED),
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
    return say((ONE_METHOD, BEST_OF_BOTH, FIRST_IN_CHECK, *LEADING), orders, "")


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
