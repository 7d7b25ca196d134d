"""The switches of the ranking gap: labels, help, and what a switch cannot change."""

from __future__ import annotations

from types import MappingProxyType

from xaicheck.reading.words import inside
from xaicheck.similarity.comparisons import canonical
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.types import Comparison

LABELS = MappingProxyType(
    {
        "controls": "With the controls",
        "check": "The check",
        "variant": "Order and new weights",
        "depth": "Depth",
        "test": "Score",
        "measure": "Similarity measure",
        "normalisation": "Normalisation of each map",
        "sign": "Sign of each map",
        "faithfulness": "Faithfulness",
        "faith": "Faithfulness measure",
        "fill": "What replaces removed regions",
        "output": "Network’s answer",
        "ranking": "Regions ordered by",
    }
)
HELP = MappingProxyType(
    {
        "controls": "Edges, noise and the cheater do not explain the network. "
        "They show what the check rewards.",
        "depth": "How many blocks are randomized. The mean over all depths is the usual score.",
        "test": "Similarity: how alike the randomized map is to the original (low is better). "
        "Entropy: how much more even the map becomes (eMPRT, high is better).",
        "check": "Each switch ranks again at once, from numbers that are already there.",
    }
)
TESTS = MappingProxyType({"similarity": "Similarity", "entropy": "Entropy"})
MEAN_DEPTH = "Mean over all"
NO_SWITCH = "The entropy has no depth, measure, normalisation or sign to choose."
NOT_COMPUTED = "This combination was not computed; the nearest one is shown."


def independent(measure: str) -> tuple[bool, bool]:
    """Whether a measure's number does not depend on the normalisation, and whether not on the sign."""

    def alone(field: str, keys: tuple[str, ...]) -> bool:
        found = {canonical(Comparison(measure, **{field: key})) for key in keys}
        return len(found) == 1

    return alone("normalisation", tuple(NORMALISATIONS)), alone("sign", tuple(SIGNS))


def sameness(wanted: Comparison) -> str:
    """What a switch cannot change in this combination, in sentences; empty where every switch counts."""
    given = canonical(wanted)
    label = SIMILARITIES[wanted.measure].label
    sentences = []
    if given.measure != wanted.measure:
        sentences.append(
            f"{label} of {inside(SIGNS[wanted.sign].label)} is {inside(SIMILARITIES[given.measure].label)}."
        )
    no_normalisation, no_sign = independent(wanted.measure)
    if no_normalisation:
        sentences.append(f"{label} does not depend on the normalisation.")
    elif given.normalisation != wanted.normalisation:
        sentences.append(
            f"For {label}, {inside(NORMALISATIONS[wanted.normalisation].label)} gives the same number as "
            f"{inside(NORMALISATIONS[given.normalisation].label)}."
        )
    if no_sign:
        sentences.append(f"{label} does not depend on the sign.")
    elif given.measure == wanted.measure and given.sign != wanted.sign:
        sentences.append(
            f"For {label}, {inside(SIGNS[wanted.sign].label)} gives the same number as "
            f"{inside(SIGNS[given.sign].label)}."
        )
    return " ".join(sentences)
