"""The address of the check: its parameters, and the way from a request to a link and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlencode

from xaicheck.address.codec import Many, Number, OneOf, Parameter, Whole
from xaicheck.engine import request as plan
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models import labels, samples
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS
from xaicheck.types import Method, MethodChoice, Param, Request
from xaicheck.viewer.scene import MODES as VIEW_MODES, SCALES, View

SEED_COUNTS = (1, 2, 3, 5, 10)
SOURCES = ("gallery", "upload", "camera")


def named(entries: Mapping[str, Any]) -> OneOf[str]:
    """A key of a registry, whose entries have labels."""
    return OneOf(tuple(entries), {key: entry.label for key, entry in entries.items()})


SAMPLE = Parameter("sample", named(samples.SAMPLES), next(iter(samples.SAMPLES)))
SOURCE = Parameter("source", OneOf(SOURCES, {key: key.capitalize() for key in SOURCES}), SOURCES[0])
MODEL = Parameter("model", named(MODELS), DEFAULT_MODEL)
MODE = Parameter("mode", named(MODES), next(iter(MODES)))
LAW = Parameter("law", named(LAWS), "he_normal")
POLICY = Parameter("batchnorm", named(BATCHNORM), "recalibrate")
SEEDS = Parameter("seeds", OneOf(SEED_COUNTS), shipped.SEEDS)
MEASURES: Parameter[list[str]] = Parameter(
    "measures",
    Many(tuple(SIMILARITIES), {key: m.label for key, m in SIMILARITIES.items()}),
    [key for key in SIMILARITIES if key in plan.DEFAULT_MEASURES],
)
NORMALISATION = Parameter("normalisation", named(NORMALISATIONS), DEFAULT)
SIGN = Parameter("sign", named(SIGNS), DEFAULT_SIGN)
COPIES = Parameter("copies", Whole(1, plan.MOST_COPIES), 1)


@cache
def target() -> Parameter[int | None]:
    """The explained class; None is the one that the trained network names."""
    numbers: tuple[int | None, ...] = (None, *range(len(labels.LABELS)))
    return Parameter("target", OneOf(numbers, {i: labels.display(i) for i in numbers if i is not None}), None)


def usable(model: str, *, control: bool) -> list[str]:
    """The methods, or the controls, that the network allows."""
    spec = MODELS[model]
    return [k for k, m in METHODS.items() if m.control is control and refusal(m, spec) is None]


def methods(model: str, *, control: bool) -> Parameter[list[str]]:
    """The chosen methods, or controls, of a network; the default is what the default panel has of them."""
    keys = usable(model, control=control)
    codec = Many(tuple(keys), {key: METHODS[key].label for key in keys})
    return Parameter("controls" if control else "methods", codec, [k for k in DEFAULT_PANEL if k in keys])


def setting(method: Method, param: Param) -> Parameter[int | float]:
    """A setting of a method, such as `integrated_gradients.steps`."""
    whole = isinstance(param.default, int)
    codec: Any = Whole(int(param.low), int(param.high)) if whole else Number(param.low, param.high)
    return Parameter(f"{method.key}.{param.key}", codec, param.default)


FORMER: Mapping[str, str] = MappingProxyType({"colours": "scale"})
"""What earlier links called a parameter -> its key."""
_SCALE_LABELS = MappingProxyType({"own": "Own range", "shared": "Shared range"})


@dataclass(frozen=True, slots=True)
class Looks:
    """How results are looked at; what there is to look at depends on the results."""

    depth: Parameter[int]
    measure: Parameter[str]
    scale: Parameter[str]
    mode: Parameter[str]
    opacity: Parameter[int]


def looks(blocks: int, measures: Sequence[str]) -> Looks:
    """The parameters of the view on a network with so many blocks and on these measures."""
    known = {key: SIMILARITIES[key].label for key in measures}
    return Looks(
        Parameter("depth", Whole(0, blocks), blocks // 2),
        Parameter("measure", OneOf(tuple(measures), known), measures[0]),
        Parameter("scale", OneOf(SCALES, _SCALE_LABELS), SCALES[0]),
        Parameter("view", OneOf(VIEW_MODES), VIEW_MODES[0]),
        Parameter("opacity", Whole(0, 100), 100),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link to the check asks for."""

    sample: str
    request: Request
    view: View


def query(request: Request, sample: str | None, view: View | None) -> str:
    """The link to the check after its path: "" or "?..."; sample None: an upload, which no link holds."""
    keys = [choice.key for choice in request.methods]
    pairs = [] if sample is None else SAMPLE.write(sample)
    pairs += MODEL.write(request.model)
    for control in (False, True):
        wanted = methods(request.model, control=control)
        pairs += wanted.write([key for key in keys if wanted.codec.allows([key])])
    for choice in request.methods:
        values = dict(choice.params)
        for param in METHODS[choice.key].params:
            pairs += setting(METHODS[choice.key], param).write(values[param.key])
    pairs += MODE.write(request.mode) + LAW.write(request.law) + POLICY.write(request.batchnorm)
    if SEEDS.codec.allows(len(request.seeds)):
        pairs += SEEDS.write(len(request.seeds))
    pairs += MEASURES.write(list(request.measures))
    pairs += NORMALISATION.write(request.normalisation) + SIGN.write(request.sign)
    pairs += COPIES.write(request.copies) + target().write(request.target)
    if view is not None:
        ways = looks(len(MODELS[request.model].blocks), request.measures)
        pairs += ways.depth.write(view.depth) + ways.measure.write(view.measure)
        pairs += ways.scale.write(view.scale) + ways.mode.write(view.mode)
        pairs += ways.opacity.write(view.opacity)
    return f"?{urlencode(pairs)}" if pairs else ""


def left_out(request: Request) -> tuple[str, ...]:
    """What of a request no address can hold, in words; () for every request that the page itself makes."""
    count = len(request.seeds)
    every = tuple(range(len(MODELS[request.model].blocks) + 1))
    found = []
    if request.seeds != tuple(range(count)) or count not in SEED_COUNTS:
        found.append("the seeds")
    if request.depths not in ((), every):
        found.append("the choice of depths")
    if request.pooling != Request("", "", ()).pooling:
        found.append("the pooling")
    return tuple(found)


def parse(text: str) -> Asked:
    """What a link's query asks for; every value that cannot be read is its default."""
    texts = parse_qs(text.removeprefix("?"), keep_blank_values=True)
    given = {FORMER.get(key, key): values for key, values in texts.items()}

    def read(parameter: Parameter[Any]) -> Any:
        return parameter.read(given.get(parameter.key, ()))

    sample, model = read(SAMPLE), read(MODEL)
    keys = {*read(methods(model, control=False)), *read(methods(model, control=True))}
    chosen = [
        MethodChoice(key, tuple((p.key, read(setting(METHODS[key], p))) for p in METHODS[key].params))
        for key in in_order(keys)
    ]
    measures = read(MEASURES) or MEASURES.default
    request = plan.request_for(
        samples.load(sample),
        model=model,
        methods=chosen or None,
        mode=read(MODE),
        law=read(LAW),
        batchnorm=read(POLICY),
        seeds=range(read(SEEDS)),
        measures=measures,
        target=read(target()),
        normalisation=read(NORMALISATION),
        sign=read(SIGN),
        copies=read(COPIES),
    )
    ways = looks(len(MODELS[model].blocks), measures)
    view = View(read(ways.depth), read(ways.measure), read(ways.scale), read(ways.mode), read(ways.opacity))
    return Asked(sample, request, view)


def in_order(keys: set[str]) -> list[str]:
    """The methods in the order of the registry, controls last."""
    return sorted((key for key in METHODS if key in keys), key=lambda key: METHODS[key].control)
