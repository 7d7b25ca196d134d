"""The fixed texts of the page Activation scales: titles, labels, and captions at two levels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption

KICKER = "Activation scales"
NO_DATA = (
    "The results of this page are not there: run `python -m xaicheck.experiments.scales`, "
    "then open this page again."
)
LOOK = Caption(
    student="The activations below the new weights stay exactly as they were, so a very active channel "
    "starts "
    "with an advantage that random weights seldom undo. Compare the diamonds, measured on the real network, "
    "with the line, which needs no network at all.",
    researcher="x is bit-identical before and after; contributions are x·g, summed over places. For i.i.d. "
    "Gaussian weights P(|x_i g_i| ≥ |x_j g_j|) = (2/π) arctan(x_i/x_j), for K outputs an F law.",
)
KEPT = Caption(
    student="Each diamond gathers pairs of channels by how many times more active one of them is. 50 % would "
    "be chance, 100 % would mean that new weights change nothing about the order.",
    researcher="Pairs of live channels by activation ratio; bars: 95 % t intervals over random networks, not "
    "over pairs. The line is the law, crosses are the trained network’s own contributions.",
)
SORTED = Caption(
    student="Channels from the most active to the least. The line is their activation, the same before and "
    "after; the band shows where their contributions lie in most random networks.",
    researcher="Each series divided by its own mean, logarithmic axis; band: 5 to 95 % over random networks, "
    "diamonds: the first of them, circles: the trained network.",
)
TOP = Caption(
    student="Of the most active channels, how many are also among those that contribute most? The upright "
    "stroke marks chance.",
    researcher="Share of the k most active channels among the k largest contributions; expected by "
    "quadrature "
    "over the Poisson-binomial number of channels that pass; chance is k/n.",
)
PICTURES = Caption(
    student="What each channel sees, what it contributed in the trained network, and what it contributes "
    "in a "
    "random one. Orange speaks for the class, blue against it; each picture has its own range, written "
    "below.",
    researcher="Activation x_i(p), and x_i(p)·g_i(p) for the explained class, trained and first random "
    "network. Each picture has its own range, written below it; blue is negative.",
)
DEPTHS = Caption(
    student="1 would be the same order, 0 no order at all. If more random blocks washed the order out, the "
    "diamonds would fall to 0 while the line, which follows from the activations alone, stays.",
    researcher="Kendall’s τ of activations and contributions (live channels) against its exact expectation "
    "for i.i.d. Gaussian weights read place by place; 95 % t intervals over random networks.",
)
MAPS = Caption(
    student="The diamond says how alike the original and the randomized map are. The circle is what is left "
    "without the map of activation strength, the square what is left without what any random network draws.",
    researcher="Spearman of |map| on the block’s grid. Bar: ρ(original, norm)·ρ(randomized, norm). Circle, "
    "square: partial correlations given ‖x(p)‖, and given the mean map of the other random networks.",
)
RESIDUAL = Caption(
    student="A residual block adds something to its input. If that something is small, drawing its weights "
    "anew changes almost nothing: 1 means that output and input point the same way.",
    researcher="cos(out, in) of each block alone, trained input, nine pictures; lines: 1/√(1+e) from the "
    "measured branch share e, if the branch is uncorrelated with its input.",
)
NO_METHODS = "The shipped methods’ own maps were computed beforehand for the default settings only."
MAP_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "signed": "Gradient × activation",
        "positive": "Its positive contributions",
        **{key: method.label for key, method in METHODS.items()},
    }
)
