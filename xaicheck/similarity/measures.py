"""How alike two attribution maps are: one function a measure, and SIMILARITIES.

Every measure takes two maps of one shape, the original a and the randomized b, and gives a Score. Where
there is no number, the value is None and `why` says so in a few words: a map with values that are not finite,
one that is zero everywhere, and one that is constant (up to the rounding of its own number type) cannot be
compared by any of them, because it says nothing about where. A map against itself gives exactly
the best value. A measure called by its name takes second-moment-normalised, signed maps; `against` and
`compare` take any normalisation and sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from xaicheck.similarity.against import against, several
from xaicheck.similarity.comparisons import canonical, compare, comparisons, span, unrelated
from xaicheck.similarity.hog import BLOCK, CELL
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.similarity.pair import ssim_at
from xaicheck.similarity.validity import TOP, WINDOW
from xaicheck.types import Measure, Score

__all__ = [
    "NORMALISATIONS",
    "SIGNS",
    "SIMILARITIES",
    "against",
    "canonical",
    "compare",
    "comparisons",
    "several",
    "span",
    "ssim_at",
    "unrelated",
]


def spearman(a: np.ndarray, b: np.ndarray) -> Score:
    """Spearman's rank correlation of the signed values, in [-1, 1]; 1 = the same order of pixels.

    Formula: Pearson's correlation of the average ranks (ties share their mean rank) over all pixels.
    Source: Spearman, "The Proof and Measurement of Association between Two Things", Am. J.
        Psychology 15, 1904.
    Differs: ranks in float64 (float32 cannot hold the ranks of large maps exactly).
    Undefined when: a map is constant or has a value that is not finite.
    """
    return against("spearman", a)(b)


def spearman_abs(a: np.ndarray, b: np.ndarray) -> Score:
    """Spearman's rank correlation of the absolute values, in [-1, 1]; 1 = the same order of magnitudes.

    Formula: spearman(|a|, |b|).
    Source: Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018.
    Differs: the maps are not clipped or brought to 8 bits first. Two unrelated maps that share a set of zeros
        (a background) score high here: 0.86 when it covers half of the pixels.
    Undefined when: the absolute values of a map are constant, or a value is not finite.
    """
    return against("spearman_abs", a)(b)


def pearson(a: np.ndarray, b: np.ndarray) -> Score:
    """Pearson's correlation of the signed values, in [-1, 1]; 1 = equal up to offset and positive scale.

    Formula: sum (a - mean a)(b - mean b) / sqrt(sum (a - mean a)^2 sum (b - mean b)^2).
    Source: Pearson, "Note on Regression and Inheritance in the Case of Two Parents", Proc. R. Soc. 58, 1895.
    Differs: the mean is removed twice, which takes away its own rounding error.
    Undefined when: a map is constant or has a value that is not finite.
    """
    return against("pearson", a)(b)


def cosine(a: np.ndarray, b: np.ndarray) -> Score:
    """The cosine of the angle between the maps, in [-1, 1]; 1 = equal up to a positive scale.

    Formula: sum a b / sqrt(sum a^2 sum b^2).
    Source: linear algebra; mse is 2 - 2 cosine, so the two are one piece of evidence.
    Differs: constant maps are left out, where the cosine would be a number that says nothing about where.
    Undefined when: a map is zero everywhere, constant, or has a value that is not finite.
    """
    return against("cosine", a)(b)


def mse(a: np.ndarray, b: np.ndarray) -> Score:
    """The mean squared difference of the second-moment-normalised maps, in [0, 4]; 0 = alike.

    Formula: mean (N a - N b)^2 with N a = a / sqrt(mean a^2); equals 2 - 2 cosine(a, b), so unrelated signed
        maps give 2 and opposite ones 4.
    Source: Binder et al., "Shortcomings of Top-Down Randomization-Based Sanity Checks for Evaluations of Deep
        Neural Network Explanations", CVPR 2023 (the normalisation).
    Differs: each map is normalised by its own second moment; constant maps are left out.
    Undefined when: a map is zero everywhere, constant, or has a value that is not finite.
    """
    return against("mse", a)(b)


def ssim(a: np.ndarray, b: np.ndarray) -> Score:
    """The mean structural similarity of the second-moment-normalised maps, in [-1, 1]; 1 = alike.

    Formula: mean over 7 x 7 windows of (2 m m' + c1)(2 s_ab + c2) / ((m^2 + m'^2 + c1)(s_a^2 + s_b^2 + c2)),
        m, m' the window means, s the sample (co)variances, c1 = 0.01^2, c2 = 0.03^2 (L = 1).
    Source: Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", IEEE TIP
        13(4), 2004, eq. 13.
    Differs: uniform window instead of a Gaussian one; L = 1 on maps in units of their root mean square.
        It cannot see a sign flip: a map against its negative scores near +1. Use cs for signed maps.
    Undefined when: a map is smaller than the window, constant, or has a value that is not finite.
    """
    return against("ssim", a)(b)


def cs(a: np.ndarray, b: np.ndarray) -> Score:
    """The contrast-structure term of SSIM alone, in [-1, 1]; 1 = alike, -1 = the sign is flipped.

    Formula: mean over 7 x 7 windows of (2 s_ab + c2) / (s_a^2 + s_b^2 + c2), as in ssim.
    Source: Wang et al. 2004 (see ssim), the product of eq. 9 and 10 with c3 = c2 / 2.
    Differs: as in ssim.
    Undefined when: a map is smaller than the window, constant, or has a value that is not finite.
    """
    return against("cs", a)(b)


def hog(a: np.ndarray, b: np.ndarray) -> Score:
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
    return against("hog", a)(b)


def topk(a: np.ndarray, b: np.ndarray) -> Score:
    """The share of the strongest tenth of the pixels that two maps have in common, in [0, 1]; 1 = all.

    Formula: |A and B| / max(|A|, |B|), A and B the pixels above the 90 % quantile of each map.
    Source: Ghorbani, Abid and Zou, "Interpretation of Neural Networks is Fragile", AAAI 2019 (their
        intersection of the top k pixels).
    Differs: unrelated maps give 0.1 by chance, not 0. Pixels that tie across the border are left out, so that
        no rule for ties can make two maps alike; a set is then smaller than a tenth.
    Undefined when: more than a tenth of the pixels share a map's highest value, or a map is constant or not
        finite.
    """
    return against("topk", a)(b)


_CONSTANT = "a map is constant, zero everywhere or not finite"
_SMALL = f"{_CONSTANT}, or smaller than {WINDOW} × {WINDOW} pixels"
_MEASURES = (
    Measure(
        "spearman", "Rank correlation", "Do both maps put the pixels in the same order, sign included?",
        "Spearman 1904", "Pearson correlation of the average ranks of a and b",
        spearman, -1, 1, 1, _CONSTANT,
    ),
    Measure(
        "spearman_abs", "Rank correlation of magnitudes", "Are the strong pixels strong in both maps?",
        "Adebayo et al. 2018", "Pearson correlation of the average ranks of |a| and |b|",
        spearman_abs, -1, 1, 1, "the magnitudes of a map are constant, zero everywhere or not finite",
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
    ),
    Measure(
        "mse", "Squared distance", "How far apart are the maps, pixel by pixel? Unrelated at unit power: 2.",
        "Binder et al. 2023", "mean (a/√mean(a²) − b/√mean(b²))² = 2 − 2 cosine",
        mse, 0, 4, 0, _CONSTANT, distance=True,
    ),
    Measure(
        "ssim", "SSIM", "Are the maps alike window by window? Blind to a flipped sign.",
        "Wang et al. 2004, eq. 13", "mean of luminance × contrast-structure over 7 × 7 windows, L = 1",
        ssim, -1, 1, 1, _SMALL,
    ),
    Measure(
        "cs", "SSIM structure term", "Do the maps vary alike window by window? Sees a flipped sign.",
        "Wang et al. 2004, eq. 9, 10", "mean of (2 s_ab + c₂) / (s_a² + s_b² + c₂) over 7 × 7 windows, L = 1",
        cs, -1, 1, 1, _SMALL,
    ),
    Measure(
        "hog", "Edge directions (HOG)", "Do the edges in the maps run the same way, cell by cell?",
        "Adebayo et al. 2018; Dalal and Triggs 2005",
        "Spearman correlation of HOG vectors: 9 orientations, 16 × 16 cells, 3 × 3 blocks, L2-Hys",
        hog, -1, 1, 1, f"{_CONSTANT}, smaller than {BLOCK * CELL} × {BLOCK * CELL} pixels, or without edges",
    ),
    Measure(
        "topk", "Strongest tenth", "How many of the strongest tenth of the pixels agree? By chance: 0.1.",
        "Ghorbani et al. 2019", "|A ∩ B| / max(|A|, |B|), A and B the pixels above each map’s 90 % quantile",
        topk, 0, 1, 1, f"{_CONSTANT}, or more than {TOP:.0%} of its pixels share the highest value",
    ),
)  # fmt: skip

SIMILARITIES: Mapping[str, Measure] = MappingProxyType({measure.key: measure for measure in _MEASURES})
"""The measures by key; the first one is the default."""
