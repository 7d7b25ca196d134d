"""The matrix of repairs and exploits on made-up numbers: every verdict, from either direction of a score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.repair_data import REAL, ROWS, bench, scored
from xaicheck.experiments.repairs import store
from xaicheck.experiments.repairs.bench import Cell, matrix
from xaicheck.experiments.repairs.data import RepairData
from xaicheck.experiments.repairs.uncaught import KEYED, uncaught

MEANS = {"gradient": 0.2, "lrp": 0.6, "fresh": 0.0, "keyed": 0.2, "edges": 1.0}


def cell(data: RepairData, repair: str, exploit: str) -> Cell:
    (found,) = (one for one in matrix(data) if (one.repair, one.exploit) == (repair, exploit))
    return found


def verdicts(data: RepairData, repair: str) -> dict[str, str]:
    return {one.exploit: one.verdict for one in matrix(data) if one.repair == repair}


def test_a_similarity_is_won_by_the_lowest() -> None:
    found = verdicts(bench(scored("raw", MEANS)), "raw")
    assert found == {"fresh": "beats", "keyed": "open", "edges": "stopped", "zero": "none"}


def test_a_rise_of_the_entropy_is_won_by_the_highest() -> None:
    found = verdicts(bench(scored("emprt", MEANS | {"edges": 0.6})), "emprt")
    assert found == {"fresh": "stopped", "keyed": "stopped", "edges": "open", "zero": "none"}


def test_the_margin_is_to_the_best_real_method_and_above_zero_where_the_exploit_is_ahead() -> None:
    for repair, best, sign in (("raw", "gradient", -1), ("emprt", "lrp", 1)):
        data = bench(scored(repair, MEANS))
        one = cell(data, repair, "fresh")
        assert one.rival == best and one.margin is not None and one.margin.estimate is not None
        rows = data.scores[0].scores.astype(float).mean((1, 2, 3))
        apart = sign * (rows[ROWS.index("fresh")] - rows[ROWS.index(best)])
        assert one.margin.estimate == pytest.approx(apart, abs=1e-6)


def test_what_has_no_score_says_why() -> None:
    assert "zero everywhere" in cell(bench(scored("raw", MEANS)), "raw", "zero").why


def test_an_exploit_beats_every_real_method_only_if_each_interval_says_so() -> None:
    data = bench(scored("raw", {"gradient": 0.2, "lrp": 0.3, "fresh": 0.0}))
    assert verdicts(data, "raw")["fresh"] == "beats"
    wide = data.scores[0].scores.copy()
    wide[ROWS.index("lrp")] += 2 * np.random.default_rng(0).standard_normal(wide.shape[1:])
    wide[ROWS.index("lrp")] += 0.3 - wide[ROWS.index("lrp")].mean()  # no better than before, but open
    data = replace(data, scores=(replace(data.scores[0], scores=wide),))
    one = cell(data, "raw", "fresh")
    assert one.rival == "gradient" and one.margin is not None and one.margin.low is not None
    assert one.margin.low > 0 and one.verdict == "open"


def test_what_moves_a_method_and_an_exploit_together_does_not_widen_the_margin() -> None:
    data = bench(scored("raw", {"gradient": 0.2, "lrp": 0.6, "fresh": 0.1}))
    common = np.random.default_rng(1).standard_normal((1, *data.scores[0].scores.shape[1:]))
    shaken = replace(data, scores=(replace(data.scores[0], scores=data.scores[0].scores + common),))
    assert verdicts(shaken, "raw")["fresh"] == "beats"
    a, b = cell(data, "raw", "fresh").margin, cell(shaken, "raw", "fresh").margin
    assert a is not None and b is not None
    assert (b.estimate, b.low) == pytest.approx((a.estimate, a.low), abs=1e-5)  # float32 of larger numbers


def test_pictures_without_a_score_are_left_out_of_the_pair_that_lacks_it() -> None:
    data = bench(scored("raw", MEANS))
    holes = data.scores[0].scores.copy()
    holes[ROWS.index("gradient"), :, 0] = np.nan  # a whole picture
    holes[ROWS.index("lrp"), 0, 1, 0] = np.nan  # one depth
    one = cell(replace(data, scores=(replace(data.scores[0], scores=holes),)), "raw", "fresh")
    assert one.margin is not None and one.margin.n_images == 4 and one.verdict == "beats"


def test_what_does_not_tell_networks_apart_fails_the_gate_and_so_does_the_zero_map() -> None:
    found = verdicts(bench(), "memory")
    assert found == {"fresh": "gate", "keyed": "open", "edges": "gate", "zero": "gate"}
    assert verdicts(bench(t={"fresh": 1.0}), "memory")["fresh"] == "open"  # the same, told apart


@pytest.mark.parametrize(
    "e", [{}, {"lrp": 0.2}, {"keyed": -0.2}, {"keyed": 0.2}, {"gradient": -0.2, "lrp": -0.2}]
)
def test_what_passes_the_gate_is_open_whatever_any_map_remembers(e: dict[str, float]) -> None:
    one = cell(bench(e=e), "memory", "keyed")
    assert one.verdict == "open" and not one.stopped
    assert (one.margin, one.rival, one.why) == (None, "", "")  # E is held against nobody's


def test_what_no_number_catches_is_not_stopped_by_gate_and_memory() -> None:
    """The ranking page says so of the shipped numbers; the bench must not say otherwise."""
    data = store.load()
    assert data is not None and uncaught(data) is not None
    assert {cell(data, "memory", key).verdict for key in KEYED} == {"open"}


def test_every_repair_and_exploit_has_one_cell() -> None:
    data = bench(scored("raw", MEANS), scored("signed", MEANS))
    places = [(one.repair, one.exploit) for one in matrix(data)]
    assert len(places) == len(set(places)) == 3 * len(data.exploits)
    assert not {one.exploit for one in matrix(data)} & set(REAL)
