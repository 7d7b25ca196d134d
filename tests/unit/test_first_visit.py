"""The stored first visit: what comes back is what was stored, near enough to draw."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.experiments.first_visit import examples, results, store
from xaicheck.reading import heatmap
from xaicheck.reading.numbers import Reading, part
from xaicheck.types import Attribution, Certificate, LedgerEntry, Report

LAYERS = (LedgerEntry("stem", 1.0, 0.5, 0.25, "unpaid"),)
MEASURED = (
    Certificate("sum", 0.25, 0.1, found=5.0, due=-4.0, layers=LAYERS),
    Certificate("precision", None, 0.01, "there was no room for it"),
)


@pytest.fixture(scope="module")
def report() -> Report:
    made = fakes.sample_report(seeds=2, methods=["gradient", "grad_cam", "fresh_noise"])
    failed = Attribution("gradient", 4, 0, None, "it raised")
    maps = tuple(
        failed if (a.method, a.depth, a.seed) == ("gradient", 4, 0) else a for a in made.attributions
    )
    held = {("gradient", 0, 0), ("grad_cam", 4, 1)}
    return dataclasses.replace(
        made,
        attributions=tuple(
            dataclasses.replace(a, certificates=MEASURED) if (a.method, a.depth, a.seed) in held else a
            for a in maps
        ),
    )


@pytest.fixture(scope="module")
def loaded(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("stored") / "first.zip"
    store.save(report, path)
    stored = store.load(path)
    assert stored is not None
    return stored


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


def test_a_stored_map_keeps_what_it_is_held_against(report: Report, loaded: Report) -> None:
    first = report.attribution("gradient", 0, 0)
    assert first is not None
    stored = loaded.attribution(first.method, first.depth, first.seed)
    assert stored is not None and stored.certificates == MEASURED and stored.marked
    assert sum(bool(a.certificates) for a in loaded.attributions) == 1


def test_a_mark_on_another_seed_is_kept_without_its_map(report: Report, loaded: Report) -> None:
    assert loaded.attribution("grad_cam", 4, 1) is None
    (other,) = loaded.unkept
    assert (other.method, other.depth, other.seed, other.values) == ("grad_cam", 4, 1, None)
    assert other.marked and other.certificates == tuple(
        dataclasses.replace(one, layers=()) for one in MEASURED
    )
    whole, stored = Reading(report), Reading(loaded)
    for depth in report.depths:
        assert stored.marked(depth) == whole.marked(depth)
    assert stored.marked(4) == ("gradient", "grad_cam")
    without = part(loaded, loaded.request.changed(seeds=(0,)))
    assert without is not None and Reading(without).marked(4) == ("gradient",)


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


def test_the_file_in_the_repository_answers_the_first_request_and_is_small() -> None:
    first = results.load()
    assert first is not None and first.complete
    assert first.request == results.first_request()
    assert results.FILE.stat().st_size <= store.MAX_BYTES
    methods, depths = len(first.request.methods), len(first.request.depths)
    assert len(first.attributions) == methods * depths
    assert len(first.scores) == methods * depths * len(first.request.seeds) * len(first.request.measures)
    assert first.coverage.changed_share == 1.0 and not first.coverage.untouched


def test_a_file_from_before_a_setting_was_there_is_read_with_its_default() -> None:
    others = store.load(examples.FILE)
    assert others is not None
    assert (others.request.normalisation, others.request.sign, others.request.copies) == (
        "second_moment",
        "signed",
        1,
    )
    assert others.entropies == ()
