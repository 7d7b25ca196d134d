"""Activation scales and liveness against direct computations, and what cascade mode must leave unchanged."""

from __future__ import annotations

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip
from torch import nn

from xaicheck.batching.activations import QUANTILES, measure, top
from xaicheck.batching.depth_batch import Cascade
from xaicheck.models import samples
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import MODELS, assemble, load
from xaicheck.randomization.weights import randomized
from xaicheck.types import ActivationScale, Liveness, Network

TARGET = 281
DEPTHS = (1, 9, 19)
BLOCK, MODULE = "stage 3.1", "blocks.3.1"  # randomized from depth 11 on

Found = tuple[dict[tuple[str, int], ActivationScale], dict[int, Liveness]]


@pytest.fixture(scope="module")
def lite() -> Network:
    return load("efficientnet_lite0")


@pytest.fixture(scope="module")
def x(lite: Network) -> torch.Tensor:
    return lite.preprocess(samples.load("chelsea"))[None]


@pytest.fixture(scope="module")
def found(lite: Network, x: torch.Tensor) -> Found:
    """Scales and liveness of the trained network and of three depths explained together."""
    scales, alive = measure(lite, x, TARGET, depths=(0,), seed=0)
    cascade = Cascade(lite, depths=DEPTHS)
    more = measure(cascade.at(DEPTHS), x.expand(3, -1, -1, -1), TARGET, depths=DEPTHS, seed=0)
    scales, alive = scales + more[0], alive + more[1]
    return {(s.block, s.depth): s for s in scales}, {a.depth: a for a in alive}


@pytest.fixture(scope="module", params=[0, 19])
def direct(
    request: pytest.FixtureRequest, lite: Network, x: torch.Tensor
) -> tuple[int, torch.Tensor, torch.Tensor, float, torch.Tensor]:
    """A depth, one block's activation and gradient, its share of dead units, and the logits: by hand.

    The network is the slow reference: a copy of its own, randomized tensor by tensor.
    """
    module = randomized(lite, depth=request.param).module
    kept: list[torch.Tensor] = []
    rectified: list[torch.Tensor] = []
    module.get_submodule(MODULE).register_forward_hook(lambda _m, _a, out: kept.append(out))
    for name, part in module.named_modules():
        if isinstance(part, nn.ReLU6) and name.startswith(MODULE + "."):
            part.register_forward_hook(lambda _m, _a, out: rectified.append(out.detach().clone()))
    logits = module(x.clone().requires_grad_())
    (activation,) = kept
    (gradient,) = torch.autograd.grad(logits[0, TARGET], activation)
    assert len(rectified) == 2
    values = torch.cat([out.flatten() for out in rectified])
    return (
        request.param,
        activation.detach(),
        gradient,
        float((values == 0).double().mean()),
        logits[0].detach(),
    )


def test_scales_are_those_of_a_direct_computation(found: Found, direct) -> None:
    depth, activation, gradient, dead, _ = direct
    scale = found[0][BLOCK, depth]
    values = activation.flatten().double().numpy()
    assert (scale.block, scale.depth, scale.seed) == (BLOCK, depth, 0)
    assert scale.rms == pytest.approx(np.sqrt(np.mean(values**2)), rel=1e-5)
    # The nearest value is taken, not a mixture of two: one of 15 680 ranks is close enough.
    assert scale.quantiles == pytest.approx(np.quantile(values, QUANTILES), abs=1e-3 * scale.rms)
    # A unit at exactly zero can move by rounding: a handful of 188 000.
    assert scale.dead == pytest.approx(dead, abs=1e-4)
    # One rectifier that rounds to the other side of its kink changes the gradient in the fourth place.
    expected = gradient.double().square().mean().sqrt().item()
    assert scale.gradient_rms == pytest.approx(expected, rel=1e-3)
    assert 0.1 < dead < 0.9


def test_the_quantiles_are_in_order_and_around_the_median(found: Found) -> None:
    for scale in found[0].values():
        assert list(scale.quantiles) == sorted(scale.quantiles)
        assert max(map(abs, scale.quantiles)) <= 5 * scale.rms
        assert 0 <= scale.dead <= 1 and scale.rms > 0 and scale.gradient_rms > 0


def test_liveness_is_that_of_the_logits(found: Found, direct) -> None:
    depth, *_, logits = direct
    alive, z = found[1][depth], logits.double()
    share = z.softmax(0)
    assert alive.logit_std == pytest.approx(z.std(correction=0).item(), rel=1e-4)
    assert alive.entropy == pytest.approx(-(share * share.log()).sum().item(), rel=1e-4)
    order = share.argsort(descending=True)[:5].tolist()
    assert [t.index for t in alive.top5] == order
    assert [t.label for t in alive.top5] == [LABELS[i] for i in order]
    assert [t.probability for t in alive.top5] == pytest.approx(share[order].tolist(), rel=1e-3)


def test_the_top_five_come_best_first() -> None:
    logits = torch.zeros(1000)
    logits[[5, 999, 0, 30, 7]] = torch.tensor([9.0, 8.0, 7.0, 6.0, 5.0])
    best = top(logits)
    assert [t.index for t in best] == [5, 999, 0, 30, 7]
    assert [t.probability for t in best] == sorted((t.probability for t in best), reverse=True)
    total = float(logits.double().exp().sum())
    assert best[0].probability == pytest.approx(np.exp(9.0) / total)


def test_every_block_is_there_at_every_depth(lite: Network, found: Found) -> None:
    assert found[0].keys() == {(b.name, d) for b in lite.blocks for d in (0, *DEPTHS)}
    assert found[1].keys() == {0, *DEPTHS}


def test_in_cascade_mode_scales_below_the_randomized_part_are_the_originals_bit_for_bit(
    lite: Network, found: Found
) -> None:
    names = [block.name for block in lite.blocks]
    for depth in DEPTHS:
        for i, name in enumerate(names):
            original, random = found[0][name, 0], found[0][name, depth]
            if i >= depth:
                assert (random.rms, random.quantiles, random.dead) == (
                    original.rms,
                    original.quantiles,
                    original.dead,
                ), (name, depth)
            else:
                assert random.rms != original.rms, (name, depth)


def test_a_gradient_reaches_every_block_and_changes_everywhere(lite: Network, found: Found) -> None:
    # Below the randomized part the activations stay and the gradients do not: they come from above.
    for block in lite.blocks[1:]:
        assert found[0][block.name, 1].gradient_rms != found[0][block.name, 0].gradient_rms


@pytest.mark.slow
@pytest.mark.parametrize("key", ["resnet18", "vit_b_16"])
def test_other_architectures_are_measured_too_and_rows_are_kept_apart(key: str) -> None:
    network = assemble(MODELS[key], None)
    x = network.preprocess(samples.load("coffee"))[None]
    depths = (1, len(network.blocks))
    scales, alive = measure(
        Cascade(network, depths=depths).at(depths), x.expand(2, -1, -1, -1), 0, depths=depths, seed=3
    )
    assert {(s.block, s.depth, s.seed) for s in scales} == {
        (b.name, d, 3) for b in network.blocks for d in depths
    }
    assert all(np.isfinite((s.rms, s.dead, s.gradient_rms, *s.quantiles)).all() for s in scales)
    first = {(s.block, s.depth): s for s in scales}
    stem = network.blocks[-1].name
    assert first[stem, depths[0]].rms != first[stem, depths[1]].rms
    assert [a.depth for a in alive] == list(depths)


def test_measuring_leaves_no_hook_behind(lite: Network, x: torch.Tensor) -> None:
    def hooks() -> int:
        return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in lite.module.modules())

    before = hooks()
    measure(lite, x, TARGET, depths=(0,), seed=0)
    with pytest.raises(IndexError):
        measure(lite, x, 5000, depths=(0,), seed=0)
    assert hooks() == before


@pytest.mark.gpu
def test_on_a_device_the_scales_are_those_of_the_cpu(lite: Network, x: torch.Tensor) -> None:
    there = load("efficientnet_lite0", "cuda")
    found = [
        measure(network, x.to(device).expand(2, -1, -1, -1), TARGET, depths=(0, 1), seed=0)[0]
        for network, device in ((lite, "cpu"), (there, "cuda"))
    ]
    for one, other in zip(*found, strict=True):
        assert (one.block, one.depth) == (other.block, other.depth)
        # Convolutions add in another order; a value at a rectifier's kink may fall to the other side.
        assert other.rms == pytest.approx(one.rms, rel=1e-4)
        assert other.gradient_rms == pytest.approx(one.gradient_rms, rel=1e-2)
        assert other.dead == pytest.approx(one.dead, abs=1e-4)
        assert other.quantiles == pytest.approx(one.quantiles, abs=1e-3 * one.rms)
