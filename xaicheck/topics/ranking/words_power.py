"""What the data could have shown: the smallest tau, the smallest differences, and what more would take."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, number
from xaicheck.statistics import Pair, Power
from xaicheck.statistics.intervals import FEW_IMAGES
from xaicheck.statistics.power import MOST_IMAGES, MOST_TIMES
from xaicheck.topics.ranking.numbers import TwoOrders
from xaicheck.topics.ranking.words import TEXT, method_label

SAYS = TEXT.power.say


def _power(orders: TwoOrders) -> Power:
    power = orders.view.power
    assert power is not None  # a view with two orders has it
    return power


def _of(
    name: str, premise: Callable[[Power], bool], numbers: Callable[[TwoOrders], Mapping[str, object]]
) -> Sentence[TwoOrders]:
    return Sentence(f"ranking.power.{name}", SAYS[name], lambda o: premise(_power(o)), numbers)


def _tau(orders: TwoOrders) -> dict[str, object]:
    power = _power(orders)
    return {
        "methods": count(power.n_methods, "method"),
        "tau": number(power.tau),
        "needed": count(power.methods_for_half, "method"),
    }


def _pair(orders: TwoOrders, pair: Pair | None) -> dict[str, object]:
    assert pair is not None
    return {
        "networks": count(len(orders.data.variant(orders.choice.variant).seeds), "random network"),
        "pictures": count(len(orders.images), "picture"),
        "difference": number(pair.difference, 3),
        "observed": number(pair.observed, 3),
        "names": listed([inside(method_label(key)) for key in pair.methods]),
    }


def _check(orders: TwoOrders) -> dict[str, object]:
    return _pair(orders, _power(orders).check)


def _faith(orders: TwoOrders) -> dict[str, object]:
    return _pair(orders, _power(orders).faith)


def _rounded(needed: int | None) -> int:
    """To two digits, upwards: an estimate has no more."""
    n = needed or 0
    step = 10 ** max(0, len(str(n)) - 2)
    return -(-n // step) * step


def _in_check(name: str, premise: Callable[[Pair], bool], n: Callable[[Pair], int]) -> Sentence[TwoOrders]:
    """What showing the observed difference takes in the check."""
    return _of(
        name,
        lambda p: p.check is not None and premise(p.check),
        lambda o: {} if (pair := _power(o).check) is None else {"n": f"{n(pair):,}"},
    )


def _in_faith(name: str, premise: Callable[[Pair], bool], n: Callable[[Pair], int]) -> Sentence[TwoOrders]:
    """The same in faithfulness, in pictures."""
    return _of(
        name,
        lambda p: p.faith is not None and premise(p.faith),
        lambda o: {} if (pair := _power(o).faith) is None else {"n": f"{n(pair):,}"},
    )


def _few(pair: Pair) -> bool:
    """Whether the estimate is so small that only its bound is said; what is shown already is said so."""
    return pair.needed is not None and pair.needed < FEW_IMAGES


TAU = (
    _of("tau_seen", lambda p: p.tau is not None, _tau),
    _of("no_tau_seen", lambda p: p.n_methods > 1 and p.tau is None, _tau),
)
CHECK = (
    _of("check", lambda p: p.check is not None, _check),
    _in_check("shown", lambda p: p.needed == 1, lambda p: 1),
    _in_check("times", lambda p: p.needed is not None and p.needed > 1, lambda p: _rounded(p.needed)),
    _in_check("many_times", lambda p: p.needed is None, lambda _: MOST_TIMES),
)
FAITH = (
    _of("faith", lambda p: p.faith is not None, _faith),
    _in_faith("suffice", _few, lambda _: FEW_IMAGES),
    _in_faith("about", lambda p: p.needed is not None and not _few(p), lambda p: _rounded(p.needed)),
    _in_faith("more", lambda p: p.needed is None, lambda _: MOST_IMAGES),
)


def lines(orders: TwoOrders) -> tuple[str, ...]:
    """A line each for tau, the check and faithfulness; none where nothing can be said."""
    return tuple(filter(None, (say(TAU, orders), say(CHECK, orders, ""), say(FAITH, orders, ""))))
