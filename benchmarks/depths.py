"""The cost per depth of every method, ours and the peers', at a network's blocks and at all its layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks import engine, quantus_peer
from benchmarks.clock import divided, in_units
from benchmarks.contest import UNIT, contest
from benchmarks.networks import EMBEDDED, at_leaves, network, picture, spaced
from benchmarks.quantus_peer import LAW
from benchmarks.rows import Row, Section, row
from benchmarks.setting import Setting
from benchmarks.unit import BATCH, bare
from xaicheck.batching.depth_batch import Cascade
from xaicheck.similarity.comparisons import several
from xaicheck.types import Network

CHEAP = ("gradient", "input_x_gradient", "grad_cam", "guided_backprop", "guided_grad_cam")
SAMPLED = ("integrated_gradients", "smoothgrad")


def blocks(setting: Setting) -> Section:
    """Every method at the blocks of EfficientNet-Lite0."""
    net = network(EMBEDDED, setting)
    depths = tuple(range(1, len(net.blocks) + 1))[-2 if setting.quick else 0 :]
    methods = [engine.choice(key) for key in (*CHEAP, *SAMPLED, "lrp")]
    methods.append(engine.choice("occlusion", window=64, stride=32))
    if setting.quick:
        methods = [engine.choice("gradient"), engine.choice("integrated_gradients", steps=4)]
    rows: list[Row] = []
    for chosen in methods:
        dear = engine.passes(chosen) > 2
        some = depths[1::2] if dear and not setting.quick else depths
        rows += contest(net, chosen, some, rounds=min(setting.rounds, 2 if dear else 3), copies=3)
    return Section(f"{net.spec.label}, its {len(net.blocks)} blocks", tuple(rows))


def leaves(setting: Setting) -> Section:
    """The methods with every layer a block, the cheap ones beside Quantus, and the whole of one check."""
    net = at_leaves(network(EMBEDDED, setting))
    every = tuple(range(1, len(net.blocks) + 1))
    depths = every[-2:] if setting.quick else every
    rows: list[Row] = []
    for key in CHEAP[: 1 if setting.quick else 3]:
        walk = key != "grad_cam"  # Quantus stops at a map of zeros
        chosen = engine.choice(key)
        rows += contest(net, chosen, depths, rounds=setting.rounds, copies=4, walk=walk, quoted=True)
    for key in SAMPLED[: 0 if setting.quick else 2]:
        some = spaced(len(every), 12)
        rows += contest(net, engine.choice(key), some, rounds=2, copies=3, quoted=True)
    rows += _whole(net, depths, min(setting.rounds, 2))
    return Section(f"{net.spec.label}, its {len(every)} layers", tuple(rows))


def others(setting: Setting) -> Section:
    """The gradient at every layer of two untrained networks."""
    rows: list[Row] = []
    for key in ("resnet18",) if setting.quick else ("resnet18", "resnet50"):
        net = at_leaves(network(key, setting))
        every = tuple(range(1, len(net.blocks) + 1))
        depths = every[-2:] if setting.quick else every
        rounds = setting.rounds if len(every) < 100 else 1
        chosen = engine.choice("gradient")
        found = contest(net, chosen, depths, rounds=rounds, copies=3, walk=True, quoted=True)
        rows += [replace(row, what=f"{net.spec.label}, {len(every)} layers: {row.what}") for row in found]
    return Section("Other networks, untrained", tuple(rows))


def _whole(net: Network, depths: Sequence[int], rounds: int) -> list[Row]:
    """A whole gradient check: weights drawn, original and randomized maps, each scored by Spearman."""
    x, chosen = picture(net), engine.choice("gradient")

    def ours(**law: Any) -> None:
        cascade = Cascade(net, depths=depths, **law)
        score = several(("spearman",), engine.one(net, x, chosen, (0,))[0])
        for values in engine.sweep(cascade, x, [chosen], depths)[chosen.key]:
            score(values)

    contenders: dict[str, Callable[[], object]] = {
        "ours": partial(ours, **LAW),
        "ours, He normal, recalibrated": ours,
    }
    counts = dict.fromkeys(contenders, len(depths)) | {"Quantus": len(net.blocks)}
    if quantus_peer.quantus() is not None:
        contenders["Quantus"] = quantus_peer.mprt(net, x, chosen, scored=True)
    base = bare(net, x, 3)
    base()
    costs = in_units(base, 3 * BATCH, contenders, rounds)
    note = "weights, original map, all maps, Spearman"
    return [
        row(f"Whole gradient check: {name}", divided(cost, counts[name]), UNIT, note, quoted=True)
        for name, cost in costs.items()
    ]
