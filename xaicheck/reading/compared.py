"""A score's full name: the measure, and what was done to both maps before; nothing is left to guess."""

from __future__ import annotations

from xaicheck.reading.numbers import Reading
from xaicheck.reading.words import TEXT, inside
from xaicheck.similarity.comparisons import canonical, unrelated
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.types import Comparison, Report

SHARED = ", maps that are weak at the same pixels more"
_MAPS, _NORMALISED = TEXT.compared.maps, TEXT.compared.normalised


def maps_compared(comparison: Comparison) -> str:
    """What was compared, without the measure: "signed maps at unit power"."""
    given, sign = canonical(comparison), signs(comparison)
    normalised = {canonical(Comparison(given.measure, key, given.sign)) for key in NORMALISATIONS}
    how = "under any normalisation" if len(normalised) == 1 else _NORMALISED[given.normalisation]
    return f"{_MAPS[sign]} {how}"


def signs(comparison: Comparison) -> str:
    """What is done with the signs of the maps: a key of SIGNS."""
    given = canonical(comparison)
    return "magnitude" if SIMILARITIES[given.measure].reads_magnitudes else given.sign


def full_name(comparison: Comparison) -> str:
    """The measure with what was compared: "SSIM of signed maps at unit power"."""
    label, compared = SIMILARITIES[comparison.measure].label, maps_compared(comparison)
    what = _MAPS["magnitude"]
    return (
        f"{label.removesuffix(f' of {what}')} of {compared}" if what in compared else f"{label} of {compared}"
    )


def normalisation_name(key: str) -> str:
    """A normalisation inside a sentence, where "none" alone would name nothing."""
    label = NORMALISATIONS[key].label
    return str(TEXT.compared.get(key, inside(label)))


def normalisation_row(comparison: Comparison) -> tuple[str, str]:
    """(normalisation, sign) as the tables write them."""
    return NORMALISATIONS[comparison.normalisation].label, SIGNS[signs(comparison)].label


def compared_line(reading: Reading, measure: Measure) -> str:
    """What the scores compare, in one line; said wherever scores begin."""
    how = reading.comparison(measure.key)
    end = "0 is the same map" if measure.distance else "1 is the same map"
    zero = unrelated(how)
    chance = (
        "what unrelated maps give depends on their values"
        if zero is None
        else f"maps of independent pixels give about {zero:g}" + SHARED * (signs(how) == "magnitude")
    )
    said = f"Scores: {inside(full_name(how))}; {end}, {chance}."
    return f"{said}{copies_line(reading.report)}{policy_line(reading.report)}"


def copies_line(report: Report) -> str:
    """That each map is a mean over noisy copies, where it is; empty else."""
    copies = report.request.copies
    return "" if copies == 1 else f" Each map: the mean over {copies} noisy copies of the picture (sMPRT)."


def policy_line(report: Report) -> str:
    """That the maps of randomized networks are of other classes, where they are; empty else."""
    return "" if report.request.target_policy == "original" else f" {TEXT.compared.own_class}"
