"""The measures of how alike two attribution maps are: what each reads of a pair, and SIMILARITIES.

Every measure takes two maps of one shape, the original a and the randomized b. Where there is no number, the
Score's value is None and `why` says so in a few words: a map with values that are not finite, one that is
zero everywhere, and one that is constant (up to the rounding of its own number type) cannot be compared by
any of them, because it says nothing about where. A map against itself gives exactly the best value. A
measure's `fn` takes signed maps at unit power; `comparisons` takes any normalisation and sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xaicheck.arguments import of_kind
from xaicheck.errors import BadRequest
from xaicheck.similarity.arrays import TOP, WINDOW, Number
from xaicheck.similarity.hog import BLOCK, CELL
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS, Normalisation
from xaicheck.similarity.pair import Pair
from xaicheck.similarity.validity import NoNumber
from xaicheck.types import Registry, Score


class _OfMaps:
    """A measure as a function of two maps; it can be sent to another process."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.__name__ = measure.key
        self.__doc__ = measure.read.__doc__

    def __call__(self, original: np.ndarray, randomized: np.ndarray) -> Score:
        maps = (_map("original", original), _map("randomized", randomized))
        return self.measure.score(Pair.of(*maps))


def _map(name: str, values: Any) -> np.ndarray:
    """The map; BadRequest for what is none."""
    given = of_kind(name, values, np.ndarray, "an array H×W of real numbers")
    if given.dtype.kind not in "biuf":
        raise BadRequest(
            f"{name}: an array of type {given.dtype} is not allowed; choose one of real numbers, H×W."
        )
    return given


@dataclass(frozen=True, eq=False)
class Measure:
    """A similarity or distance of two maps [H W]; its entry in SIMILARITIES is all there is to add.

    `read(pair, normalisation, flip)` gives the number of a pair: under the normalisation, and with `flip` of
    the second map's negative. It is written once for numpy and for torch: `pair` has what both offer.
    """

    key: str
    label: str
    summary: str
    source: str
    formula: str
    read: Callable[[Pair, Normalisation, bool], Number]
    low: float  # smallest possible value; numbers are clipped to the range, which rounding may leave
    high: float  # largest possible value at unit power
    best: float  # the value of a map against itself
    undefined: str  # when there is no number
    distance: bool = False  # True: 0 is alike and larger is less alike
    normalisations: tuple[str, ...] = (DEFAULT,)  # those that give a number of their own
    signs: tuple[str, ...] = tuple(SIGNS)  # those too
    reads_magnitudes: bool = False  # whatever the sign
    of_magnitudes: str = ""  # the key of the entry that this measure of magnitudes is, where there is one
    unrelated: float | None = 0.0
    """The mean over independent pixels, whatever their values and the normalisation; None where it depends on
    those: on a common mean (cosine, distance), empty windows (SSIM) or lone spikes (HOG)."""
    farthest: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """The largest value by normalisation, of signed maps and of magnitudes, where that is not `high`."""

    @property
    def fn(self) -> Callable[[np.ndarray, np.ndarray], Score]:
        """The measure of signed maps at unit power: fn(original [H W], randomized [H W]) -> Score."""
        return _OfMaps(self)

    def score(self, pair: Pair, normalisation: str = DEFAULT, sign: str = DEFAULT_SIGN) -> Score:
        """The number of two of numpy's maps, or why there is none."""
        try:
            return Score(float(self.number(self.seen(pair, sign).checked(), normalisation, sign)))
        except NoNumber as reason:
            return Score(None, str(reason))

    def seen(self, pair: Pair, sign: str) -> Pair:
        """The pair, or that of its magnitudes where the sign or the measure asks for those."""
        return pair.magnitudes if self.reads_magnitudes or sign == "magnitude" else pair

    def number(self, pair: Pair, normalisation: str, sign: str) -> Number:
        """The number of a pair as `seen`; of either sign the more alike; NoNumber: why there is none."""
        numbers, whys = [], []
        for flip in (False, True) if sign == "either" else (False,):
            try:
                numbers.append(self.read(pair, NORMALISATIONS[normalisation], flip))
            except NoNumber as reason:
                whys.append(reason)
        if not numbers:
            raise whys[0]
        xp = pair.arrays.xp
        value = numbers[0] if len(numbers) == 1 else (xp.minimum if self.distance else xp.maximum)(*numbers)
        return xp.clip(value, *self.span(normalisation, sign))

    def span(self, normalisation: str, sign: str) -> tuple[float, float]:
        """(smallest, largest) possible value; the distance of raw maps has no largest one."""
        signed, of_magnitudes = self.farthest.get(normalisation, (self.high, self.high))
        return self.low, of_magnitudes if sign == "magnitude" else signed


def spearman(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """Spearman's rank correlation of the signed values, in [-1, 1]; 1 = the same order of pixels.

    Formula: Pearson's correlation of the average ranks (ties share their mean rank) over all pixels.
    Source: Spearman, "The Proof and Measurement of Association between Two Things", Am. J.
        Psychology 15, 1904.
    Differs: ranks in float64 (float32 cannot hold the ranks of large maps exactly).
    Undefined when: a map is constant or has a value that is not finite.
    """
    return -pair.rank_correlation if flip else pair.rank_correlation


def spearman_abs(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """Spearman's rank correlation of the absolute values, in [-1, 1]; 1 = the same order of magnitudes.

    Formula: spearman(|a|, |b|).
    Source: Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018.
    Differs: the maps are not clipped or brought to 8 bits first. Two unrelated maps that share a set of zeros
        (a background) score high here: 0.86 when it covers half of the pixels.
    Undefined when: the absolute values of a map are constant, or a value is not finite.
    """
    return pair.rank_correlation  # the entry says of what


def pearson(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """Pearson's correlation of the signed values, in [-1, 1]; 1 = equal up to offset and positive scale.

    Formula: sum (a - mean a)(b - mean b) / sqrt(sum (a - mean a)^2 sum (b - mean b)^2).
    Source: Pearson, "Note on Regression and Inheritance in the Case of Two Parents", Proc. R. Soc. 58, 1895.
    Differs: the mean is removed twice, which takes away its own rounding error.
    Undefined when: a map is constant or has a value that is not finite.
    """
    correlation = pair.covariance / pair.arrays.xp.sqrt(pair.a.power * pair.b.power)
    return -correlation if flip else correlation


def cosine(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """The cosine of the angle between the maps, in [-1, 1]; 1 = equal up to a positive scale.

    Formula: sum a b / sqrt(sum a^2 sum b^2).
    Source: linear algebra; mse is 2 - 2 cosine, so the two are one piece of evidence.
    Differs: constant maps are left out, where the cosine would be a number that says nothing about where.
    Undefined when: a map is zero everywhere, constant, or has a value that is not finite.
    """
    a, b = pair.under(normalisation, flip)
    product = a.scale * b.scale * pair.covariance + a.mean * b.mean
    square_a = a.scale * a.scale * pair.a.power + a.mean * a.mean
    square_b = b.scale * b.scale * pair.b.power + b.mean * b.mean
    return product / pair.arrays.xp.sqrt(square_a * square_b)


def mse(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """The mean squared difference of the second-moment-normalised maps, in [0, 4]; 0 = alike.

    Formula: mean (N a - N b)^2 with N a = a / sqrt(mean a^2); equals 2 - 2 cosine(a, b): 4 for opposite maps
        and, on average over independent pixels, 2 - 2 mean(N a) mean(N b).
    Source: Binder et al., "Shortcomings of Top-Down Randomization-Based Sanity Checks for Evaluations of Deep
        Neural Network Explanations", CVPR 2023 (the normalisation).
    Differs: each map is normalised by its own second moment; constant maps are left out.
    Undefined when: a map is zero everywhere, constant, or has a value that is not finite.
    """
    a, b = pair.under(normalisation, flip)
    value = a.scale * a.scale * pair.a.power + b.scale * b.scale * pair.b.power
    value -= 2 * (a.scale * b.scale * pair.covariance)
    value = pair.arrays.xp.clip(value, 0, math.inf) + (a.mean - b.mean) ** 2
    return pair.arrays.in_units(value, 2 * pair.exponent) if normalisation.joint else value


def ssim(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """The mean structural similarity of the second-moment-normalised maps, in [-1, 1]; 1 = alike.

    Formula: mean over 7 x 7 windows of (2 m m' + c1)(2 s_ab + c2) / ((m^2 + m'^2 + c1)(s_a^2 + s_b^2 + c2)),
        m, m' the window means, s the sample (co)variances, c1 = 0.01^2, c2 = 0.03^2 (L = 1).
    Source: Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", IEEE TIP
        13(4), 2004, eq. 13.
    Differs: uniform window instead of a Gaussian one; L = 1 on maps in units of their root mean square.
        A sign flip may leave it high: maps of the cat against their negatives score 0.18 (Grad-CAM) to 0.99,
        where cs says -0.18 to -1.00. Use cs for signed maps.
    Undefined when: a map is smaller than the window, constant, or has a value that is not finite.
    """
    return pair.ssim(normalisation, flip)


def cs(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """The contrast-structure term of SSIM alone, in [-1, 1]; 1 = alike, -1 = the sign is flipped.

    Formula: mean over 7 x 7 windows of (2 s_ab + c2) / (s_a^2 + s_b^2 + c2), as in ssim.
    Source: Wang et al. 2004 (see ssim), the product of eq. 9 and 10 with c3 = c2 / 2.
    Differs: as in ssim.
    Undefined when: a map is smaller than the window, constant, or has a value that is not finite.
    """
    return pair.structure(normalisation, flip)


def hog(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """The rank correlation of the maps' histograms of oriented gradients, in [-1, 1]; 1 = the same edges.

    Formula: Spearman's correlation of the HOG vectors: 9 unsigned orientations, cells of 16 x 16 pixels,
        blocks of 3 x 3 cells with L2-Hys normalisation, of the maps stretched from 0 to 1.
    Source: Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, their code; Dalal and Triggs,
        "Histograms of Oriented Gradients for Human Detection", CVPR 2005.
    Differs: signed maps as they are, where that code clips percentiles first; ranks as in the code, where the
        paper says Pearson. The stretching makes every normalisation the same, and a flipped map is as alike
        as the map. Unrelated maps give about 0 where they are smooth or Gaussian and 0.34 for Laplace noise:
        lone spikes have edges along rows and columns only.
    Undefined when: a map is smaller than 48 x 48 pixels, has no gradient inside, is constant or not finite.
    """
    return pair.arrays.correlation(pair.a.edges, pair.b.edges)


def topk(pair: Pair, normalisation: Normalisation, flip: bool) -> Number:
    """The share of the strongest tenth of the pixels that two maps have in common, in [0, 1]; 1 = all.

    Formula: |A and B| / max(|A|, |B|), A and B the pixels above the 90 % quantile of each map.
    Source: Ghorbani, Abid and Zou, "Interpretation of Neural Networks is Fragile", AAAI 2019 (their
        intersection of the top k pixels).
    Differs: unrelated maps give 0.1 by chance, not 0. Pixels that tie across the border are left out, so that
        no rule for ties can make two maps alike; a set is then smaller than a tenth.
    Undefined when: more than a tenth of the pixels share a map's highest value, or a map is constant or not
        finite.
    """
    first, second = pair.a.highest, pair.b.lowest if flip else pair.b.highest
    return (first & second).sum() / max(first.sum(), second.sum())


_EVERY = tuple(NORMALISATIONS)
_CONSTANT = "a map is constant, zero everywhere or not finite"
_SMALL = f"{_CONSTANT}, or smaller than {WINDOW} × {WINDOW} pixels"

SIMILARITIES = Registry(
    "measure",
    (
        Measure(
            "spearman", "Rank correlation", "Do both maps put the pixels in the same order, sign included?",
            "Spearman 1904", "Pearson correlation of the average ranks of a and b",
            spearman, -1, 1, 1, _CONSTANT,
            signs=("signed", "either"), of_magnitudes="spearman_abs",
        ),
        Measure(
            "spearman_abs", "Rank correlation of magnitudes", "Are the strong pixels strong in both maps?",
            "Adebayo et al. 2018", "Pearson correlation of the average ranks of |a| and |b|",
            spearman_abs, -1, 1, 1, "the magnitudes of a map are constant, zero everywhere or not finite",
            signs=("signed",), reads_magnitudes=True,
        ),
        Measure(
            "pearson", "Correlation", "Are the maps equal up to an offset and a positive factor?",
            "Pearson 1895", "cov(a, b) / (sd(a) sd(b))",
            pearson, -1, 1, 1, _CONSTANT,
        ),
        Measure(
            "cosine", "Cosine", "Do the maps point the same way, offset included?",
            "Linear algebra", "Σab / √(Σa² Σb²)",
            cosine, -1, 1, 1, _CONSTANT,
            normalisations=("minmax", DEFAULT), unrelated=None,
        ),
        Measure(
            "mse", "Squared distance",
            "How far apart are the maps, pixel by pixel, means included?",
            "Binder et al. 2023", "mean (a/√mean(a²) − b/√mean(b²))² = 2 − 2 cosine",
            mse, 0, 4, 0, _CONSTANT,
            distance=True, normalisations=_EVERY, unrelated=None,
            farthest={"none": (math.inf, math.inf), "max": (4, 1), "minmax": (1, 1), DEFAULT: (4, 2)},
        ),
        Measure(
            "ssim", "SSIM", "Are the maps alike window by window? A flipped sign may cost it little.",
            "Wang et al. 2004, eq. 13", "mean of luminance × contrast-structure over 7 × 7 windows, L = 1",
            ssim, -1, 1, 1, _SMALL, normalisations=_EVERY, unrelated=None,
        ),
        Measure(
            "cs", "SSIM structure term", "Do the maps vary alike window by window? Sees a flipped sign.",
            "Wang et al. 2004, eq. 9, 10",
            "mean of (2 s_ab + c₂) / (s_a² + s_b² + c₂) over 7 × 7 windows, L = 1",
            cs, -1, 1, 1, _SMALL, normalisations=_EVERY, unrelated=None,
        ),
        Measure(
            "hog", "Edge directions (HOG)", "Do the edges in the maps run the same way, cell by cell?",
            "Adebayo et al. 2018; Dalal and Triggs 2005",
            "Spearman correlation of HOG vectors: 9 orientations, 16 × 16 cells, 3 × 3 blocks, L2-Hys",
            hog, -1, 1, 1,
            f"{_CONSTANT}, smaller than {BLOCK * CELL} × {BLOCK * CELL} pixels, or without edges",
            signs=("signed", "magnitude"), unrelated=None,
        ),
        Measure(
            "topk", "Strongest tenth", "How many of the strongest tenth of the pixels agree? By chance: 0.1.",
            "Ghorbani et al. 2019",
            "|A ∩ B| / max(|A|, |B|), A and B the pixels above each map’s 90 % quantile",
            topk, 0, 1, 1, f"{_CONSTANT}, or more than {TOP:.0%} of its pixels share the highest value",
            unrelated=TOP,
        ),
    ),
)  # fmt: skip
"""The measures by key; the first one is the default."""
