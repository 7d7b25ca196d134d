"""What a visitor waits for: first paint, a move of the scrubber, and how much has to come over the line."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.rows import Row, Section, missing, row
from benchmarks.setting import Setting
from tools.dashboard import CannotStart, chromium, dashboard
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import METHODS
from xaicheck.reading.numbers import Reading
from xaicheck.report import page
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode

MAPS = 60
# Seconds to wait before each: when its first visitor has been served, a server imports torch.
VISITORS = {"first visitor": 0, "a later one": 20}
SETTLED = 4000  # milliseconds: the charts below are drawn, too
SCRUB = """async () => {
  const roots = [...document.querySelectorAll('*')].map((element) => element.shadowRoot);
  const root = roots.find((one) => one?.querySelector('.xv-range'));
  const range = root.querySelector('.xv-range'), found = [];
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let index = 0; index <= Number(range.max); index++) {
    await painted();
    const begun = performance.now();
    range.value = index;
    range.dispatchEvent(new Event('input', {bubbles: true}));
    const drawn = performance.now() - begun;
    await painted();
    found.push([drawn, performance.now() - begun]);
  }
  return found;
}"""


def browser(setting: Setting) -> Section:
    """Seconds from the address to the finding and to all maps, milliseconds a move, and bytes."""
    try:
        with ThreadPoolExecutor(1) as apart:  # Playwright wants a thread without an event loop
            rows = apart.submit(_visits, setting).result()
    except CannotStart as error:
        rows = [missing("First paint", "s", str(error))]
    return Section("In the browser, 8 methods at 20 depths", (*rows, *_sizes()))


def _visits(setting: Setting) -> list[Row]:
    found: dict[str, list[float]] = {}
    moves: list[tuple[float, float]] = []
    with chromium() as browser:
        for _ in range(setting.rounds):
            with dashboard() as address:
                for visitor, pause in VISITORS.items():
                    time.sleep(0 if setting.quick else pause)
                    context = browser.new_context(viewport={"width": 1440, "height": 1000})
                    tab = context.new_page()
                    for what, seconds in _visit(tab, address).items():
                        found.setdefault(f"{what}, {visitor}", []).append(seconds)
                    tab.wait_for_timeout(SETTLED)
                    moves += [tuple(pair) for pair in tab.evaluate(SCRUB)]
                    context.close()
    drawn, painted = zip(*moves, strict=True)
    return [
        *(
            row(what, times, "s", "the first finds a server that has just started", quoted=True)
            for what, times in found.items()
        ),
        row("A move of the scrubber: 24 pictures drawn", drawn, "ms", "all depths", quoted=True),
        row("A move of the scrubber: painted", painted, "ms", "to the next frame", quoted=True),
    ]


def _visit(tab: Any, address: str) -> dict[str, float]:
    begin = time.perf_counter()
    tab.goto(address)
    tab.locator("h1").first.wait_for(timeout=120_000)
    heading = time.perf_counter() - begin
    tab.locator(".xv[data-ready=true]").wait_for(timeout=120_000)
    return {"Finding": heading, "Maps": time.perf_counter() - begin}


def _sizes() -> list[Row]:
    report = shipped.load()
    if report is None:
        return [missing("Bytes", "MB", "no stored results")]
    reading = Reading(report)
    some = {key: METHODS[key] for key in reading.methods[: MAPS // len(report.depths)]}

    def megabytes(**settings: Any) -> tuple[float]:
        return (len(encode(scene(reading, report.request.measures, **settings))) / 1e6,)

    return [
        row(f"{MAPS} maps of {len(some)} methods", megabytes(methods=some), "MB", quoted=True),
        row("All maps", megabytes(methods=METHODS), "MB", quoted=True),
        row("The report", (len(page.build(report).encode()) / 1e6,), "MB", quoted=True),
    ]
