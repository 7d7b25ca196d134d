"""Bytes from anywhere -> ImageInput, and ImageInput -> the square that a network sees."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import threading
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from xaicheck.errors import BadImage
from xaicheck.types import ImageInput

if TYPE_CHECKING:
    import torch

    from xaicheck.types import ModelSpec

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000  # they take up to 400 MB while they are decoded
MAX_PIXELS_JPEG = 50_000_000  # decoded at reduced scale, 200 MB; admits telephones with 48 megapixels
MIN_SIDE = 16  # pixels
MAX_RATIO = 20  # longer side / shorter side
KEPT_SIDE = 1024  # pixels on the longer side of what is kept
MAX_NAME = 40  # characters
MAX_SCANS = 100  # a progressive JPEG has about ten; each scan costs a pass over the whole picture

# Only formats that Pillow decodes by itself: no EPS (runs Ghostscript), no SVG (not a raster format).
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError,
           ZeroDivisionError, struct.error, MemoryError, Image.DecompressionBombError,
           Warning)  # fmt: skip  # Warning: where the caller turns warnings into errors
_UNREADABLE = "This file cannot be read as a picture: save it as JPEG, PNG or WebP and try again."
_TOO_MANY = "more than the {} million allowed: shrink it and try again."
_DAMAGED = "The picture is damaged or cut short: download or export it again and try once more."

_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}

# Two at a time: this bounds what all uploads together can take.
_decoding = threading.BoundedSemaphore(2)


def decode(data: bytes, name: str) -> ImageInput:
    """The picture in `data`: upright, RGB, over white where transparent, at most 1024 px a side.

    Of an animation the first frame is taken. `sha256` is of the bytes as given. Raises BadImage, with one
    sentence for the user, where there is no picture or it is too large, too thin or damaged.
    """
    if not data:
        raise BadImage("The file is empty: choose another picture.")
    if len(data) > MAX_BYTES:
        raise BadImage(
            f"The file has {len(data) / 2**20:.1f} MB, more than the {MAX_BYTES >> 20} MB allowed: "
            "save a smaller copy and try again."
        )
    with _decoding:
        rgb = _pixels(data)
    return ImageInput(hashlib.sha256(data).hexdigest(), display_name(name), rgb)


def from_picture(picture: Image.Image, name: str = "picture") -> ImageInput:
    """An already decoded picture as an ImageInput; `sha256` is of its size and RGB pixels as kept."""
    _check_size(*picture.size, MAX_PIXELS_JPEG)
    with _decoding:
        rgb = _kept(picture)
    digest = hashlib.sha256(repr(rgb.shape).encode() + rgb.tobytes()).hexdigest()
    return ImageInput(digest, display_name(name), rgb)


def display_name(name: str) -> str:
    """At most 40 printable characters of the last part of a file name; markup in it is NOT escaped."""
    visible = "".join(c for c in name if unicodedata.category(c)[0] not in "CZ" or c == " ")
    last = re.split(r"[/\\]", visible)[-1].strip(" .")
    if len(last) > MAX_NAME:
        last = last[: MAX_NAME - 1] + "…"
    return last or "picture"


def model_view(picture: Image.Image | np.ndarray | ImageInput, spec: ModelSpec) -> np.ndarray:
    """What the network sees, uint8 [S S 3] with S = spec.size: shorter side resized, centre cropped.

    The same pixels as torchvision's Resize(spec.resize) and CenterCrop(spec.size) give on a PIL image,
    which Pillow always antialiases; where the resized picture is smaller than S, black is added around it.
    """
    if isinstance(picture, ImageInput):
        picture = picture.rgb
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    rgb = _flat(_plain(picture))
    width, height = rgb.size
    if width <= height:
        resized = (spec.resize, int(spec.resize * height / width))
    else:
        resized = (int(spec.resize * width / height), spec.resize)
    left, top = (_crop_start(side, spec.size) for side in resized)
    view = rgb.resize(resized, _RESAMPLING[spec.interpolation])
    return np.array(view.crop((left, top, left + spec.size, top + spec.size)))


def network_input(picture: Image.Image | ImageInput, spec: ModelSpec) -> torch.Tensor:
    """What the network computes with, float32 [3 S S]: `model_view`, then (value / 255 - mean) / std."""
    import torch

    view = torch.from_numpy(model_view(picture, spec).copy()).permute(2, 0, 1)
    mean = torch.tensor(spec.mean, dtype=torch.float32).view(3, 1, 1)
    std = torch.tensor(spec.std, dtype=torch.float32).view(3, 1, 1)
    return (view.float() / 255 - mean) / std


def _crop_start(side: int, crop: int) -> int:
    """Where a centred crop begins; negative where the side is too short (PIL fills with black)."""
    return round((side - crop) / 2) if side >= crop else -((crop - side) // 2)


def _pixels(data: bytes) -> np.ndarray:
    """The kept pixels of a picture file, read-only uint8 [H W 3]."""
    try:
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(f"The picture has {_TOO_MANY.format(MAX_PIXELS // 10**6)}") from error
    except _BROKEN as error:
        raise BadImage(_UNREADABLE) from error
    with picture:
        jpeg = picture.format in ("JPEG", "MPO")
        # The header's word: nothing is decoded yet.
        _check_size(*picture.size, MAX_PIXELS_JPEG if jpeg else MAX_PIXELS)
        if jpeg:
            # Inside compressed data 0xFF is always followed by 0x00, so this counts scan headers.
            if data.count(b"\xff\xda") > MAX_SCANS:
                raise BadImage(_DAMAGED)
            picture.draft(None, (2 * KEPT_SIDE, 2 * KEPT_SIDE))  # a large one is decoded at reduced scale
        try:
            picture.load()
        except _BROKEN as error:
            raise BadImage(_DAMAGED) from error
        return _kept(picture)


def _check_size(width: int, height: int, most: int) -> None:
    """Raises BadImage for a picture that is too large to decode or too thin to look at."""
    if width * height > most:
        raise BadImage(f"The picture has {width} × {height} pixels, {_TOO_MANY.format(most // 10**6)}")
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_RATIO * min(width, height):
        raise BadImage(
            f"The picture has {width} × {height} pixels: choose one with at least {MIN_SIDE} pixels on each "
            f"side, of which the longer is at most {MAX_RATIO} times the shorter."
        )


def _kept(picture: Image.Image) -> np.ndarray:
    """A loaded picture as read-only uint8 [H W 3]: upright, flattened, at most 1024 px a side."""
    turn = _UPRIGHT.get(_orientation(picture))
    try:
        plain = _plain(picture)
        if plain is picture:
            plain = picture.copy()  # thumbnail works in place, the caller's picture stays
        # Before flattening, which takes several times the memory: the order matters for the largest ones.
        plain.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BICUBIC)
        rgb = _flat(plain)
    except _BROKEN as error:
        raise BadImage(_UNREADABLE) from error
    if turn is not None:
        rgb = rgb.transpose(turn)
    array = np.array(rgb)
    array.setflags(write=False)  # pictures are shared between sessions and caches
    return array


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 (upright) where there is none or it cannot be read."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except _BROKEN:  # the metadata are broken, the picture itself need not be
        return 1
    return value if isinstance(value, int) else 1


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized: L, RGB, LA, RGBA (8 bits), I or F (32-bit grey)."""
    if picture.mode.startswith("I;16"):
        return _sixteen_bit(picture)
    if picture.mode in ("LA", "RGBA", "I", "F"):
        return picture
    if picture.has_transparency_data:  # a palette or one colour declared transparent
        return picture.convert("RGBA")
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _flat(plain: Image.Image) -> Image.Image:
    """A picture in one of the modes of `_plain` as RGB, transparent parts over white."""
    if plain.mode in ("I", "F"):
        plain = _stretched(plain)
    if plain.mode in ("LA", "RGBA"):
        white = Image.new("RGBA", plain.size, "white")
        plain = Image.alpha_composite(white, plain.convert("RGBA"))
    return plain if plain.mode == "RGB" else plain.convert("RGB")


def _sixteen_bit(picture: Image.Image) -> Image.Image:
    """16-bit grey in 8 bits: a 16-bit copy of an 8-bit picture gives that picture back."""
    grey = np.asarray(picture)
    scaled = (grey >> 8).astype(np.uint8)
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        scaled[grey == clear] = 255
    return Image.fromarray(scaled)


def _stretched(picture: Image.Image) -> Image.Image:
    """32-bit grey in 8 bits: its own range becomes 0..255, for it declares no other."""
    grey = np.asarray(picture).astype(np.float64)
    finite = np.isfinite(grey)
    if not finite.any():
        raise ValueError("no finite pixel")
    low, high = grey[finite].min(), grey[finite].max()
    grey = np.nan_to_num(grey, nan=low, posinf=high, neginf=low)
    return Image.fromarray(np.rint((grey - low) / ((high - low) or 1.0) * 255).astype(np.uint8))
