"""What a step of the lesson is made of: frozen, typed, the same for every picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xaicheck.reading.captions import Caption
from xaicheck.topics.lesson.material import Material
from xaicheck.web import Page


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer."""

    key: str
    label: str


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


@dataclass(frozen=True, slots=True)
class Teaching:
    """What only the teacher's sheet says about a step."""

    aim: str
    expect: tuple[str, ...]  # with the picture's numbers
    pitfalls: tuple[str, ...]
    ask: tuple[str, ...]  # questions to the class


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One task, one reveal, one sentence to remember."""

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
    shown: Callable[[Material], str]  # HTML of the pictures that the question is about
    revealed: Callable[[Material], str]  # HTML of what only the answer shows
    teaching: Callable[[Material], Teaching]
    needs_maps: bool = False  # False: works from what was computed beforehand
