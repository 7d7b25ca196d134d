"""What two random networks beside the trained and a random one say of a check. Plain text only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from xaicheck.engine import pairs
from xaicheck.reading.bands import Band, Bands
from xaicheck.reading.numbers import Reading
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.sentences import where
from xaicheck.reading.words import LITTLE, TEXT, count, inside, listed, method_name, number, scores
from xaicheck.similarity.measures import Measure
from xaicheck.statistics.networks import FEWEST, GATE
from xaicheck.types import Method, Report

SAYS = TEXT.bands
LEVEL = 0.05
NEAR = 0.1  # r and b no further apart than this are called as alike


@dataclass(frozen=True, eq=False)
class Behind:
    """A report's bands by a measure at a depth that has them."""

    bands: Bands
    measure: Measure
    depth: int
    methods: Mapping[str, Method]

    @property
    def reading(self) -> Reading:
        """The report."""
        return self.bands.reading

    @cached_property
    def found(self) -> Mapping[str, Band]:
        """By method, controls included, in the order of the run."""
        known = [key for key in self.reading.methods if key in self.methods]
        return self.bands.every(self.measure.key, self.depth, known)

    @cached_property
    def usable(self) -> dict[str, Band]:
        """Those of maps without a mark, on which a sentence may lean."""
        return {key: band for key, band in self.found.items() if self.reading.usable(key, self.depth)}

    @cached_property
    def memories(self) -> dict[str, float]:
        """E of the attribution methods."""
        real = {key: band for key, band in self.usable.items() if not self.methods[key].control}
        return {key: band.memory for key, band in real.items() if band.memory is not None}

    @property
    def networks(self) -> int:
        """How many random networks were compared with each other."""
        return len(self.bands.seeds)

    @property
    def furthest(self) -> float:
        """How far r and b are apart at most."""
        return max(map(abs, self.memories.values()), default=0.0)

    @property
    def near(self) -> bool:
        """Whether r and b are as alike for every attribution method; a distance has no scale of its own."""
        close = self.furthest <= NEAR and not self.measure.distance
        return bool(self.memories) and (close or self.furthest == 0)

    @property
    def low(self) -> list[str]:
        """The methods and controls with D not clearly above the minimum; without a verdict, by D itself."""
        return [key for key, band in self.usable.items() if self._shut(band)]

    def _shut(self, band: Band) -> bool:
        if self.measure.distance or band.gate is None:
            return False
        reached = band.gate_interval.low if band.gate_interval is not None else band.gate
        return reached is not None and reached <= GATE

    def clear(self, sign: int) -> list[str]:
        """The attribution methods with D above the minimum whose E is clearly above 0, or below."""
        found = {key: self.found[key] for key in self.memories if key not in self.low}
        return [
            key
            for key, band in found.items()
            if band.p_value is not None and band.p_value <= LEVEL and (band.memory or 0) * sign > 0
        ]

    @property
    def judged(self) -> bool:
        """Whether the E of an attribution method has a test."""
        return any(self.found[key].p_value is not None for key in self.memories)

    @cached_property
    def number(self) -> Callable[[float | None], str]:
        """How these numbers are written, wherever they stand."""
        values = [v for band in self.found.values() for v in (band.r.mean, band.b.mean, band.t.value)]
        return scores(values, distance=self.measure.distance)


def compared(report: Report) -> bool:
    """Whether random networks were compared with each other, or will be."""
    return bool(report.pairs) or (not report.complete and bool(pairs.seeds(report.request)))


def behind(bands: Bands, measure: Measure, depth: int, methods: Mapping[str, Method]) -> Behind | None:
    """The bands at the depth that has some and is nearest to this one; None at depth 0, or where none has."""
    known = bands.depths if depth else ()
    if not known:
        return None
    return Behind(bands, measure, min(known, key=lambda one: (abs(one - depth), one)), methods)


def _of(
    name: str,
    premise: Callable[[Behind], bool],
    numbers: Callable[[Behind], Mapping[str, object]] = lambda _: {},
) -> Sentence[Behind]:
    return Sentence(f"bands.{name}", SAYS.say[name], premise, numbers)


def _title(at: Behind) -> dict[str, object]:
    (first, *others) = [method_name(at.methods, key) for key in at.memories]
    who = f"over {1 + len(others)} methods" if others else f"for the {first} map"
    return {"place": where(at.reading, at.depth), "most": at.number(at.furthest), "who": who}


TITLE = (
    _of("near", lambda at: at.near, _title),
    _of("apart", lambda at: bool(at.memories) and not at.near, _title),
)
LINES = (
    _of(
        "few",
        lambda at: bool(at.found) and at.networks < FEWEST,
        lambda at: {"n": count(at.networks, "random network"), "fewest": FEWEST},
    ),
    _of("nearer", lambda at: bool(at.clear(1)), lambda at: {"who": _with_e(at, 1)}),
    _of("less", lambda at: bool(at.clear(-1)), lambda at: {"who": _with_e(at, -1)}),
    _of("neither", lambda at: at.judged and not at.clear(1) and not at.clear(-1)),
    _of(
        "under",
        lambda at: bool(at.low) and at.networks < FEWEST,
        lambda at: {"who": _with_d(at), "gate": number(GATE)},
    ),
    _of(
        "shut",
        lambda at: bool(at.low) and at.networks >= FEWEST,
        lambda at: {"who": _with_d(at), "gate": number(GATE)},
    ),
)


def _with_e(at: Behind, sign: int) -> str:
    return _named(at, {key: at.memories[key] for key in at.clear(sign)})


def _with_d(at: Behind) -> str:
    return _named(at, {key: at.found[key].gate for key in at.low})


def _named(at: Behind, values: Mapping[str, float | None]) -> str:
    return listed([f"{method_name(at.methods, key)} ({at.number(v)})" for key, v in values.items()])


@dataclass(frozen=True, eq=False)
class Drawing:
    """A method or control that draws random numbers, with its score under common ones and r under others."""

    at: Behind
    key: str

    @property
    def score(self) -> float | None:
        """The mean score: trained and random network with the same random numbers."""
        return self.at.reading.score(self.key, self.at.measure.key, self.at.depth).mean

    @property
    def artefact(self) -> bool:
        """Whether its D is low and it still scores high under common random numbers."""
        r, drawn = self.at.found[self.key].r.mean, self.at.methods[self.key].stochastic
        if not drawn or self.key not in self.at.low or self.score is None or r is None:
            return False
        return self.score >= LITTLE and self.score - r > GATE


ARTEFACT = Sentence[Drawing](
    "bands.artefact",
    SAYS.say.artefact,
    lambda one: one.artefact,
    lambda one: {
        "who": method_name(one.at.methods, one.key),
        "score": one.at.number(one.score),
        "r": one.at.number(one.at.found[one.key].r.mean),
    },
)


def title(at: Behind) -> str:
    """How far apart r and b are."""
    return say(TITLE, at) or str(SAYS.title)


def lines(at: Behind) -> tuple[str, ...]:
    """What the numbers say of single methods, whether they allow a verdict, and what none of them catches."""
    drawn = (ARTEFACT(Drawing(at, key)) for key in at.usable)
    return tuple(filter(None, (*(one(at) for one in LINES), *drawn, SAYS.unseen)))


def card(at: Behind | None, key: str, depth: int) -> str:
    """A method's b, E and D in one line; empty where it has none. `depth`: the one that is looked at."""
    band = None if at is None else at.found.get(key)
    if at is None or band is None:
        return ""
    b = at.number(band.b.mean)
    if band.b.low is not None and band.b.low != band.b.high:
        b += f" ({at.number(band.b.low)} to {at.number(band.b.high)})"
    line = SAYS.card.format(b=b, gate=at.number(band.gate), memory=at.number(band.memory))
    if band.b.mean is None:
        line = SAYS.none.format(why=band.b.why)
    return line if at.depth == depth else f"{SAYS.elsewhere.format(depth=at.depth)}{inside(line)}"


def alt(at: Behind) -> str:
    """The alternative text of the figure: every method's b and r."""
    told = [
        f"{at.methods[key].label} {at.number(band.b.mean)}, {at.number(band.r.mean)}"
        for key, band in at.found.items()
    ]
    return f"{title(at)}. {SAYS.b}; {SAYS.r}. {'; '.join(told)}."
