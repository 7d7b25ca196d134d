"""From curves to numbers: one function a measure, and FAITHFULNESS.

None of them has a number where the map could not be computed or has values that are not finite, or where the
network's answer is not finite. A constant map has one: its regions go in random order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xaicheck.types import Registry


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The network's answer while more and more of a picture is removed."""

    order: str  # "morf" or "lerf"
    fill: str
    output: str  # "softmax" or "logit"
    fractions: np.ndarray  # float64 [K + 1], share of the regions that are removed
    values: np.ndarray  # float64 [K + 1], the output for the explained class
    first: np.ndarray  # bool [K + 1]: the explained class is still the network's answer


@dataclass(frozen=True, slots=True)
class FaithfulnessMeasure:
    """A number made of a map's curves: fn(*curves of `orders`) -> float."""

    key: str
    label: str
    summary: str  # one sentence
    source: str
    formula: str
    fn: Callable[..., float]
    protocol: str  # "flipping" or "road"
    orders: tuple[str, ...]
    low: float  # smallest possible value for probabilities; logits have no bounds
    high: float  # largest possible value for probabilities
    higher_is_better: bool
    undefined: str  # when there is no number
    fill: str = ""  # a key of FILLS, the one that belongs to the protocol; empty: any
    output: str = ""  # a key of OUTPUTS, the one that its curves hold; empty: any
    same_order: str = ""  # the measure that orders methods on the same pictures alike, by algebra
    of_probability: bool = (
        True  # under softmax it is in units of a probability, so a sure picture weighs more
    )


def abpc(morf: Curve, lerf: Curve) -> float:
    """The area between the two curves, in [-1, 1] for probabilities; 0 for random orders, higher is better.

    Formula: 1/(K+1) sum_{k=0..K} [f(x_k^LeRF) - f(x_k^MoRF)].
    Source: Blücher, Vielhaben and Strodthoff, "Decoupling Pixel Flipping and Occlusion Strategy for
        Consistent XAI Benchmarks", TMLR 2024 (there: symmetric relevance gain, SRG).
    Differs: the mean over all K + 1 steps; the first and the last of them add nothing.
    Undefined when: the map or the network's answer is not finite.
    """
    return float(np.mean(lerf.values - morf.values))


def aopc(morf: Curve) -> float:
    """The mean loss of the class while the most relevant regions go first, in [-1, 1]; higher is better.

    Formula: 1/(K+1) sum_{k=0..K} [f(x_0) - f(x_k^MoRF)].
    Source: Samek et al., "Evaluating the Visualization of What a Deep Neural Network Has Learned", IEEE TNNLS
        28(11), 2017.
    Differs: runs until everything is removed, in even steps, so that a random order scores well above 0:
        compare it with a noise map, or use abpc.
    Undefined when: the map or the network's answer is not finite.
    """
    return float(np.mean(morf.values[0] - morf.values))


def area_under(curve: Curve) -> float:
    """The area under a curve against the share of removed regions, in [0, 1] for probabilities.

    Formula: trapezoids, sum_k (f(x_k) + f(x_{k-1})) / 2 (s_k - s_{k-1}), s the share removed.
    Source: Petsiuk et al., "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018
        (deletion, where lower is better); least relevant first, higher is better.
    Differs: regions instead of single pixels.
    Undefined when: the map or the network's answer is not finite.
    """
    middle = (curve.values[1:] + curve.values[:-1]) / 2
    return float(np.sum(middle * np.diff(curve.fractions)))


def road_accuracy(curve: Curve) -> float:
    """The share of percentages at which the class is still the network's answer, in [0, 1]; lower is better.

    Formula: mean over percentages of [argmax f(x_p) = c]; a data set's ROAD curve is its mean over pictures.
    Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022.
    Differs: c is the explained class, not the label; one number over the percentages.
    Undefined when: the map or the network's answer is not finite.
    """
    return float(np.mean(curve.first))


def road_probability(curve: Curve) -> float:
    """The mean probability of the class over the percentages, in [0, 1]; lower is better.

    Formula: mean over percentages of softmax_c f(x_p).
    Source: Rong et al. 2022 (see road_accuracy), the procedure.
    Differs: the probability in place of right or wrong, which on one picture says more.
    Undefined when: the map or the network's answer is not finite.
    """
    return float(np.mean(curve.values))


_UNDEFINED = "the map could not be computed, or the map or the network’s answer is not finite"
FAITHFULNESS = Registry(
    "faithfulness measure",
    (
        FaithfulnessMeasure(
            "abpc", "ABPC / SRG", "How far apart are both orders of removal? Random maps score 0 on average.",
            "Blücher et al. 2024", "mean over k of f(k least relevant removed) − f(k most relevant removed)",
            abpc, "flipping", ("morf", "lerf"), -1, 1, True, _UNDEFINED,
        ),
        FaithfulnessMeasure(
            "aopc", "AOPC", "How fast does the class go when the most relevant regions go first?",
            "Samek et al. 2017", "mean over k of f(nothing removed) − f(k most relevant removed)",
            aopc, "flipping", ("morf",), -1, 1, True, _UNDEFINED,
        ),
        FaithfulnessMeasure(
            "auc_morf", "Deletion area",
            "How much of the class is left when the most relevant regions go first?",
            "Petsiuk et al. 2018", "area under the curve, most relevant first",
            area_under, "flipping", ("morf",), 0, 1, False, _UNDEFINED,
            same_order="aopc",  # both are sums of one curve, whose ends are the same for all methods
        ),
        FaithfulnessMeasure(
            "auc_lerf", "Area, least relevant first",
            "How long does the class last when the least relevant go first?",
            "Petsiuk et al. 2018; Blücher et al. 2024", "area under the curve, least relevant first",
            area_under, "flipping", ("lerf",), 0, 1, True, _UNDEFINED,
        ),
        FaithfulnessMeasure(
            "road_accuracy", "ROAD",
            "At how many percentages of removed pixels does the network still answer the class?",
            "Rong et al. 2022", "mean over percentages of [argmax f(x_p) = c]",
            road_accuracy, "road", ("morf",), 0, 1, False, _UNDEFINED, "noisy_inpaint", "softmax",
            of_probability=False,
        ),
        FaithfulnessMeasure(
            "road_probability", "ROAD, probability",
            "How much probability keeps the class while pixels are removed?",
            "Rong et al. 2022", "mean over percentages of the class’s probability",
            road_probability, "road", ("morf",), 0, 1, False, _UNDEFINED, "noisy_inpaint", "softmax",
        ),
    )
)  # fmt: skip
"""The measures by key; the first one is the default."""
