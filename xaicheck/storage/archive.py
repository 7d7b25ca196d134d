"""Zip files and numpy arrays, written so that equal contents make equal bytes, and read within bounds."""

from __future__ import annotations

import io
import math
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

import numpy as np

DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError)
"""What reading a damaged zip raises, beside the ValueErrors of this module."""


class TooLarge(ValueError):
    """What is read declares more bytes than it may have."""


def entry(name: str) -> zipfile.ZipInfo:
    """An archive entry with a fixed date, so that equal results make equal files."""
    info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def whole(path: Path, write_to: Callable[[IO[bytes]], Any]) -> Path:
    """The path, once its file is complete: written beside it first, then moved into place."""
    return together({path: write_to})[0]


def together(files: Mapping[Path, Callable[[IO[bytes]], Any]]) -> tuple[Path, ...]:
    """The paths, once every file is complete; where one fails, all of what was there before is there again.

    Each file is written beside its place first; they are moved into place when all are complete.
    """
    parts = {path: path.with_name(f".{token_hex(8)}.part") for path in files}
    former: dict[Path, Path] = {}
    moved: list[Path] = []
    try:
        for path, write_to in files.items():
            with parts[path].open("xb") as file:
                write_to(file)
                file.flush()
                os.fsync(file.fileno())  # a full disk may say so only now
        for path, part in parts.items():
            with suppress(FileNotFoundError):
                former[path] = _second_name(path)
            moved.append(path)
            os.replace(part, path)
    except BaseException:
        for path in moved:
            if path in former:
                os.replace(former[path], path)
            elif not parts[path].exists():  # it was moved
                path.unlink(missing_ok=True)
        raise
    finally:
        for rest in (*parts.values(), *former.values()):
            rest.unlink(missing_ok=True)
    return tuple(files)


def _second_name(path: Path) -> Path:
    """Another name of a file, so that it can be put back; a copy where the disk knows no second names."""
    other = path.with_name(f".{token_hex(8)}.former")
    try:
        os.link(path, other)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(path, other)
    return other


def members(file: Path | IO[bytes], *, most: int = 0, each: int = 0) -> dict[str, bytes]:
    """The content of every member of a zip, by name; nothing is written anywhere.

    Errors: TooLarge before anything is unpacked, where all members together would have more than `most` bytes
    or one of them more than `each` (0: no bound); ValueError where two have one name; those of DAMAGED.
    """
    with zipfile.ZipFile(file) as archive:
        listed = archive.infolist()
        sizes = [info.file_size for info in listed]
        if (most and sum(sizes) > most) or (each and max(sizes, default=0) > each):
            raise TooLarge("it holds more than this program ever writes")
        if len({info.filename for info in listed}) < len(listed):
            raise ValueError("two of its members have one name")
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in listed):
            raise ValueError("it is packed in a way that this program does not use")
        return {info.filename: archive.read(info) for info in listed}


def npz(data: bytes, *, each: int = 0) -> dict[str, np.ndarray]:
    """The arrays of an npz, read-only, by name; none of more than `each` bytes. Errors: as `members`."""
    contents = members(io.BytesIO(data), each=each)
    return {name.removesuffix(".npy"): npy(array) for name, array in contents.items()}


def npy(data: bytes) -> np.ndarray:
    """The array of an npy file, read-only: numbers only, never unpickled.

    ValueError where it is none, or where its shape is not that of the bytes that are there.
    """
    file = io.BytesIO(data)
    header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(np.lib.format.read_magic(file))
    if header is None:
        raise ValueError("it holds an array of an unknown format")
    shape, fortran, kind = header(file)
    if kind.kind not in "biuf" or math.prod(shape) * kind.itemsize != len(data) - file.tell():
        raise ValueError("it holds something that is no array of numbers")
    return np.frombuffer(data, kind, offset=file.tell()).reshape(shape, order="F" if fortran else "C")


def as_npz(arrays: dict[str, np.ndarray]) -> bytes:
    """The npz of these arrays; equal arrays give equal bytes."""
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()
