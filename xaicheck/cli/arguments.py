"""The words of the command line as values; what is wrong is said in one line with the allowed values."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from xaicheck.errors import BadImage, BadRequest
from xaicheck.methods import METHODS
from xaicheck.models import images
from xaicheck.types import ImageInput, Method, MethodChoice, Param


class Parser(argparse.ArgumentParser):
    """An argument parser that complains in one line and leaves the exit status to `cli.main`."""

    def error(self, message: str) -> NoReturn:
        raise BadRequest(message)


def key(text: str) -> str:
    """The key as the registries spell it: hyphens are as good as underscores."""
    return text.strip().replace("-", "_")


def keys(text: str) -> tuple[str, ...]:
    """The keys of a list with commas; at least one."""
    found = tuple(key(part) for part in _parts(text))
    if not found:
        raise argparse.ArgumentTypeError("name at least one, with commas between several")
    return found


def count(text: str) -> int:
    """A number of seeds."""
    return _whole(text, 1, "a whole number from 1")


def whole_from(low: int) -> Callable[[str], int]:
    """The reader of a whole number from `low`; the setting knows how many are too many."""
    return lambda text: _whole(text, low, f"a whole number from {low}")


def index(text: str) -> int:
    """A class index; how many classes there are is the study's to know."""
    return _whole(text, 0, "a class index from 0 to 999")


def depths(text: str) -> tuple[int, ...] | None:
    """The depths that are named; None for all of them."""
    if text.strip() == "all":
        return None
    parts = _parts(text) or [text]
    return tuple(_whole(part, 0, "all, or whole numbers from 0 as in 0,3,7") for part in parts)


def methods(text: str) -> list[MethodChoice]:
    """The methods of `a,b:steps=32`, every setting filled in."""
    choices = [_choice(part) for part in _parts(text)]
    named = {choice.key for choice in choices}
    if not choices or len(named) < len(choices):
        raise BadRequest(f"--methods names each method once, out of {', '.join(METHODS)}.")
    return choices


def picture(path: str) -> ImageInput:
    """The picture of a path, decoded; BadRequest or BadImage name the path and what is wrong with it."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        reason = getattr(error, "strerror", None) or error
        raise BadRequest(f"{path}: {reason}; PICTURE is a JPEG, PNG, WebP, GIF, BMP or TIFF file.") from error
    try:
        return images.decode(data, Path(path).name)
    except BadImage as error:
        raise BadImage(f"{path}: {error}") from error


def _choice(text: str) -> MethodChoice:
    name, *settings = text.split(":")
    method = METHODS.get(key(name))
    if method is None:
        raise BadRequest(f"There is no method {name!r}; choose from {', '.join(METHODS)}.")
    values = {param.key: param.default for param in method.params}
    for setting in settings:
        name, _, number = setting.partition("=")
        param = _param(method, name)
        values[param.key] = _value(method, param, number)
    return MethodChoice(method.key, tuple(values.items()))


def _param(method: Method, name: str) -> Param:
    params = {param.key: param for param in method.params}
    if key(name) not in params:
        raise BadRequest(f"{method.key} has no setting {name!r}; it has {', '.join(params) or 'none'}.")
    return params[key(name)]


def _value(method: Method, param: Param, text: str) -> int | float:
    whole = isinstance(param.default, int)
    try:
        value: int | float = int(text) if whole else float(text)
    except ValueError:
        value = float("nan")
    if not param.low <= value <= param.high:  # not-a-number fails the comparison too
        what = "a whole number" if whole else "a number"
        raise BadRequest(
            f"{method.key}:{param.key} is {what} from {param.low:g} to {param.high:g}, not {text!r}."
        )
    return value


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _whole(text: str, low: int, what: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if value < low:
        raise argparse.ArgumentTypeError(f"{what}, not {text!r}")
    return value
