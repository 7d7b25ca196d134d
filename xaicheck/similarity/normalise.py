"""What is done to both maps before they are compared: NORMALISATIONS, and what becomes of the SIGNS.

A score is only complete with both: the same two maps can be alike under one normalisation and unrelated
under another. Each map is normalised by its own values. The sign comes first: magnitudes are taken of the
raw map, then normalised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xaicheck.similarity.side import Facts, Side, Windows
from xaicheck.types import Registry

DEFAULT = "second_moment"
DEFAULT_SIGN = "signed"


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A positive factor and an offset for each map: N(a) = scale · a + offset."""

    key: str
    label: str
    summary: str
    formula: str
    affine: Callable[[Facts], tuple[float, float]]  # (scale > 0, offset)
    flip: float  # N(-a) = flip - N(a)
    joint: bool  # SSIM's data range is the joint range of both maps; else it is 1


@dataclass(frozen=True, slots=True)
class Sign:
    """What becomes of the sign of the pixels."""

    key: str
    label: str
    summary: str


def _by_largest(facts: Facts) -> tuple[float, float]:
    return 1 / facts.largest, 0.0


def _by_range(facts: Facts) -> tuple[float, float]:
    scale = 1 / (facts.high - facts.low)
    return scale, -facts.low * scale


NORMALISATIONS = Registry(
    "normalisation",
    (
        Normalisation(
            "none", "None", "Maps as they come: a map that only became weaker counts as changed.",
            "a; SSIM with L = the joint range of both maps", lambda facts: (1.0, 0.0), 0.0, True,
        ),
        Normalisation(
            "max", "Largest magnitude",
            "Each map in units of its strongest pixel: one outlier sets the scale.",
            "a / max |a|; SSIM with L = 1", _by_largest, 0.0, False,
        ),
        Normalisation(
            "minmax", "Smallest to largest",
            "Each map stretched from 0 to 1: zero is no longer at one place.",
            "(a − min a) / (max a − min a); SSIM with L = 1", _by_range, 1.0, False,
        ),
        Normalisation(
            "second_moment", "Unit power",
            "Each map in units of its root mean square, as Binder et al. 2023 do.",
            "a / √mean(a²); SSIM with L = 1", lambda facts: (1 / facts.rms, 0.0), 0.0, False,
        ),
    ),
)  # fmt: skip
"""The normalisations by key; DEFAULT names the one that is used unless another is asked for."""

SIGNS = Registry(
    "treatment of the sign",
    (
        Sign("signed", "Signed", "For and against a class are two things."),
        Sign("magnitude", "Magnitudes", "Only how strong a pixel is: a flipped map is the same map."),
        Sign(
            "either", "Either sign",
            "The randomized map or its negative, whichever is more alike: a flip alone is no change.",
        ),
    ),
)  # fmt: skip
"""The ways to treat the sign by key; the first one is the default."""


def normalise(values: np.ndarray, key: str = DEFAULT) -> np.ndarray:
    """The map under the normalisation `key`, float64; NoNumber for a map that cannot be normalised."""
    side, normalisation = Side(values).checked(), NORMALISATIONS[key]
    if normalisation.joint:  # each map stays in its own units
        return values.astype(np.float64)
    scale, offset = normalisation.affine(side.facts)
    return side.scaled * scale + offset


def windows(values: np.ndarray) -> Windows:
    """What is in each window of the map at unit power; NoNumber for a map that has none."""
    side = Side(values).checked()
    scale, mean = 1 / side.facts.rms, side.facts.mean / side.facts.rms
    return Windows(scale * side.windows.mean + mean, scale**2 * side.windows.variance)
