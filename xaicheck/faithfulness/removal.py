"""What both protocols share: maps are checked and ranked, pictures emptied, answers joined into curves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xaicheck.faithfulness.answers import OUTPUTS, Answers, ask
from xaicheck.faithfulness.fills import FILLS, Fill
from xaicheck.faithfulness.measures import Curve
from xaicheck.faithfulness.regions import ORDERS, RANKINGS, places_of, regions_of, tie_breaker
from xaicheck.faithfulness.result import Faithfulness
from xaicheck.seeds import generator
from xaicheck.types import Network, Registry

if TYPE_CHECKING:
    import torch

Maps = Mapping[str, np.ndarray | None] | np.ndarray


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the curves of a picture depend on, besides the picture and the maps."""

    protocol: str
    fills: tuple[str, ...]
    orders: tuple[str, ...]
    outputs: tuple[str, ...]
    ranking: str
    region: int  # pixels
    counts: tuple[int, ...]  # regions removed at each step
    seed: int
    image: str  # names the picture's random numbers
    chunk: int | None  # pictures a pass; None: what suits the device

    def __post_init__(self) -> None:
        wanted: tuple[tuple[Registry[Any], tuple[str, ...]], ...] = (
            (FILLS, self.fills),
            (ORDERS, self.orders),
            (OUTPUTS, self.outputs),
            (RANKINGS, (self.ranking,)),
        )
        for registry, keys in wanted:
            for key in keys:
                registry.chosen(key)


class _Step(NamedTuple):
    """One picture to be asked about; empty names where it is the same for all."""

    map: str
    fill: str
    order: str
    gone: int  # regions


def named(maps: Maps, shape: tuple[int, ...]) -> dict[str, np.ndarray | None]:
    """The maps by name, [H W] each; those of an array [M H W] are called by their number.

    Errors: ValueError where a map does not have the picture's height and width.
    """
    by_name: dict[str, np.ndarray | None]
    if isinstance(maps, Mapping):
        by_name = {name: None if values is None else np.asarray(values) for name, values in maps.items()}
    else:
        by_name = {str(i): values for i, values in enumerate(np.asarray(maps))}
    for name, values in by_name.items():
        if values is not None and values.shape != shape:
            raise ValueError(f"The map {name} is {values.shape}; the picture is {shape}.")
    return by_name


def name_of(x: torch.Tensor) -> str:
    """A picture's own name: the SHA-256 of its values."""
    return hashlib.sha256(x.detach().cpu().contiguous().numpy().tobytes()).hexdigest()


def run(
    network: Network,
    x: torch.Tensor,
    maps: Maps,
    target: int,
    settings: Settings,
    check: Callable[[], None],
) -> tuple[Faithfulness, ...]:
    """A result for each map, fill and output, in that order; the first and last pictures are asked once."""
    if x.dim() != 3:
        raise ValueError(f"The picture must be [3 H W], not {tuple(x.shape)}.")
    shape = (x.shape[1], x.shape[2])
    given = named(maps, shape)
    whys = {name: _why_not(values) for name, values in given.items()}
    regions = regions_of(*shape, settings.region)
    count = int(regions.max()) + 1
    ties = tie_breaker(count, seed=settings.seed, image=settings.image)
    places = {
        name: places_of(values, regions, ties, ranking=settings.ranking)
        for name, values in given.items()
        if values is not None and not whys[name]
    }
    steps = {
        (name, fill, order): [_step(name, fill, order, gone, count) for gone in settings.counts]
        for name in places
        for fill in settings.fills
        for order in settings.orders
    }
    asked = {step: i for i, step in enumerate(dict.fromkeys(s for line in steps.values() for s in line))}

    emptied = _Emptied(x.to(network.device), settings, check)
    wanted = list(asked)

    def pictures(some: slice) -> torch.Tensor:
        steps = wanted[some]
        masks = [
            np.full(shape, step.gone > 0)
            if step.gone in (0, count)
            else ORDERS[step.order].fn(places[step.map], count) < step.gone
            for step in steps
        ]
        return emptied.without(np.stack(masks), [step.fill for step in steps])

    answers = (
        ask(network, pictures, len(wanted), target, chunk=settings.chunk, check=check) if wanted else None
    )
    rows = {key: np.array([asked[step] for step in line]) for key, line in steps.items()}
    fractions = np.array(settings.counts) / count
    return tuple(
        Faithfulness(
            name, settings.protocol, fill, output, settings.ranking, settings.region, settings.seed, target,
            _curves(answers, rows, fractions, name, fill, output, settings.orders), whys[name],
        )
        for name in given
        for fill in settings.fills
        for output in settings.outputs
    )  # fmt: skip


def _why_not(values: np.ndarray | None) -> str:
    """Why a map cannot be ranked; empty where it can."""
    if values is None:
        return "the map could not be computed"
    return "" if np.isfinite(values).all() else "the map has values that are not finite numbers"


def _step(name: str, fill: str, order: str, gone: int, count: int) -> _Step:
    """The picture of a step: all curves begin with one picture, and all of a fill end with one."""
    if gone == 0:
        return _Step("", "", "", 0)
    return _Step("", fill, "", gone) if gone == count else _Step(name, fill, order, gone)


def _curves(
    answers: Answers | None,
    rows: Mapping[tuple[str, str, str], np.ndarray],
    fractions: np.ndarray,
    name: str,
    fill: str,
    output: str,
    orders: Sequence[str],
) -> tuple[Curve, ...]:
    if answers is None:
        return ()
    return tuple(
        Curve(order, fill, output, fractions, OUTPUTS[output].fn(answers)[at], answers.first[at])
        for order in orders
        if (at := rows.get((name, fill, order))) is not None
    )


class _Emptied:
    """A picture whose pixels can be replaced; replacements that fit every mask are made once."""

    def __init__(self, x: torch.Tensor, settings: Settings, check: Callable[[], None]) -> None:
        self.x, self.settings, self.check = x, settings, check
        self.exact = x.detach().cpu().numpy().astype(np.float64)
        self.fixed: dict[str, torch.Tensor] = {}

    def without(self, removed: np.ndarray, fills: Sequence[str]) -> torch.Tensor:
        """The pictures [N 3 H W] with the pixels `removed` [N H W] replaced; no fill: nothing is."""
        import torch

        there = torch.from_numpy(removed).to(self.x.device)
        parts, start = [], 0
        for fill, run in groupby(fills):
            own = slice(start, start := start + len(list(run)))
            replaced = self._replacement(FILLS[fill], removed[own], there[own]) if fill else self.x
            parts.append(torch.where(there[own, None], replaced, self.x))
        return torch.cat(parts)

    def _replacement(self, fill: Fill, removed: np.ndarray, there: torch.Tensor) -> torch.Tensor:
        """What stands where pixels are removed, one picture for all masks or one each: [1 or N 3 H W]."""
        import torch

        if fill.key in self.fixed:
            return self.fixed[fill.key]
        self.check()  # a fill that is solved for takes about as long as a pass
        if not fill.fixed and self.x.device.type != "cpu":
            exact = torch.from_numpy(self.exact).to(self.x.device)
            return fill.fn(exact, there, self._rng(fill)).to(self.x.dtype)
        # SuperLU lets other threads run.
        with ThreadPoolExecutor(torch.get_num_threads()) as pool:
            masks = removed[:1] if fill.fixed else removed
            made = list(pool.map(lambda mask: fill.fn(self.exact, mask, self._rng(fill)), masks))
        replaced = torch.from_numpy(np.stack(made)).to(self.x)
        if fill.fixed:
            self.fixed[fill.key] = replaced
        return replaced

    def _rng(self, fill: Fill) -> torch.Generator:
        return generator("fill", fill.key, self.settings.seed, self.settings.image)
