"""Bytes from anywhere -> ImageInput, and ImageInput -> the square that a network sees."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from xaicheck.errors import BadImage
from xaicheck.models import picture_arrays, picture_colours, picture_files, picture_pixels
from xaicheck.types import ImageInput

if TYPE_CHECKING:
    import torch

    from xaicheck.types import ModelSpec

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 40  # characters

_RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
_GIVE = "give a path, the bytes of a picture file, a PIL image, an array or a tensor"

# The sample whose numbers came with the program before profiles were read: its Adobe RGB colours stay as they
# stand until the gallery is computed again.
_AS_IT_STANDS = "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c"

# Two at a time: this bounds what all uploads together can take.
_decoding = threading.BoundedSemaphore(2)


def read(picture: object) -> ImageInput:
    """A picture of any kind, decoded.

    `picture`: a path; the bytes of a picture file, or the open file; a PIL image; an array or tensor, as in
    `picture_arrays.opened`; an ImageInput as it stands. Raises BadImage, with one sentence for the user.
    """
    if isinstance(picture, ImageInput):
        return picture
    if isinstance(picture, (str, os.PathLike)):
        return _file(os.fsdecode(picture))
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return decode(bytes(picture), "picture")
    if isinstance(picture, Image.Image):
        return from_picture(picture)
    reads: Callable[[int], Any] | None = getattr(picture, "read", None)
    if callable(reads):
        name = getattr(picture, "name", "")
        return decode(_bytes(reads), name if isinstance(name, str) else "")
    if picture_arrays.known(picture):
        opened, notes = picture_arrays.opened(picture)
        return from_picture(opened, notes=notes)
    raise BadImage(f"{type(picture).__name__} is no picture: {_GIVE}.")


def _file(path: str) -> ImageInput:
    """The picture of a path; every error names it."""
    shown = path or "An empty path"
    try:
        if not stat.S_ISREG(os.stat(path).st_mode) and not os.path.isdir(path):  # it may have no end
            raise BadImage(f"{shown}: it is no plain file; give the path of a {picture_files.NAMES} file.")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        reason = getattr(error, "strerror", None) or error
        raise BadImage(f"{shown}: {reason}; give the path of a {picture_files.NAMES} file.") from error
    try:
        return decode(data, os.path.basename(path))
    except BadImage as error:
        raise BadImage(f"{shown}: {error}") from error


def _bytes(reads: Callable[[int], Any]) -> bytes:
    """What an open file gives, one byte more than is allowed at most."""
    try:
        data = reads(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: it is closed
        raise BadImage("The file cannot be read: open it again and give it once more.") from error
    if not isinstance(data, bytes):
        raise BadImage('The file gives no bytes: open it with mode "rb".')
    return data


def decode(data: bytes, name: str) -> ImageInput:
    """The picture in `data`: upright, sRGB, over white where transparent, at most 1024 px a side.

    Of several pictures in the file the first is taken, or its main one. `sha256` is of the bytes as given;
    `notes` say what was done to the picture. Raises BadImage, with one sentence for the user, where there is
    no picture or it is too large, too thin or damaged.
    """
    if not data:
        raise BadImage("The file is empty: choose another picture.")
    if len(data) > MAX_BYTES:
        raise BadImage(
            f"The file has more than the {MAX_BYTES >> 20} MB allowed: save a smaller copy and try again."
        )
    digest = hashlib.sha256(data).hexdigest()
    with _decoding, picture_files.own_settings(), picture_files.opened(data) as picture:
        if digest == _AS_IT_STANDS:
            del picture.info["icc_profile"]
        rgb, notes = picture_pixels.kept(picture)
        if picture_files.cut_short(data, picture):
            raise BadImage(picture_files.DAMAGED)
        ignored = picture_colours.ignored(data, picture)
    if digest == _AS_IT_STANDS:
        ignored = ("Adobe RGB",)
    if ignored:
        notes += (f"colours read as sRGB, though the file declares {' and '.join(ignored)}",)
    return ImageInput(digest, display_name(name), rgb, notes)


def from_picture(
    picture: Image.Image,
    name: str = "picture",
    notes: tuple[str, ...] = (),
) -> ImageInput:
    """A PIL image as an ImageInput; `sha256` is of its size and pixels as kept. `notes`: on its making."""
    picture_files.check_size(*picture.size, picture_files.MAX_PIXELS_PHONE)
    with _decoding, picture_files.own_settings():
        rgb, more = picture_pixels.kept(picture)
    digest = hashlib.sha256(repr(rgb.shape).encode() + rgb.tobytes()).hexdigest()
    return ImageInput(digest, display_name(name), rgb, (*notes, *more))


def display_name(name: str) -> str:
    """At most 40 printable characters of the last part of a file name; markup in it is NOT escaped."""
    return picture_colours.printable(re.split(r"[/\\]", name)[-1], MAX_NAME) or "picture"


def model_view(picture: Image.Image | np.ndarray | ImageInput, spec: ModelSpec) -> np.ndarray:
    """What the network sees, uint8 [S S 3] with S = spec.size: shorter side resized, centre cropped.

    The same pixels as torchvision's Resize(spec.resize) and CenterCrop(spec.size) give on the picture as it
    is read, which Pillow always antialiases; where the resized picture is smaller than S, black is added
    around it. An array is uint8 [H W 3].
    """
    if isinstance(picture, Image.Image):
        picture = from_picture(picture)
    rgb = Image.fromarray(picture.rgb if isinstance(picture, ImageInput) else picture)
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
