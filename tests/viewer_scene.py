"""A small scene for the browser: maps that are not square, one with holes, one missing, one not carried."""

from __future__ import annotations

import numpy as np

from xaicheck.reading import heatmap
from xaicheck.storage.int8 import HOLE, quantised, restored
from xaicheck.viewer.scene import Answer, Between, Change, Map, Mark, Panel, Parts, Scale, Scene, State, View

SIZE = (24, 32)  # height, width
DEPTHS = (0, 1, 2, 3, 5)
EVIL = "<img src=x onerror=document.body.remove()>"
MISSING = "the method raised <b>RuntimeError</b>"
LABELS = ("Alpha", "Beta", EVIL)


def values(panel: int, state: int) -> np.ndarray:
    """The map of a panel at a state, float32 [24 32], as the browser has it.

    The second panel is unsigned and so smooth that it is stored as steps.
    """
    rng = np.random.default_rng([panel, state])
    drawn = rng.normal(size=SIZE) * 0.02 * 3.0**-state
    if panel == 1:
        y, x = np.mgrid[:24, :32]
        drawn = 0.02 * 3.0**-state * np.sin((y + state) / 9) ** 2 * np.cos(x / 11) ** 2
    if (panel, state) == (0, 2):
        drawn[3, 7] = np.nan
    levels, peak = quantised(drawn.astype(np.float32))
    return restored(levels, peak)


def exact(values: np.ndarray) -> np.ndarray:
    """The same map without the rounding to float32: the browser works in float64."""
    levels, peak = quantised(values)
    drawn = np.sign(levels) * (levels / 127.0) ** 2 * peak
    return np.where(levels == HOLE, np.nan, drawn)


def difference(panel: int, state: int) -> np.ndarray:
    """Randomized minus original in units of their own root mean squares."""
    before, after = values(panel, 0).astype(np.float64), values(panel, state).astype(np.float64)
    return np.asarray(after / rms(after) - before / rms(before))


def rms(map_: np.ndarray) -> float:
    return float(np.sqrt(np.nanmean(map_.astype(np.float64) ** 2)))


def scene(
    *,
    start: View | None = None,
    parts: Parts | None = None,
    waiting: tuple[int, ...] = (),
    away: tuple[int, ...] = (),
) -> Scene:
    """The scene; `waiting` and `away`: states whose maps are not there yet, or not carried."""
    return Scene(
        size=SIZE,
        pooled=1,
        photo=heatmap.photograph(np.full((24, 32, 3), 90, np.uint8)),
        photo_alt="a grey picture",
        kicker=f"Question · {EVIL}",
        explained=f"Explained class: {EVIL}",
        counted="Blocks randomized",
        axis="Blocks randomized",
        states=tuple(_state(depth) for depth in DEPTHS),
        panels=tuple(_panel(number, waiting, away) for number in range(3)),
        measures=(_measure("spearman", "Rank correlation", 0.0), _measure("mse", "Distance", None)),
        captions=("A caption.",),
        start=start or View(2, "spearman"),
        parts=parts or Parts(),
    )


def mean(panel: int, measure: str, state: int) -> float:
    """The score that the scene gives a panel."""
    return (1 - 0.3 * panel) ** state if measure == "spearman" else 0.5 * state + panel


PAIRED = (1, 3)  # states at which two random networks were compared, for the first panel and measure
WIDE = (0.5, 0.25, 0.75)  # their mean, lowest and highest


def between(state: int) -> Between:
    """What stands behind a score of the first panel: numbers at two states, else why there are none."""
    if state not in PAIRED:
        return Between(None, None, None, "", f"nothing at {state}")
    mean, low, high = WIDE if state == 1 else (0.25, 0.25, 0.25)
    return Between(mean, low, high, f"{mean:.2f}", f"two random networks {mean:.2f}, {EVIL}")


def _state(depth: int) -> State:
    named = (Answer(f"class {depth}", "50.0 %", True), Answer(EVIL, "1.0 %", False))
    return State(
        depth,
        f"block{depth}",
        f"{depth} of 5 blocks",
        f"{depth} randomized",
        f"blocks 1 to {depth}",
        named,
        "",
    )


def _measure(key: str, label: str, unrelated: float | None) -> Scale:
    findings = tuple(f"Finding of {key} at depth {depth}." for depth in DEPTHS)
    name = f"{label} of maps"
    return Scale(
        key,
        label,
        name,
        f"{label} (axis)",
        "Scores: a line",
        1.0,
        unrelated,
        False,
        f"Title of {key}",
        findings,
    )


def _panel(number: int, waiting: tuple[int, ...], away: tuple[int, ...]) -> Panel:
    maps = []
    for state in range(len(DEPTHS)):
        levels, peak = quantised(values(number, state))
        found = values(number, state)
        one = Map(levels, peak, heatmap.map_range(found), rms(found))
        if state in waiting:
            one = Map(None, state="waiting")
        if state in away:
            one = Map(None, state="away")
        if (number, state) == (2, 3):
            one = Map(None, state="why", why=MISSING)
        maps.append(one)
    changes = tuple(
        Change(heatmap.map_range(difference(number, state).astype(np.float32)))
        if one.state == "map"
        else Change(state=one.state, why=one.why)
        for state, one in enumerate(maps)
    )
    return Panel(
        key=f"m{number}",
        label=LABELS[number],
        control=number == 2,
        signed=number != 1,
        colour=("#2f82c4", "#d97b0f", "#8a8f98")[number],
        dash=("solid", "dash", "dot")[number],
        marker=("circle", "square", "circle-open")[number],
        maps=tuple(maps),
        changes=(Change(state="why", why="No difference."), *changes[1:]),
        badges=tuple(f"badge {depth}" if depth else "" for depth in DEPTHS),
        scores={
            key: tuple(_mark(mean(number, key, state)) for state in range(len(DEPTHS)))
            for key in ("spearman", "mse")
        },
        between={} if number else {"spearman": tuple(map(between, range(len(DEPTHS))))},
    )


def _mark(value: float) -> Mark:
    return Mark(
        value, value - 0.05, value + 0.05, f"{value:.2f}", "word", "2 seeds", min(max(value, 0.0), 1.0)
    )
