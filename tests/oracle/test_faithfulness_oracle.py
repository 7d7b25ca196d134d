"""Inpainting against a dense solution, curves against a plain loop, and what they say of Lite0."""

from __future__ import annotations

import random

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip
from torch import nn

from xaicheck.faithfulness import Faithfulness, faithfulness, road
from xaicheck.faithfulness.inpaint import inpainted
from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain
from xaicheck.models.registry import MODELS, load
from xaicheck.models.samples import load as sample
from xaicheck.types import MethodChoice, Network

NOISE = tuple(f"noise {i}" for i in range(10))


def dense(picture: np.ndarray, removed: np.ndarray) -> np.ndarray:
    """The inpainted picture from one dense system over all pixels, written down pixel by pixel."""
    height, width = removed.shape
    matrix = np.zeros((height * width, height * width))
    right = picture.reshape(3, -1).T.copy()
    for i in range(height):
        for j in range(width):
            p = i * width + j
            matrix[p, p] = 1
            if not removed[i, j]:
                continue
            right[p] = 0
            around = [
                (i + di, j + dj, 1 / 6 if 0 in (di, dj) else 1 / 12)
                for di in (-1, 0, 1)
                for dj in (-1, 0, 1)
                if (di, dj) != (0, 0) and 0 <= i + di < height and 0 <= j + dj < width
            ]
            total = sum(weight for *_, weight in around)
            for k, m, weight in around:
                matrix[p, k * width + m] -= weight / total
    return np.linalg.solve(matrix, right).T.reshape(picture.shape)


def masks(height: int, width: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    spot, kept = np.zeros((height, width), bool), np.ones((height, width), bool)
    spot[0, 0] = spot[height // 2, width // 2] = True
    kept[-1, 0] = False
    half = np.zeros((height, width), bool)
    half[:, width // 2 :] = True
    return {
        "two pixels": spot,
        "all but one": kept,
        "half": half,
        **{f"{share:.0%} at random": rng.random((height, width)) < share for share in (0.2, 0.5, 0.9)},
    }


@pytest.mark.parametrize(("height", "width"), [(9, 9), (7, 12), (13, 5), (2, 3), (1, 6)])
def test_inpainting_is_the_solution_of_the_dense_system(height: int, width: int) -> None:
    picture = np.random.default_rng(1).normal(size=(3, height, width))
    for name, removed in masks(height, width).items():
        if removed.all():
            continue
        expected = dense(picture, removed)
        assert inpainted(picture, removed) == pytest.approx(expected, abs=1e-10), name
        assert (inpainted(picture, removed)[:, ~removed] == picture[:, ~removed]).all(), name


def test_a_large_region_is_solved_exactly_and_stays_between_its_neighbours() -> None:
    """On 224 pixels the equations hold to rounding, and no value is outside those that are known."""
    rng = np.random.default_rng(2)
    picture = rng.normal(size=(3, 224, 224))
    removed = np.kron(rng.random((14, 14)) < 0.7, np.ones((16, 16))) > 0
    filled = inpainted(picture, removed)
    padded = np.pad(filled, ((0, 0), (1, 1), (1, 1)))
    inside = np.pad(np.ones((224, 224)), 1)
    total, weights = np.zeros_like(filled), np.zeros((224, 224))
    for di in (0, 1, 2):
        for dj in (0, 1, 2):
            weight = {1: 1 / 6, 2: 1 / 12, 0: 0}[abs(di - 1) + abs(dj - 1)]
            total += weight * padded[:, di : di + 224, dj : dj + 224]
            weights += weight * inside[di : di + 224, dj : dj + 224]
    assert filled[:, removed] == pytest.approx((total / weights)[:, removed], abs=1e-9)
    for channel in range(3):
        known = picture[channel, ~removed]
        assert known.min() <= filled[channel].min()
        assert filled[channel].max() <= known.max()


@pytest.mark.parametrize("region", [(slice(20, 44), slice(10, 50)), "pixels"])
def test_a_constant_and_a_planar_picture_are_inpainted_exactly_away_from_borders(region: object) -> None:
    removed = np.zeros((64, 64), bool)
    if region == "pixels":
        removed[1:-1, 1:-1] = np.random.default_rng(3).random((62, 62)) < 0.7
    else:
        removed[region] = True
    row, column = np.mgrid[:64, :64] / 64
    picture = np.stack([np.full((64, 64), 0.7), 0.3 * row - 1.1 * column + 0.2, column])
    damaged = np.where(removed, 99.0, picture)  # what was there must not matter
    assert np.abs(inpainted(damaged, removed) - picture).max() < 1e-6
    # A constant is exact at the borders too; a plane is not: there the neighbours lie on one side.
    removed[0] = True
    assert np.abs(inpainted(np.where(removed, 99.0, picture), removed) - picture)[0].max() < 1e-6
    assert np.abs(inpainted(np.where(removed, 99.0, picture), removed) - picture)[1].max() > 1e-3


def test_where_nothing_is_left_the_mean_colour_remains() -> None:
    picture = np.random.default_rng(4).normal(size=(3, 6, 8))
    everything = np.ones((6, 8), bool)
    means = np.broadcast_to(picture.mean((1, 2), keepdims=True), picture.shape)
    assert inpainted(picture, everything) == pytest.approx(means, abs=1e-15)
    assert (inpainted(picture, ~everything) == picture).all()


# EfficientNet-Lite0 and the cat


@pytest.fixture(scope="module")
def lite() -> Network:
    return load("efficientnet_lite0")


@pytest.fixture(scope="module")
def x(lite: Network) -> torch.Tensor:
    return lite.preprocess(sample("chelsea"))


@pytest.fixture(scope="module")
def target(lite: Network, x: torch.Tensor) -> int:
    with torch.no_grad():
        return int(lite.module(x[None])[0].argmax())


@pytest.fixture(scope="module")
def maps(lite: Network, x: torch.Tensor, target: int) -> dict[str, np.ndarray]:
    """Integrated gradients in 16 steps, and ten maps of noise."""
    rng = np.random.default_rng(5)
    key = "integrated_gradients"
    params = {param.key: param.default for param in METHODS[key].params} | {"steps": 16}
    informed = explain(
        METHODS[key],
        lite,
        x[None],
        target,
        draws=draws_for(0, key, "chelsea", (0,)),
        params=MethodChoice(key, tuple(params.items())),
    )[0]
    return {key: informed} | {name: rng.normal(size=x.shape[1:]) for name in NOISE}


@pytest.fixture(scope="module")
def results(
    lite: Network, x: torch.Tensor, target: int, maps: dict[str, np.ndarray]
) -> dict[tuple[str, str], Faithfulness]:
    """By map and output: the mean fill, 14 steps."""
    found = faithfulness(lite, x, maps, target, fills=("mean",), steps=14, image="chelsea")
    return {(result.map, result.output): result for result in found}


def test_aopc_is_that_of_a_plain_loop(
    lite: Network, x: torch.Tensor, target: int, maps: dict[str, np.ndarray]
) -> None:
    values = maps["integrated_gradients"]
    squares = sorted(
        ((i, j) for i in range(0, 224, 32) for j in range(0, 224, 32)),
        key=lambda at: values[at[0] : at[0] + 32, at[1] : at[1] + 32].astype(float).sum(),
        reverse=True,
    )
    means = [float(x[channel].double().mean()) for channel in range(3)]
    steps = 5

    def probability(gone: list[tuple[int, int]]) -> float:
        picture = x.clone()
        for i, j in gone:
            for channel in range(3):
                picture[channel, i : i + 32, j : j + 32] = means[channel]
        with torch.no_grad():
            return float(lite.module(picture[None])[0].double().softmax(0)[target])

    most = [probability(squares[: k * 49 // steps]) for k in range(steps + 1)]
    least = [probability(squares[49 - k * 49 // steps :]) for k in range(steps + 1)]
    (result,) = faithfulness(
        lite, x, {"map": values}, target, fills=("mean",), outputs=("softmax",), region=32, steps=steps
    )
    # float32 convolutions round differently in batches of another size: 4e-7 measured.
    assert result.curve("morf").values == pytest.approx(most, abs=1e-5)
    assert result.curve("lerf").values == pytest.approx(least, abs=1e-5)
    aopc = sum(most[0] - p for p in most) / (steps + 1)
    assert result.score("aopc").value == pytest.approx(aopc, abs=1e-5)
    abpc = sum(b - a for a, b in zip(most, least, strict=True)) / (steps + 1)
    assert result.score("abpc").value == pytest.approx(abpc, abs=1e-5)
    assert abs(abpc) > 1e-3, "a comparison of zeros says nothing"


def test_the_chunk_changes_nothing_but_rounding(
    lite: Network, x: torch.Tensor, target: int, maps: dict[str, np.ndarray]
) -> None:
    few = {name: maps[name] for name in ("integrated_gradients", "noise 0")}
    fills = ("uniform", "inpaint")
    one, two = (faithfulness(lite, x, few, target, fills=fills, steps=4, chunk=chunk) for chunk in (1, 7))
    assert len(one) == len(two) == 8
    for a, b in zip(one, two, strict=True):
        for c, d in zip(a.curves, b.curves, strict=True):
            # float32, see above: at most 4e-7 in the probability, 2e-6 in the logit (which is about 10).
            assert c.values == pytest.approx(d.values, rel=1e-5, abs=1e-5)


def test_a_run_leaves_the_network_and_the_global_generators_alone(
    lite: Network, x: torch.Tensor, target: int
) -> None:
    before = {name: value.clone() for name, value in lite.module.state_dict().items()}
    states = torch.random.get_rng_state(), random.getstate()
    faithfulness(lite, x, {"flat": np.zeros((224, 224))}, target, fills=("uniform",), steps=3)
    road(lite, x, {"flat": np.zeros((224, 224))}, target, percentages=(50,))
    assert torch.equal(states[0], torch.random.get_rng_state())
    assert states[1] == random.getstate()
    assert all(torch.equal(before[name], value) for name, value in lite.module.state_dict().items())


@pytest.mark.parametrize("output", ["softmax", "logit"])
def test_integrated_gradients_beats_noise_and_noise_scores_zero(
    output: str, results: dict[tuple[str, str], Faithfulness]
) -> None:
    """Measured in 14 steps: probability 0.050 against 0.002 (sd 0.018), logit 1.09 against 0.03 (sd 0.68).

    Input x gradient does not pass this bar on this picture: 0.005 and -0.29 in 28 steps.
    """
    noise = np.array([float(results[name, output].score("abpc")) for name in NOISE])
    informed = float(results["integrated_gradients", output].score("abpc"))
    error = noise.std(ddof=1) / np.sqrt(len(noise))
    assert abs(noise.mean()) < 3 * error
    assert informed > noise.mean() + 3 * error


def test_aopc_alone_does_not_tell_a_map_from_noise(results: dict[tuple[str, str], Faithfulness]) -> None:
    """Measured: 0.318 for integrated gradients, 0.298 (sd 0.014) for noise: removal itself costs it."""
    noise = np.array([float(results[name, "softmax"].score("aopc")) for name in NOISE])
    informed = float(results["integrated_gradients", "softmax"].score("aopc"))
    assert noise.mean() > 0.8 * informed


class Seen(nn.Module):
    """Three logits of a fixed linear map; keeps every picture that it is asked about."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.weights = torch.from_numpy(np.random.default_rng(1).standard_normal((3, 3 * side * side)) / 4)
        self.pictures: list[np.ndarray] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.pictures += list(x.numpy().copy())
        return x.flatten(1) @ self.weights.T


@pytest.mark.parametrize("fill", ["inpaint", "noisy_inpaint"])
def test_road_is_a_plain_loop_of_sorting_dense_solving_and_asking(fill: str) -> None:
    """To rounding without noise; the noise is small, white, and the same at all percentages."""
    side, target, percentages = 24, 1, (10, 30, 50, 90)
    rng = np.random.default_rng(0)
    picture, values = rng.standard_normal((3, side, side)), rng.standard_normal((side, side))
    module = Seen(side)
    network = Network(MODELS["efficientnet_lite0"], module, (), "cpu")
    (found,) = road(
        network, torch.from_numpy(picture), {"a": values}, target, percentages=percentages, fill=fill
    )
    noise, chances, rights = [], [], []
    for percent, seen in zip(percentages, module.pictures, strict=True):
        gone = np.zeros(side * side, bool)
        gone[np.argsort(-values.ravel())[: round(percent / 100 * side * side)]] = True
        expected = dense(picture, gone.reshape(side, side))
        left = (seen - expected).reshape(3, -1)
        assert np.abs(left[:, ~gone]).max() == 0
        noise.append(np.where(gone, left, np.nan))
        if fill == "inpaint":
            assert left == pytest.approx(0, abs=1e-9)
        logits = module.weights.numpy() @ seen.ravel()
        chances.append(np.exp(logits[target] - logits.max()) / np.exp(logits - logits.max()).sum())
        rights.append(logits.argmax() == target)
    curve = found.curves[0]
    assert curve.values == pytest.approx(chances, abs=1e-12)
    assert curve.first.tolist() == rights
    assert found.score("road_probability").value == pytest.approx(np.mean(chances), abs=1e-12)
    assert found.score("road_accuracy").value == np.mean(rights)
    if fill == "noisy_inpaint":
        drawn = noise[-1][np.isfinite(noise[-1])]
        assert drawn.std() == pytest.approx(0.01, rel=0.1)  # 1554 values: 2 % is one standard error
        assert abs(drawn.mean()) < 0.001
        both = np.isfinite(noise[0])  # what goes first is gone at every percentage
        assert noise[0][both] == pytest.approx(noise[-1][both], abs=1e-9)


def test_road_removes_the_class_in_the_end_and_hardly_moves_with_its_noise(
    lite: Network, x: torch.Tensor, target: int, maps: dict[str, np.ndarray]
) -> None:
    """Measured: 0.393, 0.287, 0.171, 0.0003 with noise and 0.393, 0.294, 0.177, 0.0010 without."""
    few = {"map": maps["integrated_gradients"]}
    curves = [
        road(lite, x, few, target, percentages=(0, 10, 50, 100), fill=fill)[0].curves[0]
        for fill in ("noisy_inpaint", "inpaint")
    ]
    assert curves[0].values == pytest.approx(curves[1].values, abs=0.03)
    assert (curves[0].values != curves[1].values)[1:].all()
    for curve in curves:
        assert curve.first[0]
        assert not curve.first[-1]
        assert curve.values[-1] < 0.01
