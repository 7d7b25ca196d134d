"""The picture inside a report: the square that the network saw, which is all of it that a run depends on."""

from __future__ import annotations

import base64
import binascii
import io

import numpy as np
from PIL import Image

from xaicheck.errors import BadRequest
from xaicheck.models import samples
from xaicheck.reading import heatmap
from xaicheck.types import ImageInput, ModelSpec, Report

MAX_BYTES = 4_000_000  # of the PNG; 260 by 260 pixels of noise take 0.2 million


def png(report: Report) -> bytes:
    """The square that the network saw, as a PNG without loss."""
    return heatmap.photograph(report.view)


def data_url(report: Report) -> str:
    """The same as an address that needs no server."""
    return heatmap.data_url(png(report))


def from_data_url(text: object) -> np.ndarray:
    """The pixels, uint8 [S S 3], that `data_url` wrote. BadRequest where there is no such picture."""
    head, _, body = text.partition(",") if isinstance(text, str) else ("", "", "")
    try:
        if head != "data:image/png;base64":
            raise ValueError("another kind of address")
        return from_png(base64.b64decode(body, validate=True))
    except (ValueError, binascii.Error) as error:
        raise BadRequest("The report holds no picture that can be read.") from error


def from_png(data: bytes) -> np.ndarray:
    """The pixels, uint8 [H W 3], of a PNG from a file that somebody gave us."""
    if len(data) > MAX_BYTES:
        raise BadRequest("The picture in the report is larger than any that this program writes.")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if max(picture.size) > 1024:  # the header's word, nothing is decoded yet
                raise BadRequest("The picture in the report is larger than any that this program writes.")
            return np.array(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise BadRequest("The report holds no picture that can be read.") from error


def stand_in(view: np.ndarray, spec: ModelSpec, sha256: str, name: str) -> ImageInput:
    """A picture of which the network sees exactly `view`, uint8 [S S 3], under the original's digest.

    The view lies where the centre crop takes it from, in a square that needs no resizing.
    """
    size, side = spec.size, spec.resize
    if view.shape != (size, size, 3):
        raise BadRequest(
            f"The picture in the report is not {size} by {size} pixels, as {spec.label} sees it."
        )
    start = round((side - size) / 2)
    rgb = np.zeros((side, side, 3), np.uint8)
    rgb[start : start + size, start : start + size] = view
    return ImageInput(sha256, name, rgb)


def sample_of(name: str, sha256: str) -> str | None:
    """The key of the gallery's picture with that file name and content; None for any other."""
    for key, sample in samples.SAMPLES.items():
        if sample.path.name == name:
            return key if samples.load(key).sha256 == sha256 else None
    return None
