"""The command that asks for a report again."""

from __future__ import annotations

import shlex
from typing import Any

from xaicheck.engine.settings import SETTINGS
from xaicheck.models.registry import MODELS
from xaicheck.types import MethodChoice, Request


def repeat(request: Request, picture: str, report: str, *, between: str = " ") -> str:
    """A command for a shell: the check of that picture with these settings, into that report file.

    `between` stands between two settings.
    """
    options = [
        f"--model {request.model}",
        f"--methods {shlex.quote(','.join(_method(choice) for choice in request.methods))}",
    ]
    for setting in SETTINGS.values():
        plain = _plain(request, setting.key)
        if setting.option and plain is not None:
            options.append(f"{setting.flag} {plain}")
    head = f"python -m xaicheck check {shlex.quote(picture)}"
    return between.join([head, *options, f"--report {shlex.quote(report)}"])


def why_not(request: Request) -> str:
    """Why that command would ask for something else; empty where it asks for the same."""
    spec = MODELS[request.model]
    for setting in SETTINGS.values():
        value = getattr(request, setting.key)
        if not setting.option and value != setting.converted(setting.default, spec):
            return f"The command has no option for {setting.spoken}; here it is {value}."
    return ""


def _plain(request: Request, key: str) -> Any:
    """The value of a setting as its option takes it; None where that is what happens without the option."""
    value = getattr(request, key)
    if value is None:
        return None
    try:
        value = SETTINGS[key].domain.plain(value, MODELS[request.model])
    except ValueError:  # seeds that are not counted from 0; a comma makes even one of them a list
        return ",".join(map(str, value)) + "," * (len(value) == 1)
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _method(choice: MethodChoice) -> str:
    return ":".join([choice.key, *(f"{key}={value!r}" for key, value in choice.params)])
