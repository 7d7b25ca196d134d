"""Named choices of a removal, and the check of a count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xaicheck.arguments import Unfit, whole
from xaicheck.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Option:
    """An allowed value of a setting, with the function that carries it out."""

    key: str
    label: str
    summary: str  # one sentence
    fn: Callable[..., np.ndarray]


def at_least_one(what: str, value: int) -> int:
    """The whole number; BadRequest for anything else, and below 1."""
    try:
        number = whole(value)
    except Unfit as error:
        raise BadRequest(f"{error.given} is no {what}; choose a whole number from 1.") from None
    if number < 1:
        raise BadRequest(f"{number} is too small for the {what}; choose at least 1.")
    return number
