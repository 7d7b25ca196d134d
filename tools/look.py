"""A look at one page as a visitor has it: settled, whole, and what is wrong with it."""

from __future__ import annotations

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
    """Nothing; waits until the page shows all that it has."""
    page.wait_for_function(SETTLED, polling=250, timeout=1000 * seconds)


def whole(page: Any, *, most: int = 16_000) -> None:
    """Nothing; makes the window as high as the page, so that one picture holds all of it."""
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(height, most)})
    settle(page)


def overflow(page: Any) -> int:
    """How many pixels of the page lie beyond its right edge."""
    main = page.get_by_test_id("stMain")
    return int(main.evaluate("e => e.scrollWidth - e.clientWidth"))
