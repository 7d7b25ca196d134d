"""The command that asks for a report again."""

from __future__ import annotations

import shlex
from dataclasses import fields

from xaicheck.types import MethodChoice, Request

_FLAGS = ("model", "mode", "law", "batchnorm", "normalisation", "sign")


def repeat(request: Request, picture: str, report: str, *, between: str = " ") -> str:
    """A command for a shell: the check of that picture with these settings, into that report file.

    `between` stands between two settings.
    """
    settings = [f"--{flag} {getattr(request, flag)}" for flag in _FLAGS]
    settings += [
        f"--methods {shlex.quote(','.join(_method(choice) for choice in request.methods))}",
        f"--depths {','.join(map(str, request.depths)) or 'all'}",
        f"--measures {','.join(request.measures)}",
        f"--seeds {len(request.seeds)}",
        f"--copies {request.copies}",
    ]
    if request.target is not None:
        settings.append(f"--target {request.target}")
    head = f"python -m xaicheck check {shlex.quote(picture)}"
    return between.join([head, *settings, f"--report {shlex.quote(report)}"])


def why_not(request: Request) -> str:
    """Why that command would ask for something else; empty where it asks for the same."""
    if request.seeds != tuple(range(len(request.seeds))):
        return f"The command counts seeds from 0; these are {', '.join(map(str, request.seeds))}."
    default = next(f.default for f in fields(Request) if f.name == "pooling")
    if request.pooling != default:
        return f"The command pools channels by {default}; this is {request.pooling}."
    return ""


def _method(choice: MethodChoice) -> str:
    return ":".join([choice.key, *(f"{key}={value!r}" for key, value in choice.params)])
