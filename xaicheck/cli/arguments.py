"""The words of the command line as values; what is wrong is said in one line with the allowed values."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import NoReturn

from xaicheck.arguments import Argument
from xaicheck.errors import BadRequest
from xaicheck.models import images
from xaicheck.models.picture_files import NAMES
from xaicheck.reading import words
from xaicheck.types import ImageInput

PICTURE = f"path of a {NAMES} file"


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
        names = dict.fromkeys((argument.flag, f"--{argument.key}"))  # with hyphens, or as the key is spelled
        parser.add_argument(
            *names,
            type=argument.domain.read,
            default=argument.default,
            metavar=argument.domain.metavar,
            help=what.replace("%", "%%"),  # argparse fills in what stands behind a "%"
        )


def picture(path: str) -> ImageInput:
    """The picture of a path; what was done to it is said on standard error. BadImage names the path."""
    image = images.read(path)
    if image.notes:
        print(f"{path}: {words.as_read(image.notes)}", file=sys.stderr)
    return image
