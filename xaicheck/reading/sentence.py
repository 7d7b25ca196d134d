"""A sentence as a value: its words, its numbers, and the premise without which it is not said.

The words stand in `texts.toml`; premise and numbers read what the sentence is said of: a report at a depth,
the facts of a story, the data of a page. Variants exclude one another by their premises, not by their order,
so that `say` may ask all of them. `tests/premises.py` collects the sentences of a room, finds them in what
it shows, and takes premises away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Generic, TypeVar

Seen = TypeVar("Seen")


def _no_numbers(_: object) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True, eq=False)
class Sentence(Generic[Seen]):
    """A sentence, or a clause of one, about what is seen."""

    key: str
    words: str  # names in braces stand for numbers
    premise: Callable[[Seen], bool]
    numbers: Callable[[Seen], Mapping[str, object]] = _no_numbers  # what the names stand for

    def __call__(self, seen: Seen) -> str:
        """The text; empty where the premise does not hold."""
        return self.words.format_map(self.numbers(seen)) if self.premise(seen) else ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds the sentence in a text, its first letter small or not; each name is a group.

        The first name holds the words before it at most once: "the 3" is found in "the top, the 3 blocks".
        """
        return _pattern(self.words)


def say(sentences: Iterable[Sentence[Seen]], seen: Seen, between: str = " ") -> str:
    """All of the sentences whose premise holds; empty where none does."""
    return between.join(filter(None, (sentence(seen) for sentence in sentences)))


@cache
def _pattern(words: str) -> re.Pattern[str]:
    whole, named = "", set[str]()
    for fixed, name, _, _ in Formatter().parse(words):
        literal = re.sub(r"\\\.(?=\\ |$)", r"\.(?!\\w)", re.escape(fixed))  # 0.5 ends no sentence
        whole += literal if whole or not fixed[:1].isalpha() else f"(?i:{fixed[0]}){re.escape(fixed)[1:]}"
        if name is not None:
            again = f"(?!{literal})" if fixed and not named else ""
            held = rf"(?P<{name}>(?:{again}(?!\. ).)*?)"  # no name goes on beyond the end of a sentence
            whole += f"(?P={name})" if name in named else held
            named.add(name)
    return re.compile(whole + r"(?=[.;](?:\s|$)|$)" * whole.endswith("*?)"), re.MULTILINE)
