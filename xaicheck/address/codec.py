"""How one value is written into an address and read from it.

A value is written as one or more texts, because a parameter may stand in an address several times. What
cannot be read raises Unreadable: a tampered or outdated link then gets the default. Beside the keys, the
labels of earlier links are still understood.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from xaicheck.arguments import number, parts

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Unreadable(ValueError):
    """The texts are no value of this parameter."""


class Codec(Protocol[T]):
    """One parameter's way into the address and back."""

    def read(self, texts: Sequence[str]) -> T:
        """The value; raises Unreadable."""

    def write(self, value: T) -> tuple[str, ...]:
        """The texts, at least one."""

    def allows(self, value: object) -> bool:
        """Whether this is a value of the parameter."""


@dataclass(frozen=True, slots=True)
class OneOf(Generic[K]):
    """One of some keys; `labels` are what earlier links wrote instead."""

    keys: Collection[K]
    labels: Mapping[K, str] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> K:
        """The key; of several texts the last one counts."""
        wanted = _last(texts)
        found = _found(wanted, self.keys, self.labels)
        if found is None:
            raise Unreadable(wanted)
        return found[0]

    def write(self, value: K) -> tuple[str, ...]:
        """The key as text; None as an empty text."""
        return (_text(value),)

    def allows(self, value: object) -> bool:
        """Whether the key is among them."""
        return value in self.keys


class _Labels(Mapping[str, str]):
    """The labels of a registry's entries, as they are when they are asked for."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = entries

    def __getitem__(self, key: str) -> str:
        label: str = self._entries[key].label
        return label

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def named(entries: Mapping[str, Any]) -> OneOf[str]:
    """A key of a registry, whose entries have labels; an entry that is added later counts too."""
    return OneOf(entries, _Labels(entries))


@dataclass(frozen=True, slots=True)
class Many(Generic[K]):
    """Some of some keys, in the order of `keys`; none of them is one empty text."""

    keys: Collection[K]
    labels: Mapping[K, str] = field(default_factory=dict)

    def read(self, texts: Sequence[str]) -> list[K]:
        """The known keys, also with commas between them; with nothing but unknown ones all is unreadable."""
        given = self._members(texts)
        wanted = {found[0] for _, found in given if found is not None}
        if given and not wanted:
            raise Unreadable(given[0][0])
        return [key for key in self.keys if key in wanted]

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """What `read` leaves out, each once."""
        return list(dict.fromkeys(text for text, found in self._members(texts) if found is None))

    def _members(self, texts: Sequence[str]) -> list[tuple[str, tuple[K] | None]]:
        """Each text, or else what stands between its commas, with the key that is meant."""
        whole = {text: _found(text, self.keys, self.labels) for text in texts if text}
        pieces = ((text, [text] if found is not None else parts(text)) for text, found in whole.items())
        return [
            (piece, _found(piece, self.keys, self.labels)) for text, own in pieces for piece in own or [text]
        ]

    def write(self, value: Sequence[K]) -> tuple[str, ...]:
        """The keys as texts."""
        return tuple(_text(key) for key in self.keys if key in value) or ("",)

    def allows(self, value: object) -> bool:
        """Whether all of them are known."""
        return isinstance(value, (list, tuple)) and all(key in self.keys for key in value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `low` to `high`."""

    low: int
    high: int

    def read(self, texts: Sequence[str]) -> int:
        """The number; one outside the limits is unreadable."""
        text = _last(texts)
        value = number(text)
        if not self.allows(value):
            raise Unreadable(text)
        return int(value)

    def write(self, value: int) -> tuple[str, ...]:
        """The digits."""
        return (str(int(value)),)

    def allows(self, value: object) -> bool:
        """Whether it is whole and within the limits."""
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`."""

    low: float
    high: float

    def read(self, texts: Sequence[str]) -> float:
        """The number; one outside the limits is unreadable."""
        text = _last(texts)
        value = number(text)
        if not self.allows(value):
            raise Unreadable(text)
        return float(value)

    def write(self, value: float) -> tuple[str, ...]:
        """The shortest text that gives the same number back."""
        return (_text(float(value)),)

    def allows(self, value: object) -> bool:
        """Whether it is finite and within the limits."""
        return (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and math.isfinite(value)
            and self.low <= value <= self.high
        )


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, texts: Sequence[str]) -> bool:
        """The value."""
        text = _last(texts).lower()
        if text not in {"true", "false"}:
            raise Unreadable(text)
        return text == "true"

    def write(self, value: bool) -> tuple[str, ...]:
        """`true` or `false`."""
        return (str(bool(value)).lower(),)

    def allows(self, value: object) -> bool:
        """Whether it is one of both."""
        return isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Text:
    """A visitor's own words, at most `most` characters; whoever shows them escapes them."""

    most: int

    def read(self, texts: Sequence[str]) -> str:
        """The words; too many of them are unreadable."""
        text = _last(texts)
        if not self.allows(text):
            raise Unreadable(text[:20])
        return text

    def write(self, value: str) -> tuple[str, ...]:
        """The words."""
        return (value,)

    def allows(self, value: object) -> bool:
        """Whether there are not too many."""
        return isinstance(value, str) and len(value) <= self.most


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """One name in the address: what it may be, and the default, which an address leaves out."""

    key: str
    codec: Codec[T]
    default: T

    def read(self, texts: Sequence[str]) -> T:
        """The value; the default where there is none or it cannot be read."""
        if not texts:
            return self.default
        try:
            return self.codec.read(texts)
        except Unreadable:
            return self.default

    def write(self, value: T) -> list[tuple[str, str]]:
        """Name and text as often as needed; nothing for the default."""
        texts = self.codec.write(value)
        return [] if texts == self.codec.write(self.default) else [(self.key, text) for text in texts]


def _last(texts: Sequence[str]) -> str:
    if not texts:
        raise Unreadable("")
    return texts[-1]


def _text(key: Any) -> str:
    if key is None:
        return ""
    if isinstance(key, float):
        return str(int(key)) if key.is_integer() else repr(key)
    return str(key)


def _found(wanted: str, keys: Collection[K], labels: Mapping[K, str]) -> tuple[K] | None:
    """(the key,) whose text or else whose label was meant, which had straight apostrophes once."""
    for key in keys:
        if _text(key) == wanted:
            return (key,)
    for key in keys:
        if labels.get(key, "").replace("’", "'") == wanted.replace("’", "'"):
            return (key,)
    return None
