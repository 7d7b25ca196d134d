"""What the commands that make the shipped files share: their arguments and what they say."""

from __future__ import annotations

import argparse
from pathlib import Path

from xaicheck.types import Progress


def parser(module: str, doc: str | None, out: Path) -> argparse.ArgumentParser:
    """The arguments of `python -m module`: what it does, and the file that it writes."""
    arguments = argparse.ArgumentParser(prog=f"python -m {module}", description=doc)
    arguments.add_argument("--out", type=_file, default=out, help="the file to write (%(default)s)")
    return arguments


def _file(written: str) -> Path:
    """The path of a file to write, refused before hours of computing where no file can have it."""
    path = Path(written)
    try:
        taken = path.is_dir()
    except (OSError, ValueError) as error:  # too long a name
        raise argparse.ArgumentTypeError(f"{getattr(error, 'strerror', None) or error}") from error
    if taken or not path.name or "\0" in written:
        raise argparse.ArgumentTypeError(f"{written!r} is not the path of a file")
    return path


class Line:
    """A listener that says on one line of the terminal, written over and over, how far a run is."""

    def __init__(self, what: str) -> None:
        self.what = what

    def update(self, progress: Progress) -> None:
        """Writes the line again."""
        where = f"{progress.done} of {progress.total}: {progress.note}"
        print(f"\r{self.what}: {where:70.70}", end="", flush=True)

    def check(self) -> None:
        """Never cancelled."""


def written(path: Path, size: int, most: int) -> None:
    """Says how large the file became; SystemExit where that is more than may be shipped."""
    print(f"\n{path}: {size / 1e6:.2f} MB", flush=True)
    if size > most:
        raise SystemExit(f"The file is larger than {most / 1e6:.1f} MB.")
