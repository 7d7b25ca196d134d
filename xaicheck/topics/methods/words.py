"""The page Methods in words, made from the registries and from the numbers that are shown."""

from __future__ import annotations

from collections.abc import Mapping

from xaicheck.experiments.first_visit.examples import Examples
from xaicheck.methods import METHODS, refusal
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.captions import Caption, Verdict
from xaicheck.reading.texts import beside
from xaicheck.reading.words import count, inside, listed, method_name, number
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.methods.numbers import Moved, Scores, Worked, distinct_orders, name
from xaicheck.types import Comparison

TEXT = beside(__file__)


def opening(scores: Scores | None) -> str:
    """The finding: how the order of the same maps depends on the way to compare them."""
    if scores is None:
        methods, controls = counted()
        return TEXT.without_maps.format(methods=methods, controls=controls, measures=len(SIMILARITIES))
    firsts = scores.firsts()
    key, times = firsts[0]
    many = len(scores.comparisons)
    often = (
        f"{len(firsts)} of them come first somewhere, most often {method_name(METHODS, key)} "
        f"({_times(times)} of {many}){_empty(key)}"
        if len(firsts) > 1
        else f"{method_name(METHODS, key)} always comes first{_empty(key)}"
    )
    return (
        f"The same {len(scores.methods)} pairs of maps, compared in {many} ways, come in "
        f"{count(distinct_orders(scores), 'different order')}; {often}."
    )


def firsts_title(scores: Scores) -> str:
    """Who comes first most often, and how many come first at all."""
    (key, times), *others = scores.firsts()
    first, many = method_name(METHODS, key), len(scores.comparisons)
    title = f"{first[0].upper()}{first[1:]} is most changed in {_times(times)} of {many} ways to compare"
    return f"{title}, {count(len(others), 'other')} in the rest" if others else title


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
    return TEXT.where.format(
        picture=samples.display(report.image_name, request.image),
        network=MODELS[request.model].label,
        target=report.target.label,
        blocks=examples.depth,
        law=LAWS[request.law].label,
        batchnorm=BATCHNORM[request.batchnorm].label.lower(),
        seed=examples.seed,
    )


def order_line(scores: Scores, chosen: Comparison, default: Comparison) -> str:
    """What the chosen comparison does to the order, against the default one."""
    order = scores.order(chosen)
    first, last = (method_name(METHODS, key) for key in (order[0], order[-1]))
    line = f"{name(chosen)}: most changed is {first}, least changed {last}."
    if scores.place(chosen) == scores.place(default):
        return line
    swapped, pairs = scores.swapped(chosen, default)
    return (
        f"{line} Against {inside(name(default))}, {_times(swapped)} of {pairs} pairs of methods "
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
    return f"By algebra, {listed(same)} gives the same number as {inside(name(meant))}."


def missing_line(scores: Scores) -> str:
    """Which methods have no number, and why."""
    return " ".join(f"{METHODS[key].label}: {why}" for key, why in scores.missing.items())


def firsts_caption(scores: Scores) -> Caption:
    """What the bars of first places show."""
    rate = scores.flips.rate or 0.0
    return TEXT.firsts.format(ways=len(scores.comparisons), rate=f"{rate:.2f}", percent=f"{100 * rate:.0f}")


def worked_line(measure: Measure, worked: Worked) -> str:
    """A measure's numbers on the three cases."""
    values = worked.scores[measure.key]
    return ", ".join(
        f"{label} {number(values[case].value)}"
        for case, label in (("same", "same map"), ("noise", "noise"), ("flipped", "flipped"))
    )


def refused_line() -> str:
    """How many pairs of method and network are refused."""
    refused = [
        spec.key
        for method in METHODS.values()
        for spec in MODELS.values()
        if refusal(method, spec) is not None
    ]
    return TEXT.refused.format(
        refused=len(refused), pairs=len(METHODS) * len(MODELS), some=len(set(refused)), networks=len(MODELS)
    )


def hits_line(counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """How many entries a search has found, and where."""
    total = sum(counts.values())
    if not total:
        return TEXT.nothing
    places = listed([f"{labels[key]} {n}" for key, n in counts.items()])
    return f"{total} {'entry' if total == 1 else 'entries'}: {places}."


def verdict(scores: Scores | None, moved: Moved | None, worked: Worked | None) -> Verdict:
    """What may and may not be concluded from this page."""
    claims = TEXT.claims
    may, may_not = [TEXT.looked_up.format(refused=refused_line())], []
    if scores is not None:
        (key, times), ways = scores.firsts()[0], len(scores.comparisons)
        orders, rate = distinct_orders(scores), f"{100 * (scores.flips.rate or 0.0):.0f}"
        may.append(TEXT.decides.format(orders=orders, ways=ways, rate=rate))
        why = claims.best_method_why.format(
            maps=count(len(scores.firsts()), "different map"),
            first=method_name(METHODS, key),
            times=_times(times),
            ways=ways,
            empty=_empty(key),
        )
        may_not.append((claims.best_method, why))
    if moved is not None:
        one, other = (NORMALISATIONS[c.normalisation].label.lower() for c in (moved.one, moved.other))
        first, second = (method_name(METHODS, key) for key in moved.first)
        why = claims.fixed_order_why.format(
            measure=SIMILARITIES[moved.measure].label,
            one=one,
            other=other,
            swapped=_times(moved.swapped),
            pairs=moved.pairs,
            who=f"{first} comes first in both" if first == second else f"first {first}, then {second} leads",
        )
        may_not.append((claims.fixed_order, why))
    if worked is not None and {"ssim", "cs"} <= set(worked.scores):
        values = {key: number(worked.scores[key]["flipped"].value) for key in ("ssim", "cs")}
        may_not.append((claims.same_explanation, claims.same_explanation_why.format(**values)))
    may_not.append((claims.all_pictures, claims.all_pictures_why))
    return Verdict(tuple(may), tuple(may_not))
