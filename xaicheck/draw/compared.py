"""A score's full name: the measure, and what was done to both maps before; nothing is left to guess."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.comparisons import canonical
from xaicheck.normalise import NORMALISATIONS, SIGNS
from xaicheck.similarity import SIMILARITIES
from xaicheck.types import Comparison

_MAPS: Mapping[str, str] = MappingProxyType(
    {"signed": "signed maps", "magnitude": "magnitudes", "either": "maps up to a flip of the sign"}
)
_NORMALISED: Mapping[str, str] = MappingProxyType(
    {
        "none": "not normalised",
        "max": "by their largest magnitude",
        "minmax": "stretched from 0 to 1",
        "second_moment": "at unit power",
    }
)


def maps_compared(comparison: Comparison) -> str:
    """What was compared, without the measure: "signed maps at unit power"."""
    given = canonical(comparison)
    sign = "magnitude" if given.measure == "spearman_abs" else given.sign
    normalised = {canonical(Comparison(given.measure, key, given.sign)) for key in NORMALISATIONS}
    how = "under any normalisation" if len(normalised) == 1 else _NORMALISED[given.normalisation]
    return f"{_MAPS[sign]} {how}"


def full_name(comparison: Comparison) -> str:
    """The measure with what was compared: "SSIM of signed maps at unit power"."""
    return f"{SIMILARITIES[comparison.measure].label} of {maps_compared(comparison)}"


def normalisation_row(comparison: Comparison) -> tuple[str, str]:
    """(normalisation, sign) as the tables write them."""
    return NORMALISATIONS[comparison.normalisation].label, SIGNS[comparison.sign].label
