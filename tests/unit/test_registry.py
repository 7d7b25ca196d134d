"""Registry: entries by key, in order, that nobody can change for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from xaicheck.errors import BadRequest
from xaicheck.types import Registry


@dataclass(frozen=True)
class Toy:
    key: str


def toys(*keys: str) -> Registry[Toy]:
    return Registry("toy", map(Toy, keys))


def test_entries_keep_their_order_and_are_had_by_key() -> None:
    registry = toys("b", "a")
    assert list(registry) == ["b", "a"] and len(registry) == 2 and registry["a"] == Toy("a")
    assert "c" not in registry and list(registry.values()) == [Toy("b"), Toy("a")]


def test_two_entries_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="'a'"):
        toys("a", "a")
    registry = toys("a")
    with pytest.raises(ValueError, match="'a'"), registry.with_entry(Toy("a")):
        pass
    assert list(registry) == ["a"]


def test_what_is_not_there_is_refused_with_what_is() -> None:
    assert toys("a").chosen("a") == Toy("a")
    with pytest.raises(BadRequest, match=r"no toy 'x'; choose one of b, a\."):
        toys("b", "a").chosen("x")


def test_a_registry_is_read_only() -> None:
    registry: Any = toys("a")
    with pytest.raises(TypeError):
        registry["b"] = Toy("b")
    with pytest.raises(TypeError):
        del registry["a"]


def test_an_added_entry_is_the_last_and_leaves_with_its_context_whatever_happens() -> None:
    registry = toys("a")
    with pytest.raises(RuntimeError), registry.with_entry(Toy("b")) as same:
        assert same is registry and list(registry) == ["a", "b"]
        raise RuntimeError
    assert list(registry) == ["a"]
