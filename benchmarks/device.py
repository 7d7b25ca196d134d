"""What only a GPU can say: its speed beside Quantus, and its share of the measured arithmetic limit."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from benchmarks import engine, quantus_peer
from benchmarks.clock import seconds
from benchmarks.networks import at_leaves, network, picture
from benchmarks.quantus_peer import LAW
from benchmarks.rows import Row, Section, missing, row
from benchmarks.setting import Setting
from xaicheck.batching.depth_batch import Cascade
from xaicheck.types import Network

SEEDS = 10


def device(setting: Setting) -> Section:
    """The device's figures; a row that says so where there is none."""
    if setting.device != "cuda":
        return Section("GPU", (missing("ResNet-50, 107 layers, 10 seeds, gradient", "s", "no device"),))
    net = at_leaves(network("resnet50", setting))
    rows = figures(net, seeds=1 if setting.quick else SEEDS, size=1024 if setting.quick else 8192)
    return Section(f"{torch.cuda.get_device_name()}: {net.spec.label}, {len(net.blocks)} layers", tuple(rows))


class Operations(TorchDispatchMode):
    """Counts the floating-point operations of convolutions and products while it is entered.

    PyTorch's own counter hooks modules as well; those hooks fail where a gradient is asked for by its input.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.total += count(*args, **(kwargs or {}), out_val=found)
        return found


def limit(device: str, size: int) -> dict[str, float]:
    """Floating-point operations a second of a large product and a large convolution, in full float32."""
    a = torch.ones(size, size, device=device)
    maps = torch.ones(64, 256, 56, 56, device=device)[: max(1, size // 128)]
    kernel = torch.ones(256, 256, 3, 3, device=device)
    product = min(seconds(lambda: a @ a) for _ in range(5))
    convolution = min(seconds(lambda: torch.nn.functional.conv2d(maps, kernel, padding=1)) for _ in range(5))
    return {
        "matrix product": 2 * size**3 / product,
        "3 × 3 convolution": 2 * maps.numel() * 256 * 9 / convolution,
    }


def figures(net: Network, *, seeds: int, size: int) -> list[Row]:
    """The gradient at every layer for so many seeds, beside Quantus and beside the limit.

    Operations are counted as they are carried out: what is shared among depths counts once.
    """
    x, chosen, depths = picture(net), engine.choice("gradient"), tuple(range(1, len(net.blocks) + 1))

    def ours(count: int) -> None:
        for seed in range(count):
            engine.sweep(Cascade(net, depths=depths, seed=seed, **LAW), x, [chosen], depths)

    with Operations() as counter:
        ours(1)
    done = counter.total * seeds
    cuda = torch.cuda.is_available()
    before = torch.cuda.memory_allocated() if cuda else 0
    spent = seconds(lambda: ours(seeds))
    after = torch.cuda.memory_allocated() if cuda else 0
    limits = limit(net.device, size)
    most = max(limits.values())
    rows = [
        row(
            f"Gradient, {seeds} seeds: ours", (spent,), "s", "weights drawn and moved, all maps", quoted=True
        ),
        row("Share of the measured float32 limit", (100 * done / spent / most,), "%", quoted=True),
        *(row(f"Limit: {name}", (speed / 1e12,), "TFLOP/s", "TF32 off") for name, speed in limits.items()),
        row("Device memory kept by the job", ((after - before) / 2**20,), "MiB"),
    ]
    if quantus_peer.quantus() is None:
        return [*rows, missing("Gradient: Quantus", "s", "not installed")]
    walk = seconds(quantus_peer.mprt(net, x, chosen, scored=False))
    note = "one seed walked, times the seeds; no similarity"
    return [
        *rows,
        row(f"Gradient, {seeds} seeds: Quantus", (walk * seeds,), "s", note, quoted=True),
        row("Ours against Quantus", (walk * seeds / spent,), "× faster", quoted=True),
    ]
