"""A named choice and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeVar

import numpy as np

from xaicheck.errors import BadRequest


class Keyed(Protocol):
    """Whatever a registry holds: it knows its own key."""

    @property
    def key(self) -> str:
        """The name by which it is chosen."""


T = TypeVar("T", bound=Keyed)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Option:
    """An allowed value of a setting, with the function that carries it out."""

    key: str
    label: str
    summary: str  # one sentence
    fn: Callable[..., np.ndarray]


def registry(entries: Iterable[T]) -> Mapping[str, T]:
    """The entries by key, in their order; read only."""
    return MappingProxyType({entry.key: entry for entry in entries})


def chosen(what: str, key: str, options: Mapping[str, V]) -> V:
    """The option of that key; BadRequest names the allowed ones."""
    if key not in options:
        raise BadRequest(f"There is no {what} {key!r}; choose one of {', '.join(options)}.")
    return options[key]


def at_least_one(what: str, value: int) -> int:
    """The whole number, or BadRequest where it is below 1."""
    if value < 1:
        raise BadRequest(f"{value} is too small for the {what}; choose at least 1.")
    return value
