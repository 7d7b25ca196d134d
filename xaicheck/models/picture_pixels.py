"""A picture of any mode as upright 8-bit sRGB over white, and what was done to it that nobody could guess."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from xaicheck.errors import BadImage
from xaicheck.models.picture_colours import srgb
from xaicheck.models.picture_files import BROKEN, DAMAGED, KEPT_SIDE, UNREADABLE

ON_WHITE = "transparent parts shown on white"
_CLEAR = "Every pixel of the picture is transparent: save it without transparency and try again."
_DARK = "16-bit colours of which only the darkest quarter is used: shown as dark as they are"
_UNSET = 1e37  # beyond it a 32-bit number stands for none: files fill gaps with ±3.4e38
_ROWS = 64
_NODATA, _PHOTOMETRIC, _BITS, _FORMAT = 42113, 262, 258, 339  # TIFF tags
_ORIENTATION = 0x0112  # the EXIF tag


def kept(picture: Image.Image) -> tuple[np.ndarray, tuple[str, ...]]:
    """(read-only uint8 [H W 3], notes): upright, sRGB, over white, at most 1024 px a side.

    `notes`: what was done to the picture that a person could not guess, each a phrase. The picture may still
    be undecoded; of several the one at which it stands is taken: in a file that was just opened the first, or
    the one its file calls the main one. Raises BadImage.
    """
    notes: list[str] = []
    try:
        at, frames = picture.tell(), _frames(picture)
        if frames > 1:
            if picture.format == "HEIF" and picture.info.get("primary", True):
                which = "the main one"
            else:
                which = f"number {at + 1}" if at or picture.format == "HEIF" else "the first"
            notes.append(f"{which} of {frames} pictures in the file")
        deep = any(";16" in str(tile) for tile in getattr(picture, "tile", ()))
        picture.load()
    except BROKEN as error:
        raise BadImage(DAMAGED) from error
    try:
        plain = _opaque(_plain(picture, notes), notes, ignore_clear=picture.format == "BMP")
        if deep and plain.mode in ("RGB", "RGBA", "LA") and _highest(plain) < 64:
            notes.append(_DARK)
        if plain is picture:
            plain = picture.copy()  # thumbnail works in place, the caller's picture stays
        # Before flattening, which takes several times the memory: the order matters for the largest ones.
        plain.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BICUBIC)
        rgb = _flat(srgb(plain, picture.info, notes))
        rgb.info = {}
        rgb.getexif()[_ORIENTATION] = _orientation(picture)
        array = np.array(ImageOps.exif_transpose(rgb))
    except BROKEN as error:
        raise BadImage(UNREADABLE) from error
    array.setflags(write=False)  # pictures are shared between sessions and caches
    return array, tuple(notes)


def eight_bits(values: np.ndarray, notes: list[str], bits: int = 16) -> np.ndarray:
    """Whole numbers of 9 to 16 bits as uint8: a 16-bit copy of an 8-bit picture gives that picture back.

    Those that use less than a quarter of the 16 bits, as 12-bit cameras write them, are stretched.
    """
    low, high = int(values.min()), int(values.max())
    if bits < 16 or low == high or high - low >= 1 << 14 or not (values % 257).any():
        return (values >> (bits - 8)).astype(np.uint8)
    notes.append(f"16-bit values from {low} to {high} stretched to the full range")
    return np.rint((values.astype(np.float32) - low) * (255 / (high - low))).astype(np.uint8)


def _frames(picture: Image.Image) -> int:
    """How many pictures the file holds; those that a phone puts into a JPEG belong to the first."""
    at = picture.tell()
    if picture.format == "MPO" and not at:
        return 1
    try:
        return int(getattr(picture, "n_frames", 1))
    except BROKEN:  # a later one is damaged, which is not explained
        with contextlib.suppress(*BROKEN):
            picture.seek(at)
        return 1


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 (upright) where there is none or it cannot be read."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except BROKEN:  # the metadata are broken, the picture itself need not be
        return 1
    return value if isinstance(value, int) else 1


def _plain(picture: Image.Image, notes: list[str]) -> Image.Image:
    """The picture with 8 bits in a mode that can be resized: L, RGB, LA, RGBA, CMYK or LAB."""
    tags: Any = getattr(picture, "tag_v2", {})
    signed = picture.mode == "L" and _first(tags.get(_FORMAT)) == 2
    if picture.mode.startswith("I;16"):
        return _sixteen_bit(picture, tags, notes)
    if picture.mode in ("I", "F") or signed:
        return _stretched(np.asarray(picture), tags, notes)
    if picture.mode in ("LA", "RGBA", "LAB", "CMYK"):
        return picture
    if picture.mode == "La":
        return picture.convert("LA")
    if picture.has_transparency_data:  # a palette or one colour declared transparent, or premultiplied
        key = picture.info.get("transparency")
        if isinstance(key, tuple) and max(key) > 255:  # of 16-bit colours, of which 8 bits are decoded
            picture = picture.copy()
            picture.info["transparency"] = tuple(value >> 8 for value in key)
        return picture.convert("RGBA")
    if picture.mode == "L" and _NODATA in tags:
        return Image.fromarray(_black_gaps(np.array(picture), np.asarray(picture), tags, notes))
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _opaque(plain: Image.Image, notes: list[str], *, ignore_clear: bool) -> Image.Image:
    """The picture, without its alpha where that is empty: BMP files leave theirs at zero, unused."""
    if plain.mode not in ("LA", "RGBA"):
        return plain
    alpha: Any = plain.getchannel("A").getextrema()
    if alpha == (0, 0):
        if not ignore_clear:
            raise BadImage(_CLEAR)
        return plain.convert(plain.mode[:-1])
    if alpha != (255, 255):
        notes.append(ON_WHITE)
    return plain


def _flat(plain: Image.Image) -> Image.Image:
    """A picture of the modes L, RGB, LA or RGBA as RGB, transparent parts over white."""
    if plain.mode in ("LA", "RGBA"):
        white = Image.new("RGBA", plain.size, "white")
        plain = Image.alpha_composite(white, plain.convert("RGBA"))
    return plain if plain.mode == "RGB" else plain.convert("RGB")


def _highest(plain: Image.Image) -> int:
    """The greatest value of any colour channel."""
    return int(np.asarray(plain)[..., : len(plain.mode.rstrip("A"))].max())


def _sixteen_bit(picture: Image.Image, tags: Any, notes: list[str]) -> Image.Image:
    """16-bit grey in 8 bits."""
    grey, clear = np.asarray(picture), picture.info.get("transparency")
    known = grey != clear if isinstance(clear, int) else grey != _declared_gap(tags, grey.dtype)
    scaled = np.full(grey.shape, 255, np.uint8)
    if known.any():
        seen = eight_bits(grey[known], notes, _first(tags.get(_BITS)) or 16)
        scaled[known] = 255 - seen if _white_is_zero(tags) else seen
    if isinstance(clear, int) and not known.all():
        notes.append(ON_WHITE)
    return Image.fromarray(_black_gaps(scaled, grey, tags, notes))


def _black_gaps(shown: np.ndarray, grey: np.ndarray, tags: Any, notes: list[str]) -> np.ndarray:
    """What is shown of whole numbers, black where they are the one that a TIFF declares to be no value."""
    gaps = grey == _declared_gap(tags, grey.dtype)
    if gaps.all():
        raise ValueError("no pixel has a value")
    if gaps.any():
        shown[gaps] = 0
        notes.append(f"{gaps.sum()} pixels without a value shown in black")
    return shown


def _stretched(grey: np.ndarray, tags: Any, notes: list[str]) -> Image.Image:
    """Grey without a declared range in 8 bits: its own range becomes 0..255, what is no value is left out."""
    bits, kind = _first(tags.get(_BITS)), _first(tags.get(_FORMAT))
    if grey.dtype == np.int32 and bits == 32 and kind in (None, 1):
        grey = grey.view(np.uint32)
    elif grey.dtype == np.uint8:
        grey = grey.view(np.int8)
    gap, floor = _declared_gap(tags, grey.dtype), -np.inf
    low, high, missing = _range(grey, gap, floor)
    if kind == 2 and bits in (16, 32) and low == -(2.0 ** (bits - 1)):
        above = _range(grey, gap, low)
        if above[0] - low > above[1] - above[0]:  # the lowest number, far below all others, fills gaps
            floor, (low, high, missing) = low, above
    if low > high:
        raise ValueError("no pixel has a value")
    said = f"values from {low:.6g} to {high:.6g} stretched to the full range"
    if low == high:
        said = f"one value, {low:.6g}, everywhere: shown in mid grey"
    notes.append(said + (f", {missing} pixels without a value left out of it" if missing else ""))
    scaled = np.empty(grey.shape, np.uint8)
    for start, values, known in _blocks(grey, gap, floor):
        values[~known] = np.where(values[~known] == np.inf, high, low)
        grey_of = np.rint((values - low) * (255 / (high - low))) if high > low else 128
        scaled[start : start + len(values)] = grey_of
    return Image.fromarray(255 - scaled if _white_is_zero(tags) else scaled)


def _declared_gap(tags: Any, kind: np.dtype[Any]) -> float:
    """The number that a TIFF declares to stand for no value; not-a-number where it declares none."""
    try:
        value = float(str(tags[_NODATA]).strip("\0 "))
        if kind.kind in "iu":
            return value if np.iinfo(kind).min <= value <= np.iinfo(kind).max else np.nan
        return float(kind.type(value))
    except (KeyError, ValueError, OverflowError):
        return np.nan


def _range(grey: np.ndarray, gap: float, floor: float) -> tuple[float, float, int]:
    """(lowest, highest) of the values, and how many pixels have none."""
    low, high, count = np.inf, -np.inf, 0
    for _, values, known in _blocks(grey, gap, floor):
        seen = values[known]
        low, high = seen.min(initial=low), seen.max(initial=high)
        count += seen.size
    return float(low), float(high), grey.size - count


def _blocks(grey: np.ndarray, gap: float, floor: float) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """(first row, values in float64, which of them are values): a few rows at a time, to spare memory."""
    for start in range(0, len(grey), _ROWS):
        values = grey[start : start + _ROWS].astype(np.float64)
        yield start, values, (np.abs(values) < _UNSET) & (values != gap) & (values > floor)


def _white_is_zero(tags: Any) -> bool:
    """Whether a TIFF declares it, which Pillow honours for up to 8 bits only; as there, it is the default."""
    return bool(tags) and tags.get(_PHOTOMETRIC, 0) == 0


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and value else value
