"""What the sentences of a check are said of: a report at a depth, by a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import DASH, NOISE, SAME, TEXT, alike, closeness, inside, score_word, scores
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import Measure
from xaicheck.types import Comparison, Method

HARDLY = 0.9  # at least so alike: hardly changed


@dataclass(frozen=True, eq=False)
class Seen:
    """A report at a depth by a measure, with the scores that there are."""

    reading: Reading
    measure: Measure
    depth: int
    methods: Mapping[str, Method]

    @cached_property
    def how(self) -> Comparison:
        """What the scores are, normalisation and sign included."""
        return self.reading.comparison(self.measure.key)

    @cached_property
    def scores(self) -> dict[str, float]:
        """Mean score over the seeds by method, controls included: those to go by, of maps without a mark."""
        usable = [key for key in self.reading.methods if self.reading.usable(key, self.depth)]
        means = {key: self.reading.score(key, self.measure.key, self.depth).mean for key in usable}
        return {key: mean for key, mean in means.items() if mean is not None}

    @property
    def asked(self) -> list[str]:
        """The attribution methods of the run, without controls."""
        return [key for key in self.reading.methods if not self.methods[key].control]

    @property
    def controls(self) -> list[str]:
        """The controls of the run."""
        return [key for key in self.reading.methods if self.methods[key].control]

    @property
    def real(self) -> list[str]:
        """The attribution methods with a score to go by, the least alike first."""
        known = [key for key in self.asked if key in self.scores]
        return sorted(known, key=lambda key: closeness(self.how, self.scores[key]))

    @property
    def stable(self) -> list[str]:
        """The attribution methods whose map hardly changed, in the order of the run."""
        return [key for key in self.asked if key in self.scores and self.alike(key) >= HARDLY]

    @cached_property
    def number(self) -> Callable[[float | None], str]:
        """How a score at this depth is written, wherever it stands."""
        means = [self.reading.score(key, self.measure.key, self.depth).mean for key in self.reading.methods]
        return scores(means, distance=self.measure.distance)

    def alike(self, key: str) -> float:
        """How alike a method's maps are: 1 the same, 0 independent; nan where that has no value."""
        return alike(self.how, self.scores[key])

    def word(self, key: str) -> str:
        """What a method's score says about its maps; a dash where it has no word, and at depth 0."""
        score = self.reading.score(key, self.measure.key, self.depth)
        if not self.depth:
            return DASH
        ends = [end for end in (score.low, score.high) if end is not None]
        best = ends and all(abs(end - self.measure.best) < SAME for end in ends)
        same = best and self.reading.unchanged(key, self.depth)
        return str(TEXT.unchanged) if same else score_word(self.how, score.mean)

    @property
    def measured(self) -> str:
        """The measure's name inside a sentence."""
        return inside(self.measure.label)

    @property
    def has_zero(self) -> bool:
        """Whether independent maps have a score of their own, so that scores can be put in words."""
        return unrelated(self.how) is not None

    @property
    def noise(self) -> float | None:
        """The score of fresh noise; None where it has none."""
        return self.scores.get(NOISE)

    @property
    def judged(self) -> bool:
        """Whether something is randomized and an attribution method has a score."""
        return self.depth > 0 and bool(self.real)

    @property
    def one_class(self) -> bool:
        """Whether all networks explain the same class."""
        return bool(self.reading.report.request.target_policy == "original")

    @property
    def unscored(self) -> bool:
        """Whether all is computed and no attribution method that was asked for has a score."""
        return self.depth > 0 and bool(self.asked) and not self.real and self.reading.report.complete

    @property
    def waiting(self) -> bool:
        """Whether attribution methods were asked for and none has a score, because not all is computed."""
        return self.depth > 0 and bool(self.asked) and not self.real and not self.reading.report.complete

    @property
    def why(self) -> str:
        """The reasons why attribution methods have no score to go by, each once."""
        scores = [self.reading.score(key, self.measure.key, self.depth) for key in self.asked]
        whys = [TEXT.marked if score.mean is not None else score.why for score in scores]
        return "; ".join(dict.fromkeys(whys))
