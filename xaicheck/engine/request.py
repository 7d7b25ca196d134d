"""A validated request: equal settings give equal requests, and wrong ones are answered in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xaicheck.engine.settings import SETTINGS
from xaicheck.errors import BadRequest, Refused
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models.registry import DEFAULT_MODEL, spec_of
from xaicheck.types import ImageInput, Method, MethodChoice, ModelSpec, Request


def panel_for(spec: ModelSpec) -> tuple[str, ...]:
    """The default panel without the methods that the model refuses."""
    return tuple(key for key in DEFAULT_PANEL if refusal(METHODS[key], spec) is None)


def choice_of(method: Method, values: Mapping[str, int | float] | None = None) -> MethodChoice:
    """The method with all its declared parameters; a BadRequest if a value is not allowed."""
    values = dict(values or {})
    settled = []
    for param in method.params:
        value = values.pop(param.key, param.default)
        kind = int if isinstance(param.default, int) else float
        if not param.low <= value <= param.high:  # not-a-number fails this too
            raise BadRequest(
                f"{param.key} of {method.key} lies between {param.low} and {param.high}, not at {value}."
            )
        if kind is int and value != int(value):
            raise BadRequest(f"{param.key} of {method.key} is a whole number, not {value}.")
        settled.append((param.key, kind(value)))
    if values:
        known = ", ".join(p.key for p in method.params) or "none"
        raise BadRequest(f"{method.key} has no parameter {', '.join(values)}; its parameters: {known}.")
    return MethodChoice(method.key, tuple(settled))


def _choices(methods: Sequence[str | MethodChoice], spec: ModelSpec) -> tuple[MethodChoice, ...]:
    chosen: dict[str, MethodChoice] = {}
    for entry in methods:
        key, values = (entry, None) if isinstance(entry, str) else (entry.key, dict(entry.params))
        if key not in METHODS:
            raise BadRequest(f"There is no method {key!r}; choose from {', '.join(METHODS)}.")
        reason = refusal(METHODS[key], spec)
        if reason is not None:
            raise Refused(f"{METHODS[key].label} is refused on {spec.label}: {reason}.")
        chosen[key] = choice_of(METHODS[key], values)
    if not chosen:
        raise BadRequest("No method is chosen; choose at least one.")
    return tuple(chosen.values())


def request_for(
    image: ImageInput,
    *,
    model: str = DEFAULT_MODEL,
    methods: Sequence[str | MethodChoice] | None = None,
    **settings: Any,
) -> Request:
    """A request in its one canonical form: equal settings give equal requests.

    `methods`: keys of METHODS, or choices with values for their parameters; None is the default panel without
    what the model refuses. `settings`: by the keys of SETTINGS, each as its entry there says; what is left
    out is the default.
    Errors: BadRequest names the allowed values; Refused says why a method is wrong on the model.
    """
    spec = spec_of(model)
    unknown = [key for key in settings if key not in SETTINGS]
    if unknown:
        raise BadRequest(f"There is no setting {unknown[0]!r}; choose from {', '.join(SETTINGS)}.")
    values = tuple(
        (key, setting.domain.checked(settings.get(key, setting.default), spec))
        for key, setting in SETTINGS.items()
    )
    chosen = panel_for(spec) if methods is None else methods
    return Request(image.sha256, model, _choices(chosen, spec), values)


def request_from_json(data: Mapping[str, Any]) -> Request:
    """The request that `Request.to_json` wrote, also by an earlier version: what it did not know is default.

    The values are not checked.
    Errors: BadRequest for an unknown model; KeyError, TypeError or ValueError for a wrong shape or an unknown
    setting.
    """
    request = Request.from_json(data)
    spec = spec_of(request.model)
    known = dict(request.settings)
    unknown = set(known) - set(SETTINGS)
    if unknown:
        raise ValueError(f"unknown settings: {sorted(unknown)}")
    return request.changed(
        settings=tuple(
            (key, known[key] if key in known else setting.domain.checked(setting.default, spec))
            for key, setting in SETTINGS.items()
        )
    )
