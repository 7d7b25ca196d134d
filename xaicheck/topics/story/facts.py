"""The few numbers of a report that the story tells, on one scale: 1 the same picture, 0 an unrelated one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from xaicheck.models.labels import LABELS
from xaicheck.randomization.modes import MODES
from xaicheck.reading.compared import signs
from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import NOISE, number
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Method

HARDLY = 0.9  # at least so alike: hardly changed
LITTLE = 0.2  # nearer to 0 than that: little or nothing is left


@dataclass(frozen=True, slots=True)
class Way:
    """One way to colour a photograph, and how alike its two colourings are."""

    key: str
    label: str
    signed: bool
    alike: float  # mean over the breaks
    breaks: int  # that have a number
    each: Mapping[int, float] = field(default_factory=dict)  # in every break, by its seed


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program calls the photograph, and the share of its certainty, 0 to 1."""

    index: int  # two kinds of things may have one label
    label: str
    share: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What the story tells of one report."""

    measure: str
    depth: int
    blocks: int
    mode: str
    sides: str  # whether the measure tells signs apart: a key of SIGNS
    seeds: int  # breaks, each with its own random numbers
    classes: int
    target: Answer
    asked: bool  # the visitor named the answer; else it is the program's surest
    broken: Answer | None  # the surest answer of the broken program
    ways: tuple[Way, ...]  # most alike first; no controls
    noise: Way | None  # the pure-noise control
    controls: tuple[Way, ...]  # the other controls, each with a number
    missing: tuple[str, ...]  # ways without a number to go by or without a picture
    strengths: tuple[float, ...]  # of the signals in each broken part: broken over trained
    lent: bool = False  # told of the sample, in the story of a run that has no noise

    @property
    def stable(self) -> Way:
        """The way whose colouring changed least."""
        return self.ways[0]

    @property
    def surely(self) -> bool:
        """Whether that way changed less than each other one in every break and as it is written."""
        first, *others = self.ways
        return all(
            number(way.alike) != number(first.alike)
            and all(value > way.each.get(seed, -math.inf) for seed, value in first.each.items())
            for way in others
        )

    @property
    def below(self) -> bool:
        """Whether the parts next to the answer are broken and others before them are not."""
        return MODES[self.mode].end == "output" and self.depth < self.blocks

    @property
    def breaks(self) -> tuple[int, int]:
        """The fewest and the most breaks that a number is the mean of."""
        counts = [way.breaks for way in (*self.ways, *self.controls, self.noise) if way is not None]
        return min(counts), max(counts)

    @property
    def hardly(self) -> int:
        """How many ways hardly changed."""
        return sum(way.alike >= HARDLY for way in self.ways)

    @property
    def little(self) -> int:
        """How many ways have little or nothing left of their first colouring."""
        return sum(abs(way.alike) < LITTLE for way in self.ways)

    @property
    def turned(self) -> int:
        """How many ways show the opposite of their first colouring."""
        return sum(way.alike <= -LITTLE for way in self.ways)


def facts(reading: Reading, methods: Mapping[str, Method]) -> Facts | None:
    """What there is to tell; None where no score is a correlation or nothing is drawn."""
    report = reading.report
    measure = _measure(reading)
    depths = [depth for depth in report.depths if depth]
    if measure is None or not depths:
        return None
    depth = min(depths, key=lambda d: (abs(d - reading.blocks // 2), d))
    scored = [way for key in reading.methods if (way := _way(reading, methods[key], measure, depth))]
    ways = [way for way in scored if not methods[way.key].control and drawn(reading, way.key, depth)]
    if not ways:
        return None
    controls = tuple(way for way in scored if methods[way.key].control)
    noise = next((way for way in controls if way.key == NOISE and drawn(reading, way.key, depth)), None)
    controls = tuple(way for way in controls if way.key != NOISE)
    told = {way.key for way in (*ways, *controls, noise) if way is not None}
    alive = reading.alive(depth)
    surest = alive.top5[0] if alive is not None and alive.top5 else None
    return Facts(
        measure=measure,
        depth=depth,
        blocks=reading.blocks,
        mode=report.request.mode,
        sides=signs(reading.comparison(measure)),
        seeds=len(report.request.seeds),
        classes=len(LABELS),
        target=Answer(report.target.index, report.target.label, report.target.probability),
        asked=report.request.target is not None,
        broken=None if surest is None else Answer(surest.index, surest.label, surest.probability),
        ways=tuple(sorted(ways, key=lambda way: -way.alike)),
        noise=noise,
        controls=controls,
        missing=tuple(methods[key].label for key in reading.methods if key not in told),
        strengths=_strengths(reading, depth),
    )


def drawn(reading: Reading, key: str, depth: int) -> bool:
    """Whether both colourings can be seen."""
    maps = [reading.map(key, at) for at in (0, depth)]
    return all(
        one is not None and one.values is not None and bool(np.isfinite(one.values).any()) for one in maps
    )


def _measure(reading: Reading) -> str | None:
    """The first measure that is 0 for unrelated pictures and 1 for the same, as the story says."""
    for key in reading.report.request.measures:
        if unrelated(reading.comparison(key)) == 0 and SIMILARITIES[key].best == 1:
            return key
    return None


def _way(reading: Reading, method: Method, measure: str, depth: int) -> Way | None:
    score = reading.score(method.key, measure, depth)
    if score.mean is None or not reading.usable(method.key, depth):
        return None
    each = reading.by_seed(method.key, measure, depth)
    return Way(method.key, method.label, method.signed, score.mean, score.seeds, each)


def _strengths(reading: Reading, depth: int) -> tuple[float, ...]:
    """How strong the signals of each broken part are beside the trained ones; dead ones are left out."""
    broken = set(reading.touched(depth))
    ratios = [row.ratio for row in reading.scales(depth) if row.block in broken]
    return tuple(r for r in ratios if r is not None and math.isfinite(r) and r > 0)
