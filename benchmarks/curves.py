"""Faithfulness curves and similarity measures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.stats import spearmanr

from benchmarks.clock import divided, in_units, interleaved
from benchmarks.networks import EMBEDDED, TARGET, network, picture
from benchmarks.quantus_peer import quantus
from benchmarks.rows import Row, Section, missing, row
from benchmarks.setting import Setting
from benchmarks.unit import forward
from xaicheck.engine.settings import DEFAULT_MEASURES
from xaicheck.faithfulness import faithfulness
from xaicheck.similarity.comparisons import several
from xaicheck.similarity.measures import SIMILARITIES

BATCH = 16
MAPS, FILLS, ORDERS, STEPS = 4, ("mean", "inpaint"), ("morf", "lerf"), 28


def _maps(count: int, size: int, seed: int) -> np.ndarray:
    """Signed maps float32 [count size size] without ties."""
    return np.random.default_rng(seed).standard_normal((count, size, size)).astype(np.float32)


def curves(setting: Setting) -> Section:
    """Flipping curves of several maps of one picture against bare forward passes."""
    net = network(EMBEDDED, setting)
    x = picture(net)
    maps = {str(i): values for i, values in enumerate(_maps(1 if setting.quick else MAPS, net.spec.size, 0))}
    steps, fills = (4, ("mean",)) if setting.quick else (STEPS, FILLS)
    # Between its first and its last picture, which it shares, every curve asks about steps - 1.
    asked = 1 + len(fills) + len(maps) * len(fills) * len(ORDERS) * (steps - 1)
    run = partial(faithfulness, net, x[0], maps, TARGET, fills=fills, orders=ORDERS, steps=steps)
    base, rounds = forward(net, x, BATCH), 1 if setting.quick else 3
    base()
    costs = in_units(base, BATCH, {"curves": run}, rounds)["curves"]
    note = f"{len(maps)} maps, {len(fills)} fills, {len(ORDERS)} orders, {steps} steps: {asked} pictures"
    return Section(
        "Faithfulness curves of one picture",
        (row("Cost of a picture", divided(costs, asked), "× bare forward pass", note, quoted=True),),
    )


def measures(setting: Setting) -> Section:
    """Spearman of many pairs against SciPy and Quantus, and the default measures of one map."""
    pairs, size = (2, 32) if setting.quick else (64, 224)
    a, b = _maps(pairs, size, 1), _maps(pairs, size, 2)
    spearman, package = SIMILARITIES["spearman"].fn, quantus()

    def shared() -> list[float]:
        score = several(("spearman",), a[0])
        return [float(score(values)[0]) for values in b]

    def default() -> None:
        score = several(DEFAULT_MEASURES, a[0])
        for values in b:
            score(values)

    def scipy() -> list[float]:
        return [float(spearmanr(i.ravel(), j.ravel())[0]) for i, j in zip(a, b, strict=True)]

    def own() -> list[float]:
        return [float(spearman(i, j)) for i, j in zip(a, b, strict=True)]

    contenders: dict[str, Callable[[], object]] = {
        "Spearman: ours": own,
        "Spearman: ours, one side shared": shared,
        "Spearman: SciPy": scipy,
    }
    if package is not None:
        flat = a.reshape(pairs, -1), b.reshape(pairs, -1)
        contenders["Spearman: Quantus"] = lambda: package.similarity_func.correlation_spearman(
            *flat, batched=True
        )
    contenders["Default measures, one side shared"] = default
    error = float(np.abs(np.array(own()) - np.array(scipy())).max())
    times = interleaved(contenders, 1 if setting.quick else 5)
    rows: list[Row] = [
        row(
            name, found, "s", f"SciPy's values to {error:.0e}" if contenders[name] is own else "", quoted=True
        )
        for name, found in times.items()
    ]
    if package is None:
        rows.append(missing("Spearman: Quantus", "s", "not installed"))
    return Section(f"Measures of {pairs} pairs of {size} × {size}", tuple(rows))
