"""The default panel end to end: how long, when the first maps are there, and where the time goes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from benchmarks.clock import divided, in_units, seconds
from benchmarks.networks import EMBEDDED, PICTURE, network, picture
from benchmarks.profile import Profile
from benchmarks.rows import Row, Section, row
from benchmarks.setting import SMALL_CHECK, Setting
from benchmarks.unit import BATCH, bare
from xaicheck.engine import run as engine
from xaicheck.models.samples import load as sample
from xaicheck.types import Progress


class Watch:
    """A listener that notes, in seconds from its making, when the first maps can be seen."""

    def __init__(self) -> None:
        self.begin = time.perf_counter()
        self.original = self.randomized = self.end = math.nan

    def now(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self.begin

    def update(self, progress: Progress) -> None:
        """Look at what is known so far."""
        maps = () if progress.report is None else progress.report.attributions
        if maps and math.isnan(self.original):
            self.original = self.now()
        if math.isnan(self.randomized) and any(a.depth for a in maps):
            self.randomized = self.now()

    def check(self) -> None:
        """Never cancelled."""


def panel(setting: Setting) -> Section:
    """A check of one picture with the default methods and measures, one seed."""
    net = network(EMBEDDED, setting)
    repeat, rounds = (1, 1) if setting.quick else (5, 2)
    wanted = SMALL_CHECK if setting.quick else {}
    depths = len(wanted.get("depths", net.blocks))
    heard: list[Watch] = []

    def run() -> None:
        watch = Watch()
        engine.check(sample(PICTURE), device=setting.device, listener=watch, **wanted)
        watch.end = watch.now()
        heard.append(watch)

    base = bare(net, picture(net), repeat)
    base()
    costs = in_units(base, repeat * BATCH, {"panel": run}, rounds)["panel"]
    rows = [
        row("Whole panel", [watch.end for watch in heard], "s", quoted=True),
        row("Whole panel", divided(costs, depths), "u / block", quoted=True),
        row("First map", [w.original for w in heard], "s", "original; network loaded before", quoted=True),
        row("First randomized map", [watch.randomized for watch in heard], "s", quoted=True),
    ]
    return Section(f"Default panel on {net.spec.label}, {depths} blocks, 1 seed", (*rows, *_profile(run)))


def _profile(run: Callable[[], None]) -> list[Row]:
    with Profile() as profile:
        total = seconds(run)
    shares = profile.seconds | {"everything else": total - sum(profile.seconds.values())}
    found = sorted(shares.items(), key=lambda item: -item[1])
    return [Row(f"of that: {name}", 100 * part / total, "%", None, f"{part:.2f} s") for name, part in found]
