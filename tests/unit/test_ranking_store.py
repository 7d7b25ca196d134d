"""The gap's file: what goes in comes out, within the stated rounding."""

import json
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest

from tests.ranking_data import synthetic, without
from xaicheck.experiments.ranking import store
from xaicheck.experiments.ranking.rank import default_choice, rank


def test_everything_comes_back_and_similarities_within_the_stated_rounding(tmp_path):
    data = without(synthetic(n_images=3, depths=(1, 2)), "lrp", image=1)
    snr = data.snr.copy()
    snr[0, 0], snr[1, 1] = np.inf, np.nan
    data = replace(data, snr=snr)
    path = tmp_path / "gap.zip"
    assert store.save(data, path) == path.stat().st_size
    back = store.load(path)
    for field in fields(data):
        if field.name == "variants":
            continue
        before, after = getattr(data, field.name), getattr(back, field.name)
        assert (
            np.array_equal(before, after, equal_nan=True)
            if isinstance(before, np.ndarray)
            else before == after
        )
    for before, after in zip(data.variants, back.variants, strict=True):
        assert (before.variant, before.depths) == (after.variant, after.depths)
        assert np.array_equal(before.entropy_rise, after.entropy_rise)
        for a, b in ((before.similarity, after.similarity), (before.null, after.null)):
            assert a.shape == b.shape
            assert np.array_equal(np.isnan(a), np.isnan(b))
            assert np.nanmax(np.abs(a - b) / np.abs(a)) < 0.000125
    assert rank(back, default_choice(back)).gap.tau.estimate is not None


def test_equal_data_make_equal_files(tmp_path):
    data = synthetic(n_images=2, depths=(1,))
    store.save(data, tmp_path / "a.zip")
    store.save(data, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_rounding_keeps_what_is_exact_and_what_is_no_number():
    exact = np.array([0, 1, -1, 2, 0.5, 4, np.nan, np.inf, -np.inf], np.float32)
    assert np.array_equal(store.rounded(exact), exact, equal_nan=True)
    values = np.random.default_rng(0).uniform(-4, 4, 10_000).astype(np.float32)
    assert np.abs(store.rounded(values) - values).max() < 0.0005


@pytest.mark.parametrize("written", [None, {"format": store.FORMAT + 1}])
def test_no_file_or_one_of_another_format_is_no_data(tmp_path, written):
    path = tmp_path / "gap.zip"
    if written is not None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("gap.json", json.dumps(written))
    assert store.load(path) is None
