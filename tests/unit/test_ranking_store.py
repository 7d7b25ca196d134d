"""The ranking's file: what goes in comes out, within the stated rounding."""

from dataclasses import fields, replace

import numpy as np

from tests.ranking_data import synthetic, without
from xaicheck.experiments.ranking import store
from xaicheck.experiments.ranking.rank import default_choice, rank


def near(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays are the same to the stated rounding."""
    same = a.shape == b.shape and np.array_equal(np.isnan(a), np.isnan(b))
    return bool(same and np.nanmax(np.abs(a - b) / np.abs(a)) < 0.000125)


def test_everything_comes_back_and_similarities_within_the_stated_rounding(tmp_path):
    data = without(synthetic(n_images=3, depths=(1, 2)), "lrp", image=1)
    snr = data.snr.copy()
    snr[0, 0], snr[1, 1] = np.inf, np.nan
    data = replace(data, snr=snr)
    path = tmp_path / "ranking.zip"
    assert store.save(data, path) == path.stat().st_size
    back = store.load(path)
    for field in fields(data):
        if field.name in ("variants", "networks"):
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
        assert near(before.similarity, after.similarity)
    for before, after in zip(data.networks, back.networks, strict=True):
        assert (before.methods, before.comparisons, before.seeds) == (
            after.methods,
            after.comparisons,
            after.seeds,
        )
        for name in ("trained", "between", "again"):
            assert near(getattr(before, name), getattr(after, name))
    assert rank(back, default_choice(back)).gap.tau.estimate is not None
