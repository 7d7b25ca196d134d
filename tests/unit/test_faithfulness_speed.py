"""Faithfulness as it is computed: batches, memory, devices and fast solutions change no number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip
from torch import nn

from xaicheck.faithfulness import Faithfulness, faithfulness
from xaicheck.faithfulness.answers import rows_of
from xaicheck.faithfulness.inpaint import inpainted
from xaicheck.models.registry import MODELS
from xaicheck.seeds import generator
from xaicheck.types import Network

HEIGHT, WIDTH, REGION, STEPS = 27, 34, 8, 6
TARGET = 2


def drawn(*shape: int, name: str) -> torch.Tensor:
    return torch.randn(shape, generator=generator("test speed", name), dtype=torch.float64)


class Small(nn.Module):
    """A small convolutional network in float64; keeps its batches' sizes, fails on those above `most`."""

    def __init__(self, most: int = 10**9, error: Callable[[], Exception] | None = None) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.Flatten(), nn.LazyLinear(4)
        ).double()  # fmt: skip
        self.body(torch.zeros(1, 3, HEIGHT, WIDTH, dtype=torch.float64))
        for name, parameter in self.body.named_parameters():
            parameter.requires_grad_(False).copy_(drawn(*parameter.shape, name=name) / 6)
        self.most, self.error, self.batches = most, error, []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if len(x) > self.most:
            raise self.error()
        self.batches.append(len(x))
        return self.body(x)


def network(device: str = "cpu", **settings: object) -> Network:
    return Network(MODELS["efficientnet_lite0"], Small(**settings).to(device), (), device)


X = drawn(3, HEIGHT, WIDTH, name="picture")
MAPS = {name: drawn(HEIGHT, WIDTH, name=name).numpy() for name in ("a", "b")}
FILLS = ("mean", "uniform", "inpaint", "noisy_inpaint")


def curves(own: Network, **settings: object) -> tuple[Faithfulness, ...]:
    plain = {"fills": FILLS, "region": REGION, "steps": STEPS, "image": "p"}
    return faithfulness(own, X, MAPS, TARGET, **(plain | settings))


def apart(one: tuple[Faithfulness, ...], two: tuple[Faithfulness, ...]) -> float:
    """The largest difference of two runs' curves."""
    pairs = [(a, b) for x, y in zip(one, two, strict=True) for a, b in zip(x.curves, y.curves, strict=True)]
    assert len(pairs) == len(MAPS) * len(one[0].curves) * len(one) // len(MAPS)
    return max(float(np.abs(a.values - b.values).max()) for a, b in pairs)


def dense(picture: np.ndarray, removed: np.ndarray) -> np.ndarray:
    """The picture with each removed pixel the weighted mean of its neighbours, from one dense system."""
    height, width = removed.shape
    row, column = np.divmod(np.arange(removed.size), width)
    down, right = abs(row[:, None] - row), abs(column[:, None] - column)
    weights = np.where((down > 1) | (right > 1) | (down + right == 0), 0, np.where(down + right == 2, 1, 2))
    gone = removed.ravel()
    system = (np.diag(weights.sum(1)) - weights)[gone]
    flat = picture.reshape(len(picture), -1).astype(float)
    flat[:, gone] = np.linalg.solve(system[:, gone], -system[:, ~gone] @ flat[:, ~gone].T).T
    return flat.reshape(picture.shape)


def masks(height: int, width: int) -> dict[str, np.ndarray]:
    """Whole squares of 16 and others, aligned with the picture or not, and single pixels."""
    rng = np.random.default_rng(0)

    def blocks(size: int, share: float) -> np.ndarray:
        grid = rng.random((-(-height // size), -(-width // size))) < share
        return np.kron(grid, np.ones((size, size)))[:height, :width] > 0

    corner = np.ones((height, width), bool)
    corner[-1, 0] = False
    hole = np.zeros((height, width), bool)
    hole[3:-2, 1:-6] = True
    found = {"all but a corner": corner, "hole": hole}
    for size in (1, 5, 8, 16):
        found |= {f"{share:.0%} in squares of {size}": blocks(size, share) for share in (0.2, 0.6, 0.9)}
    return {name: mask for name, mask in found.items() if mask.any() and not mask.all()}


# Curves


def test_curves_are_those_of_one_pass_a_step() -> None:
    """A plain loop: regions sorted by their sums, a picture a pass, inpainted from a dense system."""
    own = network()
    for result in curves(own, fills=("mean", "inpaint"), outputs=("logit",)):
        values = MAPS[result.map]
        squares = [
            (slice(i, i + REGION), slice(j, j + REGION))
            for i in range(0, HEIGHT, REGION)
            for j in range(0, WIDTH, REGION)
        ]
        squares.sort(key=lambda at: values[at].sum(), reverse=True)
        for order, way in (("morf", squares), ("lerf", squares[::-1])):
            expected = []
            for step in range(STEPS + 1):
                removed = np.zeros((HEIGHT, WIDTH), bool)
                for at in way[: step * len(squares) // STEPS]:
                    removed[at] = True
                picture = X.numpy()
                if result.fill == "inpaint" and 0 < removed.sum() < removed.size:
                    picture = dense(picture, removed)
                else:
                    picture = np.where(removed, picture.mean((1, 2), keepdims=True), picture)
                expected.append(float(own.module.body(torch.from_numpy(picture)[None])[0, TARGET]))
            # All of it is float64, logits up to 10.
            assert result.curve(order).values == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("chunk", [1, 3, 64])
def test_the_batch_size_does_not_matter(chunk: int) -> None:
    # float64, see above.
    assert apart(curves(network()), curves(network(), chunk=chunk)) < 1e-10


def test_batches_are_full_and_suit_the_device() -> None:
    own = network()
    curves(own)
    sizes = own.module.batches
    assert set(sizes[:-1]) == {rows_of("cpu")}
    # The original once, the emptied one once a fill, the steps between for maps, fills and both orders.
    assert sum(sizes) == 1 + len(FILLS) + len(MAPS) * len(FILLS) * 2 * (STEPS - 1)
    assert rows_of("cuda") > rows_of("cpu")


# Memory


@pytest.mark.parametrize(
    "error",
    [
        lambda: torch.OutOfMemoryError("CUDA out of memory."),
        lambda: RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        MemoryError,
    ],
)
def test_a_batch_that_does_not_fit_is_halved_and_the_numbers_stay(error: Callable[[], Exception]) -> None:
    own = network(most=3, error=error)
    # float64, see above.
    assert apart(curves(network()), curves(own, chunk=16)) < 1e-10
    assert set(own.module.batches[:-1]) == {2}, "16, 8 and 4 do not fit; 2 do, for the rest of the run"


def test_a_picture_that_does_not_fit_and_other_failures_are_raised() -> None:
    with pytest.raises(torch.OutOfMemoryError):
        curves(network(most=0, error=torch.OutOfMemoryError))
    with pytest.raises(RuntimeError, match="another matter"):
        curves(network(most=3, error=lambda: RuntimeError("another matter")), chunk=16)


# Inpainting


@pytest.mark.parametrize(("height", "width"), [(35, 34), (17, 16), (15, 40)])
def test_squares_that_are_gone_altogether_are_solved_as_everything_else(height: int, width: int) -> None:
    picture = np.random.default_rng(1).normal(size=(3, height, width))
    for name, removed in masks(height, width).items():
        # Both are direct solutions in float64.
        assert inpainted(picture, removed) == pytest.approx(dense(picture, removed), abs=1e-11), name


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (7, 12), (61, 112)])
def test_all_masks_at_once_give_what_each_gives_alone(height: int, width: int, device: str) -> None:
    """The solution on a device, by grids, against the direct one."""
    picture = 5 * np.random.default_rng(1).normal(size=(3, height, width)) + 2
    many = masks(height, width) | {
        "none": np.zeros((height, width), bool),
        "all": np.ones((height, width), bool),
    }
    stack = torch.from_numpy(np.stack(list(many.values()))).to(device)
    found = inpainted(torch.from_numpy(picture).to(device), stack).cpu().numpy()
    assert found.dtype == np.float64
    for (name, removed), own in zip(many.items(), found, strict=True):
        # The equations hold to 1e-11 of what is put into them: 6e-11 measured on 299 pixels of about 1.
        assert own == pytest.approx(inpainted(picture, removed), abs=1e-9), name
        assert (own[:, ~removed] == picture[:, ~removed]).all(), name


@pytest.mark.gpu
def test_curves_on_a_gpu_are_those_of_the_cpu() -> None:
    from xaicheck.models.device import resolve

    own = network(resolve("cuda"))
    # float64; what was inpainted by grids lacks 1e-10 of a pixel.
    assert apart(curves(network()), curves(own)) < 1e-8
