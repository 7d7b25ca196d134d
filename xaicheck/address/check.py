"""The address of the check: its parameters, and the link to a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from xaicheck.address.codec import Codec, Many, Number, OneOf, Parameter, Whole, named
from xaicheck.arguments import OneEntry, SomeEntries, WholeNumber
from xaicheck.engine.classes import NO_CLASS, ClassIndex
from xaicheck.engine.settings import SETTINGS, SeedCount, Setting, offered
from xaicheck.experiments.first_visit import results
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models import labels, samples
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Method, Param, Request
from xaicheck.viewer.scene import MODES as VIEW_MODES, SCALES, View

SOURCES = ("gallery", "upload", "camera")
SAMPLE = Parameter("sample", named(samples.SAMPLES), next(iter(samples.SAMPLES)))
SOURCE = Parameter("source", OneOf(SOURCES, {key: key.capitalize() for key in SOURCES}), SOURCES[0])
MODEL = Parameter("model", named(MODELS), DEFAULT_MODEL)


def parameter(setting: Setting) -> Parameter[Any]:
    """The parameter of a setting that a page offers: its plain form, and what the page begins with."""
    domain = setting.domain
    match domain:
        case OneEntry():
            return Parameter(setting.key, named(domain.entries), setting.default)
        case WholeNumber():
            return Parameter(setting.key, Whole(domain.low, domain.high), setting.default)
        case SomeEntries():
            usual = [key for key in domain.entries if key in domain.usual]
            return Parameter(setting.key, Many(domain.entries, named(domain.entries).labels), usual)
        case SeedCount():  # as many as the results that come with the program have
            return Parameter(setting.key, OneOf(domain.offered), results.SEEDS)
        case ClassIndex():
            return Parameter(setting.key, _classes(), NO_CLASS)
    raise TypeError(f"A link cannot hold the setting {setting.key!r}.")


@cache
def _classes() -> Codec[int]:
    numbers = range(len(labels.LABELS))
    return OneOf((NO_CLASS, *numbers), {i: labels.display(i) for i in numbers})


def usable(model: str, *, control: bool) -> list[str]:
    """The methods, or the controls, that the network allows."""
    spec = MODELS[model]
    return [k for k, m in METHODS.items() if m.control is control and refusal(m, spec) is None]


def methods(model: str, *, control: bool) -> Parameter[list[str]]:
    """The chosen methods, or controls, of a network; the default is what the default panel has of them."""
    keys = usable(model, control=control)
    codec = Many(tuple(keys), {key: METHODS[key].label for key in keys})
    return Parameter("controls" if control else "methods", codec, [k for k in DEFAULT_PANEL if k in keys])


def method_setting(method: Method, param: Param) -> Parameter[int | float]:
    """A setting of a method, such as `integrated_gradients.steps`."""
    whole = isinstance(param.default, int)
    codec: Any = Whole(int(param.low), int(param.high)) if whole else Number(param.low, param.high)
    return Parameter(f"{method.key}.{param.key}", codec, param.default)


def names() -> set[str]:
    """Of every parameter that the check's address may have."""
    ways = looks(1, list(SIMILARITIES))
    view = (getattr(ways, one.name).key for one in fields(ways))
    chosen = (f"{method.key}.{param.key}" for method in METHODS.values() for param in method.params)
    known = (SAMPLE.key, SOURCE.key, MODEL.key, "methods", "controls")
    return {*known, *chosen, *(setting.key for setting in offered()), *view}


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
            pairs += method_setting(METHODS[choice.key], param).write(values[param.key])
    for setting in offered():
        known, plain = parameter(setting), _plain(setting, request)
        if known.codec.allows(plain):
            pairs += known.write(plain)
    if view is not None:
        ways = looks(len(MODELS[request.model].blocks), request.measures)
        pairs += ways.depth.write(view.depth) + ways.measure.write(view.measure)
        pairs += ways.scale.write(view.scale) + ways.mode.write(view.mode)
        pairs += ways.opacity.write(view.opacity)
    return f"?{urlencode(pairs)}" if pairs else ""


_UNWRITTEN = object()


def _plain(setting: Setting, request: Request) -> Any:
    """The setting's value as a link holds it; _UNWRITTEN where no link can."""
    try:
        return setting.domain.plain(getattr(request, setting.key), MODELS[request.model])
    except ValueError:
        return _UNWRITTEN


def left_out(request: Request) -> tuple[str, ...]:
    """What of a request no address can hold, in words; () for every request that the page itself makes."""
    held = {setting.key for setting in offered() if parameter(setting).codec.allows(_plain(setting, request))}
    spec = MODELS[request.model]
    return tuple(
        setting.spoken
        for setting in SETTINGS.values()
        if setting.key not in held
        and getattr(request, setting.key) not in ((), setting.converted(setting.default, spec))
    )


def in_order(keys: set[str]) -> list[str]:
    """The methods in the order of the registry, controls last."""
    return sorted((key for key in METHODS if key in keys), key=lambda key: METHODS[key].control)
