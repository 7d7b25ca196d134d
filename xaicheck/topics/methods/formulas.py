"""Docstrings as a page shows them: formulas with the signs of mathematics, code without its marks."""

from __future__ import annotations

import re

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
