"""Computes the results that come with the page Activation scales; what an earlier run did is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from xaicheck.experiments import command
from xaicheck.experiments.scales import block, data, first_norm, methods, residual, store
from xaicheck.experiments.scales.setting import DEPTHS, SHIPPED
from xaicheck.experiments.scales.trained import layer_data


def main(arguments: list[str] | None = None) -> None:
    """Computes what is not in the folder of parts yet, then writes the file."""
    parser = command.parser("xaicheck.experiments.scales", __doc__, store.FILE)
    parser.add_argument(
        "--parts", type=Path, default=Path("build/scales"), help="folder of finished parts (%(default)s)"
    )
    given = parser.parse_args(arguments)
    from xaicheck.engine.run import versions

    start = time.perf_counter()

    def part(name: str, kind: Any, compute: Callable[[], Any]) -> Any:
        path = given.parts / f"{name}.zip"
        known = store.load(path, kind)
        if known is None:
            known = compute()
            store.save(known, path)
            print(f"\r{name}: {time.perf_counter() - start:.0f} s after the start", flush=True)
        return known

    layer = part("layer", data.LayerData, lambda: layer_data(listener=command.Line("last layer")))
    blocks = tuple(
        part(
            f"block-{setting.key()}",
            data.BlockResult,
            partial(block.compute, setting, seeds=seeds, listener=command.Line(setting.key())),
        )
        for setting, seeds in SHIPPED.items()
    )
    rows = part(
        "methods",
        tuple[tuple[int, tuple[data.MapRow, ...]], ...],
        lambda: methods.compute(DEPTHS, say=lambda line: print(f"\r{line}", end="")),
    )
    turns = part("residual", tuple[data.ResidualRow, ...], residual.compute)
    norms = part("first_norm", tuple[data.NormRow, ...], first_norm.compute)
    seconds = sum(result.seconds for result in blocks)
    whole = data.Shipped(layer, blocks, rows, turns, norms, versions(), seconds)
    command.written(given.out, store.save(whole, given.out), store.MAX_BYTES)


if __name__ == "__main__":
    main()
