"""Every text of the page Methods, made from the registries and from the numbers that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.experiments.first_visit.examples import Examples
from xaicheck.methods import METHODS, refusal
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.randomization.weights import BATCHNORM, LAWS
from xaicheck.reading import words
from xaicheck.reading.captions import Caption, Verdict
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.methods.numbers import Moved, Scores, Worked, distinct_orders, name
from xaicheck.types import Comparison, Measure

KICKER = "What every method, measure and setting is, and what each does to one picture"
LOOK = Caption(
    "Below are one picture's maps before and after the network forgot everything, most changed first. "
    "Choose another way to compare two maps and watch the order change; then look up what anything is.",
    "Below: original against fully randomized maps, ordered by the chosen comparison, most changed first. "
    "The catalogue under it is made from the registries: formulas, sources, departures, limits and refusals.",
)
CONTROLS = MappingProxyType(
    {
        "measure": "Similarity measure",
        "normalisation": "Normalisation of each map",
        "sign": "Sign of the pixels",
        "closer": "Look closer at",
        "section": "Catalogue",
        "search": "Search the catalogue",
        "placeholder": "noise, BatchNorm, Binder, SSIM …",
    }
)
MAPS = "What the maps look like"
CATALOGUE = "Look it up"
CLOSER_HELP = "Their maps at full size: side by side, blinking or swiped, with the values under the cross."
CLOSER_NONE = "Choose a method to see its two maps at full size."
WORKED = Caption(
    "Three worked examples, computed when the page was made: a map against itself, against noise that has "
    "nothing to do with it, and against its own negative.",
    "Worked examples, computed live: a map a against a, against i.i.d. Gaussian noise of the same power, and "
    "against −a; unit power, signed.",
)
MATRIX = Caption(
    "A tick: the method is offered on that network. A number: it would be silently wrong there, for the "
    "reason of that number.",
    "✓ offered; a number: refused, reason below. A refusal is declared by the method or by the network's "
    "specification, and every entry point honours it.",
)
NOTHING = "Nothing in the catalogue has all these words."
NO_EXAMPLES = "The stored maps are not there, so nothing is computed here; the catalogue needs none."


def opening(found: Scores | None) -> str:
    """The finding: how the order of the same maps depends on the way to compare them."""
    if found is None:
        methods, controls = counted()
        return (
            f"{methods} methods, {controls} controls and {len(SIMILARITIES)} similarity measures: "
            "what each of them is, and where it is refused."
        )
    firsts = found.firsts()
    key, times = firsts[0]
    many = len(found.comparisons)
    often = (
        f"{len(firsts)} of them come first somewhere, most often {words.method_name(METHODS, key)} "
        f"({_times(times)} of {many}){_empty(key)}"
        if len(firsts) > 1
        else f"{words.method_name(METHODS, key)} always comes first{_empty(key)}"
    )
    return (
        f"The same {len(found.methods)} pairs of maps, compared in {many} ways, come in "
        f"{words.count(distinct_orders(found), 'different order')}; {often}."
    )


def firsts_title(found: Scores) -> str:
    """Who comes first most often, and how many come first at all."""
    (key, times), *others = found.firsts()
    name_, many = words.method_name(METHODS, key), len(found.comparisons)
    title = f"{name_[0].upper()}{name_[1:]} is most changed in {_times(times)} of {many} ways to compare"
    return f"{title}, {words.count(len(others), 'other')} in the rest" if others else title


def counted() -> tuple[int, int]:
    """(methods, controls) of the registry."""
    controls = sum(method.control for method in METHODS.values())
    return len(METHODS) - controls, controls


def _empty(key: str) -> str:
    return ", which explains nothing" if METHODS[key].control else ""


def _times(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def where(examples: Examples) -> str:
    """Which picture, network and randomization the maps are from."""
    report = examples.report
    request = report.request
    return (
        f"{samples.display(report.image_name, request.image)}, {MODELS[request.model].label}, "
        f"class {report.target.label}; all "
        f"{examples.depth} blocks randomized ({LAWS[request.law].label}, BatchNorm: "
        f"{BATCHNORM[request.batchnorm].label.lower()}, seed {examples.seed}). Left in each pair: the "
        "trained network; right: the randomized one."
    )


STORED = (
    "Maps are stored with 8 bits a pixel: scores made from them agree with those of the full maps to about "
    "0.003, and neighbours closer than that may change places. Colours: each map its own range, up to "
    "the 99.5th percentile of |values|; blue is negative."
)


def order_line(found: Scores, chosen: Comparison, default: Comparison) -> str:
    """What the chosen comparison does to the order, against the default one."""
    order = found.order(chosen)
    first, last = (words.method_name(METHODS, key) for key in (order[0], order[-1]))
    line = f"{name(chosen)}: most changed is {first}, least changed {last}."
    if found.place(chosen) == found.place(default):
        return line
    swapped, pairs = found.swapped(chosen, default)
    return (
        f"{line} Against {words.inside(name(default))}, {_times(swapped)} of {pairs} pairs of methods "
        "change places."
    )


def same_line(asked: Comparison, meant: Comparison) -> str:
    """That a choice makes no difference here, if so."""
    if asked == meant:
        return ""
    same = []
    if asked.normalisation != meant.normalisation:
        same.append(f"the normalisation “{NORMALISATIONS[asked.normalisation].label.lower()}”")
    if asked.sign != meant.sign or asked.measure != meant.measure:
        same.append(f"the sign “{SIGNS[asked.sign].label.lower()}”")
    return f"By algebra, {words.listed(same)} gives the same number as {words.inside(name(meant))}."


def missing_line(found: Scores) -> str:
    """Which methods have no number, and why."""
    return " ".join(f"{METHODS[key].label}: {why}" for key, why in found.missing.items())


def firsts_caption(found: Scores) -> Caption:
    """What the bars of first places show."""
    rate = found.flips.rate or 0.0
    return Caption(
        f"In how many of the {len(found.comparisons)} ways to compare each map is the most changed one. "
        f"Between two of these ways, {100 * rate:.0f} % of the pairs of methods change places on average; "
        "with unrelated orders it would be 50 %.",
        f"Share of first places over the {len(found.comparisons)} distinct comparisons (measure × "
        f"normalisation × sign, algebraic duplicates merged). Mean flip rate {rate:.2f}; unrelated "
        "orders 0.5.",
    )


def worked_line(measure: Measure, found: Worked) -> str:
    """A measure's numbers on the three cases."""
    values = found.scores[measure.key]
    return ", ".join(
        f"{label} {words.number(values[case].value)}"
        for case, label in (("same", "same map"), ("noise", "noise"), ("flipped", "flipped"))
    )


def refused_line() -> str:
    """How many pairs of method and network are refused."""
    refused = [
        (method.key, spec.key)
        for method in METHODS.values()
        for spec in MODELS.values()
        if refusal(method, spec) is not None
    ]
    total = len(METHODS) * len(MODELS)
    nets = len({spec for _, spec in refused})
    return (
        f"{len(refused)} of {total} pairs of method and network are refused, on {nets} of {len(MODELS)} "
        "networks"
    )


def found_line(counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """How many entries a search has found, and where."""
    total = sum(counts.values())
    if not total:
        return NOTHING
    places = words.listed([f"{labels[key]} {number}" for key, number in counts.items()])
    return f"{total} {'entry' if total == 1 else 'entries'}: {places}."


def verdict(found: Scores | None, moved: Moved | None, three: Worked | None) -> Verdict:
    """What may and may not be concluded from this page."""
    may = [
        "What each method, measure, test and setting is, where it comes from and what we do differently. "
        f"{refused_line()}: there a map would be silently wrong.",
    ]
    may_not: list[tuple[str, str]] = []
    if found is not None:
        rate = 100 * (found.flips.rate or 0.0)
        may.append(
            f"That, for this picture and this random network, the way to compare decides the order: "
            f"{distinct_orders(found)} orders from {len(found.comparisons)} ways, {rate:.0f} % of the pairs "
            "swapped between two of them on average."
        )
        key, times = found.firsts()[0]
        may_not.append(
            (
                "“The map that changes most is from the best method.”",
                f"{words.count(len(found.firsts()), 'different map')} come first, depending on the "
                f"comparison; {words.method_name(METHODS, key)} does so in {_times(times)} of "
                f"{len(found.comparisons)}{_empty(key)}. None of this ranks methods.",
            )
        )
    if moved is not None:
        one, other = (NORMALISATIONS[c.normalisation].label.lower() for c in (moved.one, moved.other))
        first, second = (words.method_name(METHODS, key) for key in moved.first)
        who = f"{first} comes first in both" if first == second else f"first {first}, then {second} leads"
        may_not.append(
            (
                "“With the measure fixed, the order is fixed.”",
                f"{SIMILARITIES[moved.measure].label}, normalised by “{one}” or by “{other}”: "
                f"{_times(moved.swapped)} of {moved.pairs} pairs change places; {who}.",
            )
        )
    if three is not None and {"ssim", "cs"} <= set(three.scores):
        values = {key: three.scores[key]["flipped"].value for key in ("ssim", "cs")}
        may_not.append(
            (
                "“A high similarity means the same explanation.”",
                f"The negative of a map has SSIM {words.number(values['ssim'])} to it, and structure term "
                f"{words.number(values['cs'])}. What a score means is the measure's, not the map's.",
            )
        )
    may_not.append(
        (
            "“It is like this for all pictures.”",
            "This is one picture and one random network; the page Ranking gap has the gallery, with "
            "intervals that count seeds.",
        )
    )
    return Verdict(tuple(may), tuple(may_not))
