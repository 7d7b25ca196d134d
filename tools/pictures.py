"""`make pictures`: the README's screenshots and the icon, from the results that come with the program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tools.dashboard import ROOT, chromium, dashboard
from tools.look import settle

SHOTS = ROOT / "assets" / "screenshots"
WINDOW = {"width": 1440, "height": 1000}
ICON = 256  # pixels a side
COLOURS = 256  # of a screenshot's palette: maps have about as many


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: the page's address, and what of it is seen."""

    address: str
    height: int = 1000  # pixels from the top of the page


PICTURES = {
    "check": Shot("check", 1000),
    "lesson": Shot("lesson?step=2", 760),
    "story": Shot("story?card=3", 700),
    "ranking": Shot("ranking", 1080),
}
"""The pictures by file name; the README shows all of them."""


def main() -> None:
    """Writes assets/screenshots/*.png and assets/icon.png."""
    with chromium() as browser, dashboard() as address:
        for name, shot in PICTURES.items():
            path = SHOTS / f"{name}.png"
            _take(browser, f"{address}/{shot.address}", shot.height, path)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e3:.0f} kB")
        _icon(browser, ROOT / "assets" / "icon.png")


def shown() -> set[str]:
    """The names of the screenshots that the README shows."""
    return set(re.findall(r"assets/screenshots/(\w+)\.png", (ROOT / "README.md").read_text("utf-8")))


def _take(browser: Any, address: str, height: int, into: Path) -> None:
    window = WINDOW | {"height": height}
    page = browser.new_page(viewport=window, color_scheme="light", reduced_motion="reduce")
    page.set_default_timeout(60_000)
    page.goto(address)
    settle(page)
    page.mouse.move(0, 0)
    page.screenshot(path=into)
    page.close()
    _packed(into)


def _icon(browser: Any, into: Path) -> None:
    """Writes the logo as pixels, for browsers' tabs."""
    drawing = (ROOT / "assets" / "logo.svg").read_text("utf-8")
    page = browser.new_page(viewport={"width": ICON, "height": ICON})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{ICON}px}}</style>{drawing}")
    page.screenshot(path=into, omit_background=True)
    page.close()


def _packed(path: Path) -> None:
    """Writes the same picture with a palette: a third of the bytes."""
    with Image.open(path) as image:
        rgb = image.convert("RGB")
        # Many pixels of pale maps would crowd out the few of a thin line; the means are moved to all of them.
        small = rgb.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    main()
