"""What the page Methods computes: every comparison of one picture's maps, and three worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xaicheck.experiments.first_visit.examples import Examples
from xaicheck.methods import METHODS
from xaicheck.reading.compared import normalisation_name
from xaicheck.reading.words import inside
from xaicheck.seeds import derived
from xaicheck.similarity.comparisons import canonical, compare, comparisons, same_order
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import SIGNS
from xaicheck.statistics import Flips, pair_signs, ranking_flips, ranks
from xaicheck.types import Comparison, Score


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Every method's score under every comparison: its original map against its randomized one."""

    comparisons: tuple[Comparison, ...]
    methods: tuple[str, ...]  # those with a number under every comparison
    values: np.ndarray  # float64 [comparison method]
    missing: Mapping[str, str]  # the other methods, and why
    flips: Flips  # of the orders, most changed first; comparisons that order alike by algebra count once

    @property
    def ways(self) -> int:
        """How many comparisons may order the methods differently."""
        return len(self.flips.settings)

    def place(self, comparison: Comparison) -> int:
        """The row of the comparison, or of the one that gives the same numbers."""
        return self.comparisons.index(canonical(comparison))

    def score(self, comparison: Comparison, method: str) -> Score:
        """A method's score, or why there is none."""
        if method not in self.methods:
            return Score(None, self.missing.get(method, "not computed"))
        return Score(float(self.values[self.place(comparison), self.methods.index(method)]))

    def change(self, comparison: Comparison) -> np.ndarray:
        """How much each map changed, [method]: the score, turned so that higher is more changed."""
        return changed(comparison, self.values[self.place(comparison)])

    def order(self, comparison: Comparison) -> tuple[str, ...]:
        """The methods, most changed first; ties in the order of the registry."""
        by_change = np.argsort(-self.change(comparison), kind="stable")
        return tuple(self.methods[i] for i in by_change)

    def ranks(self, comparison: Comparison) -> dict[str, float]:
        """Each method's rank, 1 = most changed."""
        return dict(zip(self.methods, map(float, ranks(self.change(comparison))), strict=True))

    def firsts(self) -> tuple[tuple[str, float], ...]:
        """(method, number of comparisons in which it comes first, ties shared), most often first."""
        wins = self.flips.wins * self.ways
        return tuple(
            sorted(
                ((m, float(w)) for m, w in zip(self.methods, wins, strict=True) if w > 0), key=lambda x: -x[1]
            )
        )

    def swapped(self, one: Comparison, other: Comparison) -> tuple[float, int]:
        """(pairs of methods in another order, all pairs): a pair that ties in one of the two counts half."""
        signs = [pair_signs(self.change(comparison)) for comparison in (one, other)]
        return float(np.abs(signs[0] - signs[1]).sum() / 2), signs[0].size


def changed(comparison: Comparison, values: np.ndarray) -> np.ndarray:
    """Scores turned so that higher means more changed."""
    return values if SIMILARITIES[comparison.measure].distance else -values


def scores(examples: Examples) -> Scores | None:
    """All comparisons of all pairs; None where fewer than two methods have numbers."""
    wanted = comparisons()
    rows: dict[str, list[float]] = {}
    missing: dict[str, str] = {}
    for method, pair in examples.pairs.items():
        if pair.original is None or pair.randomized is None:
            missing[method] = pair.why
            continue
        row = compare(pair.original, wanted)(pair.randomized)
        why = next((score.why for score in row if score.value is None), None)
        if why is None:
            rows[method] = [float(score) for score in row]
        else:
            missing[method] = why
    if len(rows) < 2:
        return None
    values = np.array(list(rows.values())).T
    by_setting = {
        name(one): changed(one, values[i]) for i, one in enumerate(wanted) if same_order(one) == one
    }
    return Scores(wanted, tuple(rows), values, missing, ranking_flips(by_setting, tuple(rows)))


def name(comparison: Comparison) -> str:
    """The comparison in words: measure, normalisation, sign; what changes nothing is left out."""
    label = SIMILARITIES[comparison.measure].label
    parts = [
        normalisation_name(comparison.normalisation) if normalised(comparison.measure) else "",
        inside(SIGNS[comparison.sign].label) if comparison.sign != next(iter(SIGNS)) else "",
    ]
    return ", ".join([label, *(part for part in parts if part)])


def normalised(measure: str) -> bool:
    """Whether the normalisation changes this measure's number."""
    return len({c.normalisation for c in comparisons() if c.measure == measure}) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """A map against itself, against noise that has nothing to do with it, and against its negative."""

    method: str  # whose map it is
    maps: Mapping[str, np.ndarray]  # "same", "noise", "flipped"
    scores: Mapping[str, Mapping[str, Score]]  # measure -> case -> score, second moment, signed


CASES = {"same": "The same map", "noise": "Unrelated noise", "flipped": "The sign flipped"}


def worked(examples: Examples) -> Worked | None:
    """The three cases on the first signed map of the examples; None without one."""
    maps = ((key, pair.original) for key, pair in examples.pairs.items() if METHODS[key].signed)
    method, original = next(((key, a) for key, a in maps if a is not None), ("", None))
    if original is None:
        return None
    noise = np.random.default_rng(derived("page methods", "noise")).standard_normal(original.shape)
    spread = float(np.sqrt(np.mean(np.square(original, dtype=np.float64))))
    cases = {"same": original, "noise": (noise * spread).astype(np.float32), "flipped": -original}
    table = {
        key: {case: measure.fn(original, other) for case, other in cases.items()}
        for key, measure in SIMILARITIES.items()
    }
    return Worked(method, cases, table)


@dataclass(frozen=True, slots=True)
class Moved:
    """Two normalisations of one measure, and what becomes of the order between them."""

    measure: str
    one: Comparison
    other: Comparison
    swapped: float  # pairs of methods
    pairs: int
    first: tuple[str, str]  # who comes first under each


def most_moved(scores: Scores) -> Moved | None:
    """The two normalisations of one measure, signed, that differ most in their order; None if none differ."""
    best: Moved | None = None
    for i, one in enumerate(scores.comparisons):
        for other in scores.comparisons[i + 1 :]:
            if (one.measure, one.sign) != (other.measure, other.sign) or one.sign != next(iter(SIGNS)):
                continue
            swapped, pairs = scores.swapped(one, other)
            if best is None or swapped > best.swapped:
                firsts = (scores.order(one)[0], scores.order(other)[0])
                best = Moved(one.measure, one, other, swapped, pairs, firsts)
    return best if best is not None and best.swapped else None


def distinct_orders(scores: Scores) -> int:
    """How many different orders of the methods the comparisons give."""
    return len({tuple(pair_signs(scores.change(one))) for one in scores.comparisons})


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """The stored maps and all that follows from them."""

    examples: Examples
    scores: Scores | None
    worked: Worked | None


def computed(examples: Examples) -> Computed:
    """What the page shows of these maps; it takes a second, so the page does it once a process."""
    return Computed(examples, scores(examples), worked(examples))
