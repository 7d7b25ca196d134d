"""What the diagonal says: the check's order is that of two random networks, and what that does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaicheck.experiments.ranking.diagonal import Diagonal, Point
from xaicheck.methods import METHODS
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, number
from xaicheck.statistics import pair_signs, tau_b, tau_null
from xaicheck.statistics.networks import GATE
from xaicheck.topics.ranking.numbers import TwoOrders
from xaicheck.topics.ranking.words import CHANCE, TEXT, method_label

SAME_ORDER = 0.8  # tau of r and b from which the order is called the one that random networks give
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """The diagonal with the two orders beside it."""

    found: Diagonal
    orders: TwoOrders

    @property
    def real(self) -> tuple[Point, ...]:
        """The methods that look at the network."""
        return tuple(p for p in self.found.points if p.method in METHODS and not METHODS[p.method].control)

    @property
    def tau(self) -> float | None:
        """Tau of r and b over them."""
        return _tau([p.r for p in self.real], [_b(p) for p in self.real])

    @property
    def p_value(self) -> float | None:
        """How often unrelated orders have such a tau."""
        if len(self.real) < 2:
            return None
        return tau_null([p.r for p in self.real], [_b(p) for p in self.real]).p_value

    @property
    def placebo(self) -> tuple[float, ...]:
        """The same with each random network in the trained one's place."""
        roles = range(len(self.real[0].placebo)) if self.real else range(0)
        found = (_tau(*zip(*(p.placebo[role] for p in self.real), strict=True)) for role in roles)
        return tuple(tau for tau in found if tau is not None)

    @property
    def against_faith(self) -> tuple[float, float] | None:
        """Tau with faithfulness: of the order by r, and of the order by r less b; None where one has none."""
        faith = {p.key: p.faith.estimate for p in self.orders.places}
        both = [(p, faith[p.method]) for p in self.real if faith.get(p.method) is not None]
        goodness = [-f if self.orders.faith_low_is_better else f for _, f in both if f is not None]
        turn = -1.0 if self.orders.low_is_better else 1.0
        raw = _tau([turn * p.r for p, _ in both], goodness)
        rest = _tau([turn * (p.r - _b(p)) for p, _ in both], goodness)
        return None if raw is None or rest is None else (raw, rest)


def _b(point: Point) -> float:
    return float("nan") if point.b.estimate is None else point.b.estimate


def _tau(first: Any, second: Any) -> float | None:
    if len(first) < 2:
        return None
    found = float(tau_b(pair_signs(np.array(first)), pair_signs(np.array(second))))
    return None if np.isnan(found) else found


def label(point: Point) -> str:
    """The method's name."""
    return method_label(point.method)


def _of(
    name: str, premise: Callable[[Seen], bool], numbers: Callable[[Seen], Mapping[str, object]] = lambda _: {}
) -> Sentence[Seen]:
    return Sentence(f"ranking.{name}", TEXT.diagonal.say[name], premise, numbers)


def _known(seen: Seen) -> dict[str, object]:
    return {"tau": number(seen.tau), "n": count(len(seen.real), "method")}


def _same(seen: Seen) -> bool:
    tau, p = seen.tau, seen.p_value
    return tau is not None and tau >= SAME_ORDER and p is not None and p <= CHANCE


SAME = _of("same_for_random", _same, _known)
OTHER = _of("other_for_random", lambda s: s.tau is not None and not _same(s), _known)
PLACEBO = _of(
    "placebo",
    lambda s: bool(s.placebo) and s.tau is not None,
    lambda s: {"low": number(min(s.placebo)), "high": number(max(s.placebo))},
)
NOT_NEARER = _of(
    "not_nearer",
    lambda s: s.against_faith is not None and s.against_faith[1] <= s.against_faith[0],
    lambda s: dict(zip(("raw", "rest"), map(number, s.against_faith or ()), strict=True)),
)
NEARER = _of(
    "nearer",
    lambda s: s.against_faith is not None and s.against_faith[1] > s.against_faith[0],
    lambda s: dict(zip(("raw", "rest"), map(number, s.against_faith or ()), strict=True)),
)


def _shut(seen: Seen) -> list[Point]:
    return [p for p in seen.found.points if p.method in METHODS and not p.tells_apart]


def _remembering(seen: Seen, sign: int) -> list[Point]:
    """The methods with a clear memory of that sign, among those that tell networks apart."""
    return [
        p
        for p in seen.real
        if p.tells_apart
        and p.memory.judged
        and p.adjusted is not None
        and p.adjusted <= LEVEL
        and (p.memory.interval.estimate or 0) * sign > 0
    ]


GATED = _of(
    "gated",
    lambda s: bool(_shut(s)),
    lambda s: {"who": listed([inside(label(p)) for p in _shut(s)]), "gate": number(GATE)},
)
REMEMBERS = _of(
    "remembers",
    lambda s: bool(_remembering(s, 1)),
    lambda s: {"who": listed([_with_e(p) for p in _remembering(s, 1)])},
)
LESS = _of(
    "less",
    lambda s: bool(_remembering(s, -1)),
    lambda s: {"who": listed([_with_e(p) for p in _remembering(s, -1)])},
)
NO_VERDICT = _of(
    "no_verdict",
    lambda s: any(not p.memory.judged for p in s.real if p.tells_apart),
    lambda s: {"n": s.found.networks},
)
UNSEEN = _of("unseen", lambda s: bool(s.real))


def _with_e(point: Point) -> str:
    return f"{inside(label(point))} ({number(point.memory.interval.estimate)})"


FOLLOWS = _of("follows", _same)


def title(seen: Seen) -> str:
    """The order by two random networks beside the check's."""
    return say((SAME, OTHER, PLACEBO), seen, "") or str(TEXT.diagonal.title)


def lines(seen: Seen) -> tuple[str, ...]:
    """What the data show beside, and what they do not show."""
    found = (FOLLOWS, NOT_NEARER, NEARER, GATED, REMEMBERS, LESS, NO_VERDICT, UNSEEN)
    return tuple(text for one in found if (text := one(seen)))


def hover(point: Point, found: Diagonal) -> str:
    """The numbers of a point."""
    return (
        f"<b>{label(point)}</b><br>{TEXT.diagonal.trained}: {number(point.r)}<br>"
        f"{TEXT.diagonal.between}: {number(point.b.estimate)}<br>"
        f"E = {number(point.memory.interval.estimate)}, D = {number(point.gate.estimate)}"
    )


def alt(seen: Seen) -> str:
    """The points in words."""
    return f"{title(seen)}. " + "; ".join(
        f"{label(p)}: {number(p.b.estimate)}, {number(p.r)}" for p in seen.found.points if p.method in METHODS
    )


def rows(seen: Seen) -> list[dict[str, Any]]:
    """A row a method, and a row for each control made of its maps: no order among them."""
    return [
        {
            TEXT.diagonal.columns.method: _row_label(p.method),
            TEXT.diagonal.columns.trained: p.r,
            TEXT.diagonal.columns.between: p.b.estimate,
            **_ends(TEXT.diagonal.columns.between, p.b),
            TEXT.diagonal.columns.again: p.again,
            TEXT.diagonal.columns.gate: p.gate.estimate,
            **_ends(TEXT.diagonal.columns.gate, p.gate),
            TEXT.diagonal.columns.passes: p.tells_apart,
            TEXT.diagonal.columns.memory: p.memory.interval.estimate,
            **_ends(TEXT.diagonal.columns.memory, p.memory.interval),
            TEXT.diagonal.columns.p_value: p.adjusted,
            TEXT.diagonal.columns.lost: p.lost,
        }
        for p in seen.found.points
    ]


def _ends(name: str, interval: Any) -> dict[str, float | None]:
    return {f"{name}, low": interval.low, f"{name}, high": interval.high}


def _row_label(method: str) -> str:
    change, _, base = method.rpartition(":")
    return f"{method_label(base)}, {change}" if change else method_label(base)
