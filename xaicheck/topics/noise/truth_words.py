"""The page on noise in words: one truth under many scores, and shared zeros. Plain text only."""

from __future__ import annotations

from collections.abc import Sequence

from xaicheck.experiments.noise.truths import MARGINALS, SCORINGS, TruthTable
from xaicheck.experiments.noise.zeros import SharedZeros
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import number

AGAIN = "Draw again"
AGAIN_HELP = "New random maps, the same truth: the two maps of a pair never have anything in common."
TRUTH_LOOK = Caption(
    "Every row compares pairs of random maps that have nothing in common: the change is total, always. "
    "Only the first column says so in every row; the others mostly tell how peaked the maps are.",
    "Pairs of independent noise maps: the change is total. Second-moment MSE = 2 − 2 cosine is 2 whatever "
    "the marginal; SSIM ≈ c₂/(s² + s′² + c₂) is a function of the spread in units of L.",
)
ZEROS_LOOK = Caption(
    "Two random maps with a common empty background: elsewhere they have nothing in common. A bigger "
    "background alone makes the rank correlation of their magnitudes go to 1.",
    "Independent Gaussian values, one common zero set of share p: Spearman of |values| tends to "
    "3p/(3p + (1 − p)²), the signed one to 0.",
)


def truth_title(found: TruthTable) -> str:
    """The widest column of SSIM and the column that does not move."""
    ssim = [key for key, scoring in SCORINGS.items() if not scoring.distance]
    values = [value for key in ssim for value in found.column(key)]
    exact = found.column(next(iter(SCORINGS)))
    return (
        f"One truth, many scores: the same total change gets an SSIM from {number(min(values))} to "
        f"{number(max(values))}, and a squared distance of {number(min(exact))} to {number(max(exact))} at "
        "unit power"
    )


def truth_note(found: TruthTable) -> str:
    """How the table was made, and where the prediction fails."""
    worst = max(
        (abs(cell.measured - cell.predicted), marginal, scoring)
        for marginal, row in found.cells.items()
        for scoring, cell in row.items()
    )
    size, marginal, scoring = worst
    return (
        f"Means over {found.pairs} pairs of {found.side} × {found.side} maps, draw {found.seed + 1}. Small: "
        f"predicted from the spread alone. It is furthest off, by {number(size)}, for "
        f"{MARGINALS[marginal].label} maps under {SCORINGS[scoring].label} ({SCORINGS[scoring].detail}): "
        "where few pixels hold all the power, most windows do not look like the whole map."
    )


def zeros_title(found: SharedZeros) -> str:
    """What the background alone scores."""
    return (
        f"A common background of {100 * found.share:.0f} % alone gives unrelated maps a rank correlation of "
        f"magnitudes of {number(found.magnitude)}"
    )


def zeros_line(found: SharedZeros) -> str:
    """Measured beside predicted."""
    return (
        f"Measured {number(found.magnitude, 3)}, formula {number(found.predicted, 3)}; with the sign kept "
        f"{number(found.signed, 3)}, formula 0."
    )


def zeros_alt(found: SharedZeros, curve: Sequence[SharedZeros]) -> str:
    """The chart's alternative text."""
    worst = max(abs(one.magnitude - one.predicted) for one in curve)
    return (
        "Rank correlation of two independent maps against the share of common zeros: magnitudes rise from 0 "
        f"to 1 along the formula (largest difference {number(worst, 3)}), signed values stay at 0. Marked: "
        f"{100 * found.share:.0f} %, {number(found.magnitude)}."
    )
