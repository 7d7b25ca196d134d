"""The shipped numbers about noise: their order, the closed form, and a part of them computed again.

Measured figures (Lite0, cascade, He normal, recalibrated BatchNorm) stand beside the assertions.
"""

from __future__ import annotations

import numpy as np
import pytest

from xaicheck import theory
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.experiments.noise import mixing, store
from xaicheck.experiments.noise.contest import CHANCE, Standings, standings
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.experiments.noise.setting import Setting
from xaicheck.methods import METHODS
from xaicheck.models import samples

NOISE = "fresh_noise"


@pytest.fixture(scope="module")
def data() -> NoiseData:
    found = store.load()
    assert found is not None, "run python -m xaicheck.experiments.noise"
    return found


@pytest.fixture(scope="module")
def contests(data: NoiseData) -> list[Standings]:
    return [standings(data.contest, data.fills, depth) for depth in data.contest.depths]


def test_the_shipped_numbers_are_those_of_the_setting(data: NoiseData) -> None:
    setting = Setting()
    assert (data.pictures, data.methods, data.shares) == (setting.pictures, setting.panel, setting.shares)
    assert data.faithfulness.shape[-1] == len(setting.draws)
    assert store.FILE.stat().st_size < store.MAX_BYTES


def test_every_number_is_there_or_has_a_reason(data: NoiseData) -> None:
    assert np.isfinite(data.faithfulness).all()
    holes = {(p, m, d) for p, _, m, d, _, _ in np.argwhere(np.isnan(data.similarity))}
    named = {
        (data.pictures.index(one.picture), data.methods.index(one.method), data.depths.index(one.depth))
        for one in data.missing
        if one.method in data.methods and one.depth in data.depths
    }
    assert holes <= named


def test_fresh_noise_is_first_or_level_with_the_first_in_ssim_at_every_depth(
    contests: list[Standings],
) -> None:
    for found in contests:
        assert NOISE in found.level["ssim"], (found.depth, found.winners["ssim"])


def test_no_real_method_beats_noise_in_magnitudes_on_every_random_network(
    contests: list[Standings],
) -> None:
    # Measured: one mean out of 19 depths x 8 methods is below that of noise by more than CHANCE, Grad-CAM's
    # at depth 5, -0.13 (-0.28 to 0.03 over the networks): so coarse a map is rarely near 0 by accident.
    ahead = 0
    for found in contests:
        noise = found.entry(NOISE).scores["spearman_abs"].mean
        assert noise is not None
        for entry in found.entries:
            score = entry.scores["spearman_abs"]
            if score.mean is None or score.high is None or METHODS[entry.method].control:
                continue
            ahead += score.mean < noise - CHANCE
            assert score.high > noise - CHANCE, (found.depth, entry.method)
    assert ahead <= 3


def test_the_faithfulness_of_noise_is_zero_within_its_interval(contests: list[Standings]) -> None:
    for fill, interval in contests[0].entry(NOISE).faithfulness.items():
        assert interval.low is not None and interval.high is not None
        assert interval.low < 0 < interval.high, (fill, interval)


def test_the_cheater_goes_twice_as_far_as_noise_and_ssim_does_not_see_it(contests: list[Standings]) -> None:
    deep = contests[-1].entry("sign_flip").scores
    assert deep["mse"].mean == pytest.approx(4, abs=1e-3)
    assert deep["cs"].mean is not None and deep["cs"].mean < -0.9
    assert deep["ssim"].mean is not None and deep["ssim"].mean > 0.8
    assert deep["spearman_abs"].mean == pytest.approx(1, abs=1e-3)


def test_edges_and_fixed_noise_never_change(contests: list[Standings]) -> None:
    for found in contests:
        for control in ("sobel", "fixed_noise"):
            assert found.entry(control).scores["ssim"].mean == pytest.approx(1, abs=1e-3)


def test_mixed_real_maps_lie_on_the_closed_form(data: NoiseData) -> None:
    q = data.measures.index("cosine")
    pure = data.similarity[:, q, :, :, 0].mean(-1)
    expected = theory.observed_correlation(pure[..., None], theory.snr_of_mixture(data.shares))
    found = data.similarity[:, q].mean(-1)
    # Standard deviation of a mean over three draws of 224 x 224 pixels: 0.0026, among 2 400 cells.
    assert np.nanmax(np.abs(found - expected)) < 0.012


def test_noise_makes_every_map_better_in_the_check_that_had_something_left(data: NoiseData) -> None:
    alike = data.similarity[:, data.measures.index("cosine")].mean(-1)
    before, after = alike[..., 0], alike[..., data.shares.index(0.9)]
    had = np.abs(before) > 0.05
    assert (np.abs(after[had]) < np.abs(before[had])).all()


def test_the_stored_similarities_are_those_of_the_shipped_maps(data: NoiseData) -> None:
    report = shipped.load()
    assert report is not None
    original, deep = (report.attribution("lrp", depth, 0) for depth in (0, 9))
    assert original is not None and deep is not None
    live = mixing.curve(original.values, deep.values, "cosine")
    stored = data.similarity[0, data.measures.index("cosine"), data.methods.index("lrp"), 8]
    # The shipped maps have 8 bits a pixel.
    assert np.abs(live.values.T - stored).max() < 0.005


def test_a_part_computed_again_gives_the_shipped_numbers(data: NoiseData) -> None:
    from xaicheck.experiments.noise import precompute
    from xaicheck.models.registry import load

    picture, method, share, seed = data.pictures[0], "lrp", 0.9, 1
    network, image = load(data.model, "cpu"), samples.load(picture)
    assert precompute.target_of(network, image).index == data.targets[0].index
    original = precompute.original_map(network, image, data.targets[0].index, method, 0)
    mixed = {"x": mixing.mixed(original, share, seed)}
    score = precompute.faithful(network, image, data.targets[0].index, mixed, ("mean",))["x", "mean"]
    at = data.fills.index("mean"), data.methods.index(method), data.shares.index(share), seed
    # A region whose sum is almost that of another may change places on another processor.
    assert score == pytest.approx(data.faithfulness[0][at], abs=2e-3)
