"""Times xaicheck and its peers side by side, prints the tables and writes them as JSON."""

from __future__ import annotations

# Before torch: it tells OpenMP how waiting threads wait.
import xaicheck  # noqa: F401  # isort: skip

import argparse
import datetime
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from benchmarks import answers, basics, browser, curves, depths, device, fresh, panel, report, startup
from benchmarks.machine import machine
from benchmarks.rows import Section
from benchmarks.setting import Setting
from xaicheck.models.device import resolve

ROOT = Path(__file__).resolve().parents[1]

SECTIONS: Mapping[str, Callable[[Setting], Section]] = MappingProxyType(
    {
        "unit": basics.unit,
        "blocks": depths.blocks,
        "leaves": depths.leaves,
        "others": depths.others,
        "together": basics.together,
        "panel": panel.panel,
        "curves": curves.curves,
        "measures": curves.measures,
        "growth": fresh.growth,
        "startup": startup.startup,
        "answers": answers.answers,
        "browser": browser.browser,
        "device": device.device,
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status; prints each section as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--quick", action="store_true", help="run through everything once, measure nothing")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS))
    parser.add_argument("--out", type=Path, help="the JSON file; default: build/bench/bench-<date>.json")
    parser.add_argument(
        "--readme", type=Path, metavar="JSON", help="measure nothing; quote that run in README"
    )
    given = parser.parse_args(arguments)
    if given.readme:
        return _quote(given.readme)
    date = datetime.date.today().isoformat()
    setting = Setting(resolve(given.device), given.quick)
    out = given.out or ROOT / "build" / "bench" / f"bench-{date}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    begin, about, sections = time.perf_counter(), machine(setting.device), []
    for key in given.only:
        before = time.perf_counter()
        sections.append(SECTIONS[key](setting))
        print(report.table(sections[-1:]), end="\n\n", flush=True)
        print(f"{key}: {time.perf_counter() - before:.0f} s", file=sys.stderr)
        # After every section: what was measured outlives an interruption.
        seconds = time.perf_counter() - begin
        found = report.as_json(sections, about, date=date, quick=given.quick, seconds=seconds)
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{out}: {seconds:.0f} s", file=sys.stderr)
    return 0


def _quote(run: Path) -> int:
    found, path = json.loads(run.read_text(encoding="utf-8")), ROOT / "README.md"
    path.write_text(report.readme(path.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
