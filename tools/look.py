"""A look at one page as a visitor has it: settled, whole, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.dashboard import ROOT

PAGES = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py")))
SETTLED = """() => {
  const hosts = [...document.querySelectorAll("*")].filter((e) => e.shadowRoot);
  const rooms = [document, ...hosts.map((e) => e.shadowRoot)];
  const deep = (what) => rooms.flatMap((room) => [...room.querySelectorAll(what)]);
  const app = document.querySelector(".stApp");
  const drawn = [...document.querySelectorAll(".stPlotlyChart")].every((c) => c.querySelector(".main-svg"));
  const main = document.querySelector("[data-testid=stMain]");
  const busy = document.querySelector('[data-testid=stSkeleton],[data-stale="true"],[aria-busy="true"]');
  const still = window.__height === main?.scrollHeight;
  window.__height = main?.scrollHeight;
  const done = app?.dataset.testScriptState === "notRunning" && deep("h1").length;
  const maps = deep(".xv").every((viewer) => viewer.dataset.ready === "true");
  return done && maps && drawn && !busy && still;
}"""
"""True once nothing runs, every chart is drawn and the page was as high a moment ago."""


def settle(page: Any, *, seconds: float = 60) -> None:
    """Waits until the page shows all that it has."""
    page.wait_for_function(SETTLED, polling=120, timeout=1000 * seconds)


def whole(page: Any, *, most: int = 16_000) -> None:
    """Makes the window as high as the page, so that one picture holds all of it."""
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(height, most)})
    settle(page)


def overflow(page: Any) -> int:
    """How many pixels of the page lie beyond its right edge."""
    main = page.get_by_test_id("stMain")
    return int(main.evaluate("e => e.scrollWidth - e.clientWidth"))


FIRST_SCREEN = (ROOT / "tools" / "first_screen.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the window."""

    left: float
    top: float
    right: float
    bottom: float

    def shown(self, height: float) -> float:
        """The share of it that a window of this height shows before anybody scrolls."""
        return (min(self.bottom, height) - self.top) / (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What is seen before anybody scrolls."""

    finding: Box
    picture: Box | None  # the highest one; None: the page has none
    over: tuple[str, ...]  # pairs of texts that lie over each other


def first_screen(page: Any) -> FirstScreen:
    """The finding, the highest picture and texts over texts, as the page stands before anybody scrolls."""
    found = page.evaluate(FIRST_SCREEN)
    picture = Box(**found["picture"]) if found["picture"] else None
    return FirstScreen(Box(**found["finding"]), picture, tuple(found["over"]))


FAINT = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = light(channels(getComputedStyle(document.querySelector(".stApp")).backgroundColor));
  const told = [...document.querySelectorAll(".js-plotly-plot :is(.cartesianlayer,.infolayer) text")];
  return told.filter((e) => e.textContent.trim()).map((e) => {
    const [low, high] = [light(channels(getComputedStyle(e).fill)), ground].sort((a, b) => a - b);
    return [e.textContent, (high + 0.05) / (low + 0.05)];
  }).filter(([, contrast]) => contrast < 4.5).map(([text, contrast]) => `${text}: ${contrast.toFixed(2)}`);
}"""
"""The texts of charts that are too faint on the page's ground; axe does not judge text over drawings."""


def faint(page: Any) -> tuple[str, ...]:
    """The texts of charts with less contrast than 4.5, each with its own."""
    return tuple(page.evaluate(FAINT))
