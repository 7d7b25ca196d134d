"""The page Methods in words, made from the registries and from the numbers that are shown."""

from __future__ import annotations

from collections.abc import Mapping

from xaicheck.experiments.first_visit.examples import Examples
from xaicheck.methods import METHODS, refusal
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.captions import Caption
from xaicheck.reading.compared import normalisation_name
from xaicheck.reading.texts import beside
from xaicheck.reading.words import inside, listed, number, share, verb
from xaicheck.similarity.measures import Measure
from xaicheck.similarity.normalise import SIGNS
from xaicheck.topics.methods.numbers import Scores, Worked, name
from xaicheck.types import Comparison

TEXT = beside(__file__)


def counted() -> tuple[int, int]:
    """(methods, controls) of the registry."""
    controls = sum(method.control for method in METHODS.values())
    return len(METHODS) - controls, controls


def control(key: str) -> str:
    """That the method is a control, and that its maps are one draw, if so."""
    method = METHODS[key]
    return f" (a control{', one draw' * method.stochastic})" if method.control else ""


def times(value: float) -> str:
    """A count, with a half where two share a place."""
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
        batchnorm=inside(BATCHNORM[request.batchnorm].label),
        seed=examples.seed,
    )


def same_line(asked: Comparison, meant: Comparison) -> str:
    """That a choice makes no difference here, if so."""
    if asked == meant:
        return ""
    same = []
    if asked.normalisation != meant.normalisation:
        same.append(f"the normalisation “{normalisation_name(asked.normalisation)}”")
    if asked.sign != meant.sign or asked.measure != meant.measure:
        same.append(f"the sign “{inside(SIGNS[asked.sign].label)}”")
    return f"By algebra, {listed(same)} gives the same number as {inside(name(meant))}."


def missing_line(scores: Scores) -> str:
    """Which methods have no number, and why."""
    return " ".join(f"{METHODS[key].label}: {why}" for key, why in scores.missing.items())


def firsts_caption(scores: Scores) -> Caption:
    """What the bars of first places show."""
    rate = scores.flips.rate or 0.0
    return TEXT.firsts.format(ways=scores.ways, rate=number(rate), percent=share(rate))


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
        refused=len(refused),
        are=verb(len(refused), "is", "are"),
        pairs=len(METHODS) * len(MODELS),
        some=len(set(refused)),
        networks=len(MODELS),
    )


def hits_line(counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """How many entries a search has found, and where."""
    total = sum(counts.values())
    if not total:
        return TEXT.nothing
    places = listed([f"{labels[key]} {n}" for key, n in counts.items()])
    return f"{total} {'entry' if total == 1 else 'entries'}: {places}."
