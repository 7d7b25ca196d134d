"""A written number says no more than it is: never 0 or 1 where it is neither, at any magnitude."""

from __future__ import annotations

import dataclasses
import html
import math
import re

import numpy as np
import pytest

from tests.premises import number_of
from tests.report_cases import report
from xaicheck.methods import METHODS
from xaicheck.reading import charts, sentences, verdict, words
from xaicheck.reading.numbers import Reading
from xaicheck.reading.seen import Seen
from xaicheck.report import page_tables
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Report
from xaicheck.viewer.build import scene


def values() -> list[float]:
    rng = np.random.default_rng(4)
    anywhere = rng.choice([-1, 1], 4000) * 10.0 ** rng.uniform(-14, 9, 4000)
    near_one = 1 - 10.0 ** rng.uniform(-5.9, 0, 1000)
    edges = [
        0.005,
        0.00499,
        0.995,
        0.9949,
        0.99999,
        5e-5,
        4.99e-5,
        999.4,
        999.5,
        9999.4,
        9999.6,
        1e4,
        1.0,
        -1.0,
    ]
    return [*anywhere.tolist(), *near_one.tolist(), *(-near_one).tolist(), *edges]


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_a_number_is_read_as_zero_or_one_only_where_it_is(digits: int) -> None:
    for value in values():
        text = words.number(value, digits)
        found = number_of(text)
        assert found != 0 and (found > 0) == (value > 0), (value, text)
        assert abs(found) != 1 or abs(value) >= 1, (value, text)
        assert abs(found - value) <= 0.501 * 10.0**-digits, (value, text)


def test_a_short_number_has_its_first_digits_and_no_other_notation() -> None:
    for value in values():
        text = words.short(value)
        assert re.fullmatch(r"−?\d+(\.\d+)?(·10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text), text
        assert math.isclose(number_of(text), value, rel_tol=0.0501), (value, text)
    assert [words.short(v) for v in (1234.4, 999.6, 9999.6, math.inf, -math.inf, math.nan)] == [
        "1234", "1000", "10000", "∞", "−∞", words.DASH,
    ]  # fmt: skip


def test_a_share_is_read_as_nothing_or_everything_only_where_it_is() -> None:
    for value in values():
        if not 0 < value <= 1:
            continue
        text = words.share(value)
        found = number_of(text.removesuffix(" %"))
        assert text.endswith(" %") and 0 < found <= 100 and (found < 100 or value == 1), (value, text)
        assert abs(found - 100 * value) <= 0.501
        assert words.percent(value) == f"+{text}" and words.percent(-value) == f"−{text}"
    known = {
        0.0: "0 %",
        0.003: "0.3 %",
        0.43: "43 %",
        0.994: "99 %",
        0.997: "99.7 %",
        0.9996: "99.96 %",
        1.0: "100 %",
    }
    assert {value: words.share(value) for value in known} == known
    assert (words.share(None), words.percent(0.0), words.percent(math.nan)) == (words.DASH, "0 %", words.DASH)


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_a_number_in_a_column_has_its_decimals_and_is_no_zero_or_one_that_it_is_not(digits: int) -> None:
    for value in values():
        text = words.fixed(value, digits)
        edge, bound = text[0], number_of(text.lstrip("<>"))
        assert len(text.partition(".")[2]) == digits, (value, text)
        if edge in "<>":
            assert value < bound if edge == "<" else value > bound
            assert min(abs(bound - value), abs(value)) <= 10.0**-digits
        else:
            assert abs(bound - value) <= 0.501 * 10.0**-digits, (value, text)
            assert abs(bound) not in (0, 1) or abs(value) >= 1, (value, text)
        assert words.are_numbers([text, words.percent(value), f"{text} to {text}", words.short(value)])
    known = (-8.7e-6, 3e-3, 0.999996, 1 - 1e-7, 0.0)
    assert [words.fixed(v) for v in known] == [">−0.001", "0.003", ">0.999", "1.000", "0.000"]
    assert not any(map(words.are_numbers, (["3 maps"], [""], ["none"], ["1", None], ["8×8"])))


def test_what_rounding_leaves_is_not_told_and_zero_has_no_sign() -> None:
    for value in (0.0, -0.0, 1e-17, -3e-16):
        assert words.number(value) == "0.00" and words.number(value, 3) == "0.000"
    assert words.number(1 - 1e-7) == "1.00" and words.number(1e-7 - 1) == "−1.00"


def test_a_column_has_one_number_of_decimals_or_powers_of_ten() -> None:
    rng = np.random.default_rng(7)
    for size in range(-13, 7):
        column = (10.0**size * rng.uniform(1, 9.9, 8)).tolist()
        written = words.scores(column, distance=True)
        texts = [written(value) for value in column]
        powers = ["·10" in text for text in texts]
        assert all(powers) or not any(powers), texts
        assert len({len(text.partition(".")[2]) for text in texts}) == 1, texts
        assert all(
            math.isclose(number_of(t), v, rel_tol=0.051) for t, v in zip(texts, column, strict=True)
        ), texts


def tiny(scale: float) -> Report:
    """A report whose distances are those of maps that are scaled before they are compared."""
    usual = report(measures=("mse",), normalisation="none", seeds=2)
    rows = tuple(
        dataclasses.replace(row, score=dataclasses.replace(row.score, value=row.score.value * scale))
        for row in usual.scores
        if row.score.value is not None
    )
    return dataclasses.replace(usual, scores=rows)


@pytest.mark.parametrize("scale", [1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 1.0, 1e3, 1e7])
def test_one_distance_is_written_alike_wherever_it_stands(scale: float) -> None:
    reading, measure = Reading(tiny(scale)), SIMILARITIES["mse"]
    shown = [METHODS[key] for key in reading.methods]
    viewer = scene(reading, ("mse",), methods=METHODS)
    for place, depth in enumerate(reading.report.depths):
        seen = Seen(reading, measure, depth, METHODS)
        strip = verdict.score_strip(seen, shown)
        alt = sentences.curves_alt(reading, measure, depth, METHODS)
        for panel, method in zip(viewer.panels, shown, strict=True):
            value = reading.score(method.key, "mse", depth).mean
            assert value is not None
            text = seen.number(value)
            assert (number_of(text) == 0) == (value == 0), (value, text)
            assert f"{method.label} {text}" in alt and text in strip
            mark = panel.scores["mse"][place]
            assert mark.text == text
            ends = [number_of(end) for end in mark.line.split(" over ")[0].split(" to ")]
            assert value == 0 or all(end > 0 for end in ends)
        noise = reading.score("fresh_noise", "mse", depth).mean
        assert not depth or f"scores {seen.number(noise)}" in sentences.finding(
            reading, "mse", depth, METHODS
        )
    table = page_tables.scores(reading, measure, METHODS)
    cells = [number_of(html.unescape(c).strip("<>")) for c in re.findall(r"<td>([^<]*)<small>", table)]
    means = [reading.score(m.key, "mse", depth).mean for depth in reading.report.depths for m in shown]
    assert [cell == 0 for cell in cells] == [mean == 0 for mean in means]
    ticks = charts.curves(reading, measure, 1, METHODS)
    texts = [ticks.text(tick) for tick in ticks.ticks]
    assert len(set(texts)) == len(texts), texts  # each tick has a name of its own
