"""Wall time of several contenders that take turns, so that a busy moment hits all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import torch

Rounds = dict[str, tuple[float, ...]]  # by contender, one number a round


def seconds(run: Callable[[], object]) -> float:
    """How long a call takes until its device has finished."""
    begin = time.perf_counter()
    run()
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return time.perf_counter() - begin


def interleaved(contenders: Mapping[str, Callable[[], object]], rounds: int) -> Rounds:
    """The seconds of each contender in each round; every other round goes backwards."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name in list(contenders)[:: -1 if turn % 2 else 1]:
            found[name].append(seconds(contenders[name]))
    return {name: tuple(times) for name, times in found.items()}


def in_units(
    unit: Callable[[], object], count: float, contenders: Mapping[str, Callable[[], object]], rounds: int
) -> Rounds:
    """The cost of each contender in each round, as a multiple of what `unit()` does `count` times.

    The unit is timed before and after every contender, and their mean is what counts: a machine that becomes
    busy or hot changes both.
    """
    found: dict[str, list[float]] = {name: [] for name in contenders}
    before = seconds(unit)
    for turn in range(rounds):
        for name in list(contenders)[:: -1 if turn % 2 else 1]:
            spent = seconds(contenders[name])
            after = seconds(unit)
            found[name].append(spent / ((before + after) / 2 / count))
            before = after
    return {name: tuple(costs) for name, costs in found.items()}


def divided(values: Sequence[float], by: float) -> tuple[float, ...]:
    """Each of the values, by one divisor."""
    return tuple(value / by for value in values)
