"""What a caller may give for an argument, and the one form in which it is used.

A domain knows a kind of values. Its `converted` gives the canonical form of one, and only that is used from
there on; an `Argument` says in one sentence what is wrong with any other. The command line, the link and the
widgets hold plain forms of the same values.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping, Set
from itertools import islice
from math import isfinite
from numbers import Integral, Real
from typing import Any

import numpy as np

MOST_ITEMS = 10_000  # of a list; no argument has room for more, and a generator may never end
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


class Unfit(ValueError):
    """Not a value of the domain: what was given, and a word of advice, as parts of a sentence."""

    def __init__(self, given: object, *, hint: str = "") -> None:
        super().__init__(given, hint)
        self.given = given if isinstance(given, Words) else shown(given)
        self.hint = hint


class Words(str):
    """What was given, in words: "51 of them"."""


def shown(value: object) -> str:
    """A value that was given, short and in one line."""
    try:
        text = " ".join(_SHORT.repr(value).split())
    except ValueError:  # more digits than Python writes out
        return "a number of thousands of digits"
    return f"something of type {type(value).__name__}" if text.startswith("<") else text


def scalar(value: Any) -> Any:
    """A single number or text of numpy or torch as Python's own; anything else as it is."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def _number(value: Any) -> Any:
    number = scalar(value)
    if isinstance(number, bool) or not isinstance(number, Real):
        raise Unfit(value)
    return number


def whole(value: Any) -> int:
    """The whole number; Unfit for anything else, also for true and false and for digits in a text."""
    number = _number(value)
    if not isinstance(number, Integral) and not real(number).is_integer():
        raise Unfit(value)
    return int(number)


def real(value: Any) -> float:
    """The finite number; Unfit for anything else."""
    try:
        found = float(_number(value))
    except OverflowError as error:
        raise Unfit(value) from error
    if not isfinite(found):
        raise Unfit(value)
    return found


def text(value: Any) -> str:
    """The text, of no class of somebody's own; Unfit for anything else."""
    given = scalar(value)
    if not isinstance(given, str):
        raise Unfit(value)
    return str.__str__(given)


def items(value: Any) -> tuple[Any, ...]:
    """The members of a list, array, set or the like, read once; a single value is one member."""
    value = scalar(value)
    if isinstance(value, (Mapping, bytes, bytearray)):
        raise Unfit(value)
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    found = tuple(islice(value, MOST_ITEMS + 1))
    if len(found) > MOST_ITEMS:
        raise Unfit(Words(f"a list of more than {MOST_ITEMS:_} members".replace("_", " ")))
    return found


def plain(value: Any) -> Any:
    """The value as None, Python's own numbers and texts, and tuples of them; Unfit where it is none."""
    value = scalar(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, Set) or not isinstance(value, Iterable):
        raise Unfit(value)
    return tuple(map(plain, items(value)))


def frozen(values: np.ndarray) -> np.ndarray:
    """The array itself where nobody can write to its memory, else a copy that nobody can write to."""
    below: Any = values
    while isinstance(below, np.ndarray) and not below.flags.writeable:
        below = below.base
    if below is None or isinstance(below, bytes):
        return values
    kept = np.array(values)
    kept.setflags(write=False)
    return kept
