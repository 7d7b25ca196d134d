"""A picture file as an opened Pillow picture, its size and kind checked before anything is decoded."""

from __future__ import annotations

import io
import re
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageFile, features

from xaicheck.errors import BadImage

MAX_PIXELS = 25_000_000  # they take up to 400 MB while they are decoded
MAX_PIXELS_PHONE = 50_000_000  # 200 MB in a JPEG, which is decoded at reduced scale; phones have 48 million
MIN_SIDE = 16  # pixels
MAX_RATIO = 20  # longer side / shorter side
KEPT_SIDE = 1024  # pixels on the longer side of what is kept
MAX_SCANS = 100  # a progressive JPEG has about ten; each scan costs a pass over the whole picture

NAMES = "JPEG, PNG, WebP, GIF, BMP, TIFF, JPEG 2000, AVIF or HEIC"
"""What is read, for people."""

BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError,
          ZeroDivisionError, AttributeError, RuntimeError, struct.error, MemoryError,
          Image.DecompressionBombError,
          Warning)  # fmt: skip  # Warning: where the caller turns warnings into errors
"""What Pillow and its plugins raise on damaged files."""

UNREADABLE = "This file cannot be read as a picture: save it as JPEG, PNG or WebP and try again."
DAMAGED = "The picture is damaged or cut short: download or export it again and try once more."
_TOO_MANY = "more than the {} million allowed: shrink it and try again."
_PREVIEW = (
    "The file begins with a small preview, as a camera’s raw files do: export the picture as JPEG or PNG "
    "and try again."
)

_PILLOWS_OWN = {"LOAD_TRUNCATED_IMAGES": False, "MAX_IMAGE_PIXELS": 1024**3 // 12}
_settings = threading.Lock()
_callers: dict[str, Any] = {}  # Pillow's settings as they were before the first of those who decode now
_decoders = 0

# Only formats that Pillow decodes by itself: no EPS (runs Ghostscript), no SVG (not a raster format).
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "AVIF")
_PHONE = ("JPEG", "MPO", "HEIF")

# What people take for a picture: how it begins, what it is, what to do.
_FOREIGN = (
    (rb"\s*(<\?xml.{0,500}?)?(<!.{0,500}?)?<svg\b", "an SVG drawing", "export it as PNG"),
    (rb"%PDF", "a PDF document", "export the page as PNG"),
    (rb"%!PS", "a PostScript drawing", "export it as PNG"),
    (rb"8BPS", "a Photoshop document", "export it as PNG or JPEG"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture", "convert it to PNG or JPEG"),
    (rb".{128}DICM", "a DICOM file", "export the picture as PNG or TIFF"),
    (rb"\x93NUMPY", "a NumPy array", "load it in Python and give the array"),
    (rb"SIMPLE  =|\x89HDF|v/1\x01", "a scientific data file", "export the picture as PNG or TIFF"),
    (rb"....ftypcrx |FUJIFILMCCD|II(RO|RS|U\0)|(II\*\0|MM\0\*)....CR", "a camera’s raw file",
     "export it as JPEG or PNG"),
    (rb"....ftyp(avif|avis)", "an AVIF picture that cannot be read here", "convert it to PNG or JPEG"),
    (rb"....ftyp(hei|hev|mif|msf)", "a HEIC picture that cannot be read here", "export it as JPEG"),
    (rb"II\*\0|MM\0\*", "a TIFF of a kind that cannot be read here",
     "save it as PNG, or with 8 bits a colour"),
    (rb"....ftyp|RIFF....AVI |\x1a\x45\xdf\xa3", "a film", "take one picture out of it as PNG or JPEG"),
)  # fmt: skip


@cache
def formats() -> tuple[str, ...]:
    """The formats that are read; the first call adds HEIC to Pillow, where it is installed."""
    known = tuple(f for f in _FORMATS if f != "AVIF" or features.check("avif"))
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return known
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return (*known, "HEIF")


@contextmanager
def own_settings() -> Iterator[None]:
    """Pillow decodes as it does by default, whatever the caller has set, which holds again afterwards."""
    global _decoders
    with _settings:
        if not _decoders:
            _callers.update({name: getattr(_holder(name), name) for name in _PILLOWS_OWN})
            for name, value in _PILLOWS_OWN.items():
                setattr(_holder(name), name, value)
        _decoders += 1
    try:
        yield
    finally:
        with _settings:
            _decoders -= 1
            if not _decoders:
                for name, value in _callers.items():
                    setattr(_holder(name), name, value)


def _holder(name: str) -> Any:
    return Image if name == "MAX_IMAGE_PIXELS" else ImageFile


def opened(data: bytes) -> Image.Image:
    """The picture of a file's bytes, not decoded yet; BadImage where it is none or must not be decoded."""
    try:
        picture = Image.open(io.BytesIO(data), formats=formats())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(f"The picture has {_TOO_MANY.format(MAX_PIXELS // 10**6)}") from error
    except BROKEN as error:
        raise BadImage(_foreign(data)) from error
    # The header's word: nothing is decoded yet.
    check_size(*picture.size, MAX_PIXELS_PHONE if picture.format in _PHONE else MAX_PIXELS)
    if picture.format in ("JPEG", "MPO"):
        if scans(data) > MAX_SCANS:
            raise BadImage(DAMAGED)
        picture.draft(None, (2 * KEPT_SIDE, 2 * KEPT_SIDE))  # a large one is decoded at reduced scale
    tags: Any = getattr(picture, "tag_v2", {})
    if 50706 in tags or _whole(tags.get(254)) & 1:  # DNGVersion; NewSubfileType: a smaller copy of another
        raise BadImage(_PREVIEW)
    return picture


def check_size(width: int, height: int, most: int) -> None:
    """Raises BadImage for a picture that is too large to decode or too thin to look at."""
    if width * height > most:
        raise BadImage(f"The picture has {width} × {height} pixels, {_TOO_MANY.format(most // 10**6)}")
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_RATIO * min(width, height):
        raise BadImage(
            f"The picture has {width} × {height} pixels: choose one with at least {MIN_SIDE} pixels on each "
            f"side, of which the longer is at most {MAX_RATIO} times the shorter."
        )


def scans(data: bytes) -> int:
    """How many scans the first picture of a JPEG has: metadata and what follows its end do not count."""
    return _walked(data)[0]


def cut_short(data: bytes, picture: Image.Image) -> bool:
    """Whether the last scan of a decoded JPEG ends before its picture does, though an end is marked.

    What stands between a whole scan and the end mark is skipped; in a scan that was cut it is decoded. So
    the picture is decoded again with something there. A baseline scan that was cut ends in mid grey, which
    spares all others the second pass.
    """
    if picture.format not in ("JPEG", "MPO"):
        return False
    (_, end, frame), pixels = _walked(data), np.asarray(picture)
    if frame not in (0xC0, 0xC1, 0xC2) or data[end : end + 2] != b"\xff\xd9":
        return False
    if frame != 0xC2 and (np.abs(pixels[-1, -1].astype(int) - 128) > 1).any():
        return False
    more = np.random.default_rng(0).integers(0, 255, 256, np.uint8).tobytes()  # no 255: it begins a marker
    try:
        with Image.open(io.BytesIO(data[:end] + more + data[end:]), formats=("JPEG",)) as again:
            again.draft(None, (2 * KEPT_SIDE, 2 * KEPT_SIDE))
            return not np.array_equal(np.asarray(again), pixels)
    except BROKEN:
        return True


def _walked(data: bytes) -> tuple[int, int, int]:
    """(scans, where its end mark is, the kind of its frame) of the first picture of a JPEG."""
    at, found, frame = 2, 0, 0
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 3:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:  # no marker, or one without a length
            at += 2
        elif marker == 0xD9:
            break
        else:
            found += marker == 0xDA
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                frame = marker
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found, at, frame


def _foreign(data: bytes) -> str:
    """Why a file is no picture, in one sentence with what to do."""
    if _ends_early(data):
        return DAMAGED
    for begins, what, do in _FOREIGN:
        if re.match(begins, data[:2000], re.DOTALL):
            return f"This file is {what}: {do} and try again."
    return UNREADABLE


def _ends_early(data: bytes) -> bool:
    """Whether a WebP, AVIF or HEIC has fewer bytes than it declares."""
    if re.match(rb"RIFF....WEBP", data, re.DOTALL):
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    at = 0
    if not re.match(rb"....ftyp(avi|hei|hev|mif|msf)", data, re.DOTALL):
        return False
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        if size < 8:
            return False  # 0: to the end of the file
        at += size
    return at > len(data)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
