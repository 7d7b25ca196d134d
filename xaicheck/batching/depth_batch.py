"""The branched network: one module whose batch axis is depth.

Randomizing to depth d leaves every block outside its span trained and gives every block inside it the same
random weights at every depth. So each layer is a pair, trained and random, and each row of the batch takes
the one that its depth asks for: a method that explains a batch explains all depths at once. Only the
statistics of recalibrated BatchNorm layers differ from depth to depth; they are kept per depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from xaicheck.batching.forks import Fork, RecalibratedNorm, Rows
from xaicheck.batching.shared_rows import share_rows
from xaicheck.models.graph import layers, loose_parameters, private_copy
from xaicheck.randomization.batchnorm import BATCHNORM, Policy, calibration_batch
from xaicheck.randomization.modes import randomized_blocks
from xaicheck.randomization.weights import draw
from xaicheck.types import Network


def _forked(network: Network, place: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """The largest modules that lie in one block, with the block: whole units where they can be had.

    A fork splits the batch and joins it again: once a unit costs less than once a layer. Where somebody
    looks (a block's activation, the layer of Grad-CAM) no unit may close around it.
    """
    seen = {block.output for block in network.blocks} | {str(network.spec.cam_layer)}
    leaves = {name for name, _ in layers(network.module)}
    taken: list[str] = []
    for name, part in network.module.named_modules():
        if any(name.startswith(f"{above}.") for above in taken) or not name:
            continue
        blocks = {place[f"{name}.{path}"] for path, _ in part.named_parameters()}
        unit = name in network.units and not any(s.startswith(f"{name}.") for s in seen)
        if len(blocks) == 1 and (unit or name in leaves):
            taken.append(name)
            yield name, blocks.pop()


def _renewed(
    twin: nn.Module, policy: Policy, block: int, rows: Rows, users: Sequence[int]
) -> tuple[nn.Module, list[RecalibratedNorm]]:
    """The twin with its BatchNorms reset; those that will have statistics of their own a depth."""
    recalibrated = []
    for name, norm in list(twin.named_modules()):
        if not isinstance(norm, _BatchNorm):
            continue
        norm.running_mean = torch.zeros_like(norm.running_mean)
        norm.running_var = torch.ones_like(norm.running_var)
        if policy.statistics == "samples":
            new = RecalibratedNorm(norm, block, rows, users)
            recalibrated.append(new)
            if not name:
                return new, recalibrated
            owner, _, leaf = name.rpartition(".")
            setattr(twin.get_submodule(owner), leaf, new)
    return twin, recalibrated


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
        mask = rows.random(block, args[0].shape[0])
        rows.random_from_here = rows.random_from_here or any(mask)
        setattr(module, leaf, torch.cat([pair[hit] for hit in mask]))

    owner.register_forward_pre_hook(set_rows)


class Cascade:
    """All depths of one seed in one module, whatever the mode.

    `values`: what was drawn, by parameter, on the CPU, for every block that some depth randomizes.
    """

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
        """Draws the twins; `check` runs before every forward pass and may raise to end the run.

        Errors: BadRequest names the allowed modes, laws, BatchNorm policies and depths.
        """
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
        self._recalibrated = self._branch(BATCHNORM[batchnorm])
        self._without_statistics = set(spans) if self._recalibrated else set()
        self.module.register_forward_pre_hook(lambda *_: check())
        self.module.register_forward_pre_hook(lambda *_: setattr(self.rows, "random_from_here", False))
        share_rows(self.module)

    def _branch(self, policy: Policy) -> list[RecalibratedNorm]:
        place = {name: i for i, b in enumerate(self.network.blocks) for name in b.parameters}
        rows, recalibrated = self.rows, []
        loose = list(loose_parameters(self.module))
        for name, block in _forked(self.network, place):
            users = [d for d, span in rows.spans.items() if block in span]
            if not users:
                continue
            layer = self.module.get_submodule(name)
            twin = _twin(layer, name, self.values)
            if policy.statistics != "trained":
                twin, norms = _renewed(twin, policy, block, rows, users)
                recalibrated += norms
            owner, _, leaf = name.rpartition(".")
            setattr(self.module.get_submodule(owner), leaf, Fork(layer, twin, block, rows))
        forked = {
            id(p) for part in self.module.modules() if isinstance(part, Fork) for p in part.parameters()
        }
        for name, owner, leaf in loose:
            trained = getattr(owner, leaf).detach()
            if name in self.values and id(getattr(owner, leaf)) not in forked:
                random = self.values[name].to(trained)
                _branch_loose(owner, leaf, trained, random, place[name], rows)
        return recalibrated

    @torch.no_grad()
    def _recalibrate(self, depths: Sequence[int]) -> None:
        """Gives these depths the statistics of their own activations on the gallery.

        What lies below the first random layer is the same at every depth: it is computed once.
        """
        pictures = calibration_batch(self.network)
        self.rows.kept = {}
        for norm in self._recalibrated:
            norm.calibrating = True
        try:
            for depth in sorted(depths):
                self.rows.depths = (depth,)
                self.module(pictures)
                self._without_statistics.discard(depth)
        finally:
            self.rows.kept = None
            for norm in self._recalibrated:
                norm.calibrating = False

    def at(self, depths: Sequence[int]) -> Network:
        """The network whose batch rows are these depths; valid until the next call."""
        missing = self._without_statistics & set(depths)
        if missing:
            self._recalibrate(tuple(missing))
        self.rows.depths = tuple(depths)
        return replace(self.network, module=self.module)
