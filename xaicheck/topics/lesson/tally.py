"""The visitor's answers: the first one to each question counts, whatever is chosen later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen, and what is right."""

    chosen: str
    right: str

    @property
    def correct(self) -> bool:
        """Whether the answer counts."""
        return self.chosen == self.right


@dataclass(frozen=True, slots=True)
class Result:
    """A step's count: `correct` of `asked`."""

    correct: int
    asked: int


_Key = tuple[str, str, str]  # sample, step, question


@dataclass(frozen=True, slots=True)
class Tally:
    """All answers of one visitor, by picture, step and question."""

    answers: Mapping[_Key, Answer] = field(default_factory=lambda: MappingProxyType({}))

    def with_answers(self, sample: str, step: str, given: Mapping[str, Answer]) -> Tally:
        """The tally with these answers to a step; a question that was answered before keeps its answer."""
        new = {(sample, step, question): answer for question, answer in given.items()}
        return Tally(MappingProxyType({**new, **self.answers}))

    def of(self, sample: str, step: str) -> dict[str, Answer]:
        """The answers to a step by question; empty where it was not answered."""
        return {q: a for (picture, name, q), a in self.answers.items() if (picture, name) == (sample, step)}

    def result(self, sample: str, step: str) -> Result | None:
        """A step's count; None where it was not answered."""
        given = self.of(sample, step)
        return Result(sum(a.correct for a in given.values()), len(given)) if given else None

    def total(self, sample: str) -> Result:
        """The count over all steps that were answered."""
        given = [answer for (picture, _, _), answer in self.answers.items() if picture == sample]
        return Result(sum(a.correct for a in given), len(given))

    def without(self, sample: str) -> Tally:
        """The tally with nothing answered about that picture."""
        return Tally(MappingProxyType({key: a for key, a in self.answers.items() if key[0] != sample}))
