"""How long the imports take, each in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.rows import Section, row
from benchmarks.setting import Setting

ROOT = Path(__file__).resolve().parents[1]
IMPORTS = {
    "import xaicheck": "xaicheck",
    "the page's frame (xaicheck.web.frame)": "xaicheck.web.frame",
    "import torch": "torch",
}


def _seconds(module: str) -> float:
    program = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def startup(setting: Setting) -> Section:
    """Seconds from a running interpreter to the imported module."""
    chosen = {"import xaicheck": "xaicheck"} if setting.quick else IMPORTS
    found: dict[str, list[float]] = {name: [] for name in chosen}
    for _ in range(setting.rounds):
        for name, module in chosen.items():
            found[name].append(_seconds(module))
    return Section("Start-up", tuple(row(name, times, "s", quoted=True) for name, times in found.items()))
