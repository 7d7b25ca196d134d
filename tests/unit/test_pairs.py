"""Pairs of networks: which there are, what a run gives for them, and what is read from them."""

from __future__ import annotations

import dataclasses
from itertools import combinations, permutations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xaicheck
from xaicheck.cli import check_text
from xaicheck.engine import pairs
from xaicheck.engine.request import request_for
from xaicheck.engine.scores import NO_MAP
from xaicheck.experiments.first_visit import results, store
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading, part
from xaicheck.report import csv_tables, files
from xaicheck.seeds import MOST_SEED
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.statistics import between_interval, memory
from xaicheck.statistics.leaders import holm
from xaicheck.types import (
    Attribution,
    Coverage,
    Report,
    Request,
    Score,
    ScoreRow,
    Target,
)

CAT = samples.load("chelsea")
DRAWS, STEADY = ("smoothgrad", "fresh_noise"), ("gradient", "sobel")


def asked(**settings: Any) -> Request:
    usual = {"methods": (*STEADY, *DRAWS), "depths": (0, 2, 19), "measures": ("cosine", "mse")}
    return request_for(CAT, **usual | settings)


def map_of(method: str, depth: int, seed: int, side: int = 16) -> np.ndarray:
    """A map at random; of one method all have something in common, and edges are always the same."""
    if method == "sobel":
        depth = seed = 0
    own = np.random.default_rng([sum(map(ord, method)), depth, seed]).normal(size=(side, side))
    shared = np.random.default_rng([sum(map(ord, method))]).normal(size=(side, side))
    return (own + shared).astype(np.float32)


def report(request: Request, without: dict[tuple[str, int, int], Any] | None = None) -> Report:
    """A report of such maps with the scores and pairs of a run; `without`: other maps, by place."""
    without = without or {}

    def made(method: str, depth: int, seed: int) -> Attribution:
        drawn = seed if depth or METHODS[method].stochastic else 0
        values = without.get((method, depth, seed), map_of(method, depth, drawn))
        return Attribution(method, depth, seed, values, "" if values is not None else "no luck")

    keys = [choice.key for choice in request.methods]
    every = tuple(dict.fromkeys((*request.seeds, *pairs.seeds(request))))
    maps = [made(key, depth, seed) for key in keys for seed in every for depth in request.depths]
    cells = {(a.method, a.depth, a.seed): a for a in maps}
    scores = [
        ScoreRow(a.method, measure, a.depth, a.seed, _score(measure, cells[a.method, 0, a.seed], a))
        for a in maps
        if a.seed in request.seeds
        for measure in request.measures
    ]
    return Report(
        request=request,
        image_name=CAT.name,
        view=np.zeros((16, 16, 3), np.uint8),
        target=Target(282, "tiger cat", 0.4),
        blocks=("head", "stem"),
        depths=request.depths,
        attributions=tuple(a for a in maps if a.seed in request.seeds),
        scores=tuple(scores),
        activations=(),
        liveness=(),
        coverage=Coverage(1.0, (), ()),
        versions=(),
        device="cpu",
        seconds=1.0,
        pairs=tuple(row for *_, row in pairs.every(request, maps) if row is not None),
    )


def _score(measure: str, a: Attribution, b: Attribution) -> Score:
    if a.values is None or b.values is None:
        return NO_MAP
    return SIMILARITIES[measure].fn(a.values, b.values)


def places(found: Report) -> set[tuple[str, str, int, str, int, int]]:
    return {(p.method, p.measure, p.depth, p.kind, p.first, p.second) for p in found.pairs}


# --- which pairs there are


@pytest.mark.parametrize("seed, second", [(0, 1), (7, 8), (MOST_SEED, 0)])
def test_one_seed_has_a_companion_and_more_have_none(seed: int, second: int) -> None:
    one = asked(seeds=(seed,))
    assert pairs.companion(one) == second and pairs.seeds(one) == tuple(sorted((seed, second)))
    assert pairs.companion(asked(seeds=(seed, second))) is None
    assert pairs.seeds(asked(seeds=(seed, second))) == tuple(sorted((seed, second)))


def test_of_many_seeds_the_first_twenty_are_paired() -> None:
    assert pairs.seeds(asked(seeds=range(3, 33))) == tuple(range(3, 23))


@pytest.mark.parametrize("off", [{"band": "off"}, {"depths": (0,)}])
def test_without_the_band_or_a_random_network_nothing_is_paired(off: dict[str, Any]) -> None:
    for seeds in (1, 3):
        assert pairs.seeds(asked(seeds=seeds, **off)) == ()
        assert pairs.companion(asked(seeds=seeds, **off)) is None
        assert report(asked(seeds=seeds, **off)).pairs == ()


@pytest.mark.parametrize(
    "depths, few",
    [
        (None, (1, 9, 19)),
        ((0, 4), (4,)),
        ((0, 1, 2, 3), (3,)),
        ((0, 1, 2, 3, 9), (9,)),
        ((0, 1, 2, 3, 4, 9), (9,)),
        ((0, 1, 2, 3, 4, 5, 6, 9), (9,)),
        ((0, 1, 2, 3, 4, 5, 6, 7, 9), (1, 9)),
    ],
)
def test_a_companion_is_explained_at_a_seventh_of_the_depths_with_both_ends(
    depths: tuple[int, ...] | None, few: tuple[int, ...]
) -> None:
    assert pairs.depths(asked(depths=depths)) == few
    deep = tuple(depth for depth in asked(depths=depths).depths if depth)
    assert pairs.depths(asked(depths=depths, seeds=2)) == deep


@pytest.mark.parametrize("seeds", [1, 2, 4])
def test_rows_are_all_pairs_and_no_two_maps_of_a_pair_are_of_one_seed(seeds: int) -> None:
    found = report(asked(seeds=seeds))
    several = pairs.seeds(found.request)
    expected = set()
    for key in (*STEADY, *DRAWS):
        for measure in ("cosine", "mse"):
            for depth in (2, 19) if seeds > 1 else (19,):
                expected |= {(key, measure, depth, "between", a, b) for a, b in combinations(several, 2)}
                if key in DRAWS:
                    expected |= {
                        (key, measure, depth, "trained", a, b)
                        for a, b in permutations(several, 2)
                        if a < seeds
                    }
            if key in DRAWS:
                expected |= {(key, measure, 0, "again", a, b) for a, b in combinations(several, 2)}
    assert places(found) == expected and len(found.pairs) == len(expected)
    assert all(row.first != row.second for row in found.pairs)


def test_rows_are_the_measure_of_the_two_maps() -> None:
    for row in report(asked(seeds=3)).pairs:
        a, b = row.first, row.second
        if row.kind == "trained":
            maps = map_of(row.method, 0, b), map_of(row.method, row.depth, a)
        else:
            maps = map_of(row.method, row.depth, a), map_of(row.method, row.depth, b)
        assert row.score == SIMILARITIES[row.measure].fn(*maps), row


def test_a_missing_map_gives_rows_with_a_reason_and_leaves_the_others() -> None:
    found = report(asked(seeds=3), {("gradient", 19, 1): None, ("smoothgrad", 0, 2): None})
    for row in found.pairs:
        without = (row.method == "gradient" and row.depth == 19 and 1 in (row.first, row.second)) or (
            row.method == "smoothgrad" and row.kind == "again" and 2 in (row.first, row.second)
        )
        without |= row.method == "smoothgrad" and row.kind == "trained" and row.second == 2
        assert (row.score == NO_MAP) is without, row


# --- parts


@pytest.mark.parametrize("seeds", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_a_part_has_the_rows_of_a_run_of_its_own(seeds: tuple[int, ...]) -> None:
    whole = report(asked(seeds=4))
    wanted = asked(seeds=seeds, methods=("smoothgrad", "gradient"), measures=("mse",))
    found = part(whole, wanted)
    assert found is not None
    own = report(wanted)
    assert set(found.pairs) == set(own.pairs) and len(found.pairs) == len(own.pairs) > 0


def test_a_part_whose_companion_was_not_explained_is_none() -> None:
    assert part(report(asked(seeds=(0, 2))), asked(seeds=(0,))) is None
    assert part(report(asked(seeds=(0, 2))), asked(seeds=(0,), band="off")) is not None
    assert part(report(asked(seeds=22)), asked(seeds=(18, 21))) is None  # 21 is beyond those that are paired


def test_the_band_is_left_out_of_a_part_and_not_made_up() -> None:
    with_band, without = report(asked(seeds=2)), report(asked(seeds=2, band="off"))
    narrowed = part(with_band, without.request)
    assert narrowed is not None and narrowed.pairs == () and narrowed.scores == without.scores
    assert part(without, with_band.request) is None


# --- what is read


def test_r_b_t_d_and_e_are_means_over_networks_and_pairs() -> None:
    found = report(asked(seeds=3))
    bands = Bands(Reading(found))
    assert bands.depths == (2, 19) and bands.seeds == (0, 1, 2) and bands.companion is None
    for key in (*STEADY, *DRAWS):
        for measure in ("cosine", "mse"):
            like = SIMILARITIES[measure].fn
            r, b, t = [], [], []
            for i, j in permutations(range(3), 2):
                if key in DRAWS:
                    r.append(float(like(map_of(key, 0, j), map_of(key, 19, i))))
                else:
                    r.append(float(like(map_of(key, 0, 0), map_of(key, 19, i))))
            for i, j in combinations(range(3), 2):
                b.append(float(like(map_of(key, 19, i), map_of(key, 19, j))))
                second = j if key in DRAWS else i
                first = i if key in DRAWS else 0
                t.append(float(like(map_of(key, 0, first), map_of(key, 0, second if key in DRAWS else 0))))
            band = bands.at(key, measure, 19)
            sign = -1 if measure == "mse" else 1
            near = {"abs": 1e-12}
            assert band.r.mean == pytest.approx(np.mean(r), **near)
            assert band.b.mean == pytest.approx(np.mean(b), **near)
            assert (band.b.low, band.b.high, band.b.seeds) == (min(b), max(b), 3)
            assert band.t.value == pytest.approx(np.mean(t), **near)
            assert band.gate == pytest.approx(sign * (np.mean(t) - np.mean(b)), **near)
            assert band.memory == pytest.approx(sign * (np.mean(r) - np.mean(b)), **near)
            assert band.networks == 3 and band.p_value is None and band.interval is None


def test_the_shown_score_is_r_where_nothing_is_drawn_and_not_where_something_is() -> None:
    found = report(asked(seeds=2))
    reading = Reading(found)
    for key in (*STEADY, *DRAWS):
        same = Bands(reading).at(key, "cosine", 19).r.mean == reading.score(key, "cosine", 19).mean
        assert same is (key in STEADY)


def test_edges_have_no_difference_at_all() -> None:
    for seeds in (1, 3):
        for measure in ("cosine", "mse"):
            band = Bands(Reading(report(asked(seeds=seeds)))).at("sobel", measure, 19)
            assert (band.gate, band.memory) == (0.0, 0.0)
            assert [np.copysign(1, v) for v in (band.gate, band.memory)] == [1, 1]  # not -0.0


@pytest.mark.parametrize("seeds", [1, 3, 8])
def test_no_table_has_a_zero_with_a_minus(seeds: int) -> None:
    zero = np.zeros((16, 16), np.float32)
    blank = {("gradient", depth, seed): zero for depth in (0, 2, 19) for seed in range(9)}
    found = report(asked(seeds=seeds, measures=("mse", "cosine"), normalisation="none"), blank)
    cells = [cell for line in csv_tables.bands(found).splitlines() for cell in line.split(",")]
    assert "0.0" in cells and not {"-0.0", "-0"} & set(cells)
    assert "−0.00 " not in "\n".join(f"{line} " for line in check_text.table(found))


def test_a_zero_map_is_a_pair_without_a_difference_and_does_not_drop_out() -> None:
    zero = np.zeros((16, 16), np.float32)
    usual = Bands(Reading(report(asked(seeds=3)))).at("gradient", "cosine", 19)
    one = Bands(Reading(report(asked(seeds=3), {("gradient", 19, 1): zero}))).at("gradient", "cosine", 19)
    assert one.b.seeds == 1 and "zero everywhere" not in one.b.why
    assert one.gate == pytest.approx((1 - one.b.mean) / 3, abs=1e-12) and one.gate < usual.gate
    every = {("gradient", depth, seed): zero for depth in (0, 2, 19) for seed in range(3)}
    none = Bands(Reading(report(asked(seeds=3), every))).at("gradient", "cosine", 19)
    assert none.gate == 0.0 and none.memory is None and "zero everywhere" in none.b.why
    original = {("gradient", 0, seed): zero for seed in range(3)}
    assert Bands(Reading(report(asked(seeds=3), original))).at("gradient", "cosine", 19).gate == 0.0


@pytest.mark.parametrize("lost", [None, np.zeros((16, 16), np.float32)], ids=["no map", "zero"])
def test_a_pair_whose_own_t_has_no_number_takes_the_mean_of_the_others(lost: np.ndarray | None) -> None:
    band = Bands(Reading(report(asked(seeds=3), {("smoothgrad", 0, 1): lost}))).at("smoothgrad", "cosine", 19)
    like = SIMILARITIES["cosine"].fn
    t = float(like(map_of("smoothgrad", 0, 0), map_of("smoothgrad", 0, 2)))
    assert band.t.value == pytest.approx(t, abs=1e-12) and band.b.seeds == 3
    assert band.gate == pytest.approx(t - band.b.mean, abs=1e-12)


def test_a_map_that_could_not_be_computed_leaves_no_number_instead() -> None:
    gone = {("gradient", 19, seed): None for seed in range(3)}
    band = Bands(Reading(report(asked(seeds=3), gone))).at("gradient", "cosine", 19)
    assert band.gate is None and band.memory is None and band.b.why == NO_MAP.why
    one = Bands(Reading(report(asked(seeds=3), {("gradient", 19, 1): None}))).at("gradient", "cosine", 19)
    assert one.gate == pytest.approx(1 - one.b.mean, abs=1e-12) and one.b.seeds == 1


def test_before_a_pair_is_compared_there_is_no_band() -> None:
    bands = Bands(Reading(dataclasses.replace(report(asked(seeds=3)), pairs=())))
    assert bands.at("gradient", "cosine", 19) is None and bands.depths == ()
    assert bands.every("cosine", 19) == {} and bands.curve("gradient", "cosine") == []


@pytest.mark.parametrize("measure", ["cosine", "mse"])
def test_from_eight_networks_on_there_is_the_test_with_holm(measure: str) -> None:
    for seeds in (7, 8, 19):
        found = report(asked(seeds=seeds))
        bands = Bands(Reading(found)).every(measure, 19)
        sign = -1 if measure == "mse" else 1
        tests = {}
        for key in bands:
            like = SIMILARITIES[measure].fn
            maps = [map_of(key, 19, seed) for seed in range(seeds)]
            own = [map_of(key, 0, seed if key in DRAWS else 0) for seed in range(seeds)]
            b = np.array([[float(like(one, other)) for other in maps] for one in maps])
            r = [
                np.mean([float(like(own[j], maps[i])) for j in range(seeds) if j != i]) for i in range(seeds)
            ]
            tests[key] = memory(sign * np.array(r), sign * b)
            if seeds < 8:
                assert bands[key].p_value is None and bands[key].gate_interval is None
                continue
            for name in ("estimate", "low", "high"):
                expected = getattr(tests[key].interval, name)
                if tests[key].p_value is not None:
                    assert getattr(bands[key].interval, name) == pytest.approx(expected, abs=1e-10)
            assert bands[key].rank == tests[key].rank
            assert key == "sobel" or (bands[key].rank is None) is (seeds < 19)
            # A method that draws has other random numbers in each map: t is a pair's own, as b is.
            twice = np.array([[float(like(one, other)) for other in own] for one in own])
            gaps = sign * (twice - b)
            assert bands[key].gate_interval.low == pytest.approx(between_interval(gaps).low, abs=1e-10)
            assert bands[key].gate_interval.estimate == pytest.approx(bands[key].gate, abs=1e-10)
        if seeds >= 8:
            judged = {key: one.p_value for key, one in tests.items() if one.p_value is not None}
            assert set(judged) == {"gradient", *DRAWS}  # edges have no spread
            adjusted = holm(np.array(list(judged.values())))
            assert [bands[key].p_value for key in judged] == pytest.approx(list(adjusted), abs=1e-10)
            assert bands["sobel"].p_value is None


# --- files and the command line


def test_the_tables_and_the_record_hold_every_pair(tmp_path: Path) -> None:
    found = report(asked(seeds=2), {("gradient", 19, 1): None})
    rows = files.as_json(found)["pairs"]
    assert len(rows) == len(found.pairs) == len(csv_tables.pairs(found).splitlines()) - 1
    for row, pair in zip(rows, found.pairs, strict=True):
        assert row == {
            "method": pair.method, "measure": pair.measure, "depth": pair.depth, "kind": pair.kind,
            "first": pair.first, "second": pair.second, "value": pair.score.value, "why": pair.score.why,
        }  # fmt: skip
    lines = csv_tables.bands(found).splitlines()
    assert lines[0] == (
        "method,measure,normalisation,sign,depth,networks,"
        "r,b,b_lowest,b_highest,t,D,D_low,D_high,E,E_low,E_high,E_p_Holm,E_rank"
    )
    assert len(lines) - 1 == 4 * 2 * 2
    band = Bands(Reading(found)).at("smoothgrad", "mse", 2)
    cells = next(
        line.split(",") for line in lines if line.startswith("smoothgrad,mse,second_moment,signed,2,")
    )
    values = (band.r.mean, band.b.mean, band.b.low, band.b.high, band.t.value, band.gate)
    assert [float(cell) for cell in cells[6:12]] == list(values) and float(cells[14]) == band.memory


def test_a_stored_report_keeps_the_pairs_and_an_older_one_has_none(tmp_path: Path) -> None:
    found = report(asked(seeds=2), {("gradient", 19, 1): None})
    store.save(found, tmp_path / "one.zip")
    again = store.load(tmp_path / "one.zip")
    assert again is not None and again.pairs == found.pairs
    store.save(again, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_command_shows_the_numbers_beside_each_other() -> None:
    found = report(asked(seeds=1, methods=("sobel", "smoothgrad"), measures=("cosine",)))
    band = Bands(Reading(found)).at("smoothgrad", "cosine", 19)
    head, sobel, grad, note = check_text.table(found)
    assert head.split() == ["Cosine,", "depth", "19", "r", "b", "t", "D", "E"]
    assert sobel.split()[-5:] == ["1.00", "1.00", "1.00", "0.00", "0.00"]
    numbers = [float(word.replace("−", "-")) for word in grad.split()[-5:]]
    exact = (band.r.mean, band.b.mean, band.t.value, band.gate, band.memory)
    assert numbers == pytest.approx(exact, abs=0.0051) and "D = t − b" in note
    assert "D = b − t" in list(check_text.table(report(asked(measures=("mse",)))))[-1]
    assert list(check_text.table(report(asked(band="off")))) == []


def test_the_command_says_why_a_method_has_no_number() -> None:
    zero = {("gradient", 19, seed): np.zeros((16, 16), np.float32) for seed in range(2)}
    found = report(asked(methods=("gradient", "sobel"), measures=("cosine",)), zero)
    band = Bands(Reading(found)).at("gradient", "cosine", 19)
    _, blank, sobel, _ = check_text.table(found)
    assert blank.split()[1:6] == ["–", "–", "1.00", "0.00", "–"]
    assert band.b.why and band.b.why in blank and sobel.endswith("0.00")


def test_the_check_that_comes_with_the_program_has_every_pair_of_its_networks() -> None:
    shipped = results.load()
    assert shipped is not None
    request, expected = shipped.request, set()
    for choice, measure in product(request.methods, request.measures):
        draws = METHODS[choice.key].stochastic
        for depth in range(1, 20):
            expected |= {(choice.key, measure, depth, "between", *two) for two in combinations(range(3), 2)}
            if draws:
                expected |= {
                    (choice.key, measure, depth, "trained", *two) for two in permutations(range(3), 2)
                }
        if draws:
            expected |= {(choice.key, measure, 0, "again", *two) for two in combinations(range(3), 2)}
    assert places(shipped) == expected and len(shipped.pairs) == len(expected)
    for measure in request.measures:
        gates = [band.gate for _, band in Bands(Reading(shipped)).curve("fresh_noise", measure)]
        assert len(gates) == 19 and max(map(abs, gates)) < 0.02


@pytest.mark.slow
def test_the_shipped_pairs_are_those_of_a_run_of_today() -> None:
    shipped = {(p.method, p.measure, p.depth, p.kind, p.first, p.second): p for p in results.load().pairs}
    fresh = xaicheck.check(
        CAT,
        methods=("gradient", "fresh_noise"),
        seeds=2,
        depths=(0, 19),
        measures=("ssim", "mse"),
        device="cpu",
    )
    assert len(fresh.pairs) == 2 * (2 + 1 + 2)
    for row in fresh.pairs:
        place = (row.method, row.measure, row.depth, row.kind, row.first, row.second)
        # A batch of other depths rounds otherwise: 4e-7 at most, measured for gradients.
        assert row.score.value == pytest.approx(shipped[place].score.value, abs=1e-3)
