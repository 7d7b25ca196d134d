"""The words of the command line as values; what is wrong is said in one line with the allowed values."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from xaicheck.arguments import Argument
from xaicheck.errors import BadImage, BadRequest
from xaicheck.models import images
from xaicheck.types import ImageInput


class Parser(argparse.ArgumentParser):
    """An argument parser that complains in one line and leaves the exit status to `cli.main`."""

    def error(self, message: str) -> NoReturn:
        raise BadRequest(f"{message.rstrip('.')}.")


def add(parser: argparse.ArgumentParser, arguments: Iterable[Argument]) -> None:
    """Adds an option for each argument that has one; its texts are read here and converted where they go."""
    for argument in arguments:
        if not argument.option:
            continue
        usual = argument.usual()
        what = f"{argument.option}: {argument.domain.allowed()}" + (f"; default: {usual}" if usual else "")
        parser.add_argument(
            f"--{argument.key}",
            type=argument.domain.read,
            default=argument.default,
            metavar=argument.domain.metavar,
            help=what.replace("%", "%%"),  # argparse fills in what stands behind a "%"
        )


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
