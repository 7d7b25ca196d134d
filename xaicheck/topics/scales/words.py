"""The sentences of the page Activation scales on one experiment, made from the numbers beside them."""

from __future__ import annotations

from xaicheck.experiments.scales.data import Bin, BlockResult, Measured, Order, Shipped, Top
from xaicheck.experiments.scales.setting import Setting
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.models.samples import SAMPLES
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.texts import beside
from xaicheck.reading.words import number
from xaicheck.topics.scales import PAGE
from xaicheck.topics.scales.numbers import Shown

TEXT = beside(__file__)
NOTABLE = 0.015  # a difference from the law that is worth a reason
MANY = 50  # channels from which on terms of order 1/n are no excuse


def percent(value: float | None) -> str:
    """A share as a whole percentage; one decimal above 99; an en dash for None."""
    if value is None:
        return "–"
    digits = 1 if 0.99 < value < 1 else 0
    return f"{100 * value:.{digits}f} %"


def share(tau: float | None) -> float | None:
    """The share of pairs in the same order that a Kendall's tau stands for."""
    return None if tau is None else (1 + tau) / 2


def map_label(key: str) -> str:
    """What a map is made of: a method's label, or one of the experiment's own sums."""
    return METHODS[key].label if key in METHODS else str(TEXT.map_labels.get(key, key))


def kicker(result: BlockResult, model: str) -> str:
    """The page, the network, the picture and its class, in one line above the finding."""
    target = result.target
    likely = f"{target.label} ({100 * target.probability:.0f} %)"
    return " · ".join((PAGE.title, MODELS[model].label, SAMPLES[result.setting.picture].label, likely))


def finding(shown: Shown) -> str:
    """What happens to two channels of which one is twice as active, measured and expected."""
    twice = shown.twice()
    if twice is None:
        tau = shown.order.kendall
        who, measured, predicted = (
            "the more active of two channels",
            share(tau.measured.mean),
            share(tau.predicted),
        )
    else:
        who, measured, predicted = (
            "a channel twice as active as another",
            twice.kept.mean,
            twice.predicted,
        )
    end = " to these outputs" if shown.outputs > 1 else ""
    units = "random layers" if shown.what == "the last layer" else "random networks"
    theory = "there is no law to compare with" if predicted is None else f"theory says {percent(predicted)}"
    return (
        f"After {shown.what} was drawn anew, {who} still contributes more{end} in {percent(measured)} of "
        f"{units}; {theory}."
    )


def same_line(result: BlockResult) -> str:
    """That the activations were the same before and after, and how that was verified."""
    checked = min(5, result.seeds)
    verdict = "bit-identical" if result.identical == checked else "NOT bit-identical"
    return (
        f"The {result.shape[0]} channels below {result.block} were computed again from the picture in "
        f"{result.identical} of {checked} whole random networks and are {verdict} there."
    )


def layer_line(dead: float, n: int) -> str:
    """What enters the last layer."""
    return (
        f"{n} pooled features enter the last layer; {percent(dead)} of them are exactly zero for this "
        "picture. They contribute nothing under any weights and are left out of every share and rank here."
    )


def kept_title(shown: Shown) -> str:
    """The share of all pairs whose order is kept."""
    kept = share(shown.order.kendall.measured.mean)
    return f"In {percent(kept)} of all pairs the more active channel contributes more, too"


def kept_line(shown: Shown) -> str:
    """The largest difference between measured and expected, over bins of at least 30 pairs."""
    largest = shown.order.largest_difference()
    if largest is None:
        return str(TEXT.missing.law)
    difference, where = largest
    side = "inside" if _holds(where.kept, where.predicted) else "outside"
    return (
        f"Largest difference between measured and expected: {100 * difference:.1f} points, at ratios "
        f"{_range(where)} ({percent(where.kept.mean)} against {percent(where.predicted)}), {side} the "
        "interval over random networks."
    )


def departure(shown: Shown) -> str:
    """Where the network departs from the law, and what that comes from, as far as the numbers say."""
    largest = shown.order.largest_difference()
    if largest is None or largest[0] < NOTABLE:
        return ""
    difference, where = largest
    points = f"{100 * difference:.1f}"
    if shown.reading == "depthwise":
        return str(TEXT.why.own_filters.format(points=points))
    if shown.outputs > 1:
        measured, predicted = where.kept.mean, where.predicted
        below = measured is not None and predicted is not None and measured < predicted
        return str(TEXT.why.shared_layers if below else TEXT.why.same_places)
    reach = shown.reach.largest_difference() if shown.reach is not None else None
    if reach is None:
        return ""
    if reach[0] < difference / 2:
        return str(TEXT.why.reach.format(points=points, reach=f"{100 * reach[0]:.1f}"))
    n = shown.activation.size
    few = f" For deep random networks the law holds up to terms of order 1/n, and n is {n} here."
    return (
        "Weighting the places by what the gradient reaches (open squares) does not explain it: the largest "
        f"difference is {100 * reach[0]:.1f} instead of {points} points.{few if n < MANY else ''}"
    )


def top_line(order: Order) -> str:
    """What became of the top ten, in numbers."""
    top = _top(order)
    if top is None or top.measured.mean is None:
        return str(TEXT.missing.channels)
    expected = "" if top.predicted is None else f"expected {number(top.k * top.predicted, 1)}, "
    return (
        f"Of the {top.k} most active channels {number(top.k * top.measured.mean, 1)} stay among the {top.k} "
        f"largest contributions ({expected}by chance {number(top.k * top.chance, 1)})."
    )


def top_title(order: Order) -> str:
    """How many of the most active channels stay on top, beside chance."""
    top = _top(order)
    if top is None or top.measured.mean is None:
        return str(TEXT.missing.channels_on_top)
    return (
        f"{number(top.k * top.measured.mean, 1)} of the {top.k} most active channels stay on top, "
        f"{number(top.k * top.chance, 1)} would by chance"
    )


def _top(order: Order) -> Top | None:
    """The top ten; without them the largest count there is."""
    return next((top for top in order.tops if top.k == 10), order.tops[-1] if order.tops else None)


def sorted_title(shown: Shown) -> str:
    """How far contributions follow activations, channel by channel."""
    tau = shown.order.kendall
    return (
        f"Contributions follow activations with a τ of {number(tau.measured.mean)}; in the trained network "
        f"it is {number(tau.trained)}"
    )


def rank_line(order: Order) -> str:
    """Rank correlations, measured and expected."""
    kendall, spearman = (
        f"{number(rank.measured.mean)} (expected {number(rank.predicted)}, trained network "
        f"{number(rank.trained)})"
        for rank in (order.kendall, order.spearman)
    )
    return f"Rank correlation of activations and contributions: Kendall {kendall}, Spearman {spearman}."


def pictures_title(result: BlockResult) -> str:
    """What is shown of the channels."""
    return f"The eight most active channels below {result.block}, before and after"


def not_computed(wanted: Setting, shown: Setting) -> str:
    """That the setting was not computed, and what is shown meanwhile."""
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
        f"{data.seconds / 60:.0f} minutes ({names}). {TEXT.origin}"
    )


def _holds(interval: Measured, value: float | None) -> bool:
    """Whether a number lies inside an interval; False where either is not known."""
    if value is None or interval.low is None or interval.high is None:
        return False
    return interval.low <= value <= interval.high


def _range(where: Bin) -> str:
    return f"{where.low:g} to {where.high:g}" if where.high < 1e9 else f"of {where.low:g} and more"
