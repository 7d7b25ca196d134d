"""A request in its one canonical form: equal settings give equal requests, wrong ones one sentence.

`arguments()` is the table of all that a check is asked with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from xaicheck.arguments import (
    Argument,
    Domain,
    OneEntry,
    RealNumber,
    Unfit,
    WholeNumber,
    Words,
    items,
    key,
    number,
    of_kind,
    parts,
    text,
)
from xaicheck.engine.settings import SETTINGS
from xaicheck.errors import BadRequest, Refused
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models.device import DEVICE
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.types import ImageInput, Method, MethodChoice, ModelSpec, Param, Request


def panel_for(spec: ModelSpec) -> tuple[str, ...]:
    """The default panel without the methods that the model refuses."""
    return tuple(key for key in DEFAULT_PANEL if refusal(METHODS[key], spec) is None)


def parameter(method: Method, param: Param) -> Argument:
    """A method's parameter as an argument."""
    whole = isinstance(param.default, int)
    domain = WholeNumber(int(param.low), int(param.high)) if whole else RealNumber(param.low, param.high)
    return Argument(f"{param.key} of {method.key}", param.label, domain, param.default)


def choice_of(method: Method, values: Mapping[str, Any] | None = None) -> MethodChoice:
    """The method with all its declared parameters; a BadRequest if a value is not allowed."""
    values = dict(values or {})
    settled = []
    for param in method.params:
        value = values.pop(param.key, param.default)
        settled.append((param.key, parameter(method, param).converted(value)))
    if values:
        known = ", ".join(p.key for p in method.params) or "none"
        raise BadRequest(f"{method.key} has no parameter {', '.join(values)}; its parameters: {known}.")
    return MethodChoice(method.key, tuple(settled))


@dataclass(frozen=True, slots=True)
class SomeMethods(Domain):
    """Keys of METHODS, `a:steps=32`, or choices with values for parameters; None is the default panel."""

    metavar: ClassVar[str] = "A,B"

    @property
    def none(self) -> str:
        """The default panel."""
        return "the default panel without what the network refuses"

    def converted(self, value: Any, spec: Any = None) -> tuple[MethodChoice, ...]:
        """The methods with all their parameters, each once; Refused where the model rules one out."""
        chosen: dict[str, MethodChoice] = {}
        for one in panel_for(spec) if value is None else items(value):
            given = one if isinstance(one, MethodChoice) else _given(text(one))
            if given.key not in METHODS:
                raise Unfit(given.key)
            method = METHODS[given.key]
            reason = refusal(method, spec)
            if reason is not None:
                raise Refused(f"{method.label} is refused on {spec.label}: {reason}.")
            choice = choice_of(method, dict(given.params))
            if chosen.setdefault(given.key, choice) != choice or len(dict(given.params)) < len(given.params):
                raise Unfit(Words(f"{given.key} with two values of one parameter"))
        if not chosen:
            raise Unfit(value)
        return tuple(chosen.values())

    def allowed(self, spec: Any = None) -> str:
        """All of them."""
        return f"one or more of {', '.join(METHODS)}"

    def read(self, written: str) -> list[MethodChoice]:
        """The methods of `a,b:steps=32`."""
        return [_read(part) for part in parts(written)]


def _given(written: str) -> MethodChoice:
    """A key, or a key with parameters as on the command line."""
    return _read(written) if ":" in written else MethodChoice(written)


def _read(written: str) -> MethodChoice:
    name, *settings = written.split(":")
    pairs = (setting.partition("=") for setting in settings)
    return MethodChoice(key(name), tuple((key(param), number(value)) for param, _, value in pairs))


A_PICTURE = "a picture that xaicheck.models.images.read has read"
MODEL = Argument("model", "Network", OneEntry(MODELS), DEFAULT_MODEL, option="network")
METHOD = Argument(
    "methods",
    "Method",
    SomeMethods(),
    None,
    option="methods (parameters as in occlusion:window=32)",
)


def arguments() -> tuple[Argument, ...]:
    """All that a check is asked with beside its picture."""
    return (MODEL, METHOD, *SETTINGS.values(), DEVICE)


def request_for(
    image: ImageInput, *, model: Any = DEFAULT_MODEL, methods: Any = None, **settings: Any
) -> Request:
    """A request in its one canonical form: equal settings give equal requests.

    `methods`: keys of METHODS, or choices with values for their parameters; None is the default panel without
    what the model refuses. `settings`: by the keys of SETTINGS, each as its entry there says; what is left
    out is the default.
    Errors: BadRequest names the allowed values; Refused says why a method is wrong on the model.
    """
    image = of_kind("image", image, ImageInput, A_PICTURE)
    return _converted(image.sha256, model, methods, settings)


def checked(request: Request) -> Request:
    """Any request in its one canonical form. Errors: as of `request_for`."""
    request = of_kind("request", request, Request, "one that engine.request.request_for gives")
    return _converted(request.image, request.model, request.methods, dict(request.settings))


def request_from_json(data: Mapping[str, Any]) -> Request:
    """The request that `Request.to_json` wrote, also by an earlier version: what it did not know is default.

    Errors: as of `request_for`; KeyError, TypeError or ValueError for a wrong shape.
    """
    return checked(Request.from_json(data))


def _converted(image: str, model: Any, methods: Any, settings: Mapping[str, Any]) -> Request:
    unknown = [name for name in settings if name not in SETTINGS]
    if unknown:
        raise BadRequest(f"There is no setting {unknown[0]!r}; choose from {', '.join(SETTINGS)}.")
    model = MODEL.converted(model)
    spec = MODELS[model]
    values = (
        (name, setting.converted(settings.get(name, setting.default), spec))
        for name, setting in SETTINGS.items()
    )
    return Request(image, model, METHOD.converted(methods, spec), tuple(values))
