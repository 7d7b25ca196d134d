"""The measures on a device say what the measures in numpy say, number for number and reason for reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip

from xaicheck.engine.scores import Scoring
from xaicheck.similarity.against import several
from xaicheck.similarity.comparisons import comparisons
from xaicheck.similarity.ondevice import MEASURES, Against, scores
from xaicheck.types import Attribution, MethodChoice, Request

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
KEYS = tuple(MEASURES)
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
    found = scores(Against(KEYS, torch.tensor(MAPS[name], device=device))(torch.tensor(stack, device=device)))
    reference = several(KEYS, MAPS[name])
    for other, values, row in zip(MAPS, stack, found, strict=True):
        for key, score, expected in zip(KEYS, row, reference(values), strict=True):
            assert score.why == expected.why, (key, other)
            if expected.value is None:
                assert score.value is None
                continue
            # The sums run in another order: 1e-14 was seen.
            assert score.value == pytest.approx(expected.value, abs=1e-12), (key, other)


@pytest.mark.parametrize("device", DEVICES)
def test_rank_correlations_are_the_cpus_to_the_last_bit(device: str) -> None:
    # Sums of products of half integers are exact, in any order.
    a, *others = (values for name, values in MAPS.items() if name in ("normal", "half zero", "both zeros"))
    keys = ("spearman", "spearman_abs")
    there = Against(keys, torch.tensor(a, device=device))(torch.tensor(np.stack(others), device=device))
    reference = several(keys, a)
    assert scores(there) == [reference(values) for values in others]


@pytest.mark.parametrize("device", DEVICES)
def test_a_map_smaller_than_the_window_has_no_number(device: str) -> None:
    small = torch.tensor(MAPS["normal"][:6], device=device)
    ssim, spearman = scores(Against(("ssim", "spearman"), small)(small[None]))[0]
    assert (ssim.value, ssim.why) == (None, "the original map is smaller than the window of 7 × 7 pixels")
    assert spearman.value == 1


@pytest.mark.parametrize("device", DEVICES)
def test_nothing_waits_for_the_device_until_the_scores_are_fetched(device: str) -> None:
    maps = torch.tensor(np.stack(list(MAPS.values())), device=device)
    with no_waiting(device):
        found = Against(KEYS, maps[0])(maps)
    assert (found.shape, found.dtype) == ((2, len(KEYS), len(MAPS)), torch.float64)
    assert found.device.type == device
    assert np.array_equal(found[0].isnan().cpu(), found[1].cpu() > 0)


def test_maps_of_another_shape_raise() -> None:
    with pytest.raises(ValueError, match=r"different shapes: \(8, 9\) and \(9, 8\)"):
        Against(KEYS, torch.zeros(8, 9))(torch.ones(1, 9, 8))


def test_all_measures_that_are_compared_directly_are_there() -> None:
    plain = {one.measure for one in comparisons()} - {"hog", "topk"}  # these need cells and quantiles
    assert set(MEASURES) == plain


# Scoring


def scored(measures: tuple[str, ...], device: str | None, **settings: str) -> Scoring:
    """A run of an original and three maps, one of them constant; with a device, the three at once."""
    request = Request(
        image="a" * 64,
        model="efficientnet_lite0",
        methods=(MethodChoice("gradient"),),
        depths=(0, 1, 2, 3),
        measures=measures,
        seeds=(0,),
        target=0,
        **settings,
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
    assert [row.score.why for row in found.scores] == [
        "the map could not be computed",
        "the original map could not be computed",
    ]
