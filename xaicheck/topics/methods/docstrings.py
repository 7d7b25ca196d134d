"""What a docstring says, in parts that a page can show: first line, text, and labelled paragraphs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LABELS = ("Formula", "Source", "Differs", "Assumes", "Undefined when", "Errors", "Cost")
_LABEL = re.compile(rf"(?:^|(?<=[.;] ))({'|'.join(LABELS)}): *")


@dataclass(frozen=True, slots=True)
class Doc:
    """A docstring in its parts; every text is on one line, without markup."""

    summary: str  # the first line: what comes back
    text: str  # what is neither the first line nor labelled
    parts: Mapping[str, str]  # by label, a key of LABELS, in the docstring's order

    def get(self, label: str) -> str:
        """The paragraph of that label; empty where there is none."""
        return self.parts.get(label, "")


def doc_of(thing: object) -> Doc:
    """The parts of a function's or class's docstring; all empty where there is none."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    parts: dict[str, list[str]] = {}
    text: list[str] = []
    place = text
    for line in lines[1:]:
        if line and not line[0].isspace():  # a new paragraph; what continues one is indented
            place = text
        pieces = _LABEL.split(line.strip())
        place.append(pieces[0])
        for label, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            place = parts.setdefault(label, [])
            place.append(piece)
    return Doc(
        lines[0].strip() if lines else "",
        _joined(text),
        MappingProxyType({label: _joined(found) for label, found in parts.items()}),
    )


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
