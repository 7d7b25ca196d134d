"""The cost per depth of every method, ours and the peers', at a network's blocks and at all its layers."""

from __future__ import annotations

from collections.abc import Callable
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
from xaicheck.cascade import Cascade
from xaicheck.similarity import several
from xaicheck.types import Network

CHEAP = ("gradient", "input_x_gradient", "grad_cam", "guided_backprop", "guided_grad_cam")
SAMPLED = ("integrated_gradients", "smoothgrad")


def blocks(setting: Setting) -> Section:
    """Every method at the blocks of EfficientNet-Lite0."""
    net = network(EMBEDDED, setting.device)
    depths = spaced(len(net.blocks), 2 if setting.quick else 99)
    few = {"steps": 4} if setting.quick else {}
    methods = [engine.choice("gradient"), engine.choice("integrated_gradients", **few)]
    if not setting.quick:
        methods = [engine.choice(key) for key in (*CHEAP, *SAMPLED, "lrp")]
        methods.append(engine.choice("occlusion", window=64, stride=32))
    rows: list[Row] = []
    for chosen in methods:
        rounds = setting.rounds if engine.passes(chosen) < 2 else min(setting.rounds, 2)
        rows += contest(net, chosen, depths, rounds=rounds, copies=3)
    return Section(f"{net.spec.label}, its {len(net.blocks)} blocks", tuple(rows))


def leaves(setting: Setting) -> Section:
    """The cheap methods with every layer a block, beside Quantus, and the whole of one check."""
    net = at_leaves(network(EMBEDDED, setting.device))
    every = tuple(range(1, len(net.blocks) + 1))
    depths = every[-2:] if setting.quick else every
    rows: list[Row] = []
    for key in ("gradient",) if setting.quick else ("gradient", "input_x_gradient", "grad_cam"):
        rows += contest(
            net,
            engine.choice(key),
            depths,
            rounds=setting.rounds,
            copies=4,
            walk=not setting.quick and key != "grad_cam",  # Quantus stops at a map of zeros
            quoted=True,
        )
    if not setting.quick:
        for key in SAMPLED:
            some = spaced(len(every), 12)
            rows += contest(net, engine.choice(key), some, rounds=2, copies=3, quoted=True)
        rows += whole(net, setting)
    return Section(f"{net.spec.label}, its {len(every)} layers", tuple(rows))


def others(setting: Setting) -> Section:
    """The gradient at every layer of two untrained networks."""
    rows: list[Row] = []
    for key in () if setting.quick else ("resnet18", "resnet50"):
        net = at_leaves(network(key, setting.device))
        every = tuple(range(1, len(net.blocks) + 1))
        rounds = setting.rounds if len(every) < 100 else 1
        found = contest(
            net, engine.choice("gradient"), every, rounds=rounds, copies=3, walk=True, quoted=True
        )
        named = f"{net.spec.label}, {len(every)} layers"
        rows += [Row(f"{named}: {r.what}", r.value, r.unit, r.spread, r.note, r.quoted) for r in found]
    return Section("Other networks, untrained", tuple(rows))


def whole(net: Network, setting: Setting) -> list[Row]:
    """A whole gradient check: weights drawn, original and randomized maps, each scored by Spearman."""
    x, chosen, depths = picture(net), engine.choice("gradient"), tuple(range(1, len(net.blocks) + 1))

    def ours(**law: Any) -> None:
        cascade = Cascade(net, depths=depths, **law)
        score = several(("spearman",), engine.one(net, x, chosen, (0,))[0])
        for values in engine.sweep(cascade, x, [chosen], depths)[chosen.key]:
            score(values)

    contenders: dict[str, Callable[[], object]] = {
        "ours": partial(ours, **LAW),
        "ours, He normal, recalibrated": ours,
    }
    if quantus_peer.quantus() is not None:
        contenders["Quantus"] = quantus_peer.mprt(net, x, chosen, scored=True)
    base = bare(net, x, 3)
    base()
    costs = in_units(base, 3 * BATCH, contenders, min(setting.rounds, 2))
    note = "weights, original map, all maps, Spearman"
    return [
        row(f"Whole gradient check: {name}", divided(cost, len(depths)), UNIT, note, quoted=True)
        for name, cost in costs.items()
    ]
