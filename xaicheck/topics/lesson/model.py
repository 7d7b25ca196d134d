"""What the lesson is made of: steps with their questions, and a visitor's answers; frozen and typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from markupsafe import Markup

from xaicheck.reading.captions import Caption
from xaicheck.reading.charts import Chart
from xaicheck.reading.tables import Rows
from xaicheck.seeds import derived
from xaicheck.topics.lesson.material import Material
from xaicheck.viewer.scene import View
from xaicheck.web import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer."""

    key: str
    label: str


def options(labels: Mapping[str, str]) -> tuple[Option, ...]:
    """The options with these labels, in their order."""
    return tuple(Option(key, label) for key, label in labels.items())


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one right answer; `right` is None as long as the numbers are not computed."""

    key: str
    ask: str
    options: tuple[Option, ...]
    right: str | None
    because: str  # why, with its numbers; shown after the answer

    def label(self, key: str) -> str:
        """The text of an option; empty for an unknown one."""
        return next((option.label for option in self.options if option.key == key), "")


@dataclass(frozen=True, slots=True)
class Minutes:
    """The suggested time of a step: in a short lesson and in a long one."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low} to {self.high} minutes"


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """A figure that stands beside a question; only the answer brings its switch, and what is to be said."""

    figure: Callable[[bool], Any]  # of plotly, for each position of the switch
    alt: str
    caption: Caption
    switch: str
    told: Caption


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One task, one reveal, one sentence to remember; what a step does not need, it leaves out."""

    key: str
    short: str  # on the rail
    title: str
    minutes: Minutes
    act: str  # the button that shows the answer
    remember: str
    page: Page  # where it can be read about again
    task: Callable[[Material], Caption]
    questions: Callable[[Material], tuple[Question, ...]]
    reveal: Callable[[Material], Caption]
    # What the teacher's sheet says besides: the aim, pitfalls, questions to the class, what to expect.
    aim: str
    pitfalls: tuple[str, ...]
    ask: tuple[str, ...]
    expect: Callable[[Material], tuple[str, ...]] = lambda material: ()
    # Pictures: what the questions are about; what stands above a single question, by its key, before and
    # after its answer; what only the answer shows, at once, below the picture, over the whole width.
    shown: Callable[[Material], Markup] = lambda material: Markup()
    above: Callable[[Material, bool], Mapping[str, Markup]] = lambda material, answered: {}
    revealed: Callable[[Material], Markup] = lambda material: Markup()
    beside: Callable[[Material], Mapping[str, Beside]] = lambda material: {}  # by the question's key
    printed: Callable[[Material, bool], Markup] = lambda material, answered: Markup()  # the same on paper
    chart: Callable[[Material], Chart | None] = lambda material: None
    table: Callable[[Material], Rows] = lambda material: []  # the numbers of the chart or of the viewer
    viewer: View | None = None  # where the viewer starts
    needs_maps: bool = False  # False: works from what was computed beforehand


def shuffled(items: Sequence[T], sample: str, step: str) -> tuple[T, ...]:
    """The items in an order that depends on the picture and the step alone: a whole class sees the same."""
    places = sorted(range(len(items)), key=lambda i: derived("lesson", sample, step, i))
    return tuple(items[i] for i in places)


def sides(count: int, sample: str, step: str) -> tuple[bool, ...]:
    """For so many pairs, whether the first picture is the one looked for: true for half of them."""
    return shuffled([i < count // 2 for i in range(count)], sample, step)


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
    """How many answers are right: `correct` of `asked`."""

    correct: int
    asked: int

    @property
    def perfect(self) -> bool:
        """Whether no answer is wrong."""
        return self.correct == self.asked


@dataclass(frozen=True, slots=True)
class Tally:
    """All answers of one visitor, by (picture, step, question): the first to each question counts."""

    answers: Mapping[tuple[str, str, str], Answer] = field(default_factory=lambda: MappingProxyType({}))

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
