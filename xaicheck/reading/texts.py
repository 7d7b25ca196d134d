"""Fixed texts, read from a file `texts.toml` beside the code that shows them.

A table with the keys `student` and `researcher` is a Caption; every other table is Texts of its own. Texts
that hold numbers name them in braces and are filled in with `str.format`; a sentence whose words depend on
the numbers is a function and stands in Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from xaicheck.reading.captions import Caption


class Texts(Mapping[str, Any]):
    """Texts by name, as attributes or as a mapping; AttributeError or KeyError for an unknown name."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._entries = {name: _entry(value) for name, value in table.items()}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_entries"][name]
        except KeyError:
            raise AttributeError(f"There is no text {name!r}.") from None

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _entry(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Caption(**value) if set(value) == {"student", "researcher"} else Texts(value)
    return tuple(map(_entry, value)) if isinstance(value, list) else value


@cache
def beside(module: str, name: str = "texts.toml") -> Texts:
    """The texts of the file beside a module, which gives its `__file__`."""
    with (Path(module).resolve().parent / name).open("rb") as file:
        return Texts(tomllib.load(file))
