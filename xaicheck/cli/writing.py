"""Where the command line puts a report, found out before the computing, and the writing after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xaicheck.errors import BadRequest, XaicheckError
from xaicheck.report import bundle, files, page
from xaicheck.storage.archive import whole
from xaicheck.types import Report

SUFFIX = ".html"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for the plain files, a page with its zip beside it, or both."""

    folder: Path | None
    page: Path | None


def place_of(out: str | None, report: str | None) -> Place:
    """The place, made if need be: better refused before the computing than after it."""
    if out is None and report is None:
        raise BadRequest("Name where to write: --out DIR, --report FILE.html, or both.")
    file = None if report is None else Path(report)
    if file is not None and (file.suffix.lower() != SUFFIX or file.is_dir()):
        raise BadRequest(f"--report {report}: name a file that ends in {SUFFIX}.")
    if file is not None:
        folder("--report", file.parent)
    return Place(None if out is None else folder("--out", Path(out)), file)


def write(report: Report, place: Place, address: str) -> tuple[Path, ...]:
    """The paths of the files that were written; `address`: of the dashboard that the page links to."""
    paths: list[Path] = []
    if place.folder is not None:
        with _told(place.folder):
            paths += files.write(report, place.folder)
    if place.page is not None:
        zipped = place.page.with_suffix(".zip")
        text = page.build(report, base=address, file=place.page.name).encode()
        archive = bundle.build(report, base=address, file=zipped.name)
        paths += [put(place.page, text), put(zipped, archive)]
    return tuple(paths)


def put(path: Path, data: bytes) -> Path:
    """The path, written whole or not at all. Errors: XaicheckError says why it could not be."""
    with _told(path):
        return whole(path, lambda file: file.write(data))


@contextmanager
def _told(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise XaicheckError(
            f"the report could not be written to {where}: {error.strerror or error}"
        ) from error


def folder(flag: str, path: Path) -> Path:
    """The folder that a flag names, made if need be; BadRequest where nothing can be written to it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadRequest(f"{flag} {path}: {reason}; name a folder that can be written to.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise BadRequest(f"{flag} {path}: Permission denied; name a folder that can be written to.")
    return path
