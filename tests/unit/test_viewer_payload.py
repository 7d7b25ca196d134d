"""What the viewer is given: the payload comes back as the scene that went in, and its texts are Python's."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.experiments.first_visit import results as shipped
from xaicheck.methods import DEFAULT_PANEL, METHODS
from xaicheck.reading import heatmap, sentences, tables, words
from xaicheck.reading.numbers import Reading
from xaicheck.report import page_tables
from xaicheck.report.record import eight_bit
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.storage.int8 import HOLE, quantised, restored
from xaicheck.types import Attribution, Method, Report, Score, Target
from xaicheck.viewer import TEXT
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import decode, encode
from xaicheck.viewer.pool import factor_of, pooled
from xaicheck.viewer.scene import Parts, Scene, View

MEASURES = ("spearman", "mse")
KEYS = ("gradient", "grad_cam", "fresh_noise")


@pytest.fixture(scope="module")
def report() -> Report:
    return fakes.sample_report(seeds=2, methods=list(KEYS), measures=MEASURES)


@pytest.fixture(scope="module")
def made(report: Report) -> Scene:
    return scene(Reading(report), MEASURES, methods=METHODS)


def with_map(report: Report, depth: int, values: np.ndarray | None, why: str = "") -> Report:
    maps = tuple(
        Attribution(a.method, depth, a.seed, values, why) if (a.method, a.depth) == ("gradient", depth) else a
        for a in report.attributions
    )
    return dataclasses.replace(report, attributions=maps)


def header(payload: bytes) -> dict[str, object]:
    size = int.from_bytes(payload[4:8], "little")
    header: dict[str, object] = json.loads(payload[8 : 8 + size])
    return header


def test_a_level_is_within_0_8_percent_of_the_largest_value_and_finer_near_zero() -> None:
    values = np.random.default_rng(3).normal(size=(40, 50)).astype(np.float32)
    levels, peak = quantised(values)
    error = np.abs(restored(levels, peak) - values)
    assert error.max() <= 0.0079 * peak + 1e-6  # half a step at the top is (127² − 126.5²) / 127² = 0.00786
    small = np.abs(values) < 0.01 * peak
    assert small.any() and error[small].max() <= 0.0009 * peak  # near level 12.7 a half step is 0.0008


def test_levels_that_were_restored_give_the_same_levels_again() -> None:
    levels = np.arange(-127, 128, dtype=np.int8).reshape(5, 51)
    for peak in (1e-30, 0.37, 5e8):
        again, known = quantised(restored(levels, peak))
        assert (again == levels).all()
        assert known == pytest.approx(peak, rel=1e-6)  # float32


def test_pixels_that_are_not_numbers_stay_holes_and_the_others_keep_their_values() -> None:
    values = np.array([[1.0, np.nan], [np.inf, -4.0]], np.float32)
    levels, peak = quantised(values)
    assert peak == 4.0 and levels[0, 1] == levels[1, 0] == HOLE
    back = restored(levels, peak)
    assert np.isnan(back[0, 1]) and np.isnan(back[1, 0])
    assert back[1, 1] == -4.0 and abs(back[0, 0] - 1.0) <= 0.0079 * peak


def test_the_payload_comes_back_as_the_scene(made: Scene) -> None:
    back = decode(encode(made))
    for field in dataclasses.fields(Scene):
        if field.name != "panels":
            assert getattr(back, field.name) == getattr(made, field.name), field.name
    for one, other in zip(back.panels, made.panels, strict=True):
        assert (one.key, one.changes, one.badges, one.scores) == (
            other.key,
            other.changes,
            other.badges,
            other.scores,
        )
        for a, b in zip(one.maps, other.maps, strict=True):
            assert a.levels is not None and b.levels is not None
            assert (a.levels == b.levels).all()
            assert (a.peak, a.limit, a.rms, a.state, a.why) == (b.peak, b.limit, b.rms, b.state, b.why)


def test_a_score_that_is_not_finite_is_said_and_not_drawn(report: Report) -> None:
    rows = tuple(
        dataclasses.replace(row, score=Score(float("inf"))) if row.depth == 4 else row
        for row in report.scores
    )
    endless = dataclasses.replace(report, scores=rows)
    mark = decode(encode(scene(Reading(endless), MEASURES, methods=METHODS))).panels[0].scores["mse"][4]
    assert mark.mean is None and mark.text == "∞"


def test_equal_scenes_give_equal_bytes_and_another_start_does_not(report: Report, made: Scene) -> None:
    again = scene(Reading(report), MEASURES, methods=METHODS)
    assert encode(again) == encode(made)
    assert encode(dataclasses.replace(made, start=View(3, "mse"))) != encode(made)


def test_smooth_maps_are_stored_as_steps_and_rough_ones_as_they_are(made: Scene) -> None:
    height, width = made.size
    ramp = np.linspace(-120, 127, height * width).reshape(height, width).astype(np.int8)
    rough = np.random.default_rng(0).integers(-127, 128, (height, width)).astype(np.int8)
    first = made.panels[0]
    maps = tuple(
        dataclasses.replace(one, levels=ramp if i % 2 else rough) for i, one in enumerate(first.maps)
    )
    payload = encode(dataclasses.replace(made, panels=(dataclasses.replace(first, maps=maps),)))
    (panel,) = header(payload)["panels"]  # type: ignore[misc]
    assert [one["filter"] for one in panel["maps"][:2]] == [0, 1]
    assert {one["at"] for one in panel["maps"]} == {0, 1}  # equal maps are there once
    maps = decode(payload).panels[0].maps
    assert (maps[0].levels == rough).all() and (maps[1].levels == ramp).all()


def test_no_other_bytes_are_taken_for_a_payload() -> None:
    with pytest.raises(ValueError, match="no payload"):
        decode(b"PK\x03\x04")


def test_every_sentence_and_number_is_the_one_that_the_other_modules_make(
    report: Report, made: Scene
) -> None:
    reading = Reading(report)
    for measure in made.measures:
        assert measure.findings[7] == sentences.finding(reading, measure.key, 7, METHODS)
    assert made.states[7].blocks == sentences.blocks_line(reading, 7)
    panel = made.panels[0]
    mark, summary = panel.scores["mse"][7], reading.score("gradient", "mse", 7)
    assert (mark.mean, mark.low, mark.high) == (summary.mean, summary.low, summary.high)
    assert (mark.text, mark.line) == (words.number(summary.mean), words.score_line(summary))
    attribution = reading.map("gradient", 7)
    assert attribution is not None and attribution.values is not None
    levels, peak = panel.maps[7].levels, panel.maps[7].peak
    assert levels is not None and panel.maps[7].limit == heatmap.map_range(restored(levels, peak))
    exact = heatmap.map_range(attribution.values)
    assert exact is not None and abs(panel.maps[7].limit - exact) <= 0.008 * peak  # as the caption says
    assert panel.maps[7].rms == pytest.approx(attribution.rms)


def test_only_the_asked_states_carry_maps_and_the_original_always_does(report: Report) -> None:
    thin = scene(Reading(report), MEASURES, methods=METHODS, depths=(5,))
    states = {one.state for panel in thin.panels for i, one in enumerate(panel.maps) if i not in (0, 5)}
    assert states == {"away"}
    assert all(panel.maps[i].levels is not None for panel in thin.panels for i in (0, 5))
    assert {panel.changes[4].state for panel in thin.panels} == {"away"}
    everything = scene(Reading(report), MEASURES, methods=METHODS)
    assert len(encode(thin)) < len(encode(everything)) / 4


@pytest.mark.parametrize(
    ("values", "why", "said"),
    [
        (None, "RuntimeError: <b>no</b> memory", "RuntimeError: <b>no</b> memory"),
        (np.full((224, 224), np.nan, np.float32), "", "The map holds no finite number."),
        (np.zeros((224, 224), np.float32), "", "Every value is exactly zero."),
    ],
)
def test_a_missing_map_says_why_and_takes_the_difference_with_it(
    report: Report, values: np.ndarray | None, why: str, said: str
) -> None:
    panel = scene(Reading(with_map(report, 4, values, why)), MEASURES, methods=METHODS).panels[0]
    assert panel.maps[4].levels is None and panel.maps[4].why == said
    assert panel.changes[4].why and panel.maps[0].levels is not None


def test_maps_that_are_not_computed_yet_wait(report: Report) -> None:
    waiting = dataclasses.replace(report, attributions=(), scores=(), complete=False)
    panel = scene(Reading(waiting), MEASURES, methods=METHODS).panels[0]
    assert {one.state for one in (*panel.maps, *panel.changes)} == {"waiting"}
    assert panel.scores["spearman"][4].text == words.DASH and panel.scores["spearman"][4].line


def test_pooled_maps_are_means_and_the_caption_says_so(report: Report) -> None:
    small = scene(Reading(report), MEASURES, methods=METHODS, pixels=112)
    assert small.size == (112, 112) and "2 × 2" in small.captions[-1]
    original = Reading(report).map("gradient", 6)
    assert original is not None and original.values is not None
    mean = original.values.reshape(112, 2, 112, 2).mean(axis=(1, 3))
    one = small.panels[0].maps[6]
    assert one.levels is not None
    # Half a step of a level, as above.
    assert np.abs(restored(one.levels, one.peak) - mean).max() <= 0.0079 * np.abs(mean).max()
    assert one.limit == pytest.approx(heatmap.map_range(mean.astype(np.float32)), abs=0.008 * one.peak)


def test_a_colour_range_ends_at_one_number_whether_the_map_was_stored_with_8_bits_or_not(
    report: Report,
) -> None:
    coarse = tuple(
        dataclasses.replace(a, values=None if a.values is None else eight_bit(a.values))
        for a in report.attributions
    )
    stored = scene(Reading(dataclasses.replace(report, attributions=coarse)), MEASURES, methods=METHODS)
    own = scene(Reading(report), MEASURES, methods=METHODS)
    ends = [[one.limit for panel in each.panels for one in panel.maps] for each in (own, stored)]
    exact = [heatmap.map_range(a.values) for a in report.attributions]
    assert ends[0] == ends[1] and len(set(ends[0]) - set(exact)) > 3  # rounding moved some
    assert [words.colour_end(v) for v in (0.4584, 12.34, 123.4, 1234.5, 4.58e-6)] == [
        "0.46", "12", "120", "1234", "4.6·10⁻⁶",
    ]  # fmt: skip


def test_a_map_whose_side_is_no_multiple_is_pooled_with_smaller_squares_at_its_end() -> None:
    values = np.arange(25, dtype=np.float32).reshape(5, 5)
    assert factor_of(5, 5, 3) == 2 and factor_of(5, 5, None) == factor_of(5, 5, 9) == 1
    small = pooled(values, 2)
    assert small.shape == (3, 3)
    assert small[0, 0] == values[:2, :2].mean() and small[2, 2] == values[4, 4]


def test_the_first_visit_keeps_its_maps_to_the_last_bit() -> None:
    report = shipped.load()
    assert report is not None
    reading = Reading(report)
    made = scene(reading, report.request.measures, methods=METHODS, depths=(3,))
    for panel in made.panels:
        one, attribution = panel.maps[3], reading.map(panel.key, 3)
        assert one.levels is not None and attribution is not None and attribution.values is not None
        assert (restored(one.levels, one.peak) == attribution.values).all()


def test_the_default_panel_for_a_file_stays_below_its_budget() -> None:
    report = shipped.load()
    assert report is not None
    made = scene(Reading(report), report.request.measures, methods=METHODS, pixels=112)
    assert {panel.key for panel in made.panels} == set(DEFAULT_PANEL)
    assert (
        len(encode(made, effort=6)) * 4 / 3 < 2_700_000
    )  # bytes as base64: little over half of a report's 5 MB


def test_methods_and_parts_can_be_left_out(report: Report) -> None:
    some: Mapping[str, Method] = {"grad_cam": METHODS["grad_cam"]}
    parts = Parts(heading=False, curve=False)
    narrowed = scene(Reading(report), ("mse",), methods=some, parts=parts)
    assert [panel.key for panel in narrowed.panels] == ["grad_cam"]
    assert [measure.key for measure in narrowed.measures] == ["mse"]
    assert decode(encode(narrowed)).parts == parts


def test_names_pass_as_plain_text_and_words_have_no_markup(report: Report) -> None:
    evil = dataclasses.replace(report, target=Target(3, "<img src=x onerror=alert(1)>", 0.5))
    assert "<img src=x onerror=alert(1)>" in scene(Reading(evil), MEASURES, methods=METHODS).explained
    assert not [text for text in TEXT.browser.values() if "<" in text or "!" in text]


@pytest.mark.parametrize("mode", ["cascade", "independent"])
def test_the_curves_are_described_in_words_that_go_with_every_position(mode: str) -> None:
    states = scene(Reading(fakes.sample_report(mode=mode)), ("spearman",), methods=METHODS).states
    for state in states:
        alt = TEXT.browser.curve_alt.format(
            name="n", deepest=states[-1].position, depth=state.position, scores="s"
        )
        assert f"Now shown: {state.position}. Scores: s." in alt
        assert "depth original" not in alt.lower() and "depth block" not in alt and "0 to block" not in alt


@pytest.mark.parametrize(("mode", "name"), [("cascade", "Blocks rand"), ("independent", "The one block")])
def test_a_depth_counts_blocks_only_where_they_stay_random(mode: str, name: str) -> None:
    report = fakes.sample_report(seeds=1, mode=mode)
    reading = Reading(report)
    head = {*tables.liveness(reading)[0], *tables.scores(reading, SIMILARITIES["spearman"], METHODS)[0]}
    assert any(column.startswith(name) for column in head)
    assert ("Blocks randomized" in head) == (mode == "cascade")
    assert scene(reading, ("spearman",), methods=METHODS).counted.startswith(name)
    assert name in page_tables.scores(reading, SIMILARITIES["spearman"], METHODS)
