"""The names of the 1000 ImageNet classes, read from a text file when first asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

# One name a line, in class order: the names that torchvision (BSD-3-Clause) keeps with its weights as
# meta["categories"]; all its ImageNet models, and the embedded ones, share this order.
FILE = Path(__file__).resolve().parent / "imagenet_labels.txt"

LABELS: tuple[str, ...]  # filled by __getattr__ below, so that importing this module reads nothing


@cache
def _read() -> tuple[str, ...]:
    return tuple(FILE.read_text(encoding="utf-8").splitlines())


def __getattr__(name: str) -> tuple[str, ...]:
    """LABELS: the 1000 names in class order."""
    if name == "LABELS":
        return _read()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def display(index: int) -> str:
    """The class name and its number, such as "crane (517)", for a choice among all classes.

    The number is always there: "Cardigan" (a dog) and "cardigan", or "crane bird" and "crane", cannot be
    told apart by name alone, and it is the number that the command line takes as the target.
    """
    return f"{_read()[index]} ({index})"
