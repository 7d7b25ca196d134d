"""The branched network: one module whose batch axis is depth.

Randomizing to depth d leaves every block outside its span trained and gives every block inside it the same
random weights at every depth. So each layer is a pair, trained and random, and each row of the batch takes
the one that its depth asks for: a method that explains a batch explains all depths at once. Only the
statistics of recalibrated BatchNorm layers differ from depth to depth; they are kept per depth.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaicheck.randomize import calibration_batch, draw, randomized_blocks
from xaicheck.types import Network
from xaicheck.wiring import layers, loose_parameters, private_copy


class Rows:
    """Which depth each row of the current batch stands for.

    A method may repeat the batch (path steps, perturbations); the pattern of depths repeats with it.
    """

    def __init__(self, spans: dict[int, range]) -> None:
        self.spans = spans  # depth -> randomized blocks
        self.depths: tuple[int, ...] = ()

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
    return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x


class Fork(nn.Module):
    """A layer and its random twin."""

    def __init__(self, trained: nn.Module, random: nn.Module, block: int, rows: Rows) -> None:
        super().__init__()
        self.trained, self.random = trained, random
        self.block, self.rows = block, rows

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The layer's output, each row from the twin that its depth asks for."""
        mask = self.rows.random(self.block, args[0].shape[0])
        if not any(mask):
            return self.trained(*args, **kwargs)
        if all(mask):
            return self.random(*args, **kwargs)
        # Neighbouring rows of one kind travel together: split and cat are cheap in both directions.
        runs = [(kind, len(list(same))) for kind, same in itertools.groupby(mask)]
        pieces = [torch.split(a, [length for _, length in runs]) for a in args]
        done = {}
        for kind, layer in ((False, self.trained), (True, self.random)):
            mine = [i for i, (k, _) in enumerate(runs) if k is kind]
            output = layer(*(_format(torch.cat([piece[i] for i in mine])) for piece in pieces), **kwargs)
            done[kind] = _split(output, [runs[i][1] for i in mine])
        return _join([next(done[kind]) for kind, _ in runs])


def _split(output: Any, lengths: list[int]) -> Iterator[Any]:
    """The runs of a layer's output; attention returns a tuple, possibly with None in it."""
    if isinstance(output, tuple):
        parts = [itertools.repeat(None) if o is None else torch.split(o, lengths) for o in output]
        return iter([tuple(run) for run in itertools.islice(zip(*parts, strict=False), len(lengths))])
    return iter(torch.split(output, lengths))


def _join(runs: list[Any]) -> Any:
    if isinstance(runs[0], tuple):
        return tuple(None if run[0] is None else torch.cat(run) for run in zip(*runs, strict=True))
    return _format(torch.cat(runs))


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
        self.mean = norm.weight.new_zeros(len(depths), norm.num_features)
        self.var = norm.weight.new_ones(len(depths), norm.num_features)
        self.calibrating = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The normalised rows [n C ...], each by its depth's statistics."""
        mine = self.rows.of_kind(self.block, len(self.rows.depths))
        places = [self.place[mine[i % len(mine)]] for i in range(x.shape[0])]
        if self.calibrating:  # one depth at a time: normalise by the batch and keep its statistics
            i = places[0]
            return self.tail(
                F.batch_norm(x, self.mean[i], self.var[i], self.weight, self.bias, True, 1.0, self.eps)
            )
        index = torch.tensor(places, device=x.device)
        # Fused multiply-adds in this order give what F.batch_norm gives, bit for bit; that matters because a
        # rounding difference can flip a ReLU at its kink, and a flipped ReLU is a visible change of gradient.
        scale = self.weight * torch.rsqrt(self.var[index] + self.eps)
        shift = torch.addcmul(self.bias, self.mean[index], scale, value=-1)
        shape = (len(places), -1, *(1,) * (x.dim() - 2))
        return self.tail(torch.addcmul(shift.view(shape), x, scale.view(shape)))


def _twin(layer: nn.Module, name: str, values: dict[str, torch.Tensor]) -> nn.Module:
    """The layer with drawn parameters; the trained tensors stay where they are."""
    twin = private_copy(layer)
    for path, old in list(layer.named_parameters()):
        owner, _, leaf = path.rpartition(".")
        new = torch.empty_like(old).copy_(values[f"{name}.{path}"])
        setattr(twin.get_submodule(owner), leaf, nn.Parameter(new, requires_grad=False))
    return twin


def _branch_loose(
    owner: nn.Module, leaf: str, trained: torch.Tensor, random: torch.Tensor, block: int, rows: Rows
) -> None:
    """Give a parameter that no layer owns one value per row, set just before its owner runs."""
    del owner._parameters[leaf]
    # A leading 1 is the batch axis already (class token, positions); otherwise one is put in front.
    pair = [t if t.shape[0] == 1 else t.unsqueeze(0) for t in (trained, random)]

    def set_rows(module: nn.Module, args: tuple[Any, ...]) -> None:
        count = args[0].shape[0]
        setattr(module, leaf, torch.cat([pair[hit] for hit in rows.random(block, count)]))

    owner.register_forward_pre_hook(set_rows)


class Cascade:
    """All depths of one seed in one module."""

    def __init__(
        self,
        network: Network,
        *,
        depths: Iterable[int],
        mode: str = "cascade",
        law: str = "he_normal",
        batchnorm: str = "recalibrate",
        seed: int = 0,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """Draw the twins and, if asked, recalibrate them; `check` runs before every forward pass."""
        self.network = network
        count = len(network.blocks)
        spans = {d: randomized_blocks(mode, d, count) for d in depths}
        self.rows = Rows(spans)
        self.values = draw(
            network,
            [b for i, b in enumerate(network.blocks) if any(i in span for span in spans.values())],
            law=law,
            batchnorm=batchnorm,
            seed=seed,
        )
        self.module = private_copy(network.module)
        recalibrated = self._branch(batchnorm)
        self.module.register_forward_pre_hook(lambda *_: check())
        if recalibrated:
            self._recalibrate(recalibrated)

    def _branch(self, batchnorm: str) -> list[RecalibratedNorm]:
        place = {name: i for i, b in enumerate(self.network.blocks) for name in (*b.modules, *b.parameters)}
        rows, recalibrated = self.rows, []
        loose = list(loose_parameters(self.module))
        for name, layer in list(layers(self.module)):
            block = place[name]
            users = [d for d, span in rows.spans.items() if block in span]
            if not users:
                continue
            twin = _twin(layer, name, self.values)
            if isinstance(twin, _BatchNorm) and batchnorm != "keep":
                twin.running_mean = torch.zeros_like(layer.running_mean)
                twin.running_var = torch.ones_like(layer.running_var)
                if batchnorm == "recalibrate":
                    twin = RecalibratedNorm(twin, block, rows, users)
                    recalibrated.append(twin)
            owner, _, leaf = name.rpartition(".")
            setattr(self.module.get_submodule(owner), leaf, Fork(layer, twin, block, rows))
        for name, owner, leaf in loose:
            if name in self.values:
                trained = getattr(owner, leaf).detach()
                random = self.values[name].to(trained)
                _branch_loose(owner, leaf, trained, random, place[name], rows)
        return recalibrated

    @torch.no_grad()
    def _recalibrate(self, norms: list[RecalibratedNorm]) -> None:
        pictures = calibration_batch(self.network)
        for norm in norms:
            norm.calibrating = True
        for depth in self.rows.spans:
            self.rows.depths = (depth,)
            self.module(pictures)
        for norm in norms:
            norm.calibrating = False

    def at(self, depths: Sequence[int]) -> Network:
        """The network whose batch rows are these depths; valid until the next call."""
        self.rows.depths = tuple(depths)
        return Network(
            self.network.spec, self.module, self.network.blocks, self.network.device, self.network.merges
        )
