"""Named choices of a removal, and the check of a count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xaicheck.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Option:
    """An allowed value of a setting, with the function that carries it out."""

    key: str
    label: str
    summary: str  # one sentence
    fn: Callable[..., np.ndarray]


def at_least_one(what: str, value: int) -> int:
    """The whole number, or BadRequest where it is below 1."""
    if value < 1:
        raise BadRequest(f"{value} is too small for the {what}; choose at least 1.")
    return value
