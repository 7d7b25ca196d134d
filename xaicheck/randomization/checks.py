"""What is asked of a map once there is a random network: `checks`, for the pages that tell about them.

The words here are the whole entry: how a check is computed stands in the modules that do it (engine.run and
batching; smooth_mprt; efficient_mprt; engine.convergence).
"""

from __future__ import annotations

from dataclasses import dataclass

from xaicheck.randomization.modes import HEDSTROEM, MODES, Mode
from xaicheck.types import Registry


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


_GOOD = "Low similarity counts as passing: the map changed when the weights did."
_UNDEFINED = "either map has no number under the chosen similarity"

_FURTHER = (
    Check(
        "smprt", "Means over noisy copies (sMPRT)",
        "Each map is the mean over noisy copies of the picture, so that a method’s own noise does not look "
        "like sensitivity.",
        "e(x) replaced by (1/N) Σ e(x + ε_n), ε_n ~ N(0, σ²), σ = 0.1 (max x − min x), ε_N = 0",
        HEDSTROEM, -1, 1, _GOOD, _UNDEFINED,
        "Averaging N copies multiplies the signal-to-noise ratio by N and no more: fresh noise, which does "
        "not look at the picture, still passes.",
    ),
    Check(
        "emprt", "Rise of the entropy (eMPRT)",
        "Does the map become more even in its values when every block is randomized?",
        "(H(randomized) − H(original)) / H(original), H = entropy of a histogram of 100 bins over the map’s "
        "range",
        HEDSTROEM, -1, float("inf"), "A high rise counts as passing.",
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


def _in_order(mode: Mode) -> Check:
    asked = mode.question
    return Check(
        mode.key, asked.label, asked.summary, asked.formula, asked.source, -1, 1, _GOOD, _UNDEFINED,
        asked.loophole,
    )  # fmt: skip


def checks() -> Registry[Check]:
    """The checks by key: one for each mode, the cumulative ones first, and then the others."""
    modes = sorted(MODES.values(), key=lambda mode: not mode.cumulative)
    return Registry("check", (*map(_in_order, modes), *_FURTHER))
