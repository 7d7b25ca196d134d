"""Texts at two levels: plain words for a class, terms and formulas for a researcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LEVELS: Mapping[str, str] = MappingProxyType({"student": "Student", "researcher": "Researcher"})
"""The levels by key; the first one is the default."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One thing said twice, at most two sentences each; the numbers in both are the same."""

    student: str
    researcher: str

    def at(self, level: str) -> str:
        """The text of that level, a key of LEVELS."""
        return self.researcher if level == "researcher" else self.student

    def format(self, **numbers: object) -> Caption:
        """The same with these in the braces of both texts."""
        return Caption(self.student.format(**numbers), self.researcher.format(**numbers))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may and what may not be concluded from the numbers that are shown."""

    may: tuple[str, ...]
    may_not: tuple[tuple[str, str], ...]  # (claim that does not follow, why not, with its number)
