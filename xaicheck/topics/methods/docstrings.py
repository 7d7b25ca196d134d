"""What a docstring says, as a page shows it: in labelled parts, without marks, formulas with their signs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LABELS = ("Formula", "Source", "Differs", "Assumes", "Undefined when", "Errors", "Cost")
_LABEL = re.compile(rf"(?:^|(?<=[.;] ))({'|'.join(LABELS)}): *")
_SIGNS = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"\bsqrt\b", "√"), (r"√ \(", "√("),
        (r"\bsum(?=_)", "Σ"), (r"\bsum (?=\(|\|?[a-z]\b)", "Σ "), (r"\bint_0\b", "∫₀"), (r"\bint_", "∫_"),
        (r"(?<=\d)pi\b|\bpi\b", "π"), (r"\bmu\b", "μ"), (r"\brho\b", "ρ"), (r"\bpsi\b", "ψ"),
        (r"\bPhi\b", "Φ"), (r"\bGamma\b", "Γ"),
        (r"\^2\b", "²"), (r"\^3\b", "³"), (r"\binf\b", "∞"),
        (r"\+-", "±"), (r"!=", "≠"), (r">=", "≥"), (r"<=", "≤"),
        (r"(?<=[ (\[])-(?=[ \dabx])|^-", "−"), (r"(?<=\d) x (?=\d)", " × "),
    )
)  # fmt: skip


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
        MappingProxyType({label: _joined(part) for label, part in parts.items()}),
    )


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def readable(formula: str) -> str:
    """A docstring's formula with the signs that mathematics has for its words."""
    formula = unmarked(formula)
    for pattern, sign in _SIGNS:
        formula = pattern.sub(sign, formula)
    return formula


def unmarked(text: str) -> str:
    """The text without the marks that docstrings put around code."""
    return re.sub(r"`([^`]*)`", r"\1", text)


def shapeless(text: str) -> str:
    """The text, its formulas readable, without the shapes of arrays: [seed image], broadcast shape."""
    text = re.sub(r",? \[(?:[A-Za-z.]+ ?)+\]", "", text)
    return readable(re.sub(r"[,;] (?:broadcast shape|shape of [\w ]+?)(?=[.;])", "", text))
