"""Heatmaps: symmetric, readable with colour-blind eyes, honest about ranges and about missing maps."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from xaicheck.reading import heatmap

# Machado et al. 2009, severity 1: linear RGB as seen with the given colour blindness.
BLIND = {
    "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "deutan": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "tritan": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}


def linear(rgb: np.ndarray) -> np.ndarray:
    share = rgb.astype(float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(rgb: np.ndarray) -> np.ndarray:
    return linear(rgb) @ [0.2126, 0.7152, 0.0722]


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def signed_map() -> np.ndarray:
    return np.random.default_rng(3).standard_normal((40, 50)).astype(np.float32)


def test_zero_is_neutral_and_lightest_in_both_palettes() -> None:
    for table, zero in ((heatmap.diverging(), heatmap.ZERO), (heatmap.sequential(), 0)):
        colour = table[zero].astype(int)
        assert np.ptp(colour) < 8  # hardly any hue
        assert luminance(table[: heatmap.LAST + 1]).argmax() == zero


def test_both_halves_darken_steadily_and_alike() -> None:
    light = luminance(heatmap.diverging()[: heatmap.LAST + 1])
    negative, positive = light[heatmap.ZERO :: -1], light[heatmap.ZERO :]
    assert (np.diff(negative) <= 1e-9).all() and (np.diff(positive) <= 1e-9).all()
    # Equal sizes look equally strong: lightness (cube root) of the halves differs by less than 0.12 of 1.
    assert np.abs(np.cbrt(negative) - np.cbrt(positive)).max() < 0.12


@pytest.mark.parametrize("kind", BLIND)
def test_the_two_signs_stay_apart_for_colour_blind_eyes(kind: str) -> None:
    table = heatmap.diverging()
    seen = linear(table) @ np.array(BLIND[kind]).T
    for step in (30, 60, 100, 127):
        apart = np.abs(seen[heatmap.ZERO - step] - seen[heatmap.ZERO + step]).max()
        floor = 0.05 if step > 30 else 0.03
        assert apart > floor, (kind, step, apart)


def test_a_png_is_a_palette_picture_of_the_same_size() -> None:
    image = Image.open(io.BytesIO(heatmap.png(signed_map(), 2.0)))
    assert image.mode == "P" and image.size == (50, 40)
    assert len(image.getpalette() or []) == 768


def test_opposite_maps_mirror_their_indices() -> None:
    values = signed_map()
    there, back = (heatmap.indices(v, 1.7, signed=True).astype(int) for v in (values, -values))
    assert (there + back == 2 * heatmap.ZERO).all()


def test_values_beyond_the_range_get_the_last_colour() -> None:
    values = np.array([[-9.0, -1.0, 0.0, 1.0, 9.0]])
    assert heatmap.indices(values, 1.0, signed=True).tolist() == [[0, 0, 127, 254, 254]]
    assert heatmap.indices(values, 1.0, signed=False).tolist() == [[0, 0, 0, 254, 254]]


def test_pixels_that_are_no_numbers_get_a_colour_of_their_own() -> None:
    values = np.array([[np.nan, 0.0, np.inf, 1.0]])
    drawn = pixels(heatmap.png(values, 1.0))
    table = heatmap.diverging()
    assert (drawn[0, 0] == table[heatmap.NOT_A_NUMBER]).all() and (drawn[0, 2] == drawn[0, 0]).all()
    assert (drawn[0, 1] == table[heatmap.ZERO]).all()
    assert not (table[: heatmap.LAST + 1] == table[heatmap.NOT_A_NUMBER]).all(axis=1).any()


def test_nothing_is_ever_drawn_black() -> None:
    assert heatmap.diverging().max(axis=1).min() > 60
    assert heatmap.sequential().max(axis=1).min() > 60


def test_the_range_of_a_map_leaves_out_the_strongest_half_percent() -> None:
    values = np.zeros((100, 100))
    values.flat[:] = np.arange(10_000)
    assert heatmap.map_range(values) == pytest.approx(np.percentile(values, 99.5))
    assert np.mean(values > heatmap.map_range(values)) == pytest.approx(0.005, abs=1e-4)


def test_a_map_of_few_bright_pixels_still_has_a_range() -> None:
    values = np.zeros((100, 100))
    values[3, 4] = -2.0
    assert heatmap.map_range(values) == 2.0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (None, "no map"),
        (np.full((4, 4), np.nan), "no finite number"),
        (np.zeros((4, 4)), "exactly zero"),
    ],
)
def test_a_map_that_cannot_be_drawn_says_why(values: np.ndarray | None, words: str) -> None:
    assert words in (heatmap.why_not_drawn(values) or "")


def test_the_reason_of_the_computation_comes_first() -> None:
    assert heatmap.why_not_drawn(None, "out of memory") == "out of memory"
    assert heatmap.why_not_drawn(signed_map()) is None


def test_a_difference_compares_shapes_and_not_magnitudes() -> None:
    values = signed_map()
    same = heatmap.difference(values, 1000 * values)
    assert same.values is not None and np.abs(same.values).max() < 1e-5
    flipped = heatmap.difference(values, -values)
    assert flipped.values is not None
    assert np.sqrt(np.mean(flipped.values**2)) == pytest.approx(2, abs=1e-4)


@pytest.mark.parametrize("bad", [None, np.zeros((40, 50)), np.full((40, 50), np.nan)])
def test_a_difference_without_two_scales_has_a_reason(bad: np.ndarray | None) -> None:
    result = heatmap.difference(signed_map(), bad)
    assert result.values is None and result.why.endswith(".")


def test_huge_values_have_a_difference_and_a_picture() -> None:
    huge = (signed_map() * 1e30).astype(np.float32)
    assert heatmap.difference(huge, huge).values is not None
    assert np.unique(heatmap.indices(huge, heatmap.map_range(huge) or 0, signed=True)).size > 100


def test_the_colour_bar_shows_every_colour_in_order() -> None:
    bar = pixels(heatmap.colour_bar())
    assert bar.shape == (1, 255, 3)
    assert (bar[0] == heatmap.diverging()[:255]).all()


def test_a_photograph_is_kept_without_loss() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert (pixels(heatmap.photograph(rgb)) == rgb).all()
