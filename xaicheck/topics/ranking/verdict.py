"""What may and may not be concluded from the two orders: each claim with its numbers and its premise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xaicheck.experiments.ranking.rank import FlipView
from xaicheck.randomization.modes import MODES
from xaicheck.reading.captions import Verdict
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import alike, count, inside, listed, number
from xaicheck.similarity.comparisons import span
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT
from xaicheck.topics.ranking.numbers import ENTROPY, TwoOrders, doubt, known
from xaicheck.topics.ranking.sentences import bests, bracket, doubted, doubts, firsts, named, other_way
from xaicheck.topics.ranking.words import (
    TEXT,
    capital,
    faith_name,
    faith_nth,
    network_label,
    percent,
    tau_text,
)
from xaicheck.topics.ranking.words_spread import winners
from xaicheck.types import Comparison

if TYPE_CHECKING:
    from xaicheck.topics.ranking.numbers import Place

Seen = tuple[TwoOrders, FlipView | None]
CHANGED = 0.2  # kept by no more than this, a map is called changed
RISEN = 0.01  # an entropy rise below is called none
UNRELATED = 0.5  # flip rate of two orders that have nothing to do with each other


def verdict(orders: TwoOrders, flips: FlipView | None) -> Verdict:
    """The conclusion of the page."""
    seen = orders, flips
    may = (
        say((NO_TAU, TAU), seen),
        say((CHANGES, LEAST, UNSURE, BY_ONE_SEED, UNIT), seen),
        OF_SETTINGS(seen),
    )
    pairs = [(claim(seen), say(whys, seen)) for claim, whys in CLAIMS]
    return Verdict(tuple(filter(None, may)), tuple(pair for pair in pairs if all(pair)))


def scope(orders: TwoOrders) -> str:
    """What the numbers are about: these methods, pictures, seeds and this network."""
    data = orders.data
    return (
        f"these {count(orders.n, 'method')}, {count(len(orders.images), 'picture')} and "
        f"{count(len(data.seeds), 'seed')}, on {network_label(data)} and with these settings"
    )


def _of(
    name: str,
    premise: Callable[[TwoOrders], bool],
    numbers: Callable[[TwoOrders], Mapping[str, object]] = lambda _: {},
) -> Sentence[Seen]:
    """A sentence about the orders alone."""
    return Sentence(
        f"ranking.{name}", TEXT.verdict[name], lambda seen: premise(seen[0]), lambda seen: numbers(seen[0])
    )


# What may be concluded


NO_TAU = _of(
    "without_tau",
    lambda o: o.gap.tau.estimate is None,
    lambda o: {"scope": scope(o), "why": o.gap.tau.warning},
)
TAU = _of(
    "tau",
    lambda o: o.gap.tau.estimate is not None,
    lambda o: {"scope": scope(o), "faith": faith_name(o), "tau": tau_text(o.gap.tau)},
)


def _real(orders: TwoOrders) -> list[Place]:
    """The methods that explain, in the order of the check."""
    return [p for p in orders.places if not p.control]


def _last(orders: TwoOrders) -> list[Place]:
    """Those of them that change least."""
    real = _real(orders)
    return [p for p in real if p.check_place == real[-1].check_place]


def _behind(orders: TwoOrders) -> tuple[Place, float] | None:
    """The least sure of those before the last, where that one's place is not sure."""
    last = _last(orders)
    return doubt(orders.gap.first, last, [p for p in _real(orders) if p not in last][::-1], last=True)


def _least(orders: TwoOrders) -> bool:
    """Whether some of several methods that explain change less than the others."""
    some = 0 < len(_last(orders)) < len(_real(orders))
    return orders.choice.test != ENTROPY and some and not _own_units(orders)


def _own_units(orders: TwoOrders) -> bool:
    """Whether every method's score is in a unit of its own: then the order is one of units."""
    return orders.choice.test != ENTROPY and math.isinf(span(orders.choice.comparison)[1])


def _all_change(orders: TwoOrders) -> bool:
    value = _last(orders)[0].check.estimate if _least(orders) else None
    return value is not None and alike(orders.choice.comparison, value) < CHANGED


def _who(orders: TwoOrders) -> dict[str, object]:
    last, found = _last(orders), _behind(orders)
    return {
        "who": capital(listed([named(p) for p in last])),
        "change": "changes" if len(last) == 1 else "change",
        "value": number(last[0].check.estimate),
        "n": len(_real(orders)),
        "next": inside(found[0].label) if found else "",
        "share": percent(found[1]) if found else "",
    }


CHANGES = _of("changes", _all_change, _who)
LEAST = _of("least", lambda o: _least(o) and o.gap.first.beats is not None and _behind(o) is None, _who)
UNSURE = _of("unsure", lambda o: _least(o) and _behind(o) is not None, _who)
UNIT = _of("unit", _own_units)
BY_ONE_SEED = _of("by_one_seed", lambda o: _least(o) and o.gap.first.beats is None, _who)
OF_SETTINGS = Sentence[Seen](
    "ranking.of_settings",
    TEXT.verdict.of_settings,
    lambda seen: seen[1] is not None and seen[1].all.rate is not None,
    lambda seen: _of_settings(seen[1]) if seen[1] is not None else {},
)


def _of_settings(flips: FlipView) -> dict[str, object]:
    n = len(winners(flips.all))
    return {
        "settings": count(len(flips.all.settings), "setting"),
        "methods": count(n, "method"),
        "come": "comes" if n == 1 else "come",
        "rate": percent(flips.all.rate or 0.0),
    }


# What may not be concluded: a claim, and why


def _alone(orders: TwoOrders) -> bool:
    return len(firsts(orders)) == 1 < orders.n


def _best_too(orders: TwoOrders) -> bool:
    return _alone(orders) and firsts(orders) == bests(orders)


def _first(orders: TwoOrders) -> dict[str, object]:
    first, best = orders.places[0], orders.by_faith[0]
    return {
        "first": first.label, "place": faith_nth(first, other_way(orders)), "n": orders.n,
        "faith": faith_name(orders), "own": number(first.faith.estimate),
        "best": inside(best.label), "most": number(best.faith.estimate),
    }  # fmt: skip


BEST = _of("best", _alone, _first)
BEST_NOT = _of("best_not", lambda o: _alone(o) and o.places[0] not in bests(o), _first)
BEST_TOO = _of("best_too", _best_too, doubts)
BEST_SHARED = _of(
    "best_shared", lambda o: _alone(o) and not _best_too(o) and o.places[0] in bests(o),
    lambda o: {"n": len(bests(o))},
)  # fmt: skip


def _fails(orders: TwoOrders) -> bool:
    return len(_real(orders)) > 1 == len(_last(orders)) and not _own_units(orders)


BEHIND = doubted("behind", TEXT.verdict.behind, _behind)


def _failed(orders: TwoOrders) -> dict[str, object]:
    last = _real(orders)[-1]
    return {
        "last": last.label, "n": len(_real(orders)), "behind": bracket(BEHIND(orders)),
        "place": faith_nth(last, other_way(orders)),
        "of": orders.n, "faith": faith_name(orders), "value": number(last.faith.estimate),
    }  # fmt: skip


FAILS = _of("fails", _fails, _failed)
FAILS_NOT = _of("fails_not", _fails, _failed)
FROM_THE_TOP = _of(
    "from_the_top",
    lambda o: _fails(o) and o.choice.test != ENTROPY and MODES[o.variant.mode].end == "output",
)


def _noise(orders: TwoOrders) -> tuple[Place, int, int] | None:
    """(fresh noise, methods that it is before in the check, methods); None where it takes no part."""
    noise = orders.of("fresh_noise")
    if noise is None:
        return None
    real = _real(orders)
    return noise, sum(p.check_place > noise.check_place for p in real), len(real)


def _empty_wins(orders: TwoOrders) -> bool:
    """Whether noise has a good score, before half of the methods or more, and does worse in faithfulness."""
    found = _noise(orders)
    if found is None or not 0 < found[2] <= 2 * found[1] or found[0].faith_place <= found[0].check_place:
        return False
    score = found[0].check.estimate
    if score is None:
        return False
    if orders.choice.test == ENTROPY:
        return score >= RISEN
    return _noise_alike(orders.choice.comparison, score) < CHANGED


def _noise_alike(how: Comparison, score: float) -> float:
    """How alike noise is on the measure's own scale: 1 the same map, 0 no likeness; nan where it has no end.

    Fresh noise has mean 0, so at unit power its distance from independent signed maps is 2.
    """
    if not SIMILARITIES[how.measure].distance:
        return score
    return 1 - score / 2 if how.normalisation == DEFAULT else math.nan


def _noise_before(orders: TwoOrders) -> tuple[Place, float] | None:
    """The least sure of the methods that noise is before, where not all of them are sure."""
    found = _noise(orders)
    if found is None:
        return None
    behind = [p for p in _real(orders) if p.check_place > found[0].check_place]
    return doubt(orders.gap.first, [found[0]], behind)


NOISE_BEFORE = doubted("noise_before", TEXT.verdict.noise_before, _noise_before)


def _won(orders: TwoOrders) -> dict[str, object]:
    found = _noise(orders)
    assert found is not None
    noise, beaten, real = found
    return {
        "before": bracket(NOISE_BEFORE(orders)),
        "beaten": beaten, "methods": count(real, "method"), "score": number(noise.check.estimate),
        "faith": faith_name(orders), "value": number(noise.faith.estimate),
        "place": faith_nth(noise, other_way(orders)), "n": orders.n,
    }  # fmt: skip


GOOD_SCORE = _of("good_score", _empty_wins)
NOISE_WINS = _of("noise_wins", _empty_wins, _won)

ELSEWHERE = _of("elsewhere", lambda o: True)
NO_INTERVAL = _of(
    "no_interval",
    lambda o: not known(o.gap.tau.low),
    lambda o: {"why": o.gap.tau.warning or TEXT.without_order.no_interval},
)
INTERVAL = _of(
    "interval",
    lambda o: known(o.gap.tau.low),
    lambda o: {"low": number(o.gap.tau.low), "high": number(o.gap.tau.high)},
)
FEW = _of("few", lambda o: bool(o.gap.warnings), lambda o: {"warnings": " ".join(o.gap.warnings)})
ONE_NETWORK = _of("one_network", lambda o: True)

TRUE_ORDER = _of("true_order", lambda o: True)
OWN_TEST = _of("own_test", lambda o: True)
OWN_SETTINGS = Sentence[Seen](
    "ranking.own_settings",
    TEXT.verdict.own_settings,
    lambda seen: seen[1] is not None and bool(seen[1].faithfulness.rate),
    lambda seen: {
        "n": len(seen[1].faithfulness.settings) if seen[1] else 0,
        "rate": percent((seen[1].faithfulness.rate if seen[1] else 0.0) or 0.0),
        "unrelated": percent(UNRELATED),
    },
)
NEITHER = _of("neither", lambda o: True)

CLAIMS: tuple[tuple[Sentence[Seen], tuple[Sentence[Seen], ...]], ...] = (
    (BEST, (BEST_NOT, BEST_TOO, BEST_SHARED)),
    (FAILS, (FAILS_NOT, FROM_THE_TOP)),
    (GOOD_SCORE, (NOISE_WINS,)),
    (ELSEWHERE, (NO_INTERVAL, INTERVAL, FEW, ONE_NETWORK)),
    (TRUE_ORDER, (OWN_TEST, OWN_SETTINGS, NEITHER)),
)
"""A claim that is often made of such numbers, and what stands against it."""
