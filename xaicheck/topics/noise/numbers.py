"""What the slider of noise shows: one method's map, its similarity and its faithfulness, share by share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xaicheck.experiments.noise.contest import change
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.experiments.noise.mixing import MixCurve
from xaicheck.experiments.noise.store import STEP
from xaicheck.reading.words import alike
from xaicheck.similarity import comparisons
from xaicheck.statistics import Interval, replicate_interval
from xaicheck.types import Comparison

CLEAR = 0.02  # a smaller change of a score is called none
LITTLE = 0.1  # on a scale from 1, the same map, to 0, what independent ones give


@dataclass(frozen=True)
class Mix:
    """A method's map at every share of noise, and the share that the slider shows."""

    picture: str  # a key of the gallery
    method: str
    depth: int
    share: float
    fill: str
    curve: MixCurve
    faithfulness: Mapping[str, np.ndarray]  # float64 [share draw] by fill
    faithful_shares: tuple[float, ...]

    @cached_property
    def measure(self) -> str:
        """The key of the similarity."""
        return self.curve.measure

    @cached_property
    def similarity(self) -> tuple[Interval, ...]:
        """The similarity at each share, with the interval that the draws of the noise allow."""
        return tuple(replicate_interval(column) for column in self.curve.values.T)

    def faithful(self, fill: str) -> tuple[Interval, ...]:
        """The faithfulness at each share, with the interval that the draws of the noise allow."""
        return tuple(replicate_interval(row) for row in self.faithfulness[fill])

    def alike_at(self, share: float) -> Interval | None:
        """The similarity at a share; None where it was not measured."""
        return _at(self.curve.shares, share, self.similarity)

    def faithful_at(self, share: float) -> Interval | None:
        """The faithfulness at a share under the chosen fill; None where it was not measured."""
        return _at(self.faithful_shares, share, self.faithful(self.fill))

    @property
    def check_moved(self) -> int:
        """1: better in the check than without noise, -1: worse, 0: the same to CLEAR."""
        now, before = self.alike_at(self.share), self.alike_at(0.0)
        if now is None or before is None or now.estimate is None or before.estimate is None:
            return 0
        moved = change(self.measure, now.estimate) - change(self.measure, before.estimate)
        return 0 if abs(moved) < CLEAR else int(np.sign(moved))

    @property
    def faith_moved(self) -> int:
        """1: more faithful than without noise, -1: less, 0: the interval holds the value without noise."""
        now, before = self.faithful_at(self.share), self.faithful_at(0.0)
        return 0 if now is None or before is None else _moved(now, before)


@dataclass(frozen=True, slots=True)
class Gain:
    """A map that is more faithful with noise in it than without."""

    picture: str
    method: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Over all pictures and methods that were computed: what a share of noise did to them."""

    maps: int
    better_in_check: int
    at_rest: int | None  # of the others, maps as alike as independent ones without noise; None: no such value
    more_faithful: int
    less_faithful: int
    gaining: tuple[Gain, ...]
    no_score: int  # maps without a similarity


def mix_of(
    data: NoiseData, picture: str, method: str, depth: int, share: float, fill: str, curve: MixCurve
) -> Mix:
    """The view of one method, its similarities given."""
    p, m = data.pictures.index(picture), data.methods.index(method)
    faith = {key: data.faithfulness[p, f, m].astype(np.float64) for f, key in enumerate(data.fills)}
    return Mix(picture, method, depth, share, fill, curve, faith, data.shares)


def stored_curve(data: NoiseData, picture: str, method: str, depth: int, measure: str) -> MixCurve:
    """The similarities as they were computed beforehand; without numbers, why."""
    p, m, q = data.pictures.index(picture), data.methods.index(method), data.measures.index(measure)
    values = data.similarity[p, q, m, data.depths.index(depth)].astype(np.float64)  # [share draw]
    if np.isfinite(values).all():
        return MixCurve(measure, data.shares, values.T, step=STEP)
    why = next(
        (
            gone.why
            for gone in data.missing
            if (gone.picture, gone.method, gone.depth) == (picture, method, depth)
        ),
        "a map could not be compared",
    )
    return MixCurve(measure, data.shares, np.empty((0, 0)), why)


def tally(data: NoiseData, depth: int, share: float, measure: str, fill: str) -> Tally:
    """What this share of noise did to every map: a gain or a loss is one that the interval excludes."""
    better = rest = more = less = missing = 0
    gaining = []
    zero = comparisons.unrelated(Comparison(measure))
    for picture in data.pictures:
        for method in data.methods:
            mix = mix_of(
                data, picture, method, depth, share, fill, stored_curve(data, picture, method, depth, measure)
            )
            if mix.curve.why:
                missing += 1
            else:
                better += mix.check_moved > 0
                unrelated = alike(measure, float(mix.similarity[0].estimate or 0)) < LITTLE
                rest += unrelated and mix.check_moved <= 0
            more += mix.faith_moved > 0
            less += mix.faith_moved < 0
            now, before = mix.faithful_at(share), mix.faithful_at(0.0)
            if mix.faith_moved > 0 and now is not None and before is not None:
                gaining.append(Gain(picture, method, float(before.estimate or 0), float(now.estimate or 0)))
    return Tally(
        len(data.pictures) * len(data.methods),
        better,
        None if zero is None else rest,
        more,
        less,
        tuple(gaining),
        missing,
    )


def estimate(interval: Interval | None) -> float | None:
    """The mean that the interval is around; None where nothing was measured."""
    return None if interval is None else interval.estimate


def _moved(now: Interval, before: Interval) -> int:
    if now.low is None or now.high is None or before.estimate is None:
        return 0
    return int(now.low > before.estimate) - int(now.high < before.estimate)


def _at(shares: tuple[float, ...], share: float, means: tuple[Interval, ...]) -> Interval | None:
    return means[shares.index(share)] if share in shares and means else None
