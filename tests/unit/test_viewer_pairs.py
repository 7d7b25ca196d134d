"""Pairs of maps as a report: the viewer shows exactly these maps with these scores."""

from __future__ import annotations

import numpy as np
import pytest

from xaicheck.experiments.first_visit import examples
from xaicheck.methods import METHODS
from xaicheck.storage.int8 import restored
from xaicheck.types import Comparison, Score
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import decode, encode
from xaicheck.viewer.pairs import Sides, of_pairs


@pytest.fixture(scope="module")
def known() -> examples.Examples:
    shipped = examples.load()
    assert shipped is not None
    return shipped


def test_the_maps_the_order_and_the_scores_are_the_given_ones(known: examples.Examples) -> None:
    side = known.report.view.shape[0]
    rng = np.random.default_rng(0)
    given = {
        "occlusion": Sides(*rng.standard_normal((2, side, side)), Score(0.25)),
        "gradient": Sides(None, None, Score(None, "no number here"), "no map here"),
    }
    reading = of_pairs(known.report, known.depth, given, Comparison("ssim", "max", "signed"))
    assert reading.methods == ("occlusion", "gradient") and reading.report.depths == (0, known.depth)
    assert reading.comparison("ssim").normalisation == "max"
    assert reading.score("occlusion", "ssim", known.depth).mean == 0.25
    back = decode(encode(scene(reading, ("ssim",), methods=METHODS)))
    first, second = back.panels
    assert [panel.key for panel in back.panels] == ["occlusion", "gradient"]
    for one, values in zip(
        first.maps, (given["occlusion"].original, given["occlusion"].randomized), strict=True
    ):
        assert one.levels is not None and values is not None
        error = np.abs(restored(one.levels, one.peak) - values).max()
        assert error <= 0.008 * np.abs(values).max()  # 8 bits: half a step at the largest level
    assert {one.why for one in second.maps} == {"no map here"}


def test_the_report_it_came_from_stays_as_it_was(known: examples.Examples) -> None:
    before = known.report.attribution("gradient", 0, known.seed)
    of_pairs(known.report, known.depth, {"gradient": Sides(None, None, Score(None))}, Comparison("ssim"))
    assert known.report.attribution("gradient", 0, known.seed) is before
