"""Cosine similarity convergence: on numbers known by hand, and on EfficientNet-Lite0 (known answer 22)."""

from __future__ import annotations

import dataclasses
import hashlib

import xaicheck  # noqa: F401  # isort: skip

import numpy as np
import pytest
import torch

from xaicheck.engine.convergence import RULES, VECTORS, Convergence, _summary, along, convergence
from xaicheck.errors import BadRequest, Refused
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.seeds import generator
from xaicheck.theory import median_absolute_cosine
from xaicheck.types import Network

START, END = "head", "stem"


def print_of(network: Network) -> str:
    found = hashlib.sha256()
    for name, value in network.module.state_dict().items():
        found.update(name.encode() + value.numpy().tobytes())
    for name, part in network.module.named_modules():
        hooks = [len(h) for h in (part._forward_hooks, part._forward_pre_hooks, part._backward_hooks)]
        found.update(f"{name} {type(part)} {hooks}".encode())
    return found.hexdigest()


@pytest.fixture(scope="module")
def found(lite0: Network, cat: torch.Tensor) -> dict[str, Convergence]:
    return {key: convergence(lite0, cat, key, start=START, end=END) for key in RULES}


# The cat, head to stem, 5 starts; the direction is the claim. Measured, median cosine (median magnitude):
# gradient -0.025 (0.48, where random vectors of 32 channels have 0.14: it narrows too, with either sign),
# guided backprop 1.000 (1.000), LRP -0.998 (1.000). The toy network of the specification, over four
# convolutions: gradient 0.037, guided backprop 0.998.
def test_guided_backprop_forgets_its_start_and_the_gradient_does_not(found):
    assert found["guided_backprop"].median > 0.95
    assert abs(found["gradient"].median) < 0.15
    assert found["gradient"].absolute < 0.7 < 0.95 < found["guided_backprop"].absolute


def test_lrp_hands_every_start_down_one_line_whose_sign_is_that_of_its_sum(found):
    assert found["lrp"].absolute > 0.95
    assert abs(found["lrp"].mean) < 0.5  # random starts sum to either sign


def test_guided_backprop_forgets_more_the_further_it_goes(lite0, cat):
    near = convergence(lite0, cat, "guided_backprop", start=START, end="stage 6.0")
    far = convergence(lite0, cat, "guided_backprop", start=START, end="stage 3.0")
    assert near.median < 0.8 < 0.95 < far.median  # measured: 0.57 and 1.00


@pytest.mark.parametrize("method", RULES)
def test_one_pass_gives_at_every_block_what_a_pass_of_its_own_gives(lite0, cat, method):
    ends = ("stage 6.0", "stage 3.0", END)
    together = along(lite0, cat, method, start=START, ends=ends, vectors=2)
    for end, at in zip(ends, together, strict=True):
        alone = convergence(lite0, cat, method, start=START, end=end, vectors=2)
        assert at.median == pytest.approx(alone.median, abs=1e-5)
        assert at.middle_absolute == pytest.approx(alone.middle_absolute, abs=1e-5)


def test_the_gradient_hands_down_what_autograd_does(lite0, cat):
    """The same starts through hooks of the test's own."""
    kept = {}
    modules = {name: lite0.module.get_submodule(name) for name in ("bn2", "bn1")}
    handles = [
        module.register_forward_hook(lambda _m, _a, out, name=name: kept.__setitem__(name, out))
        for name, module in modules.items()
    ]
    try:
        lite0.module(cat.clone().requires_grad_())
    finally:
        for handle in handles:
            handle.remove()
    shape = (VECTORS, *kept["bn2"].shape[1:])
    starts = torch.randn(shape, generator=generator("csc", 0, START))
    rows = [torch.autograd.grad(kept["bn2"], kept["bn1"], v[None], retain_graph=True)[0] for v in starts]
    expected = _summary(torch.cat(rows))
    assert convergence(lite0, cat, "gradient", start=START, end=END).median == pytest.approx(
        expected.median, abs=1e-5
    )


def test_another_seed_draws_other_starts_and_the_same_seed_the_same(lite0, cat, found):
    def again(seed):
        return convergence(lite0, cat, "gradient", start=START, end=END, seed=seed)

    assert again(0) == found["gradient"]
    assert again(1).median != found["gradient"].median


def test_the_network_is_left_as_it_was(lite0, cat):
    before = print_of(lite0)
    for key in RULES:
        convergence(lite0, cat, key, start=START, end="stage 6.0", vectors=2)
    assert print_of(lite0) == before


# On vectors that are known.


def test_random_vectors_meet_at_the_baseline():
    vectors = torch.randn(5, 32, 40, 50, generator=generator("test", "csc"))
    score = _summary(vectors)
    cosines = np.abs(np.array(_pairwise(vectors)))
    assert score.baseline == pytest.approx(float(np.median(cosines)), abs=0.002)
    assert abs(score.median) < 0.005 and abs(score.mean) < 0.005


def _pairwise(vectors: torch.Tensor) -> list[float]:
    count, channels = vectors.shape[:2]
    flat = vectors.numpy().reshape(count, channels, -1)
    return [
        float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
        for i in range(count)
        for j in range(i)
        for a, b in zip(flat[i].T, flat[j].T, strict=True)
    ]


def test_one_direction_with_either_sign_is_one_line():
    direction = torch.randn(16, 3, 3, generator=generator("test", "line"))
    signs = torch.tensor([1.0, -2.0, 3.0, 1e-30, 1e30]).view(5, 1, 1, 1)
    score = _summary(signs * direction)
    assert score.absolute == pytest.approx(1, abs=1e-12)
    assert score.mean == pytest.approx((6 - 4) / 10, abs=1e-12)  # six pairs of one sign, four of two


def test_the_middle_half_lies_around_the_median():
    vectors = torch.randn(4, 8, 9, 9, generator=generator("test", "middle"))
    score = _summary(vectors)
    cosines = np.array(_pairwise(vectors))
    for middle, median, values in (
        (score.middle, score.median, cosines), (score.middle_absolute, score.absolute, np.abs(cosines)),
    ):  # fmt: skip
        assert middle[0] <= median <= middle[1]
        assert middle == pytest.approx(tuple(np.quantile(values, (0.25, 0.75))), abs=0.01)


def test_tokens_have_their_channels_last():
    tokens = torch.randn(3, 7, 16, generator=generator("test", "tokens"))
    assert _summary(tokens) == _summary(tokens.transpose(1, 2)[..., None])
    assert _summary(tokens).channels == 16


def test_places_without_relevance_are_left_out_and_counted():
    vectors = torch.ones(2, 4, 2, 2)
    vectors[:, :, 0] = 0
    score = _summary(vectors)
    assert (score.median, score.empty) == (pytest.approx(1), 0.5)
    nothing = _summary(torch.zeros(3, 4, 2, 2))
    assert nothing.median is None and nothing.empty == 1 and "no relevance" in nothing.why


def test_the_baseline_is_the_integral_over_the_sphere():
    from scipy.integrate import quad

    for d in (2, 3, 16, 192):  # half of the sphere lies nearer to the equator
        edge = np.arccos(median_absolute_cosine(d))
        near = quad(lambda t, d=d: np.sin(t) ** (d - 2), edge, np.pi - edge)[0]
        whole = quad(lambda t, d=d: np.sin(t) ** (d - 2), 0, np.pi)[0]
        assert near / whole == pytest.approx(0.5, abs=1e-9)
    assert median_absolute_cosine(1) == pytest.approx(1)
    assert median_absolute_cosine(2) == pytest.approx(np.cos(np.pi / 4))
    assert median_absolute_cosine(1e6) == pytest.approx(0.67449 / 1e3, rel=1e-5)  # a Gaussian's median |z|


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"start": "stem", "end": "head"}, "not below"),
        ({"start": "head", "end": "head"}, "not below"),
        ({"start": "nowhere", "end": "stem"}, "no block"),
        ({"start": "head", "end": "stem", "vectors": 1}, "from 2 to 10"),
        ({"start": "head", "end": "stem", "vectors": 11}, "from 2 to 10"),
    ],
)
def test_what_cannot_be_asked_is_answered_with_the_reason(lite0, cat, wrong, says):
    with pytest.raises(BadRequest, match=says):
        convergence(lite0, cat, "gradient", **wrong)


def test_a_method_without_a_rule_and_one_that_the_network_refuses_are_refused(lite0, cat):
    assert set(RULES) <= set(METHODS)
    with pytest.raises(BadRequest, match="no backward rule"):
        convergence(lite0, cat, "grad_cam", start=START, end=END)
    hard_swish = dataclasses.replace(lite0, spec=MODELS["mobilenet_v3_large"])
    with pytest.raises(Refused, match="defined for ReLU and ReLU6"):
        convergence(hard_swish, cat, "guided_backprop", start=START, end=END)
