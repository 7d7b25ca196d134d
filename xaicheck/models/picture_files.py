"""A picture file as an opened Pillow picture, its size and kind checked before anything is decoded."""

from __future__ import annotations

import io
import re
import struct
from functools import cache
from typing import Any

from PIL import Image, features

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
    at, found = 2, 0
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
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found


def _foreign(data: bytes) -> str:
    """Why a file is no picture, in one sentence with what to do."""
    for begins, what, do in _FOREIGN:
        if re.match(begins, data[:2000], re.DOTALL):
            return f"This file is {what}: {do} and try again."
    return UNREADABLE


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
