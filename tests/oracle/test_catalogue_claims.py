"""What the catalogue says of a method is measured: signs, chance, the network, depths, cost in passes."""

from __future__ import annotations

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip
from torch import nn

from xaicheck.experiments.first_visit import examples
from xaicheck.faithfulness import ORDERS, RANKINGS
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.seeds import Draws, generator
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.methods.catalog import cost
from xaicheck.types import Network

SIDE = 224
X = torch.randn((1, 3, SIDE, SIDE), generator=generator("test catalogue", "x"))
CONTROLS = tuple(key for key, method in METHODS.items() if method.control)
LOOKS = {"sign_flip"}  # the control that asks the network something, and what its card says of it


class Counting(nn.Module):
    """Ten logits of a strided convolution; counts the pictures that it is asked about."""

    def __init__(self, name: str = "weights") -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 10, 16, stride=16)
        with torch.no_grad():
            self.conv.weight.copy_(
                torch.randn(self.conv.weight.shape, generator=generator("test catalogue", name))
            )
        self.seen = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen += len(x)
        return self.conv(x).relu().mean((2, 3))


class Deaf(nn.Module):
    """A network that must not be asked."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise AssertionError("the network was asked")


def network(module: nn.Module) -> Network:
    return Network(MODELS["resnet18"], module, (), "cpu")


def made(key: str, module: nn.Module, *, seed: int = 0, rows: int = 1, rng: bool = True) -> np.ndarray:
    draws = Draws((seed, key, "x"), tuple(range(rows)))
    target = torch.full((rows,), 3)
    values = METHODS[key].fn(network(module), X.expand(rows, -1, -1, -1), target, rng=draws if rng else None)
    return values.detach().numpy()


@pytest.mark.parametrize("key", METHODS)
def test_a_map_has_the_signs_that_its_card_says(key: str) -> None:
    """On the cat, with the trained and with the random network: unsigned maps have no negative value."""
    stored = examples.load()
    assert stored is not None
    maps = [m for m in (stored.pairs[key].original, stored.pairs[key].randomized) if m is not None]
    assert maps
    lowest = min(float(values.min()) for values in maps)
    assert (lowest < 0) == METHODS[key].signed or key == "lrp"  # its rules pay by positive shares


@pytest.mark.parametrize("key", sorted(set(CONTROLS) - LOOKS))
def test_a_control_does_not_look_at_the_network(key: str) -> None:
    assert np.isfinite(made(key, Deaf())).all()


def test_the_cheater_looks_at_the_five_best_classes_alone() -> None:
    """Another network with the same five best gives the same map; one without the class the negative."""

    def answering(*best: int) -> nn.Module:
        class Answer(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                logits = torch.zeros(len(x), 10)
                logits[:, list(best)] = torch.arange(1.0, 6.0)
                return logits

        return Answer()

    bests = ((0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (5, 6, 7, 8, 9))
    one, same, without = (made("sign_flip", answering(*best)) for best in bests)
    assert np.array_equal(one, same) and np.array_equal(one, -without)
    pair = one[0, 0], without[0, 0]
    assert SIMILARITIES["mse"].fn(*pair).value == pytest.approx(4)  # the largest at unit power
    assert SIMILARITIES["ssim"].fn(*pair).value > 0.4


@pytest.mark.parametrize("key", sorted({k for k, m in METHODS.items() if m.stochastic}))
def test_what_is_called_random_depends_on_the_seed(key: str) -> None:
    module = Counting()
    assert not np.array_equal(made(key, module, seed=0), made(key, module, seed=1))
    assert np.array_equal(made(key, module, seed=0), made(key, module, seed=0))


@pytest.mark.parametrize(
    "key", ["gradient", "input_x_gradient", "integrated_gradients", "occlusion", "sobel"]
)
def test_what_is_not_called_random_draws_nothing(key: str) -> None:
    assert not METHODS[key].stochastic
    assert np.isfinite(made(key, Counting(), rng=False)).all()


def test_fixed_noise_is_one_map_for_all_depths_of_a_seed_and_fresh_noise_is_not() -> None:
    fixed, fresh = (made(key, Deaf(), rows=3)[:, 0] for key in ("fixed_noise", "fresh_noise"))
    assert np.array_equal(fixed[0], fixed[2])
    correlation = np.corrcoef(fresh.reshape(3, -1))[np.triu_indices(3, 1)]
    assert np.abs(correlation).max() < 4 / SIDE  # four standard errors of unrelated pixels
    neighbours = np.corrcoef(fresh[0][:, :-1].ravel(), fresh[0][:, 1:].ravel())[0, 1]
    assert abs(neighbours) < 4 / SIDE  # pixels of one map have no covariance either


@pytest.mark.parametrize(
    "key", ["gradient", "input_x_gradient", "guided_backprop", "integrated_gradients", "smoothgrad"]
)
def test_the_passes_of_a_card_are_those_that_are_made(key: str) -> None:
    module = Counting()
    made(key, module)
    assert module.seen == METHODS[key].passes(**{p.key: p.default for p in METHODS[key].params})


def test_occlusion_makes_a_forward_pass_a_window_which_is_a_third_of_a_pass() -> None:
    module = Counting()
    made("occlusion", module)
    assert module.seen == 27 * 27 + 1  # windows of 16 every 8 pixels, and the picture itself
    assert METHODS["occlusion"].passes() == pytest.approx(0.35 * 27 * 27)
    assert "hundreds of passes" in METHODS["occlusion"].summary
    assert 100 < float(cost(METHODS["occlusion"]).split()[0]) < 1000


def test_input_x_gradient_is_lrp_0_on_a_relu_network_without_biases() -> None:
    """LRP-0 written down for two layers: each unit pays its inputs by their share of its value."""
    g = torch.Generator().manual_seed(0)
    first, last = torch.randn(12, 27, generator=g), torch.randn(4, 12, generator=g)
    x = torch.randn(1, 3, 3, 3, generator=g)

    class Two(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x.flatten(1) @ first.T).relu() @ last.T

    values = METHODS["input_x_gradient"].fn(network(Two()), x, torch.tensor([2]), rng=None)
    sums = first @ x.flatten()
    paid = sums.relu() * last[2]  # what each hidden unit has of the logit
    shares = first * x.flatten() / sums[:, None]
    expected = (torch.where(sums > 0, paid, torch.zeros(())) @ shares).reshape(3, 3, 3)
    assert torch.allclose(values[0], expected, atol=1e-5)
    assert float(values.sum()) == pytest.approx(float(Two()(x)[0, 2]), abs=1e-4)


def test_what_a_flipped_map_scores_is_what_the_card_of_ssim_says() -> None:
    stored = examples.load()
    assert stored is not None
    maps = [pair.original for pair in stored.pairs.values() if pair.original is not None]
    for key, low, high in (("ssim", 0.18, 0.99), ("cs", -1.0, -0.18)):
        values = [float(SIMILARITIES[key].fn(values, -values)) for values in maps]
        assert (round(min(values), 2), round(max(values), 2)) == (low, high)
        assert f"{abs(low):.2f}" in SIMILARITIES["ssim"].fn.__doc__
        assert f"{abs(high):.2f}" in SIMILARITIES["ssim"].fn.__doc__


def test_the_orders_and_rankings_say_what_they_do() -> None:
    values = np.array([-3.0, 0.5, 2.0])
    assert RANKINGS["signed"].fn(values).argmax() == 2 and RANKINGS["magnitude"].fn(values).argmax() == 0
    assert ORDERS["lerf"].fn(np.array([0, 1, 2]), 3).tolist() == [2, 1, 0]
