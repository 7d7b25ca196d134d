"""The sentences of the page Activation scales on one experiment, made from the numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping

from xaicheck.experiments.scales.data import ENOUGH, Bin, BlockResult, Measured, Rank, Shipped, Top
from xaicheck.experiments.scales.setting import CHECKED, Setting
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.models.samples import SAMPLES
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading import words
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, inside, number, verb
from xaicheck.topics.scales import PAGE
from xaicheck.topics.scales.numbers import Shown

TEXT = beside(__file__)
SAID = TEXT.said
APART = 0.02  # of two expected shares, where both are said


def percent(value: float | None) -> str:
    """A share in percent, 0 or 100 only where it is; an en dash for None."""
    return words.share(value)


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return number(100 * value, 1)


def coherence(value: float | None) -> str:
    """A coherence with two digits: its effect grows with the number of places, so small ones count."""
    return words.short(value if value is None else float(f"{value:.2g}"))


def share(tau: float | None) -> float | None:
    """The share of pairs in the same order that a Kendall's tau stands for."""
    return None if tau is None else (1 + tau) / 2


def map_label(key: str) -> str:
    """What a map is made of: a method's label, or one of the experiment's own sums."""
    return METHODS[key].label if key in METHODS else str(TEXT.map_labels.get(key, key))


def kicker(result: BlockResult, model: str) -> str:
    """The page, the network, the picture and its class, in one line above the finding."""
    target = result.target
    likely = f"{target.label} ({percent(target.probability)})"
    return " · ".join((PAGE.title, MODELS[model].label, SAMPLES[result.setting.picture].label, likely))


# The finding: two channels of which one is twice as active, measured and expected


def shares(shown: Shown) -> tuple[float | None, float | None, float | None]:
    """(measured, predicted, with the coherence) share: of pairs about twice as active, else of all pairs."""
    twice, tau = shown.twice(), shown.order.kendall
    if twice is not None:
        return twice.kept.mean, twice.predicted, twice.coherent
    return share(tau.measured.mean), share(tau.predicted), share(tau.coherent)


def _differ(shown: Shown) -> bool:
    """Whether the measured coherence makes a difference worth saying."""
    _, predicted, coherent = shares(shown)
    return None not in (predicted, coherent) and abs((coherent or 0.0) - (predicted or 0.0)) >= APART


def _who(shown: Shown) -> Mapping[str, object]:
    return {
        "what": shown.what,
        "more": "more to these outputs" if shown.outputs > 1 else "more",
        "share": percent(shares(shown)[0]),
        "units": "random layers" if shown.block is None else "random networks",
    }


def _theory(shown: Shown) -> Mapping[str, object]:
    _, predicted, coherent = shares(shown)
    return {"predicted": percent(predicted), "coherent": percent(coherent)}


def _some(shown: Shown) -> bool:
    return shares(shown)[0] is not None


def _law(shown: Shown) -> bool:
    return _some(shown) and shares(shown)[1] is not None


FINDING = (
    Sentence[Shown]("scales_twice", SAID.twice, lambda s: s.twice() is not None, _who),
    Sentence[Shown]("scales_any_pair", SAID.any_pair, lambda s: s.twice() is None and _some(s), _who),
    Sentence[Shown]("scales_no_pairs", SAID.no_pairs, lambda s: not _some(s), lambda s: {"what": s.what}),
    Sentence[Shown]("scales_theory", SAID.theory, lambda s: _law(s) and not _differ(s), _theory),
    Sentence[Shown](
        "scales_theory_coherent", SAID.theory_coherent, lambda s: _law(s) and _differ(s), _theory
    ),
    Sentence[Shown]("scales_no_theory", SAID.no_theory, lambda s: _some(s) and not _law(s)),
)


def finding(shown: Shown) -> str:
    """What happens to two channels of which one is twice as active, measured and expected."""
    said = say(FINDING, shown)
    return said[0].upper() + said[1:]


# What enters, and that it stayed the same


def _checked(result: BlockResult) -> Mapping[str, object]:
    checked = min(CHECKED, result.seeds)
    return {
        "channels": result.shape[0],
        "block": result.block,
        "identical": result.identical,
        "differ": checked - result.identical,
        "checked": count(checked, "whole random network"),
    }


def _same(result: BlockResult) -> bool:
    return result.identical == min(CHECKED, result.seeds)


SAME = (
    Sentence[BlockResult]("scales_same", SAID.same, _same, _checked),
    Sentence[BlockResult]("scales_not_same", SAID.not_same, lambda r: not _same(r), _checked),
)


def same_line(result: BlockResult) -> str:
    """That the activations were the same before and after, and how that was verified."""
    return say(SAME, result)


LAYER = Sentence[Shown](
    "scales_layer",
    SAID.layer,
    lambda s: s.block is None,
    lambda s: {"features": s.activation.size, "dead": percent(s.order.dead)},
)


# The pairs


def _largest(shown: Shown) -> Mapping[str, object]:
    largest = shown.order.largest_difference()
    assert largest is not None
    difference, where = largest
    return {
        "points": points(difference),
        "least": ENOUGH,
        "ratios": _range(where),
        "kept": percent(where.kept.mean),
        "predicted": percent(where.predicted),
        "side": "inside" if holds(where.kept, where.predicted) else "outside",
    }


def _lawless(shown: Shown) -> bool:
    return all(b.predicted is None for b in shown.order.bins)


KEPT = Sentence[Shown](
    "scales_kept",
    SAID.kept,
    lambda s: s.order.kendall.measured.mean is not None,
    lambda s: {"share": percent(share(s.order.kendall.measured.mean))},
)
LARGEST = (
    Sentence[Shown](
        "scales_largest", SAID.largest, lambda s: s.order.largest_difference() is not None, _largest
    ),
    Sentence[Shown]("scales_no_law", SAID.no_law, _lawless),
    Sentence[Shown](
        "scales_few_channels",
        SAID.few_channels,
        lambda s: s.order.largest_difference() is None and not _lawless(s),
    ),
)


def kept_title(shown: Shown) -> str:
    """The share of all pairs whose order is kept."""
    return KEPT(shown) or str(SAID.few_channels).rstrip(".")


def kept_line(shown: Shown) -> str:
    """The largest difference between measured and expected, over ratios with enough pairs."""
    return say(LARGEST, shown)


# The top and the ranks


def top_of(shown: Shown) -> Top | None:
    """The top ten; without them the largest count there is; None without any that was measured."""
    tops = [top for top in shown.order.tops if top.measured.mean is not None]
    return next((top for top in tops if top.k == 10), tops[-1] if tops else None)


def _top(shown: Shown) -> Mapping[str, object]:
    top = top_of(shown)
    assert top is not None and top.measured.mean is not None
    chance = number(top.k * top.chance, 1)
    expected = "" if top.predicted is None else f"expected {number(top.k * top.predicted, 1)}, "
    return {
        "k": top.k,
        "stay": number(top.k * top.measured.mean, 1),
        "compared": f"{expected}by chance {chance}",
        "chance": chance,
    }


TOP = Sentence[Shown]("scales_top", SAID.top, lambda s: top_of(s) is not None, _top)
TOP_TITLE = Sentence[Shown]("scales_top_title", SAID.top_title, lambda s: top_of(s) is not None, _top)
FEW_ON_TOP = Sentence[Shown]("scales_few_on_top", SAID.few_on_top, lambda s: top_of(s) is None)
SORTED = Sentence[Shown](
    "scales_sorted",
    SAID.sorted,
    lambda s: s.order.kendall.measured.mean is not None,
    lambda s: {
        "tau": number(s.order.kendall.measured.mean),
        "trained": number(s.order.kendall.trained),
    },
)
RANKS = Sentence[Shown](
    "scales_ranks",
    SAID.ranks,
    lambda s: s.order.kendall.measured.mean is not None,
    lambda s: {"kendall": _rank(s.order.kendall), "spearman": _rank(s.order.spearman)},
)


def _rank(rank: Rank) -> str:
    return (
        f"{number(rank.measured.mean)} (expected {number(rank.predicted)}, trained network "
        f"{number(rank.trained)})"
    )


def top_line(shown: Shown) -> str:
    """What became of the top ten, in numbers."""
    return say((TOP, FEW_ON_TOP), shown)


def top_title(shown: Shown) -> str:
    """How many of the most active channels stay on top, beside chance."""
    return say((TOP_TITLE, FEW_ON_TOP), shown)


def sorted_title(shown: Shown) -> str:
    """How far contributions follow activations, channel by channel."""
    return SORTED(shown) or str(SAID.few_channels).rstrip(".")


def rank_line(shown: Shown) -> str:
    """Rank correlations, measured and expected."""
    return RANKS(shown)


# What is shown


def pictures_title(result: BlockResult) -> str:
    """What is shown of the channels."""
    n = len(result.pictures.channels)
    which = verb(n, "The most active channel", f"The {n} most active channels")
    return f"{which} below {result.block}, before and after"


def not_computed(wanted: Setting, shown: Setting) -> str:
    """That the setting was not computed, and what is shown meanwhile."""
    return f"Not computed yet: {describe(wanted)}. Shown meanwhile: {describe(shown)}."


def describe(setting: Setting) -> str:
    """A setting in a few words."""
    shortcuts = "" if setting.residual else ", no residual connections"
    return (
        f"{SAMPLES[setting.picture].label}, depth {setting.depth}, {LAWS[setting.law].label}, "
        f"BatchNorm {inside(BATCHNORM[setting.batchnorm].label)}{shortcuts}"
    )


def compute_label(seeds: int) -> str:
    """What the button does."""
    return f"Compute {count(seeds, 'random network')}"


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


def holds(interval: Measured, value: float | None) -> bool:
    """Whether a number lies inside an interval; False where either is not known."""
    if value is None or interval.low is None or interval.high is None:
        return False
    return interval.low <= value <= interval.high


def _range(where: Bin) -> str:
    return f"{where.low:g} to {where.high:g}" if where.high < 1e9 else f"of {where.low:g} and more"
