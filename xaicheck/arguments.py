"""What a caller may give for an argument, and the one form in which it is used.

A domain knows a kind of values. Its `converted` gives the canonical form of one, and only that is used from
there on; an `Argument` says in one sentence what is wrong with any other. Python, the command line, links and
widgets all convert by the same domain; the command line reads its texts by `read` first.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from numbers import Integral, Real
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from xaicheck.errors import BadRequest

MOST_ITEMS = 10_000  # of a list; no argument has room for more, and a generator may never end
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


Kind = TypeVar("Kind")
Size = TypeVar("Size", int, float)


class Unfit(ValueError):
    """Not a value of the domain: what was given, and a word of advice, as parts of a sentence."""

    def __init__(self, given: object, *, hint: str = "") -> None:
        super().__init__(given, hint)
        self.given = given if isinstance(given, Words) else shown(given)
        self.hint = hint


class Words(str):
    """What was given, in words: "a list of 51"."""

    __slots__ = ()


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
    try:
        return tuple(map(plain, items(value)))
    except RecursionError:  # a list that holds itself
        raise Unfit(value) from None


def kept_plain(name: str, value: Any, form: Callable[[Any], Any] = plain) -> Any:
    """A field of a request in the form in which it is kept; BadRequest for what has none."""
    try:
        return form(value)
    except Unfit as error:
        raise BadRequest(
            f"{name}: {error.given} is not allowed; a request holds texts, numbers and lists of them."
        ) from error


def of_kind(name: str, value: Any, kind: type[Kind], choose: str) -> Kind:
    """The value of an argument that only takes objects of one class; BadRequest for any other."""
    if not isinstance(value, kind):
        raise BadRequest(f"{name}: {shown(value)} is not allowed; choose {choose}.")
    return value


def all_of_kind(name: str, values: Any, kind: type[Kind], choose: str) -> tuple[Kind, ...]:
    """The members of an argument that only takes objects of one class, or a single one; else BadRequest."""
    try:
        found = items(values)
    except Unfit as error:
        raise BadRequest(f"{name}: {error.given} is not allowed; choose {choose}.") from error
    return tuple(of_kind(name, one, kind, choose) for one in found)


def listening(listener: Any) -> Any:
    """Whoever waits for a run, or None; BadRequest for what cannot be told anything."""
    if listener is not None and not all(callable(getattr(listener, n, None)) for n in ("update", "check")):
        raise BadRequest(
            f"listener: {shown(listener)} is not allowed; choose an object with the methods update and check."
        )
    return listener


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


_DIGITS = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_LONGEST = 60  # characters of a number that is written out


def number(written: str) -> Any:
    """The number that is written there in plain digits; the text itself where it is none."""
    found = written.strip()
    if len(found) > _LONGEST:
        return written
    if _DIGITS.fullmatch(found):
        return int(found)
    return float(found) if _DECIMAL.fullmatch(found) else written


def parts(written: str) -> list[str]:
    """The members of a list with commas."""
    return [part.strip() for part in written.split(",") if part.strip()]


def key(written: str) -> str:
    """The key as the registries spell it: hyphens are as good as underscores."""
    return written.strip().replace("-", "_")


class Domain:
    """Which values an argument has."""

    __slots__ = ()
    metavar: ClassVar[str] = "N"  # stands for a value in the help of the command line

    @property
    def none(self) -> str:
        """What None means, in words; empty where None is no value."""
        return ""

    def converted(self, value: Any, spec: Any = None) -> Any:
        """The value in its one canonical form on a model; Unfit where it is none."""
        raise NotImplementedError

    def allowed(self, spec: Any = None) -> str:
        """Which values there are on a model, or on any, as a phrase: "one of a, b"."""
        raise NotImplementedError

    def read(self, written: str) -> Any:
        """What a text of the command line stands for, for `converted`."""
        return number(written)

    def plain(self, value: Any, spec: Any) -> Any:
        """A canonical value as links, options and widgets hold it; ValueError where they cannot."""
        return value


@dataclass(frozen=True, slots=True)
class OneEntry(Domain):
    """A key of a registry, or of any mapping. `compact`: a widget has room for all of them side by side."""

    entries: Mapping[str, Any]
    compact: bool = False
    metavar: ClassVar[str] = "KEY"

    def converted(self, value: Any, spec: Any = None) -> str:
        """The key."""
        found = text(value)
        if found not in self.entries:
            raise Unfit(value)
        return found

    def allowed(self, spec: Any = None) -> str:
        """All of them."""
        return f"one of {', '.join(self.entries)}"

    def read(self, written: str) -> str:
        """The key, with hyphens or underscores."""
        return key(written)


@dataclass(frozen=True, slots=True)
class SomeEntries(Domain):
    """Keys of a registry, at least one; None is the usual ones, and one key is a list of one."""

    entries: Mapping[str, Any]
    usual: tuple[str, ...] = ()
    metavar: ClassVar[str] = "A,B"

    @property
    def none(self) -> str:
        """The usual ones."""
        return ", ".join(self.usual)

    def converted(self, value: Any, spec: Any = None) -> tuple[str, ...]:
        """The keys, each once, in the order in which they are given; a set has that of the registry."""
        if value is None and self.usual:
            return self.usual
        one = OneEntry(self.entries)
        keys = tuple(dict.fromkeys(one.converted(item) for item in items(value)))
        if not keys:
            raise Unfit(value)
        return tuple(k for k in self.entries if k in keys) if isinstance(value, Set) else keys

    def allowed(self, spec: Any = None) -> str:
        """All of them."""
        return f"one or more of {', '.join(self.entries)}"

    def read(self, written: str) -> list[str]:
        """The keys of a list with commas."""
        return [key(part) for part in parts(written)]

    def plain(self, value: Any, spec: Any) -> list[str]:
        """The keys as a list."""
        return list(value)


@dataclass(frozen=True, slots=True)
class _Limits(Domain, Generic[Size]):
    """A number of one kind, from `low` to `high`."""

    low: Size
    high: Size
    kind: ClassVar[str]  # with both limits
    form: ClassVar[staticmethod[[Any], Any]]

    def converted(self, value: Any, spec: Any = None) -> Size:
        """The number."""
        found: Size = self.form(value)
        if not self.low <= found <= self.high:
            raise Unfit(value)
        return found

    def allowed(self, spec: Any = None) -> str:
        """Both limits."""
        return self.kind.format(self.low, self.high)


class WholeNumber(_Limits[int]):
    """A whole number from `low` to `high`."""

    __slots__ = ()
    form = staticmethod(whole)
    kind = "a whole number from {} to {}"


class RealNumber(_Limits[float]):
    """A number from `low` to `high`."""

    __slots__ = ()
    form = staticmethod(real)
    kind = "a number from {:g} to {:g}"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument by name: its values, its default, and the sentence for a value that is none."""

    key: str
    label: str  # of its widget, and of its row in a table
    domain: Domain
    default: Any  # as `converted` takes it
    option: str = field(default="", kw_only=True)  # of the command line, in words; empty: it has none

    def converted(self, value: Any, spec: Any = None) -> Any:
        """The value in its one canonical form; BadRequest names the argument and what is allowed."""
        try:
            return self.domain.converted(value, spec)
        except Unfit as error:
            raise BadRequest(
                f"{self.key}: {error.given} is not allowed; choose {self.domain.allowed(spec)}{error.hint}."
            ) from None

    @property
    def flag(self) -> str:
        """The name of its option."""
        return f"--{self.key.replace('_', '-')}"

    def usual(self) -> str:
        """The default, in words."""
        return self.domain.none if self.default is None else str(self.default)
