"""The fixed texts of the ranking gap: titles, labels, and captions at two levels."""

from __future__ import annotations

from types import MappingProxyType

from xaicheck.reading.captions import Caption

QUESTION = "Is the method that passes the randomization check best also the most faithful one?"
CHECK, FAITH = "Check", "Faithfulness"
NO_DATA = (
    "The gallery’s numbers are not there: run `python -m xaicheck.experiments.ranking`, "
    "then open this page again."
)

LOOK = Caption(
    student="Each line joins a method’s place in the randomization check to its place in a test of whether "
    "the map points at what the network uses. If the check could rank methods, the lines would not cross.",
    researcher="Left: order by the randomization score (least similar first); right: by faithfulness. "
    "Kendall’s τ compares the two; its interval resamples seeds, then pictures, alike for all methods.",
)
BUMP_TITLE = "Two orders of the same methods"
SCATTER = Caption(
    student="The same two scores as numbers. Right and up are good: if the check ranked methods, the points "
    "would climb to the right; bars that reach the frame go on beyond it.",
    researcher="Means over pictures and seeds with 95 % intervals that count seeds, not pictures, as "
    "replicates (cut by the frame, whole in the table). Right and up are the good ends of both scores.",
)
TAU = Caption(
    student="τ is 1 for the same order, −1 for the reverse, and near 0 for orders that have nothing to do "
    "with each other. Inside the grey band it could be chance.",
    researcher="τ_b with its nested-bootstrap percentile interval (seeds, then pictures). Band: ±1.96 "
    "standard deviations √(2(2M+5)/(9M(M−1))) of unrelated orders; resampling pulls the median towards 0.",
)
BANDS = Caption(
    student="A grey bar shows how alike a method’s maps of two different random networks are, with nothing "
    "learned in either. In the check edges and fixed noise never change, and fresh noise always does.",
    researcher="Marker: the score with its seed-aware 95 % interval. Bar: the method’s maps of two fully "
    "randomized networks against each other, seed against seed; edges score 1 by construction.",
)
CEILING = Caption(
    student="An open triangle marks what the method’s own noise alone would leave: no change of weights is "
    "needed to fall that far.",
    researcher="Open triangle: snr/(1+snr), the cosine that the method’s own noise alone leaves, from split "
    "halves of the original map (median over pictures).",
)
WINS = Caption(
    student="A test is only useful as a contest if the winner does not depend on how the test is set. Each "
    "bar counts the settings in which a method comes first.",
    researcher="Share of all settings in which a method has the best score (ties share); flip rate: share "
    "of method pairs in another order, mean over pairs of settings that differ in that switch alone.",
)
BEATS = Caption(
    student="How sure is it that the method of the row is better than the method of the column? Near 50 % "
    "nothing is sure.",
    researcher="P(i beats j): share of nested-bootstrap draws in which the row’s mean is better than the "
    "column’s; draws in which both tie count half.",
)
TAU_AXIS = "Kendall’s τ of the two orders"
TAU_POINT, TAU_MEDIAN = "τ with its 95 % interval", "median over the draws"
TAU_NULL = "95 % of unrelated orders"
NO_TAU = "no τ: all methods tie"
NULL_BAND, NOISE_CEILING = "two random networks", "what its own noise leaves"
WINS_AXIS = "Settings of the check in which it comes first"
FLIPS_AXIS = "Pairs of methods in another order"
UNRELATED = "unrelated orders: 50 %"
BEATS_AXIS = "… than the method of this number"
WINS_TITLE = "How often do the winners change?"
BEHIND_TITLE = "Behind the numbers"
SWITCHES_TABLE = "The switches as a table"
SETTINGS_TABLE = "All settings and versions"
NOTHING_MISSING = "No number is missing."
MISSING_TITLE = "Numbers that are missing, and why"
ROWS = MappingProxyType({True: "With the controls", False: "Methods alone"})
