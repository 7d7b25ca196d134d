"""Checks in processes of their own: peak memory, and growth with depths, seeds, methods and size."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Mapping
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any

from benchmarks.networks import EMBEDDED, PICTURE
from benchmarks.rows import Row, Section, row
from benchmarks.setting import SMALL_CHECK, Setting

# Imported once, in the process from which each check's own is forked; xaicheck comes before torch.
PRELOAD = [
    "xaicheck",
    "xaicheck.engine.run",
    "xaicheck.batching.depth_batch",
    "torchvision",
    "timm",
    "captum.attr",
]

_GRADIENT = {"methods": ["gradient"]}
_FOUR = ["gradient", "input_x_gradient", "guided_backprop", "grad_cam"]
ONE, TEN = "Gradient, 19 blocks, 1 seed", "Gradient, 19 blocks, 10 seeds"
CHECKS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "Gradient, 5 blocks, 1 seed": _GRADIENT | {"depths": [4, 8, 12, 16, 19]},
        "Gradient, 10 blocks, 1 seed": _GRADIENT | {"depths": [*range(2, 20, 2), 19]},
        ONE: _GRADIENT,
        "Gradient, 19 blocks, 3 seeds": _GRADIENT | {"seeds": 3},
        TEN: _GRADIENT | {"seeds": 10},
        "2 methods, 19 blocks, 1 seed": {"methods": _FOUR[:2]},
        "4 methods, 19 blocks, 1 seed": {"methods": _FOUR},
        "Default panel, 19 blocks, 1 seed": {},
        "Gradient, Lite1 (240 px), 18 blocks, 1 seed": _GRADIENT | {"model": "efficientnet_lite1"},
        "Gradient, Lite2 (260 px), 18 blocks, 1 seed": _GRADIENT | {"model": "efficientnet_lite2"},
    }
)


def _check(answer: Connection, setting: Setting, settings: Mapping[str, Any]) -> None:
    import time

    from benchmarks.networks import network, picture
    from benchmarks.unit import BATCH, bare
    from xaicheck.engine import run as engine
    from xaicheck.models.samples import load as sample

    net = network(settings["model"], setting)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    engine.check(sample(PICTURE), device=setting.device, **settings)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = bare(net, picture(net))  # afterwards: it takes memory of its own
    unit()
    begin = time.perf_counter()
    unit()
    u = (time.perf_counter() - begin) / BATCH
    answer.send((seconds / u, peak / 1024, (peak - before) / 1024))


def check(setting: Setting, **settings: Any) -> tuple[float, float, float]:
    """A check alone in a process: its cost in u, the process' peak and what the check added, in MiB."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_check, args=(theirs, setting, {"model": EMBEDDED, **settings}))
    process.start()
    theirs.close()
    try:
        found: tuple[float, float, float] = mine.recv()
    except EOFError:
        raise RuntimeError(f"The check in its own process failed; settings: {settings}.") from None
    finally:
        process.join()
    return found


def growth(setting: Setting) -> Section:
    """Cost and peak memory of checks that differ in one thing."""
    rows: list[Row] = []
    peaks: dict[str, float] = {}
    for name, settings in ({"Gradient, 2 blocks": SMALL_CHECK} if setting.quick else CHECKS).items():
        cost, peaks[name], added = check(setting, **settings)
        rows.append(Row(name, cost, "u", None, "the whole check; u of that network"))
        rows.append(
            Row(name, peaks[name], "MiB", None, f"peak of the process; {added:.0f} of them by the check")
        )
    if TEN in peaks:
        rows.append(row("Peak memory, 10 seeds against 1", [peaks[TEN] / peaks[ONE]], "×", quoted=True))
    return Section("Growth: checks in processes of their own", tuple(rows))
