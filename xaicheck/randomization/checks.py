"""What is asked of a map once there is a random network: CHECKS, for the pages that tell about them.

The words here are the whole entry: how a check is computed stands in the modules that do it (study and
cascade; denoise; complexity; csc).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Check:
    """A test that uses randomized weights, or that stands in for one."""

    key: str
    label: str
    summary: str
    formula: str
    source: str
    low: float  # smallest possible value of its number
    high: float  # largest possible value
    good: str  # which end counts as passing, in words
    undefined: str  # when there is no number
    loophole: str  # what passes it without being sensitive to the weights, or fails it though it is


_ADEBAYO = "Adebayo et al., “Sanity Checks for Saliency Maps”, NeurIPS 2018"
_HEDSTROEM = (
    "Hedström et al., “Sanity Checks Revisited: An Exploration to Repair the Model Parameter Randomisation "
    "Test”, 2024"
)
_GOOD = "Low similarity counts as passing: the map changed when the weights did."
_UNDEFINED = "either map has no number under the chosen similarity"

_CHECKS = (
    Check(
        "cascade", "From the output, one block more each step (MPRT)",
        "Random weights replace the trained ones from the last layer downwards. Does the map change?",
        "m_d = similarity(map of the trained network, map with the d blocks next to the output randomized)",
        _ADEBAYO, -1, 1, _GOOD, _UNDEFINED,
        "Fresh noise passes it and looks at nothing. Below the randomized blocks the activations stay bit "
        "for bit, so strong channels go on leading: maps can only be expected to differ to a certain extent.",
    ),
    Check(
        "bottom_up", "From the input, one block more each step",
        "The same from the first layer upwards: no block keeps its trained input.",
        "m_d = similarity(map of the trained network, map with the d blocks next to the input randomized)",
        _HEDSTROEM, -1, 1, _GOOD, _UNDEFINED,
        "Fresh noise passes it. The first step already changes everything that the later blocks see.",
    ),
    Check(
        "independent", "One block at a time",
        "A single block is randomized and all others keep their trained weights.",
        "m_d = similarity(map of the trained network, map with block d alone randomized)",
        _ADEBAYO, -1, 1, _GOOD, _UNDEFINED,
        "Fresh noise passes it. Shortcuts lead around a block, so little may change whatever the method: "
        "not to be mixed into one curve with the cumulative orders.",
    ),
    Check(
        "smprt", "Means over noisy copies (sMPRT)",
        "Each map is the mean over noisy copies of the picture, so that a method’s own noise does not look "
        "like sensitivity.",
        "e(x) replaced by (1/N) Σ e(x + ε_n), ε_n ~ N(0, σ²), σ = 0.1 (max x − min x), ε_N = 0",
        _HEDSTROEM, -1, 1, _GOOD, _UNDEFINED,
        "Averaging N copies multiplies the signal-to-noise ratio by N and no more: fresh noise, which does "
        "not look at the picture, still passes.",
    ),
    Check(
        "emprt", "Rise of the entropy (eMPRT)",
        "Does the map become more even in its values when every block is randomized?",
        "(H(randomized) − H(original)) / H(original), H = entropy of a histogram of 100 bins over the map’s "
        "range",
        _HEDSTROEM, -1, float("inf"), "A high rise counts as passing.",
        "a map is constant, zero everywhere or not finite, or no step of the order randomizes every block",
        "It counts values and not places: permuting the pixels of a map leaves it unchanged. Fresh noise "
        "gains nothing, but a map of one outlier that turns into noise gains most.",
    ),
    Check(
        "csc", "Cosine similarity convergence (CSC)",
        "Random relevance is put in high up: has it become the same for all starts further down?",
        "median over places and pairs of cos(r_i, r_j), r_i = what the method’s backward rule makes of "
        "v_i ~ N(0, I)",
        "Sixt, Granz and Landgraf, “When Explanations Lie”, ICML 2020",
        -1, 1, "Near 0 counts as passing: what comes from above still matters. Near ±1 it is forgotten.",
        "the method has no backward rule that takes any start, or no relevance arrives",
        "Noise does not pass through a rule at all, so the test says nothing of it. A rule may keep every "
        "difference and still point at the wrong pixels.",
    ),
)  # fmt: skip

CHECKS: Mapping[str, Check] = MappingProxyType({check.key: check for check in _CHECKS})
"""The checks by key; the first three are the orders of the check page."""
