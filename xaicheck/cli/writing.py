"""Where the command line puts a report, found out before the computing, and the writing after it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from xaicheck.errors import BadRequest, XaicheckError
from xaicheck.reading.words import listed
from xaicheck.report import bundle, files, page
from xaicheck.storage.archive import together
from xaicheck.types import Report

SUFFIX = ".html"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for the plain files, a page with its zip beside it, or both."""

    folder: Path | None
    page: Path | None

    @property
    def zip(self) -> Path | None:
        """The zip beside the page."""
        return None if self.page is None else self.page.with_suffix(".zip")


def place_of(out: str | None, report: str | None) -> Place:
    """The place, made if need be: better refused before the computing than after it."""
    if out is None and report is None:
        raise BadRequest("Name where to write: --out DIR, --report FILE.html, or both.")
    if report == "":
        raise BadRequest(f"--report is empty; name a file that ends in {SUFFIX}.")
    file = None if report is None else Path(report)
    place = Place(None if out is None else folder("--out", out), file)
    if place.folder is not None:
        for name in (files.REPORT, files.MAPS, files.PICTURE):
            _free("--out", place.folder / name)
    if file is not None:
        try:
            file.name.encode()
        except UnicodeEncodeError as error:
            raise BadRequest(f"--report {report}: the name is not UTF-8; choose another.") from error
        if file.suffix.lower() != SUFFIX:
            raise BadRequest(f"--report {report}: name a file that ends in {SUFFIX}.")
        folder("--report", str(file.parent))
        for path in (file, file.with_suffix(".zip")):
            _free("--report", path)
    return place


def write(report: Report, place: Place, address: str) -> tuple[Path, ...]:
    """The paths of the files, all written or none; `address`: of the dashboard that the page links to."""
    wanted: dict[Path, Callable[[IO[bytes]], Any]] = {}
    if place.folder is not None:
        wanted |= files.contents(report, place.folder)
    if place.page is not None and place.zip is not None:
        text = page.build(report, base=address, file=place.page.name).encode()
        archive = bundle.build(report, base=address, file=place.zip.name)
        wanted |= {place.page: partial(_put, text), place.zip: partial(_put, archive)}
    with _told(*filter(None, (place.folder, place.page))):
        return together(wanted)


def put(path: Path, data: bytes) -> Path:
    """The path, written whole or not at all. Errors: XaicheckError says why it could not be."""
    with _told(path):
        return together({path: partial(_put, data)})[0]


def _put(data: bytes, file: IO[bytes]) -> None:
    file.write(data)


@contextmanager
def _told(*where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise XaicheckError(
            f"The report could not be written to {listed([str(path) for path in where])}: "
            f"{error.strerror or error}; what was there before is unchanged."
        ) from error


def folder(flag: str, name: str) -> Path:
    """The folder that a flag names, made if need be; BadRequest where nothing can be written to it."""
    if not name:
        raise BadRequest(f"{flag} is empty; name a folder.")
    path = Path(name)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _unfit(flag, path, error) from error
    try:
        with tempfile.TemporaryFile(dir=path):  # what may be written to is not always what can be
            return path
    except OSError as error:
        raise BadRequest(f"{flag} {path}: {error.strerror}; name a folder that can be written to.") from error


@contextmanager
def tidy(*names: str | None) -> Iterator[None]:
    """Takes the empty folders away that were made for these paths, where what is done there fails."""
    paths = [path for name in names if name for path in (Path(name), *Path(name).parents)]
    new = [path for path in paths if not os.path.exists(path)]
    try:
        yield
    except BaseException:
        for path in new:
            with suppress(OSError, ValueError):
                path.rmdir()
        raise


def _free(flag: str, path: Path) -> None:
    """BadRequest where a file cannot have this path: its name is too long, or a folder has it."""
    try:
        path.lstat()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _unfit(flag, path, error) from error
    if path.is_dir():
        raise BadRequest(f"{flag} {path}: Is a directory; choose another name or take the folder away.")


def _unfit(flag: str, path: Path, error: Exception) -> BadRequest:
    reason = getattr(error, "strerror", None) or error
    return BadRequest(f"{flag} {path}: {reason}; name a place that can be written to.")
