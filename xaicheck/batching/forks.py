"""What a branched network is made of: forks, whose rows take the trained or the random twin."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaicheck.batching.shared_autograd import Joined, Parted, is_shared
from xaicheck.batching.shared_rows import alike
from xaicheck.batching.shared_rules import affine, scaled


class Rows:
    """Which depth each row of the current batch stands for.

    A method may repeat the batch (path steps, perturbations); the pattern of depths repeats with it.
    """

    def __init__(self, spans: Mapping[int, Sequence[int]]) -> None:
        self.spans = spans  # depth -> randomized blocks
        self.depths: tuple[int, ...] = ()
        self.kept: dict[nn.Module, Any] | None = None  # what forks give below the first random one
        self.random_from_here = False  # whether this pass has met a random layer

    def __deepcopy__(self, memo: object) -> Rows:
        """Itself: a copy of a network stands for the same depths."""
        return self

    def random(self, block: int, rows: int) -> list[bool]:
        """For each of this many rows, whether it has this block randomized."""
        pattern = [block in self.spans[depth] for depth in self.depths]
        return [pattern[r % len(pattern)] for r in range(rows)]

    def of_kind(self, block: int, rows: int) -> list[int]:
        """The depths of those rows that have this block randomized."""
        return [self.depths[r % len(self.depths)] for r, hit in enumerate(self.random(block, rows)) if hit]


def _format(x: torch.Tensor) -> torch.Tensor:
    """The tensor in the memory format that all feature maps have.

    Convolutions choose their arithmetic by it; in one format a row's result does not depend on the batch.
    """
    if x.dim() != 4 or is_shared(x):
        return x
    return x.contiguous(memory_format=torch.channels_last)


def _trained_rows(mask: list[bool]) -> frozenset[int]:
    return frozenset(row for row, random in enumerate(mask) if not random)


def _known_alike(x: torch.Tensor) -> frozenset[int]:
    """The rows that a fork gave equal values, if nobody has changed them in place since."""
    rows, version = getattr(x, "alike", (frozenset(), None))
    return rows if version == x._version else frozenset()


def _rejoined(pieces: list[torch.Tensor]) -> torch.Tensor:
    return _format(pieces[0] if len(pieces) == 1 else torch.cat(pieces))


class Fork(nn.Module):
    """A layer, or a whole unit of layers, and its random twin."""

    def __init__(self, trained: nn.Module, random: nn.Module, block: int, rows: Rows) -> None:
        super().__init__()
        self.trained, self.random = trained, random
        self.block, self.rows = block, rows

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The layer's output, each row from the twin that its depth asks for."""
        mask = self.rows.random(self.block, args[0].shape[0])
        if not any(mask):
            return self._all_trained(*args, **kwargs)
        self.rows.random_from_here = True
        if all(mask):
            return self.random(*args, **kwargs)
        # Neighbouring rows of one kind travel together: split and cat are cheap in both directions.
        runs = [(kind, len(list(same))) for kind, same in itertools.groupby(mask)]
        pieces = [Parted.apply(a, [length for _, length in runs]) for a in args]
        outputs, done = {}, {}
        for kind, layer in ((False, self.trained), (True, self.random)):
            mine = [i for i, (k, _) in enumerate(runs) if k is kind]
            inputs = [_rejoined([piece[i] for i in mine]) for piece in pieces]
            if not kind and len(args) == 1 and _trained_rows(mask) <= _known_alike(args[0]):
                inputs = [alike(inputs[0])]
            outputs[kind] = layer(*inputs, **kwargs)
            done[kind] = _split(outputs[kind], [runs[i][1] for i in mine])
        result = _join([next(done[kind]) for kind, _ in runs])
        if is_shared(outputs[False]):
            result.alike = _trained_rows(mask), result._version
        return result

    def _all_trained(self, *args: Any, **kwargs: Any) -> Any:
        kept = self.rows.kept
        if kept is None or self.rows.random_from_here:
            return self.trained(*args, **kwargs)
        if self not in kept:
            kept[self] = self.trained(*args, **kwargs)
        # Whoever comes next may write into it.
        if isinstance(kept[self], tuple):
            return tuple(None if part is None else part.clone() for part in kept[self])
        return kept[self].clone()


def _split(output: Any, lengths: list[int]) -> Iterator[Any]:
    """The runs of a layer's output; attention returns a tuple, possibly with None in it."""
    if isinstance(output, tuple):
        parts = [itertools.repeat(None) if o is None else torch.split(o, lengths) for o in output]
        return iter([tuple(run) for run in itertools.islice(zip(*parts, strict=False), len(lengths))])
    return iter([output] if len(lengths) == 1 else Parted.apply(output, lengths))


def _join(runs: list[Any]) -> Any:
    if isinstance(runs[0], tuple):
        return tuple(None if run[0] is None else torch.cat(run) for run in zip(*runs, strict=True))
    return Joined.apply(*runs)


class RecalibratedNorm(nn.Module):
    """A reset BatchNorm with statistics of its own for every depth."""

    def __init__(self, norm: _BatchNorm, block: int, rows: Rows, depths: Sequence[int]) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps
        # timm's BatchNorm carries its activation with it.
        tail = [getattr(norm, part) for part in ("drop", "act") if hasattr(norm, part)]
        self.tail = nn.Sequential(*tail)
        self.block, self.rows = block, rows
        self.place = {depth: i for i, depth in enumerate(depths)}
        self.mean: torch.Tensor
        self.var: torch.Tensor
        size = len(depths), norm.num_features
        self.register_buffer("mean", norm.weight.new_zeros(size), persistent=False)
        self.register_buffer("var", norm.weight.new_ones(size), persistent=False)
        self.calibrating = False
        self._known: dict[Any, tuple[torch.Tensor, torch.Tensor]] = {}  # of the last batch

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The normalised rows [n C ...], each by its depth's statistics."""
        mine = self.rows.of_kind(self.block, len(self.rows.depths))
        places = [self.place[mine[i % len(mine)]] for i in range(x.shape[0])]
        if self.calibrating:  # one depth at a time: normalise by the batch and keep its statistics
            i = places[0]
            self._known.clear()
            return self.tail(
                F.batch_norm(x, self.mean[i], self.var[i], self.weight, self.bias, True, 1.0, self.eps)
            )
        scale, shift = self._factors(tuple(places))
        shape = (len(places), -1, *(1,) * (x.dim() - 2))
        return self.tail(scaled(x, scale.view(shape), shift.view(shape)))

    def _factors(self, places: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
        known = places, self.mean.dtype  # a copy in another precision has factors of its own
        if known not in self._known:
            mean, var = (torch.stack([of[i] for i in places]) for of in (self.mean, self.var))
            self._known = {known: affine(mean, var, self.weight, self.bias, self.eps)}
        return self._known[known]


def twins(module: nn.Module, name: str) -> list[nn.Module]:
    """The modules that stand for a layer of the unbranched network: itself, or the trained and the random."""
    layers = [module]
    for part in name.split("."):
        layers = [getattr(twin, part) for layer in layers for twin in _both(layer)]
    return [twin for layer in layers for twin in _both(layer)]


def travellers(module: nn.Module, name: str, rows: int) -> tuple[str, list[int]]:
    """The name of a part without those of its twins, and which rows of a batch of so many pass through it."""
    place, mine = [], list(range(rows))
    words = name.split(".")
    for i, word in enumerate(words):
        owner = module.get_submodule(".".join(words[:i]))
        if isinstance(owner, Fork):
            random = owner.rows.random(owner.block, rows)
            mine = [row for row in mine if random[row] == (word == "random")]
        else:
            place.append(word)
    return ".".join(place), mine


def _both(module: nn.Module) -> list[nn.Module]:
    return [module.trained, module.random] if isinstance(module, Fork) else [module]
