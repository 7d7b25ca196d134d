"""`python -m xaicheck.experiments.scales`: computes the results that come with the page Activation scales."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from xaicheck.experiments.scales import block, methods, residual, store
from xaicheck.experiments.scales.data import Shipped
from xaicheck.experiments.scales.setting import DEPTHS, SHIPPED
from xaicheck.experiments.scales.trained import layer_data


class _Printer:
    """Says on one line of the terminal how far an experiment is."""

    def __init__(self, name: str) -> None:
        self.name = name

    def update(self, progress: Any) -> None:
        """Nothing; the line is written over."""
        print(f"\r{self.name}: {progress.note:40.40}", end="", flush=True)

    def check(self) -> None:
        """Never cancelled."""


def main() -> None:
    """Nothing; computes what is not in the folder of parts yet, then writes the file."""
    parser = argparse.ArgumentParser(prog="python -m xaicheck.experiments.scales", description=__doc__)
    parser.add_argument("--parts", type=Path, default=Path("build/lab"), help="folder of finished parts")
    parser.add_argument("--out", type=Path, default=store.FILE, help="the file to write")
    chosen = parser.parse_args()
    from xaicheck.engine.run import versions

    start = time.perf_counter()

    def part(name: str, make: Any) -> Any:
        path = chosen.parts / f"{name}.zip"
        known = store.load(path)
        if known is None:
            known = make()
            store.save(known, path)
            print(f"\r{name}: {time.perf_counter() - start:.0f} s after the start", flush=True)
        return known

    layer = part("layer", lambda: layer_data(listener=_Printer("last layer")))
    blocks = tuple(
        part(
            f"block-{setting.key()}",
            lambda s=setting, n=seeds: block.compute(s, seeds=n, listener=_Printer(s.key())),
        )
        for setting, seeds in SHIPPED.items()
    )
    rows = part("methods", lambda: methods.compute(DEPTHS, say=lambda line: print(f"\r{line}", end="")))
    turns = part("residual", residual.compute)
    seconds = sum(result.seconds for result in blocks)
    size = store.save(Shipped(layer, blocks, rows, turns, versions(), seconds), chosen.out)
    print(f"\n{chosen.out}: {size / 1e3:.0f} kB")
    if size > store.MAX_BYTES:
        raise SystemExit(f"The file is larger than {store.MAX_BYTES / 1e3:.0f} kB.")


if __name__ == "__main__":
    main()
