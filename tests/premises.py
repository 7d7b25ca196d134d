"""Sentences and their premises, tested from outside: found in what is shown, judged by premises said again.

A room's test renders what it shows as `Shown` pieces and says each premise again from raw numbers, as a
function of those and of the match: `judge` gives what is said without its premise. `without_premise` takes a
premise away, and then `judge` must find something.
"""

from __future__ import annotations

import html
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from string import Formatter
from typing import Any, Generic, TypeVar

import xaicheck
from xaicheck.reading.sentence import Sentence

Raw = TypeVar("Raw")
Restated = Mapping[str, Callable[[Any, re.Match[str]], bool]]
"""A sentence's premise and numbers by its key, said again: (what the piece is about, the match) -> holds."""


@dataclass(frozen=True)
class Shown(Generic[Raw]):
    """One piece of text that a reader sees or hears, and the raw numbers that it is about."""

    place: str
    text: str
    about: Raw


def sentences_of(*rooms: str) -> dict[str, Sentence[Any]]:
    """All sentences that modules of these packages (names below xaicheck) hold, also inside tuples, by key.

    AssertionError where two have one key.
    """
    found: dict[str, Sentence[Any]] = {}
    for module in pkgutil.walk_packages(xaicheck.__path__, "xaicheck."):
        if not any(f"{module.name}.".startswith(f"xaicheck.{room}.") for room in rooms):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Sentence):
                    assert found.setdefault(one.key, one) is one, f"two sentences have the key {one.key}"
    return found


NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")


def number_of(text: str) -> float:
    """The number that a reader takes from a text that is one: −0.31, 1,234, 3.1·10⁻⁷."""
    text = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789", ","))
    return float(text.replace("·10", "e"))


def plain(markup: str) -> str:
    """What a reader of HTML sees and hears: the text, line by line, and the names of what has no text."""
    spoken = re.findall(r'(?:alt|aria-label|title)="([^"]*)"', markup)
    seen = re.sub(r"<(script|style).*?</\1>", " ", markup, flags=re.DOTALL)
    seen = re.sub(r"</?(?:b|i|em|strong|span|small|a|code|var|sub|sup)\b[^>]*>", "", seen)
    lines = re.sub(r"<[^>]+>", "\n", " ".join(seen.split())).splitlines()
    return "\n".join(" ".join(html.unescape(line).split()) for line in (*lines, *spoken) if line.strip())


def judge(
    sentences: Mapping[str, Sentence[Any]], shown: Iterable[Shown[Any]], restated: Restated
) -> Iterator[str]:
    """Each sentence that is shown although its premise, said again, does not hold, in words."""
    for piece in shown:
        for key, sentence in sentences.items():
            for match in matches(sentence, piece.text):
                if not restated[key](piece.about, match):
                    yield f"{piece.place}: {key} without its premise: {match.group()!r} in {piece.text!r}"


def found(sentences: Mapping[str, Sentence[Any]], shown: Iterable[Shown[Any]]) -> set[str]:
    """The keys of the sentences that appear at least once."""
    pieces = list(shown)
    return {key for key, s in sentences.items() if any(any(matches(s, p.text)) for p in pieces)}


def matches(sentence: Sentence[Any], text: str) -> Iterator[re.Match[str]]:
    """Where a sentence stands in a text; its longest fixed words are looked for first, which is quick."""
    fixed = max((words for words, *_ in Formatter().parse(sentence.words)), key=len)
    return iter(sentence.pattern.finditer(text)) if fixed[1:] in text else iter(())


@contextmanager
def without_premise(sentence: Sentence[Any]) -> Iterator[None]:
    """The sentence is said whatever holds, for the length of the context."""
    premise = sentence.premise
    object.__setattr__(sentence, "premise", lambda _: True)
    try:
        yield
    finally:
        object.__setattr__(sentence, "premise", premise)


def missed(sentence: Sentence[Any], shown: Iterable[Shown[Any]], restated: Restated) -> bool:
    """Whether a sentence that is said without its premise is judged wrong, or has not even its numbers.

    `shown`: a generator, so that it is rendered while the premise is away.
    """
    with without_premise(sentence):
        try:
            return any(judge({sentence.key: sentence}, shown, restated))
        except (
            ArithmeticError,
            AssertionError,
            AttributeError,
            LookupError,
            RuntimeError,
            TypeError,
            ValueError,
        ):
            return True
