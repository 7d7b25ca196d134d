"""The sentences of the page Activation scales, made from the numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from xaicheck.draw.captions import Caption
from xaicheck.draw.scales_view import Shown
from xaicheck.draw.words import number
from xaicheck.gallery import SAMPLES
from xaicheck.lab.data import Bin, BlockResult, MapRow, Maps, Measured, Order, ResidualRow, Shipped
from xaicheck.lab.setting import Setting
from xaicheck.methods import METHODS
from xaicheck.randomize import BATCHNORM, LAWS

KICKER = "Activation scales"
NO_DATA = "The results of this page are not there: run `python -m xaicheck.lab`, then open this page again."
QUESTION = "Which channels still matter after randomization?"
LOOK = Caption(
    student="The activations below the new weights stay exactly as they were, so a very active channel "
    "starts "
    "with an advantage that random weights seldom undo. Compare the diamonds, measured on the real network, "
    "with the line, which needs no network at all.",
    researcher="x is bit-identical before and after; contributions are x·g summed over space. For i.i.d. "
    "Gaussian weights P(|x_i g_i| ≥ |x_j g_j|) = (2/π) arctan(x_i/x_j), for K outputs an F law.",
)
KEPT_TITLE = "The more active of two channels mostly keeps contributing more"
KEPT = Caption(
    student="Each diamond gathers pairs of channels by how many times more active one of them is. 50 % would "
    "be chance, 100 % would mean that randomization changes nothing about the order.",
    researcher="Pairs of live channels by activation ratio; bars: 95 % t intervals over random networks, not "
    "over pairs. The line is the law, crosses are the trained network's own contributions.",
)
SORTED_TITLE = "Contributions follow activations, with new weights too"
SORTED = Caption(
    student="Channels from the most active to the least. The line is their activation, the same before and "
    "after; the band shows where their contributions lie in most random networks.",
    researcher="Each series divided by its own mean, logarithmic axis; band: 5 to 95 % over random networks, "
    "diamonds: the first of them, circles: the trained network.",
)
TOP_TITLE = "How many of the top channels stay on top"
TOP = Caption(
    student="Of the most active channels, how many are also among those that contribute most? By chance it "
    "would be next to none.",
    researcher="Share of the k most active channels among the k largest contributions; expected by "
    "quadrature "
    "over the Poisson-binomial number of channels that pass; chance is k/n.",
)
PICTURES = Caption(
    student="The eight most active channels: what they see, what they contributed in the trained network, "
    "and "
    "what they contribute in a random one. The sign is new, the places are not.",
    researcher="Activation x_i(p), and x_i(p)·g_i(p) for the explained class, trained and first random "
    "network. Each picture has its own range, written below it; blue is negative.",
)
DEPTHS = Caption(
    student="Randomizing more blocks does not wash the order out: at every depth the channels just below "
    "keep "
    "about as much of it as the law says for their activations.",
    researcher="Kendall's τ of activations and contributions (live channels, one or K outputs) against its "
    "exact expectation for i.i.d. Gaussian weights; 95 % t intervals over random networks.",
)
MAPS = Caption(
    student="Both maps, original and randomized, are made of the same activations. Their norm alone already "
    "looks like them; what is left without it is the last column.",
    researcher="Spearman of |map| on the block's grid; through the norm: ρ(original, norm)·ρ(randomized, "
    "norm); "
    "left: partial correlation given the norm map. Signed cosines are in the table.",
)
RESIDUAL = Caption(
    student="A residual block adds something to its input. If that something is small, drawing its weights "
    "anew "
    "changes almost nothing: 1 means that input and output point the same way.",
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
    if found is None:
        return ""
    difference, where = found
    if shown.reading == "depthwise":
        return (
            "Here every channel has a filter and a BatchNorm of its own, so the channels are not read by "
            "the same "
            f"random weights and the law need not hold: it is off by up to {100 * difference:.0f} points."
        )
    reach = shown.reach.largest_difference() if shown.reach is not None else None
    if reach is None or difference < 0.02:
        return ""
    if reach[0] < difference / 2:
        return (
            "Why: the law takes the places of a channel for independent. Where gradients agree over "
            "places, values "
            "of one sign add up. Weighted by what the gradient reaches (open squares), the largest "
            "difference falls "
            f"from {100 * difference:.1f} to {100 * reach[0]:.1f} points."
        )
    return (
        "Weighting the places by what the gradient reaches (open squares) does not explain it: the largest "
        f"difference is {100 * reach[0]:.1f} instead of {100 * difference:.1f} points."
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


def depths_title(results: Sequence[BlockResult], outputs: int) -> str:
    """Whether the order washes out as more is randomized, from the rank correlations."""
    kept = [r.order(outputs).kendall.measured for r in results]
    above = sum(k.low is not None and k.low > 0 for k in kept)
    end = "more random blocks do not wash it out" if above == len(kept) else "elsewhere it may be washed out"
    return f"At {above} of {len(kept)} depths some of the order is left for certain: {end}"


def depths_alt(results: Sequence[BlockResult], outputs: int) -> str:
    """The picture over all depths in words."""
    parts = []
    for r in results:
        tau = r.order(outputs).kendall
        parts.append(
            f"depth {r.setting.depth} ({r.block}): {number(tau.measured.mean)}, expected "
            f"{number(tau.predicted)}"
        )
    return "Kendall’s τ of activations and contributions: " + "; ".join(parts) + "."


def depths_line(results: Sequence[BlockResult]) -> str:
    """The largest difference from the law for one output unit: at each depth, by activation and by reach."""
    parts = []
    for r in results:
        if r.setting != Setting(r.setting.depth):
            continue
        found = r.order(1).largest_difference()
        if found is None:
            continue
        reach = r.reach.largest_difference() if r.reach else None
        by = f" ({100 * reach[0]:.1f} by what the gradient reaches)" if reach else ""
        parts.append(f"depth {r.setting.depth}: {100 * found[0]:.1f}{by}")
    return (
        "Largest difference between the measured share of pairs and the law, in points, one output unit, "
        "bins of "
        "at least 30 pairs: " + "; ".join(parts) + "."
    )


def maps_title(result: BlockResult) -> str:
    """How alike the maps of this block are between random networks, signed and positive."""
    signed, positive = (next(r for r in result.maps.rows if r.key == key) for key in ("signed", "positive"))
    return (
        f"Below {result.block}, maps of two random networks have cosine {number(positive.between.mean)} if "
        f"only "
        f"positive contributions count, and {number(signed.between.mean)} with signs"
    )


def maps_alt(rows: Sequence[MapRow]) -> str:
    """The bars in words."""
    return "; ".join(
        f"{MAP_LABELS[r.key]}: {number(r.alike.mean)}, without the norm map {number(r.left.mean)}"
        for r in rows
    )


def residual_title(rows: Sequence[ResidualRow]) -> str:
    """What randomizing a residual block does to its input, as the smallest cosine of each way."""
    low = {
        way: min((r.cosine.mean for r in rows if r.way == way and r.cosine.mean is not None), default=None)
        for way in ("usual", "alive")
    }
    return (
        f"Drawing a residual block anew hardly turns its signal: cosine at least {number(low['usual'], 3)} "
        f"with the "
        f"layers’ own init, {number(low['alive'], 3)} even when drawn at full size"
    )


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


def maps_line(maps: Maps, seeds: int) -> str:
    """The two closed forms of the baseline beside what was measured."""
    positive = next(r for r in maps.rows if r.key == "positive")
    return (
        f"Averaged over {seeds} random networks, the unsigned map correlates with the activation-norm map at "
        f"{number(maps.average_norm)} (law for independent places of one channel: 1). Positive "
        f"contributions: cosine of two "
        f"random networks {number(positive.between.mean)}, expected {number(positive.between_predicted)} for "
        f"{maps.effective:.0f} effective channels a place."
    )


def residual_line(rows: Sequence[ResidualRow]) -> str:
    """The range of cosines under both ways, and what the small branch comes from."""
    parts = []
    for way, label in (
        ("usual", "layers' own init and reset BatchNorm"),
        ("alive", "He normal, recalibrated"),
    ):
        values = [r.cosine.mean for r in rows if r.way == way and r.cosine.mean is not None]
        branch = [r.branch for r in rows if r.way == way]
        if values:
            parts.append(
                f"{label}: cosine {number(min(values), 3)} to {number(max(values), 3)}, the branch has "
                f"{100 * min(branch):.1f} to {100 * max(branch):.1f} % of the input's energy"
            )
    return "; ".join(parts) + "."


def _inside(interval: Measured, value: float | None) -> bool:
    return (
        value is not None and interval.low is not None and interval.high is not None
        and interval.low <= value <= interval.high
    )  # fmt: skip


def _range(where: Bin) -> str:
    return f"{where.low:g} to {where.high:g}" if where.high < 1e9 else f"of {where.low:g} and more"
