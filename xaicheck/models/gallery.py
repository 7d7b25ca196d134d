"""The photographs that the ranking's numbers are about: free ones, whose class the default network names.

Whose they are stands in assets/gallery/LICENSES.md, all about them in assets/gallery/pictures.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from xaicheck.models import samples
from xaicheck.models.images import decode
from xaicheck.types import ImageInput

FOLDER = samples.ASSETS / "gallery"


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture of the gallery."""

    key: str
    label: str  # for display
    file: str
    counts: bool  # the network names what it shows, with a probability of at least 0.5


@cache
def photographs() -> dict[str, Photograph]:
    """All of them by key, which is the file's name without its ending."""
    rows = tomllib.loads((FOLDER / "pictures.toml").read_text("utf-8"))["picture"]
    found = (
        Photograph(row["file"].rpartition(".")[0], _capital(row["label"]), row["file"], row["counts"])
        for row in rows
        if "label" in row
    )
    return {one.key: one for one in found}


@cache
def load(key: str) -> ImageInput:
    """The decoded photograph, or the sample of that key; the same object every time."""
    if key in samples.SAMPLES:
        return samples.load(key)
    one = photographs()[key]
    return decode((FOLDER / one.file).read_bytes(), one.file)


def label(key: str) -> str:
    """The photograph's name for display."""
    return samples.SAMPLES[key].label if key in samples.SAMPLES else photographs()[key].label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
