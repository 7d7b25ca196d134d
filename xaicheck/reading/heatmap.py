"""Attribution maps as palette pictures: symmetric about zero, readable with colour-blind eyes.

Blue is negative, near-white is zero, orange to brown is positive; an unsigned map uses the positive half,
so that one colour means one thing everywhere. Indices 0 to 254 hold values (127 is exactly zero), 255 marks
pixels that are not numbers.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache

import numpy as np

CLIP_PERCENTILE = 99.5  # of |values|: one bright pixel must not bleach the rest
ZERO, LAST, NOT_A_NUMBER = 127, 254, 255
_NEGATIVE = ("#f6f5f1", "#b9d3e8", "#6fa3d0", "#2f6cae", "#0d3a73")  # from zero outwards
_POSITIVE = ("#f6f5f1", "#f6cf9e", "#e79a4e", "#bb5c14", "#6b2b06")
_HOLE = (128, 128, 136)  # a grey that neither half contains


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """The difference of two maps, each divided by its own root mean square; or None and the reason."""

    values: np.ndarray | None  # float32 [H W], in units of the root mean square
    why: str = ""


@cache
def diverging() -> np.ndarray:
    """The signed palette, uint8 [256 3]: entry 127 is zero, entry 255 marks holes."""
    negative, positive = _ramp(_NEGATIVE, ZERO + 1), _ramp(_POSITIVE, ZERO + 1)
    return _frozen(np.vstack([negative[::-1], positive[1:], [_HOLE]]))


@cache
def sequential() -> np.ndarray:
    """The unsigned palette, uint8 [256 3]: entry 0 is zero, entry 255 marks holes."""
    return _frozen(np.vstack([_ramp(_POSITIVE, LAST + 1), [_HOLE]]))


def map_range(values: np.ndarray | None) -> float | None:
    """The colour range of one map: the 99.5th percentile of |values|; None without a finite value.

    A map whose percentile is zero although it has other values (a few bright pixels) uses its maximum.
    """
    if values is None:
        return None
    size = np.abs(values[np.isfinite(values)], dtype=np.float64)
    if not size.size:
        return None
    limit = float(np.percentile(size, CLIP_PERCENTILE))
    return limit if limit > 0 else float(size.max())


def why_not_drawn(values: np.ndarray | None, why: str = "") -> str | None:
    """Why there is nothing to see, in words; None if the map can be drawn."""
    if values is None:
        return why or "There is no map."
    finite = np.isfinite(values)
    if not finite.any():
        return "The map holds no finite number."
    if not np.any(values[finite]):
        return "Every value is exactly zero."
    return None


def difference(original: np.ndarray | None, randomized: np.ndarray | None) -> Difference:
    """Randomized minus original, each divided by its own root mean square first."""
    if original is None or randomized is None:
        return Difference(None, "There are not two maps to compare.")
    scaled = []
    for name, values in (("original", original), ("randomized", randomized)):
        with np.errstate(over="ignore", invalid="ignore"):
            rms = float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))
        if not np.isfinite(rms) or rms == 0:
            state = "zero everywhere" if rms == 0 else "not finite everywhere"
            return Difference(None, f"The {name} map is {state}, so it has no scale to divide by.")
        scaled.append(values.astype(np.float64) / rms)
    return Difference((scaled[1] - scaled[0]).astype(np.float32))


def indices(values: np.ndarray, limit: float, *, signed: bool) -> np.ndarray:
    """Palette indices, uint8 [H W]: zero is drawn neutral, larger than the limit as the limit."""
    scaled = np.zeros(values.shape)
    finite = np.isfinite(values)
    if limit > 0:
        scaled[finite] = np.clip(values[finite].astype(np.float64) / limit, -1, 1)
    index = np.rint(ZERO + ZERO * scaled) if signed else np.rint(LAST * np.maximum(scaled, 0))
    return np.where(finite, index, NOT_A_NUMBER).astype(np.uint8)


def png(values: np.ndarray, limit: float, *, signed: bool = True) -> bytes:
    """A palette PNG of a map [H W] with colours from -limit (signed) or 0 to limit."""
    return _encode(indices(values, limit, signed=signed), signed)


def colour_bar(*, signed: bool = True) -> bytes:
    """A palette PNG, 255 by 1 pixels: the colours from the low end to the high end."""
    return _encode(np.arange(LAST + 1, dtype=np.uint8)[None, :], signed)


def photograph(rgb: np.ndarray) -> bytes:
    """A PNG of a picture, uint8 [H W 3]: no loss."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "PNG", compress_level=6)
    return out.getvalue()


def data_url(png_bytes: bytes) -> str:
    """The picture as an address that needs no server."""
    return "data:image/png;base64," + base64.b64encode(png_bytes).decode()


def _encode(index: np.ndarray, signed: bool) -> bytes:
    import io

    from PIL import Image

    image = Image.fromarray(index)
    image.putpalette((diverging() if signed else sequential()).tobytes())
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _ramp(colours: tuple[str, ...], steps: int) -> np.ndarray:
    """Colours between the given ones, float [steps 3], evenly spaced."""
    anchors = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], dtype=float)
    where = np.linspace(0, len(colours) - 1, steps)
    return np.stack([np.interp(where, range(len(colours)), anchors[:, i]) for i in range(3)], axis=1)


def _frozen(table: np.ndarray) -> np.ndarray:
    out = np.rint(table).astype(np.uint8)
    out.setflags(write=False)
    return out
