"""The panel, its numbers and its figures, from synthetic reports."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.app import fakes
from xaicheck.methods import METHODS
from xaicheck.reading import tables, verdict
from xaicheck.reading.numbers import Reading, part
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report, Score, ScoreRow

SPEARMAN, MSE = SIMILARITIES["spearman"], SIMILARITIES["mse"]


@pytest.fixture(scope="module")
def report() -> Report:
    return fakes.sample_report(seeds=2)


def test_the_magnitude_of_a_map_is_measured_against_its_original(report: Report) -> None:
    reading = Reading(report)
    before, after = reading.map("gradient", 0), reading.map("gradient", 10)
    assert before is not None and after is not None and before.values is not None and after.values is not None
    ratio = np.sqrt(np.mean(after.values**2) / np.mean(before.values**2))
    assert reading.magnitude("gradient", 10) == pytest.approx(ratio, rel=1e-4)  # float32 sums
    assert ratio < 0.1


def test_names_of_methods_cannot_become_markup_in_the_verdict(report: Report) -> None:
    evil = dataclasses.replace(METHODS["gradient"], label="<img src=x onerror=alert(1)>")
    methods = {**METHODS, "gradient": evil}
    body = verdict.verdict_card(Reading(report), SPEARMAN, 3, methods, [evil])
    assert "<img src=x" not in body and "&lt;img src=x" in body


def test_seeds_without_a_number_are_left_out_of_the_mean_and_counted_out(report: Report) -> None:
    rows = (
        ScoreRow("gradient", "spearman", 3, 0, Score(0.5)),
        ScoreRow("gradient", "spearman", 3, 1, Score(None, "constant")),
    )
    summary = Reading(dataclasses.replace(report, scores=rows)).score("gradient", "spearman", 3)
    assert (summary.mean, summary.low, summary.high, summary.seeds) == (0.5, 0.5, 0.5, 1)


def test_touched_blocks_follow_the_mode(report: Report) -> None:
    names = report.blocks
    for mode, expected in (
        ("cascade", names[:3]),
        ("bottom_up", names[:-4:-1]),
        ("independent", (names[2],)),
    ):
        request = report.request.changed(mode=mode)
        reading = Reading(dataclasses.replace(report, request=request))
        assert reading.touched(3) == expected
        assert reading.touched(0) == ()


def test_scales_run_from_input_to_output_with_means_over_seeds(report: Report) -> None:
    rows = Reading(report).scales(3)
    assert [row.block for row in rows] == list(reversed(report.blocks))
    assert all(row.ratio == pytest.approx(1) for row in rows[: len(rows) - 3])
    last = [a.rms for a in report.activations if a.block == report.blocks[0] and a.depth == 3]
    assert rows[-1].rms == pytest.approx(np.mean(last))


def test_a_part_of_a_report_answers_a_smaller_request(report: Report) -> None:
    smaller = report.request.changed(methods=report.request.methods[:2], seeds=(0,), measures=("mse",))
    narrowed = part(report, smaller)
    assert narrowed is not None and narrowed.request == smaller
    assert {s.method for s in narrowed.scores} == {m.key for m in smaller.methods}
    assert {(s.seed, s.measure) for s in narrowed.scores} == {(0, "mse")}
    assert narrowed.attribution(smaller.methods[0].key, 3, 0) is report.attribution(
        smaller.methods[0].key, 3, 0
    )
    assert narrowed.attribution("lrp", 3, 0) is None
    # Seed 1 alone has the companion 2, which this report has not.
    assert part(report, smaller.changed(seeds=(1,))) is None
    assert part(report, smaller.changed(seeds=(1,), band="off")) is not None


@pytest.mark.parametrize(
    "change",
    [{"law": "permutation"}, {"target": 3}, {"image": "0"}, {"seeds": (0, 1, 2)}, {"model": "resnet18"}],
)
def test_a_different_request_has_no_part(report: Report, change: dict[str, object]) -> None:
    assert part(report, report.request.changed(**change)) is None


def test_changed_parameters_of_a_method_have_no_part(report: Report) -> None:
    methods = tuple(
        dataclasses.replace(m, params=(("steps", 99),)) if m.key == "integrated_gradients" else m
        for m in report.request.methods
    )
    assert part(report, report.request.changed(methods=methods)) is None


def test_tables_hold_the_numbers_of_the_figures(report: Report) -> None:
    reading = Reading(report)
    rows = tables.scores(reading, MSE, METHODS)
    assert len(rows) == len(report.request.methods) * len(report.depths)
    at = next(r for r in rows if r["Method"] == METHODS["lrp"].label and r["Blocks randomized"] == 5)
    assert at[MSE.label] == reading.score("lrp", "mse", 5).mean
    assert len(tables.scales(reading, 5)) == len(report.blocks)
    assert len(tables.liveness(reading)) == len(report.liveness)
    settings = {row["Setting"]: row["Value"] for row in tables.settings(report, METHODS)}
    assert settings["New weights"] == "he_normal" and settings["Seeds"] == "0, 1"
