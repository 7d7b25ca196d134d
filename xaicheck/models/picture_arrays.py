"""Arrays and tensors as pictures: what their numbers mean is declared by their type, or they are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from xaicheck.errors import BadImage
from xaicheck.models.picture_pixels import eight_bits

_SHAPES = {False: "an array has the shape H×W, H×W×1, H×W×3 or H×W×4",
           True: "a tensor has the shape H×W, 1×H×W, 3×H×W or 4×H×W"}  # fmt: skip


def known(picture: object) -> bool:
    """Whether it is an array or a tensor."""
    return isinstance(picture, np.ndarray) or _is_tensor(picture)


def opened(picture: Any) -> tuple[Image.Image, tuple[str, ...]]:
    """(the picture, what was done to it); colours last in an array, first in a tensor; the fourth is alpha.

    uint8: 0 to 255. uint16: 0 to 65535, stretched where it is less than a quarter of that. Floats: 0 to 1.
    bool: black and white. Anything else is ambiguous and raises BadImage.
    """
    tensor = _is_tensor(picture)
    values = _values(picture) if tensor else picture
    if np.ma.is_masked(values):
        raise BadImage("The array has masked pixels: fill them and try again.")
    values = np.asarray(values)
    if tensor and values.ndim == 3:
        values = values.transpose(1, 2, 0)
    channels = values.shape[2] if values.ndim == 3 else 1
    if values.ndim not in (2, 3) or channels not in (1, 3, 4) or not values.size:
        shape = "×".join(map(str, picture.shape)) or "none"
        raise BadImage(f"The picture has the shape {shape}: {_SHAPES[tensor]}.")
    notes: list[str] = []
    eight = _eight_bits(values, notes)
    return Image.fromarray(eight[..., 0] if values.ndim == 3 and channels == 1 else eight), tuple(notes)


def _is_tensor(picture: object) -> bool:
    return hasattr(picture, "detach") and hasattr(picture, "cpu")


def _values(tensor: Any) -> Any:
    try:
        tensor = tensor.detach().cpu()
        return (tensor.double() if tensor.is_floating_point() else tensor).numpy()
    except (TypeError, RuntimeError) as error:  # sparse, quantized, without storage
        raise BadImage("The tensor has no plain values: make it dense uint8 or float.") from error


def _eight_bits(values: np.ndarray, notes: list[str]) -> np.ndarray:
    """The values as uint8."""
    kind = values.dtype
    if kind == np.uint8:
        return np.ascontiguousarray(values)
    if kind.kind == "b":
        return values.astype(np.uint8) * np.uint8(255)
    if kind == np.uint16:
        colours = values[..., :3] if values.ndim == 3 else values
        eight = eight_bits(colours, notes)
        return (
            eight
            if colours.shape == values.shape
            else np.dstack([eight, (values[..., 3:] >> 8).astype(np.uint8)])
        )
    if kind.kind != "f":
        raise BadImage(
            f"Numbers of the type {kind} do not say what is white: give uint8 from 0 to 255, uint16 from 0 "
            "to 65535, or floats from 0 to 1."
        )
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):  # not-a-number too
        raise BadImage(
            f"The picture’s floats go from {low:.4g} to {high:.4g}: scale them to 0 for black and 1 for "
            "white, or give uint8 from 0 to 255."
        )
    return np.rint(values.astype(np.float64) * 255).astype(np.uint8)
