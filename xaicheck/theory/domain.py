"""Where a formula holds: each check gives float64 back or raises ValueError with one sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def at_least(name: str, values: ArrayLike, low: float) -> np.ndarray:
    """The values, all of them at least `low`; infinite ones pass."""
    exact = np.asarray(values, dtype=np.float64)
    if not (exact >= low).all():  # also catches not-a-number
        raise ValueError(f"The {name} must be at least {low:g}.")
    return exact


def above(name: str, values: ArrayLike, low: float) -> np.ndarray:
    """The values, all of them finite and greater than `low`."""
    exact = np.asarray(values, dtype=np.float64)
    if not ((exact > low) & np.isfinite(exact)).all():
        raise ValueError(f"The {name} must be a finite number greater than {low:g}.")
    return exact


def between(name: str, values: ArrayLike, low: float, high: float) -> np.ndarray:
    """The values, all of them in [low, high]."""
    exact = np.asarray(values, dtype=np.float64)
    if not ((exact >= low) & (exact <= high)).all():
        raise ValueError(f"The {name} must be between {low:g} and {high:g}.")
    return exact


def finite(name: str, values: ArrayLike) -> np.ndarray:
    """The values, all of them finite and at least one."""
    exact = np.asarray(values, dtype=np.float64)
    if exact.size == 0 or not np.isfinite(exact).all():
        raise ValueError(f"The {name} must be finite numbers, and at least one.")
    return exact


def whole(name: str, value: int, low: int, high: int | None = None) -> int:
    """The value, a whole number in [low, high]."""
    if value != int(value) or value < low or (high is not None and value > high):
        limits = f"of at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"The {name} must be a whole number {limits}.")
    return int(value)
