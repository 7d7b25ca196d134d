"""What the diagonal says: how alike two random networks order the methods, and what that does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xaicheck.experiments.ranking.association import Association, Lift
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.diagonal import Diagonal, Point, compared
from xaicheck.experiments.repairs.uncaught import Uncaught
from xaicheck.methods import METHODS
from xaicheck.reading.compared import full_name
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, number, reach
from xaicheck.statistics.networks import GATE, Memory
from xaicheck.topics.ranking.words import TEXT, method_label, variant_label

LEVEL = 0.05
BLURRED, SHUFFLED = "blurred", "shuffled"


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The diagonal, what limits it, and what the repair bench knows that it does not catch."""

    own: Association
    uncaught: Uncaught | None = None

    @property
    def found(self) -> Diagonal:
        """The diagonal itself."""
        return self.own.found

    def lift(self, change: str) -> Lift | None:
        """What that change of all maps does; None where it was not computed."""
        return next((one for one in self.own.lifts if one.change == change), None)


def _of(
    name: str, premise: Callable[[Seen], bool], numbers: Callable[[Seen], Mapping[str, object]] = lambda _: {}
) -> Sentence[Seen]:
    return Sentence(f"ranking.{name}", TEXT.diagonal.say[name], premise, numbers)


def _known(seen: Seen) -> dict[str, object]:
    return {"tau": number(seen.found.tau), "n": count(len(seen.found.real), "method")}


def _range(found: Diagonal) -> dict[str, object]:
    return {"placebo": reach(min(found.placebo), max(found.placebo))}


def _same(seen: Seen) -> bool:
    return seen.found.same_order


def _differs(seen: Seen) -> bool:
    return seen.found.tau is not None and not _same(seen)


SAME = _of("same_for_random", _same, _known)
OTHER = _of("other_for_random", _differs, _known)
PLACEBO = _of(
    "placebo",
    lambda s: bool(s.found.placebo) and s.found.tau is not None,
    lambda s: _range(s.found),
)


# What follows, and what does not

FOLLOWS = _of("follows", lambda s: _same(s) and s.own.all_random)
FOLLOWS_UPPER = _of("follows_upper", lambda s: _same(s) and not s.own.all_random)
APART = _of("apart", lambda s: s.found.apart)


def _at_the_end(seen: Seen) -> Mapping[str, object]:
    whole = seen.own.at_the_end
    assert whole is not None
    return {"tau": number(whole.tau), "depth": whole.depth, **_range(whole)}


WHOLE = _of("whole", lambda s: s.own.at_the_end is not None and not s.own.training_tells, _at_the_end)
WHOLE_APART = _of("whole_apart", lambda s: s.own.training_tells, _at_the_end)
NOT_SHOWN = _of(
    "not_shown",
    lambda s: s.own.against_faith is not None,
    lambda s: dict(zip(("raw", "rest"), map(number, s.own.against_faith or ()), strict=True)),
)
HALVES = _of(
    "halves",
    lambda s: len(s.found.halves) > 1,
    lambda s: {"n": len(s.found.halves), "taus": reach(min(s.found.halves), max(s.found.halves))},
)


def _lifted(seen: Seen) -> Mapping[str, object]:
    lift = seen.lift(BLURRED)
    assert lift is not None
    return {"together": number(lift.together), "n": count(len(lift.methods), "method")}


def _together(seen: Seen) -> bool:
    lift = seen.lift(BLURRED)
    return lift is not None and lift.together is not None


def _shuffled(seen: Seen) -> bool:
    lift = seen.lift(SHUFFLED)
    return lift is not None and lift.tau is not None


BLURRING = _of("blurring", _together, _lifted)
SHUFFLING = _of(
    "shuffling",
    _shuffled,
    lambda s: {"tau": number(lift.tau) if (lift := s.lift(SHUFFLED)) else ""},
)


def _families(seen: Seen) -> Mapping[str, object]:
    n, tau, least = seen.own.families
    return {"n": n, "tau": number(tau), "least": number(least, 3)}


FAMILIES = _of("families", lambda s: s.own.families[1] is not None, _families)
ONLY_HERE = _of(
    "only_here", lambda s: s.found.tau is not None, lambda s: {"pictures": count(s.found.images, "picture")}
)


# Gate and memory


def _shut(seen: Seen) -> list[Point]:
    return [p for p in seen.found.points if p.method in METHODS and not p.tells_apart]


def _remembering(seen: Seen, sign: int) -> list[Point]:
    """The methods with a clear memory of that sign, among those that tell networks apart."""
    return [
        p
        for p in seen.found.real
        if p.tells_apart
        and p.memory.judged
        and p.adjusted is not None
        and p.adjusted <= LEVEL
        and (p.memory.interval.estimate or 0) * sign > 0
    ]


GATED = _of(
    "gated",
    lambda s: bool(_shut(s)),
    lambda s: {"who": listed([_with_d(p) for p in _shut(s)]), "gate": number(GATE)},
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
    lambda s: any(not p.memory.judged for p in s.found.real if p.tells_apart),
    lambda s: {"n": s.found.networks},
)


def _with_d(point: Point) -> str:
    return f"{inside(method_label(point.method))} ({number(point.gate.estimate)})"


def _with_e(point: Point) -> str:
    return f"{inside(method_label(point.method))} ({number(point.memory.interval.estimate)})"


def _turning(seen: Seen) -> list[tuple[Point, tuple[int, float], tuple[int, float]]]:
    """(method, (depth, E) of its largest E, of its least): both clear of 0, by Bonferroni over all drawn."""
    found = []
    drawn = len(seen.found.depths) * len(seen.found.real)
    for point in seen.found.real:
        if not point.tells_apart:
            continue
        known = [
            (m.interval.estimate or 0.0, d)
            for d, m in zip(seen.found.depths, point.depths, strict=True)
            if m and m.judged and m.p_value is not None and m.p_value * drawn <= LEVEL
        ]
        up, down = [one for one in known if one[0] > 0], [one for one in known if one[0] < 0]
        if up and down:
            (high, at), (low, other) = max(up), min(down)
            found.append((point, (at, high), (other, low)))
    return found


def _turns(seen: Seen) -> Mapping[str, object]:
    said = [
        f"{inside(method_label(p.method))} ({number(up)} at depth {at}, {number(down)} at depth {other})"
        for p, (at, up), (other, down) in _turning(seen)
    ]
    return {"who": listed(said)}


TURNS = _of("turns", lambda s: bool(_turning(s)), _turns)
UNSEEN = _of(
    "unseen",
    lambda s: s.uncaught is not None,
    lambda s: (
        {"gate": number(s.uncaught.gate, 3), "memory": number(s.uncaught.memory, 3)} if s.uncaught else {}
    ),
)


def title(seen: Seen) -> str:
    """The order by two random networks beside the check's."""
    return say((SAME, OTHER, PLACEBO), seen, "") or str(TEXT.diagonal.title)


def memory_title(seen: Seen) -> str:
    """Whose E changes sign with depth, or what the chart shows."""
    return TURNS(seen) or str(TEXT.diagonal.memory)


def memory_alt(seen: Seen, points: Sequence[Point]) -> str:
    """The lines in words: E at their first and last depth."""
    said = []
    for p in points:
        known = [(d, m.interval.estimate) for d, m in zip(seen.found.depths, p.depths, strict=True) if m]
        ends = listed([f"{number(e)} at depth {d}" for d, e in dict.fromkeys((known[0], known[-1]))])
        said.append(f"{method_label(p.method)}: {ends}")
    return f"{TEXT.diagonal.memory}. {'; '.join(said)}."


def lines(seen: Seen) -> tuple[str, ...]:
    """What the data show beside, and what they do not show."""
    found = (FOLLOWS, FOLLOWS_UPPER, APART, WHOLE, WHOLE_APART, NOT_SHOWN)
    limits = (ONLY_HERE, HALVES, BLURRING, SHUFFLING, FAMILIES)
    said = say(limits, seen)
    told = (GATED, REMEMBERS, LESS, NO_VERDICT, UNSEEN)
    return (*_each(found, seen), *filter(None, (said,)), *_each(told, seen))


def _each(sentences: Sequence[Sentence[Seen]], seen: Seen) -> list[str]:
    return [text for one in sentences if (text := one(seen))]


def by_which(seen: Seen) -> str:
    """Which comparison the networks were compared by."""
    return str(TEXT.diagonal.by.format(comparison=full_name(seen.found.comparison)))


def not_compared(data: RankingData) -> str:
    """Under which settings all networks were compared."""
    measures = listed([inside(full_name(one)) for one in compared(data)])
    variant = variant_label(data.variants[0].variant)
    return str(TEXT.diagonal.not_compared.format(variant=inside(variant), measures=measures))


def rows(seen: Seen) -> list[dict[str, Any]]:
    """A row a method, and a row for each control made of its maps: no order among them."""
    names = TEXT.diagonal.columns
    changed = [(name, p) for name, own in seen.own.changed for p in own.points]
    return [
        {
            names.method: method_label(p.method) + (f", {name}" if name else ""),
            names.trained: p.r,
            names.between: p.b.estimate,
            **_ends(names.between, p.b),
            names.again: p.again,
            names.gate: p.gate.estimate,
            **_ends(names.gate, p.gate),
            names.passes: p.tells_apart,
            names.memory: p.memory.interval.estimate,
            **_ends(names.memory, p.memory.interval),
            names.p_value: p.adjusted,
            names.lost: p.lost,
        }
        for name, p in [("", p) for p in seen.found.points] + changed
    ]


def depth_rows(seen: Seen) -> list[dict[str, Any]]:
    """E depth by depth, with the interval of each."""
    names = TEXT.diagonal.columns

    def row(point: Point, depth: int, own: Memory) -> dict[str, Any]:
        e = own.interval
        return {
            names.method: method_label(point.method),
            names.depth: depth,
            names.memory: e.estimate,
        } | _ends(names.memory, e)

    return [
        row(p, depth, own)
        for p in seen.found.real
        for depth, own in zip(seen.found.depths, p.depths, strict=True)
        if own is not None
    ]


def _ends(name: str, interval: Any) -> dict[str, float | None]:
    return {f"{name}, low": interval.low, f"{name}, high": interval.high}
