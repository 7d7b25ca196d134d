"""One method at many depths of one network: ours, captum and Quantus take turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from benchmarks import captum_peer, engine, quantus_peer
from benchmarks.clock import divided, in_units
from benchmarks.networks import picture, spaced
from benchmarks.quantus_peer import LAW
from benchmarks.rows import Row, missing, row
from benchmarks.unit import BATCH, bare
from xaicheck.batching.depth_batch import Cascade
from xaicheck.methods import METHODS
from xaicheck.randomization.weights import randomized
from xaicheck.types import MethodChoice, Network

UNIT = "u / depth"
AGREES = (
    1e-3  # relative error of a map; a ReLU that flips at its kink may alone change it by up to a hundredth
)

PASSES = {"integrated_gradients": "steps", "smoothgrad": "samples"}  # the setting that counts them


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to get the maps."""

    run: Callable[[], object]
    depths: int  # maps that a run makes
    note: str = ""


def contest(
    net: Network,
    chosen: MethodChoice,
    depths: Sequence[int],
    *,
    rounds: int,
    copies: int,
    walk: bool = False,
    quoted: bool = False,
) -> list[Row]:
    """Ours at these depths, captum at `copies` of them and, with `walk`, Quantus at every layer."""
    x, label = picture(net), METHODS[chosen.key].label
    cascade = Cascade(net, depths=depths, **LAW)
    some = [depths[i - 1] for i in spaced(len(depths), copies)]
    repeat = 1 if rounds == 1 else 3
    base = bare(net, x, repeat)
    base()
    few = engine.sweep(cascade, x, [chosen], some)[chosen.key]  # ours once before the clock runs
    entries = {"ours": Contender(partial(engine.sweep, cascade, x, [chosen], depths), len(depths))}
    absent: list[Row] = []
    if chosen.key in captum_peer.CAPTUM:
        nets = [randomized(net, depth=d, **LAW) for d in some]
        entries["captum"] = _captum(nets, x, chosen, few)
    if walk:
        original = engine.one(net, x, chosen, (0,))
        if quantus_peer.quantus() is None:
            absent.append(missing(f"{label}: Quantus", UNIT, "not installed"))
        else:
            entries["Quantus"] = _quantus(net, x, chosen, original)
    runs = {name: entry.run for name, entry in entries.items()}
    costs = in_units(base, repeat * BATCH, runs, rounds)
    rows = [
        row(f"{label}: {name}", divided(costs[name], entry.depths), UNIT, entry.note, quoted=quoted)
        for name, entry in entries.items()
    ]
    if chosen.key in PASSES:
        passes = len(depths) * dict(chosen.params)[PASSES[chosen.key]]
        rows.insert(
            1, row(f"{label}: ours, per pass", divided(costs["ours"], passes), "u / pass", quoted=quoted)
        )
    return rows + absent


def _captum(nets: list[Network], x: torch.Tensor, chosen: MethodChoice, ours: np.ndarray) -> Contender:
    """Captum on networks that are there already; it has run once."""
    run = partial(captum_peer.explain, nets, x, chosen)
    note = agreement(ours, run())
    if not note.startswith("same") and chosen.key in captum_peer.DIFFERENT:
        note = captum_peer.DIFFERENT[chosen.key]
    return Contender(run, len(nets), note)


def _quantus(net: Network, x: torch.Tensor, chosen: MethodChoice, ours: np.ndarray) -> Contender:
    """Quantus without its similarity, over every layer; the original map is compared before the walk."""
    trained = quantus_peer.explainer(net, chosen)(net.module, x.cpu().numpy())[:, 0]
    run = quantus_peer.mprt(net, x, chosen, scored=False)
    return Contender(run, len(net.blocks), f"no similarity; original: {agreement(ours, trained)}")


def agreement(a: np.ndarray, b: np.ndarray) -> str:
    """Whether the maps [D H W] are the same, in words."""
    error = relative(a, b)
    return f"same maps (relative error {error:.0e})" if error < AGREES else f"maps differ by {error:.1e}"


def relative(a: np.ndarray, b: np.ndarray) -> float:
    """||a - b|| / ||b|| in float64, the largest of the maps [D H W]; two maps of zeros do not differ."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    apart, size = (np.linalg.norm(m.reshape(len(m), -1), axis=1) for m in (a - b, b))
    return float(np.max(np.where(apart == 0, 0.0, apart / np.where(size == 0, np.nan, size))))
