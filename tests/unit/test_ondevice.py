"""The measures on a device say what the measures in numpy say, number for number and reason for reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)
from xaicheck.engine.request import request_for

import torch  # isort: skip

from xaicheck.engine.scores import Scoring
from xaicheck.similarity import ondevice
from xaicheck.similarity.comparisons import compare, comparisons
from xaicheck.similarity.validity import OnlyOnCPU
from xaicheck.types import Attribution, Comparison, ImageInput

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
ON_CPU_ONLY = ("hog", "topk")  # these need cells and quantiles
ALL = tuple(one for one in comparisons() if one.measure not in ON_CPU_ONLY)
SHAPE = (40, 56)


def originals() -> dict[str, np.ndarray]:
    g = np.random.default_rng(91)
    normal = g.standard_normal(SHAPE)
    found = {
        "normal": normal,
        "many ties": np.round(normal),
        "half zero": np.where(g.random(SHAPE) < 0.5, 0, normal),
        "both zeros": np.where(g.random(SHAPE) < 0.5, -0.0, np.maximum(normal, 0)),
        "one peak": np.where(np.arange(normal.size).reshape(SHAPE) == 77, 3.0, 0),
        "offset": 1000 + normal,
        "tiny": 1e-38 * normal,
        "huge": 1e37 * normal,
        "positive": np.abs(normal),
        "signs": np.where(normal > 0, 1.0, -1.0),  # its magnitudes are constant
        "constant": np.full(SHAPE, 0.3),
        "zero": np.zeros(SHAPE),
        "not a number": np.where(normal > 2, np.nan, normal),
        "infinite": np.where(normal > 2, -np.inf, normal),
    }
    return {name: values.astype(np.float32) for name, values in found.items()}


MAPS = originals()


@contextmanager
def no_waiting(device: str) -> Iterator[None]:
    """Any synchronisation with a CUDA device raises."""
    if device == "cpu":
        yield
        return
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", MAPS)
def test_every_number_and_every_reason_is_that_of_the_cpu(name: str, device: str) -> None:
    stack = np.stack(list(MAPS.values()))
    there = ondevice.compare(torch.tensor(MAPS[name], device=device), ALL)
    reference = compare(MAPS[name], ALL)
    for other, values, row in zip(
        MAPS, stack, there(torch.tensor(stack, device=device)).scores(), strict=True
    ):
        for one, score, expected in zip(ALL, row, reference(values), strict=True):
            assert score.why == expected.why, (one, other)
            if expected.value is None:
                assert score.value is None
                continue
            # The sums run in another order: 1e-13 was seen. Raw distances are in the maps' own units.
            assert score.value == pytest.approx(expected.value, abs=1e-12, rel=1e-12), (one, other)


@pytest.mark.parametrize("device", DEVICES)
def test_rank_correlations_are_the_cpus_to_the_last_bit(device: str) -> None:
    # Sums of products of half integers are exact, in any order.
    a, *others = (values for name, values in MAPS.items() if name in ("normal", "half zero", "both zeros"))
    wanted = (Comparison("spearman"), Comparison("spearman_abs"))
    maps = torch.tensor(np.stack(others), device=device)
    there = ondevice.compare(torch.tensor(a, device=device), wanted)(maps).scores()
    reference = compare(a, wanted)
    assert there == [reference(values) for values in others]


@pytest.mark.parametrize("device", DEVICES)
def test_a_map_smaller_than_the_window_has_no_number(device: str) -> None:
    small = torch.tensor(MAPS["normal"][:6], device=device)
    wanted = (Comparison("ssim"), Comparison("spearman"))
    ssim, spearman = ondevice.compare(small, wanted)(small[None]).scores()[0]
    assert ssim.value is None and "original" in ssim.why and "7 × 7" in ssim.why
    assert spearman.value == 1


@pytest.mark.parametrize("device", DEVICES)
def test_nothing_waits_for_the_device_until_the_scores_are_fetched(device: str) -> None:
    maps = torch.tensor(np.stack(list(MAPS.values())), device=device)
    with no_waiting(device):
        numbers = ondevice.compare(maps[0], ALL)(maps).numbers
    assert (numbers.shape, numbers.dtype) == ((2, len(ALL), len(MAPS)), torch.float64)
    assert numbers.device.type == device
    assert np.array_equal(numbers[0].isnan().cpu(), numbers[1].cpu() > 0)


def test_nothing_asks_for_a_value_until_the_scores_are_fetched() -> None:
    # Tensors without data: whatever would wait for a number raises, as it would stall on a real device.
    maps = torch.empty(3, *SHAPE, device="meta")
    pending = ondevice.compare(maps[0], ALL)(maps)
    assert pending.numbers.shape == (2, len(ALL), 3)
    with pytest.raises(NotImplementedError):
        pending.scores()


def test_maps_of_another_shape_raise() -> None:
    with pytest.raises(ValueError, match=r"different shapes: \(8, 9\) and \(9, 8\)"):
        ondevice.compare(torch.zeros(8, 9), ALL)(torch.ones(1, 9, 8))


def test_only_what_needs_cells_or_quantiles_needs_the_cpu() -> None:
    maps = torch.tensor(np.stack([MAPS["normal"], MAPS["offset"]]))
    for one in comparisons():
        there = ondevice.compare(maps[0], (one,))
        if one.measure in ON_CPU_ONLY:
            with pytest.raises(OnlyOnCPU):
                there(maps)
        else:
            assert len(there(maps).scores()) == 2


# Scoring


def scored(measures: tuple[str, ...], device: str | None, **settings: str) -> Scoring:
    """A run of an original and three maps, one of them constant; with a device, the three at once."""
    picture = ImageInput("a" * 64, "", np.zeros((1, 1, 3), np.uint8))
    request = request_for(
        picture, methods=("gradient",), depths=(1, 2, 3), measures=measures, target=0, **settings
    )
    found = Scoring(request)
    names = ("normal", "half zero", "constant", "offset")
    maps = [Attribution("gradient", depth, 0, MAPS[name]) for depth, name in enumerate(names)]
    if device is None:
        for one in maps:
            found.take(one)
        return found
    found.take(maps[0])
    stack = torch.tensor(np.stack([MAPS[name] for name in names[1:]]), device=device)
    found.take_all(maps[1:], stack)
    return found


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    ("measures", "settings"),
    [
        (("mse", "spearman", "ssim"), {}),
        (("spearman",), {"normalisation": "max", "sign": "magnitude"}),  # by algebra: spearman_abs
        (("spearman", "hog"), {}),  # HOG needs the CPU
        (("mse",), {"normalisation": "max"}),
        (("ssim", "cs", "cosine"), {"normalisation": "minmax", "sign": "either"}),
        (("mse", "ssim"), {"normalisation": "none"}),
    ],
)
def test_a_chunk_on_a_device_is_scored_as_its_maps_one_by_one(
    measures: tuple[str, ...], settings: dict[str, str], device: str
) -> None:
    together, alone = scored(measures, device, **settings), scored(measures, None, **settings)
    assert together.entropies == alone.entropies
    assert len(together.scores) == 4 * len(measures)
    for one, other in zip(together.scores, alone.scores, strict=True):
        assert (one.method, one.measure, one.depth, one.score.why) == (
            other.method, other.measure, other.depth, other.score.why,
        )  # fmt: skip
        assert float(one.score) == pytest.approx(float(other.score), abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("device", DEVICES)
def test_a_chunk_whose_original_failed_has_no_scores_but_a_reason(device: str) -> None:
    found = Scoring(scored(("mse",), None).request)
    found.take(Attribution("gradient", 0, 0, None, "no"))
    found.take_all([Attribution("gradient", 1, 0, MAPS["normal"])], torch.ones(1, *SHAPE, device=device))
    failed, later = (row.score.why for row in found.scores)
    assert failed and "original" not in failed and "the original map" in later
