"""The sentences of the page Activation scales, made from the numbers beside them."""

from __future__ import annotations

from xaicheck.experiments.scales.data import Bin, BlockResult, Measured, Order, Shipped
from xaicheck.experiments.scales.setting import Setting
from xaicheck.models.samples import SAMPLES
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.words import number
from xaicheck.topics.scales.view import Shown

NOTABLE = 0.015  # a difference from the law that is worth a reason
SHARED_LAYERS = (
    "Why: the output units share all random layers but the last, so together they are worth fewer "
    "independent "
    "ones than the law counts."
)
SAME_PLACES = (
    "Why: gradients of neighbouring places agree, and what they agree on adds up; the open squares that "
    "show this "
    "are drawn for one output unit."
)


def percent(value: float | None) -> str:
    """A share as a whole percentage; one decimal above 99; an en dash for None."""
    if value is None:
        return "–"
    digits = 1 if 0.99 < value < 1 else 0
    return f"{100 * value:.{digits}f} %"


def finding(shown: Shown) -> str:
    """What happens to two channels of which one is twice as active, measured and expected."""
    found = shown.twice()
    end = " to these outputs" if shown.outputs > 1 else ""
    units = "random layers" if shown.what == "the last layer" else "random networks"
    if found is not None:
        lead = (
            f"After {shown.what} was drawn anew, a channel twice as active as another still contributes more"
        )
        return f"{lead}{end} in {percent(found.kept.mean)} of {units}; {_expected(found.predicted)}."
    tau = shown.order.kendall
    lead = f"After {shown.what} was drawn anew, the more active of two channels still contributes more"
    return (
        f"{lead}{end} in {percent(share(tau.measured.mean))} of {units}; {_expected(share(tau.predicted))}."
    )


def _expected(predicted: float | None) -> str:
    return "there is no law to compare with" if predicted is None else f"theory says {percent(predicted)}"


def share(tau: float | None) -> float | None:
    """The share of pairs in the same order that a Kendall's tau stands for."""
    return None if tau is None else (1 + tau) / 2


def same_line(result: BlockResult) -> str:
    """That the activations were the same before and after, and how that was verified."""
    n = result.shape[0]
    checked = min(5, result.seeds)
    verdict = "bit-identical" if result.identical == checked else "NOT bit-identical"
    return (
        f"The {n} channels below {result.block} were computed again from the picture in {result.identical} "
        f"of "
        f"{checked} whole random networks and are {verdict} there."
    )


def layer_line(dead: float, n: int) -> str:
    """What enters the last layer."""
    return (
        f"{n} pooled features enter the last layer; {percent(dead)} of them are exactly zero for this "
        f"picture. "
        "They contribute nothing under any weights and are left out of every share and rank here."
    )


def kept_title(shown: Shown) -> str:
    """The share of all pairs whose order is kept."""
    found = shown.order.kendall.measured.mean
    return f"In {percent(share(found))} of all pairs the more active channel contributes more, too"


def kept_line(shown: Shown) -> str:
    """The largest difference between measured and expected, over bins of at least 30 pairs."""
    found = shown.order.largest_difference()
    if found is None:
        return "There is no law to compare with."
    difference, where = found
    inside = _inside(where.kept, where.predicted)
    return (
        f"Largest difference between measured and expected: {100 * difference:.1f} points, at ratios "
        f"{_range(where)} "
        f"({percent(where.kept.mean)} against {percent(where.predicted)}), "
        f"{'inside' if inside else 'outside'} the interval over random networks."
    )


def departure(shown: Shown) -> str:
    """Where the network departs from the law, and what that comes from, as far as the numbers say."""
    found = shown.order.largest_difference()
    if found is None or found[0] < NOTABLE:
        return ""
    difference, where = found
    points = f"{100 * difference:.1f}"
    if shown.reading == "depthwise":
        return (
            "Why: every channel has a filter of its own here, and recalibrated BatchNorm undoes its scale. "
            "The "
            f"law takes all channels for read by the same random weights; it is off by up to {points} points."
        )
    if shown.outputs > 1:
        below = (
            where.kept.mean is not None and where.predicted is not None and where.kept.mean < where.predicted
        )
        return SHARED_LAYERS if below else SAME_PLACES
    reach = shown.reach.largest_difference() if shown.reach is not None else None
    if reach is None:
        return ""
    if reach[0] < difference / 2:
        return (
            "Why: the law takes the places of a channel for independent, but gradients of neighbouring "
            "places "
            "agree, and what they agree on adds up. Weighted by what the gradient reaches (open squares), "
            "the "
            f"largest difference falls from {points} to {100 * reach[0]:.1f} points."
        )
    n = shown.activation.size
    few = (
        f" For deep random networks the law holds up to terms of order 1/n, and n is {n} here."
        if n < 50
        else ""
    )
    return (
        "Weighting the places by what the gradient reaches (open squares) does not explain it: the largest "
        f"difference is {100 * reach[0]:.1f} instead of {points} points.{few}"
    )


def top_line(order: Order) -> str:
    """What became of the top ten, in numbers."""
    found = next((t for t in order.tops if t.k == 10), None) or (order.tops[-1] if order.tops else None)
    if found is None or found.measured.mean is None:
        return "There are too few channels."
    expected = "" if found.predicted is None else f"expected {number(found.k * found.predicted, 1)}, "
    return (
        f"Of the {found.k} most active channels {number(found.k * found.measured.mean, 1)} stay among the "
        f"{found.k} "
        f"largest contributions ({expected}by chance {number(found.k * found.chance, 1)})."
    )


def top_title(order: Order) -> str:
    """How many of the most active channels stay on top, beside chance."""
    found = next((t for t in order.tops if t.k == 10), None) or (order.tops[-1] if order.tops else None)
    if found is None or found.measured.mean is None:
        return "There are too few channels to count how many stay on top"
    return (
        f"{number(found.k * found.measured.mean, 1)} of the {found.k} most active channels stay on top, "
        f"{number(found.k * found.chance, 1)} would by chance"
    )


def sorted_title(shown: Shown) -> str:
    """How far contributions follow activations, channel by channel."""
    tau = shown.order.kendall
    return (
        f"Contributions follow activations with a τ of {number(tau.measured.mean)}; in the trained network "
        f"it is {number(tau.trained)}"
    )


def rank_line(order: Order) -> str:
    """Rank correlations, measured and expected."""
    tau, rho = order.kendall, order.spearman
    return (
        f"Rank correlation of activations and contributions: Kendall {number(tau.measured.mean)} (expected "
        f"{number(tau.predicted)}, trained network {number(tau.trained)}), Spearman "
        f"{number(rho.measured.mean)} "
        f"(expected {number(rho.predicted)}, trained network {number(rho.trained)})."
    )


def pictures_title(result: BlockResult) -> str:
    """What is shown of the channels."""
    return f"The eight most active channels below {result.block}, before and after"


def not_computed(wanted: Setting, other: Setting | BlockResult) -> str:
    """That the setting was not computed, and what is shown meanwhile."""
    shown = other.setting if isinstance(other, BlockResult) else other
    return f"Not computed yet: {describe(wanted)}. Shown meanwhile: {describe(shown)}."


def describe(setting: Setting) -> str:
    """A setting in a few words."""
    shortcuts = "" if setting.residual else ", no residual connections"
    return (
        f"{SAMPLES[setting.picture].label}, depth {setting.depth}, {LAWS[setting.law].label}, "
        f"BatchNorm {BATCHNORM[setting.batchnorm].label.lower()}{shortcuts}"
    )


def compute_label(seeds: int) -> str:
    """What the button does."""
    return f"Compute {seeds} random networks"


def done_line(data: Shipped) -> str:
    """Where the numbers come from."""
    networks = sum(b.seeds for b in data.blocks)
    names = ", ".join(
        f"{name} {version}" for name, version in data.versions if name in ("torch", "timm", "numpy")
    )
    return (
        f"Computed beforehand: {len(data.blocks)} settings, {networks} random networks, in "
        f"{data.seconds / 60:.0f} "
        f"minutes ({names}). Small pictures are stored with 8 bits a pixel; every number comes from the "
        f"full arrays. "
        "This page is our re-implementation of the argument of Binder et al., CVPR 2023."
    )


def _inside(interval: Measured, value: float | None) -> bool:
    return (
        value is not None and interval.low is not None and interval.high is not None
        and interval.low <= value <= interval.high
    )  # fmt: skip


def _range(where: Bin) -> str:
    return f"{where.low:g} to {where.high:g}" if where.high < 1e9 else f"of {where.low:g} and more"
