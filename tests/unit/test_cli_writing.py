"""The files of a run: all of them are written or none, wherever the writing fails."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.test_cli import answer
from xaicheck.cli import writing
from xaicheck.engine.request import request_for
from xaicheck.errors import XaicheckError
from xaicheck.models import samples
from xaicheck.storage import archive
from xaicheck.types import Report

NAMES = ("report.json", "maps.npz", "picture.png", "cat.html", "cat.zip")
FULL = OSError(28, "No space left on device")


def run(number: int) -> Report:
    """The report of the first, second, ... run: no file of it is that of another."""
    view = np.full((4, 4, 3), number, np.uint8)
    one = answer(request_for(samples.load("chelsea"), methods=["gradient"]), view=view, seconds=float(number))
    maps = tuple(a for a in one.attributions if a.depth < number)
    return answer(one.request, view=view, seconds=float(number), attributions=maps)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], dict[str, bytes]]:
    """Writes a run into the one place, and gives the files that are there then."""
    monkeypatch.setattr(writing.page, "build", lambda report, **_: f"page {report.seconds}")
    monkeypatch.setattr(writing.bundle, "build", lambda report, **_: f"zip {report.seconds}".encode())
    place = writing.place_of(str(tmp_path), str(tmp_path / "cat.html"))

    def write(number: int) -> dict[str, bytes]:
        if number:
            writing.write(run(number), place, "http://localhost/")
        return {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    return write


class FullFile(io.FileIO):
    """A file on a disk that has no room left after three bytes."""

    def write(self, data: Any) -> int:
        room = 3 - self.tell()
        if len(data) > room:
            super().write(bytes(data)[:room])
            raise FULL
        return super().write(data)


def failing(monkeypatch: pytest.MonkeyPatch, what: str, nth: int, error: BaseException = FULL) -> None:
    """Makes the nth call of what writing needs fail, and only that one."""
    count = iter(range(10**6))
    if what == "write":
        really_open = Path.open

        def opened(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
            full = mode == "xb" and next(count) == nth
            return FullFile(path, "xb") if full else really_open(path, mode, *rest, **more)

        monkeypatch.setattr(Path, "open", opened)
        return
    really = getattr(archive.os, what)

    def fail(*args: Any) -> Any:
        if next(count) == nth:
            raise error
        return really(*args)

    monkeypatch.setattr(archive.os, what, fail)


@pytest.fixture(params=[True, False], ids=["", "no second names"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk, and one that knows no second names of a file."""
    if not request.param:

        def no_links(path: Path, _: Path) -> None:
            path.stat()
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(archive.os, "link", no_links)


def test_a_second_run_replaces_all_files_of_the_first(written: Callable[..., Any], disk: None) -> None:
    first, second = written(1), written(2)
    assert set(first) == set(second) == set(NAMES)
    assert all(first[name] != second[name] for name in NAMES)


@pytest.mark.parametrize("nth", range(len(NAMES)), ids=NAMES)
@pytest.mark.parametrize("what", ["write", "fsync", "replace"])
@pytest.mark.parametrize("runs", [0, 1], ids=["first run", "second run"])
def test_a_disk_that_is_full_leaves_all_of_the_run_before(
    written: Callable[..., Any], disk: None, monkeypatch: pytest.MonkeyPatch, nth: int, what: str, runs: int
) -> None:
    before = written(runs)
    with monkeypatch.context() as patch:
        failing(patch, what, nth)
        with pytest.raises(XaicheckError, match="No space left on device; what was there before is unch"):
            written(2)
    assert written(0) == before
    assert written(2) != before  # the failure was the disk's


@pytest.mark.parametrize("nth", range(len(NAMES)), ids=NAMES)
@pytest.mark.parametrize("what", ["fsync", "replace"])
def test_an_interrupted_writing_leaves_all_of_the_run_before(
    written: Callable[..., Any], disk: None, monkeypatch: pytest.MonkeyPatch, nth: int, what: str
) -> None:
    before = written(1)
    with monkeypatch.context() as patch:
        failing(patch, what, nth, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            written(2)
    assert written(0) == before


def test_a_report_that_cannot_be_made_into_a_page_leaves_all_of_the_run_before(
    written: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(1)

    def broken(*_: object, **__: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(writing.bundle, "build", broken)
    with pytest.raises(ZeroDivisionError):
        written(2)
    assert written(0) == before


def test_what_is_written_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    path = archive.whole(tmp_path / "ours", lambda file: file.write(b"a"))
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_names_as_long_as_a_disk_allows_and_folders_that_are_not_utf_8_work(
    written: Callable[..., Any], tmp_path: Path
) -> None:
    file, folder = tmp_path / "new" / "er" / ("x" * 250 + ".html"), tmp_path / "\udcff"
    paths = writing.write(run(1), writing.place_of(str(folder), str(file)), "http://localhost/")
    assert {path.parent for path in paths} == {folder, file.parent} and all(path.is_file() for path in paths)
    assert len(list(folder.iterdir())) == 3 and len(list(file.parent.iterdir())) == 2
