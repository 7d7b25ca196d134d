"""A contact sheet: many pictures small on one, each under its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL, GAP, LABEL = 300, 14, 24  # pixels
TALLEST = 4.5  # times as high as wide: what is longer is cut, its own file has all of it
GROUND, INK = "#d5d8de", "#1a1e26"


def montage(pictures: Mapping[str, Path], into: Path, *, columns: int) -> Path:
    """The path of the sheet that was written: the pictures row by row, as high as the highest of a row."""
    cells = [(name, _small(path)) for name, path in pictures.items()]
    rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
    heights = [LABEL + GAP + max(image.height for _, image in row) for row in rows]
    sheet = Image.new("RGB", (GAP + columns * (CELL + GAP), sum(heights) + GAP), GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, (name, image) in enumerate(row):
            left = GAP + column * (CELL + GAP)
            pen.text((left, top), name, INK, font)
            sheet.paste(image, (left, top + LABEL))
        top += height
    into.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(256).save(into, optimize=True)
    return into


def _small(path: Path) -> Image.Image:
    with Image.open(path) as image:
        high = round(image.height * CELL / image.width)
        small = image.convert("RGB").resize((CELL, high), Image.Resampling.LANCZOS, reducing_gap=2)
    return small.crop((0, 0, CELL, min(high, round(TALLEST * CELL))))
