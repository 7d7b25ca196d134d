"""Colours as their file declares them -> sRGB, which the networks were trained on."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms

from xaicheck.models.picture_files import BROKEN

SAME = 2  # grey levels: a profile that changes no colour by more is sRGB, rounded
MAX_NAME = 40  # characters of a profile's name
_PRIMARIES = {9: "the wide colours of BT.2020", 11: "P3 colours", 12: "P3 colours"}  # of ITU-T H.273
_CURVES = {16: "HDR brightness (PQ)", 18: "HDR brightness (HLG)"}
_SRGB = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # white, red, green, blue
_SPACES = {"RGB ": ("RGB",), "GRAY": ("L",), "CMYK": ("CMYK",), "Lab ": ("LAB",)}
_EXACT = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE


def srgb(picture: Image.Image, info: Mapping[Any, Any], notes: list[str]) -> Image.Image:
    """The picture, L, RGB, CMYK or LAB, the first two with alpha or without, in sRGB: L, RGB, LA or RGBA.

    `info`: of the file: its profile, or a PNG's gamma.
    """
    alpha = picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None
    colours = picture if alpha is None else picture.convert(picture.mode[:-1])
    profile, gamma = info.get("icc_profile"), info.get("gamma")
    if profile:
        converted = _by_profile(colours, profile, notes)
    elif isinstance(gamma, float) and "srgb" not in info:
        converted = _by_gamma(colours, gamma, notes)
    else:
        converted = colours
    if converted.mode == "CMYK":
        if not profile:
            notes.append("CMYK without a profile: its colours are approximate")
        converted = converted.convert("RGB")
    elif converted.mode == "LAB":
        known = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.buildTransform(*known, "LAB", "RGB").apply(converted)
    if converted is colours:
        return picture
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def ignored(data: bytes, picture: Image.Image) -> tuple[str, ...]:
    """What a file without a profile declares of its colours that is not followed here, in words."""
    if picture.info.get("icc_profile"):
        return ()
    at = data.find(b"cICP" if picture.format == "PNG" else b"colrnclx")
    if at >= 0 and picture.format in ("PNG", "AVIF", "HEIF"):
        codes = data[at + 4 : at + 6] if picture.format == "PNG" else data[at + 9 : at + 12 : 2]
        known = (table.get(code) for table, code in zip((_PRIMARIES, _CURVES), codes, strict=False))
        return tuple(name for name in known if name)
    primaries = picture.info.get("chromaticity")  # of a PNG
    if primaries and "srgb" not in picture.info and not np.allclose(primaries, _SRGB, atol=0.005):
        return ("other primary colours",)
    try:
        interoperability = picture.getexif().get_ifd(ExifTags.IFD.Interop).get(1)
    except BROKEN:
        return ()
    return ("Adobe RGB",) if str(interoperability).startswith("R03") else ()


def _by_profile(colours: Image.Image, profile: object, notes: list[str]) -> Image.Image:
    try:
        known = ImageCms.ImageCmsProfile(io.BytesIO(profile))  # type: ignore[arg-type]  # TypeError below
        modes = _SPACES[known.profile.xcolor_space]
        given = colours.convert("RGB") if modes == ("RGB",) and colours.mode == "L" else colours
        if given.mode not in modes:
            raise ValueError("a profile for other colours")
        target = ImageCms.createProfile("sRGB")
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        move = ImageCms.buildTransform(known, target, given.mode, "RGB", intent, _EXACT)
        name = ImageCms.getProfileDescription(known)
        if _changes(move, given.mode):
            if given.mode != "LAB":  # which has no other meaning
                notes.append(
                    f"colours converted from {printable(name, MAX_NAME) or 'another profile'} to sRGB"
                )
            return move.apply(given)
    except (ImageCms.PyCMSError, *BROKEN):
        notes.append("its colour profile cannot be used: colours read as sRGB")
    return colours


def _changes(move: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether a transform moves any of some hundred colours; one from CMYK always does."""
    if mode not in ("L", "RGB"):
        return True
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    tried = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(27, 27, 3)
    if mode == "L":
        tried = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, -1)
    asked = Image.fromarray(tried if mode == "RGB" else tried[..., 0])
    moved = np.asarray(move.apply(asked)).astype(int)
    return bool(np.abs(moved - tried).max() > SAME)


def _by_gamma(colours: Image.Image, gamma: float, notes: list[str]) -> Image.Image:
    """A PNG's colours whose values are light to the power `gamma`, as its header says; sRGB has 1/2.2."""
    power = 1 / (2.2 * gamma) if 0.01 < gamma < 100 else 1.0
    if abs(power - 1) < 0.05:
        return colours
    notes.append(f"converted from gamma {gamma:.3g} to that of sRGB")
    curve = np.rint(255 * np.linspace(0, 1, 256) ** power).astype(int).tolist()
    return colours.point(curve * len(colours.getbands()))


def printable(text: str, most: int) -> str:
    """What of a text from outside can be shown: one line, at most that many characters; may hold markup."""
    visible = "".join(c for c in text if unicodedata.category(c)[0] not in "CZ" or c == " ").strip(" .")
    return visible[: most - 1] + "…" if len(visible) > most else visible
