"""Pictures and their files, made where they are needed."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from PIL import Image

from xaicheck.models import picture_files

picture_files.formats()  # HEIC can be saved from here on


def photo(width: int = 90, height: int = 60, mode: str = "RGB") -> Image.Image:
    """A smooth coloured picture that tells left from right and top from bottom."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1)
    rgb = np.stack([red, green, np.full_like(red, 60)], -1).astype(np.uint8)
    return Image.fromarray(rgb).convert(mode)


def saved(picture: Image.Image, fmt: str = "PNG", **options: Any) -> bytes:
    """The bytes of its file."""
    out = io.BytesIO()
    picture.save(out, fmt, **options)
    return out.getvalue()


def tiff(values: np.ndarray, tags: dict[int, int | tuple[int, ...] | bytes], order: str = "<") -> bytes:
    """An uncompressed TIFF of one strip, written by the letter of the specification: Pillow writes few kinds.

    `tags`: any others, or other values of those that follow from the array; None leaves one out.
    """
    height, width = values.shape[:2]
    channels = values.shape[2] if values.ndim == 3 else 1
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    body = values.astype(values.dtype.newbyteorder(order)).tobytes()
    entries: dict[int, Any] = {
        256: width,
        257: height,
        258: (values.dtype.itemsize * 8,) * channels,
        259: 1,
        262: 1 if channels == 1 else 2,
        273: 8,
        277: channels,
        278: height,
        279: len(body),
        339: (kind,) * channels,
    } | tags
    out = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8 + len(body)) + body
    known = {tag: value for tag, value in sorted(entries.items()) if value is not None}
    extra, at = b"", len(out) + 2 + 12 * len(known) + 4
    out += struct.pack(order + "H", len(known))
    for tag, value in known.items():
        if isinstance(value, bytes):
            code, count, packed = 2, len(value), value
        else:
            numbers = value if isinstance(value, tuple) else (value,)
            code, letter = (4, "I") if tag in (256, 257, 273, 278, 279) else (3, "H")
            count, packed = len(numbers), struct.pack(f"{order}{len(numbers)}{letter}", *numbers)
        if len(packed) > 4:
            field = struct.pack(order + "I", at + len(extra))
            extra += packed
        else:
            field = packed.ljust(4, b"\0")
        out += struct.pack(order + "HHI", tag, code, count) + field
    return out + bytes(4) + extra
