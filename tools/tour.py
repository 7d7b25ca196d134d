"""A tour of all pages under fixed addresses: each seen in both themes, on a desk and on a phone."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tools import axe
from tools.axe import Finding
from tools.dashboard import ROOT
from tools.look import FirstScreen, faint, first_screen, overflow, settle, whole
from xaicheck.topics.lesson.steps import STEPS

THEMES = ("light", "dark")
WIDTHS: Mapping[str, tuple[int, int]] = {"desk": (1440, 1000), "phone": (390, 844)}
SCREENS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "desk": ((1280, 720), (1440, 900), (1920, 1080)),
    "phone": ((390, 844),),
}
"""The windows, by width, whose first screen is looked at."""
SCALE = 0.5  # of the pictures: a page of 5000 pixels is to be seen at once, and pictures take time
INTO = ROOT / "build" / "pages"
STOPS: Mapping[str, str] = {
    "check": "check",
    **{f"lesson {step}": f"lesson?step={step}" for step in range(1, len(STEPS) + 1)},
    "story": "story?card=all",
    "ranking": "ranking",
    "noise": "noise",
    "scales": "scales",
    "methods": "methods",
}
"""The addresses of the tour by name: results that come with the program, nothing is computed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One page in one theme at one width."""

    picture: Path
    overflow: int  # pixels beyond the right edge
    headings: int  # of the first level
    colours: int  # different ones in the picture: a blank page has few
    faint: tuple[str, ...]  # texts of charts that cannot be read well
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Tour:
    """Visits each page once for both themes, when somebody first asks for it."""

    browser: Any
    address: str
    into: Path = INTO
    errors: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # what the page's console said
    screens: dict[tuple[str, str], dict[tuple[int, int], FirstScreen]] = field(default_factory=dict)
    _windows: dict[str, Any] = field(default_factory=dict)
    _seen: dict[tuple[str, str], dict[str, Seen]] = field(default_factory=dict)

    def at(self, stop: str, width: str) -> dict[str, Seen]:
        """What is seen at a stop, by theme; `width` is a key of WIDTHS."""
        key = (stop, width)
        if key not in self._seen:
            self._seen[key] = self._visit(stop, width)
        return self._seen[key]

    def _visit(self, stop: str, width: str) -> dict[str, Seen]:
        page = self._window(width).new_page()
        try:
            said = self.errors.setdefault((stop, width), [])
            page.on("console", lambda message: said.extend(_error(message)))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"{self.address}/{STOPS[stop]}")
            settle(page)
            self.screens[stop, width] = {size: self._first(page, size) for size in SCREENS[width]}
            self._resize(page, WIDTHS[width])
            whole(page)
            return {theme: self._look(page, stop, width, theme) for theme in THEMES}
        finally:
            page.close()

    def _first(self, page: Any, size: tuple[int, int]) -> FirstScreen:
        self._resize(page, size)
        settle(page)
        return first_screen(page)

    @staticmethod
    def _resize(page: Any, size: tuple[int, int]) -> None:
        page.set_viewport_size({"width": size[0], "height": size[1]})

    def _window(self, width: str) -> Any:
        """The browser's window of this width: one for all stops, so that scripts are fetched once."""
        if width not in self._windows:
            across, down = WIDTHS[width]
            self._windows[width] = self.browser.new_context(
                viewport={"width": across, "height": down}, device_scale_factor=SCALE, reduced_motion="reduce"
            )
            self._windows[width].set_default_timeout(60_000)
        return self._windows[width]

    def _look(self, page: Any, stop: str, width: str, theme: str) -> Seen:
        page.emulate_media(color_scheme=theme)
        settle(page)
        picture = page.screenshot()
        self.into.mkdir(parents=True, exist_ok=True)
        path = self.into / f"{stop.replace(' ', '-')}-{width}-{theme}.png"
        path.write_bytes(picture)
        with Image.open(io.BytesIO(picture)) as image:
            colours = len(image.convert("RGB").resize((200, 200)).getcolors(40_000) or ())
        # The same elements in other colours: what does not depend on them was looked at in the first theme.
        broken = axe.findings(page, rules=() if theme == THEMES[0] else axe.OF_COLOUR)
        return Seen(path, overflow(page), page.locator("h1").count(), colours, faint(page), broken)


def _error(message: Any) -> tuple[str, ...]:
    """An error of the page's console; Streamlit's search for its server below a page's name is none."""
    where = str(message.location.get("url", ""))
    return (f"{message.text} {where}",) if message.type == "error" and "/_stcore/" not in where else ()
