"""The stored first visit: what comes back is what was stored, near enough to draw."""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.reading import heatmap
from xaicheck.storage import int8 as levels
from xaicheck.types import Attribution, Report


@pytest.fixture(scope="module")
def report() -> Report:
    made = fakes.sample_report(seeds=2, methods=["gradient", "grad_cam", "fresh_noise"])
    failed = Attribution("gradient", 4, 0, None, "it raised")
    maps = tuple(
        failed if (a.method, a.depth, a.seed) == ("gradient", 4, 0) else a for a in made.attributions
    )
    return dataclasses.replace(made, attributions=maps, _maps={})


@pytest.fixture(scope="module")
def loaded(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("shipped") / "first.zip"
    shipped.save(report, path)
    found = shipped.load(path)
    assert found is not None
    return found


def test_everything_but_the_maps_comes_back_in_full(report: Report, loaded: Report) -> None:
    for name in ("request", "image_name", "target", "blocks", "depths", "scores", "activations", "liveness",
                 "coverage", "versions", "device", "seconds", "complete"):  # fmt: skip
        assert getattr(loaded, name) == getattr(report, name), name
    assert (loaded.view == report.view).all()


def test_only_the_maps_of_the_first_seed_are_kept_and_failures_keep_their_reason(
    report: Report, loaded: Report
) -> None:
    assert {a.seed for a in loaded.attributions} == {0}
    assert loaded.attribution("gradient", 4, 0).why == "it raised"  # type: ignore[union-attr]
    assert loaded.attribution("gradient", 4, 0).values is None  # type: ignore[union-attr]


def test_a_stored_map_keeps_its_magnitude_and_its_looks(report: Report, loaded: Report) -> None:
    for original in report.attributions:
        stored = loaded.attribution(original.method, original.depth, original.seed)
        if original.seed or original.values is None or stored is None or stored.values is None:
            continue
        assert stored.rms == pytest.approx(original.rms, rel=0.01)
        limit = heatmap.map_range(original.values)
        assert heatmap.map_range(stored.values) == pytest.approx(limit, rel=0.02)
        drawn = [
            heatmap.indices(v, limit or 1, signed=True).astype(int) for v in (original.values, stored.values)
        ]
        assert np.abs(drawn[0] - drawn[1]).max() <= 3  # of 127 steps to the end of the bar


def test_a_heavy_tailed_map_keeps_its_weak_pixels() -> None:
    values = np.random.default_rng(5).standard_t(2, (224, 224)).astype(np.float32)
    back = levels.restored(*levels.quantised(values))
    assert np.sqrt(np.mean(back**2)) == pytest.approx(np.sqrt(np.mean(values**2)), rel=0.01)
    weak = np.abs(values) > 0.02 * np.abs(values).max()
    assert (np.sign(back[weak]) == np.sign(values[weak])).all()


def test_zero_and_broken_maps_stay_what_they_are() -> None:
    assert not levels.restored(*levels.quantised(np.zeros((3, 3), np.float32))).any()
    broken = np.array([[np.nan, 1.0]], np.float32)
    assert np.array_equal(levels.restored(*levels.quantised(broken)), broken, equal_nan=True)


def test_no_file_and_a_file_of_another_format_give_nothing(tmp_path: Path) -> None:
    assert shipped.load(tmp_path / "none.zip") is None
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("report.json", '{"format": 0}')
    assert shipped.load(other) is None


def test_equal_reports_make_equal_files(report: Report, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.zip", "b.zip")]
    for path in paths:
        shipped.save(report, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_file_in_the_repository_answers_the_first_request_and_is_small() -> None:
    found = shipped.load()
    assert found is not None and found.complete
    assert found.request == shipped.first_request()
    assert shipped.FILE.stat().st_size <= shipped.MAX_BYTES
    methods, depths = len(found.request.methods), len(found.request.depths)
    assert len(found.attributions) == methods * depths
    assert len(found.scores) == methods * depths * len(found.request.seeds) * len(found.request.measures)
    assert found.coverage.changed_share == 1.0 and not found.coverage.untouched
