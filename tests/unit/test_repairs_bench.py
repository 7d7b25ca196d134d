"""The matrix of repairs and exploits on made-up numbers: every verdict, from either direction of a score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from tests.repair_data import REAL, ROWS, bench, scored
from xaicheck.experiments.repairs.bench import Cell, matrix
from xaicheck.experiments.repairs.data import RepairData

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


def test_memory_beats_only_with_a_claim_of_its_own() -> None:
    assert verdicts(bench(e={"keyed": 0.2}), "memory")["keyed"] == "beats"
    # Ahead of every real method, because those fall below 0: no claim.
    assert verdicts(bench(e={"gradient": -0.2, "lrp": -0.2}), "memory")["keyed"] == "open"


def test_memory_is_stopped_only_by_a_real_method_with_a_claim() -> None:
    assert verdicts(bench(e={"lrp": 0.2}), "memory")["keyed"] == "stopped"
    assert verdicts(bench(e={"keyed": -0.2}), "memory")["keyed"] == "open"


def test_a_real_method_that_fails_the_gate_is_no_rival() -> None:
    data = bench(e={"lrp": 0.3, "gradient": 0.1}, t={"lrp": 0.6, "fresh": 0.0})  # t = b
    assert cell(data, "memory", "keyed").rival == "gradient"
    data = bench(t={"lrp": 0.6, "gradient": 0.2, "fresh": 0.0})
    assert "no real method" in cell(data, "memory", "keyed").why


def test_the_margin_of_memory_is_the_difference_of_both_e_with_networks_as_replicates() -> None:
    data = bench(e={"lrp": 0.2, "keyed": 0.05})
    one = cell(data, "memory", "keyed").margin
    assert one is not None and one.low is not None and one.estimate is not None
    apart = {}
    for row in ("keyed", "lrp"):
        i = ROWS.index(row)
        r, b = data.networks.trained[0, i].mean((1, 2)), data.networks.between[0, i].mean((1, 2))
        apart[row] = r, b
    r = apart["keyed"][0] - apart["lrp"][0]
    b = apart["keyed"][1] - apart["lrp"][1]
    n = len(r)
    own = np.array(
        [np.mean([v for v, p in zip(b, data.networks.pairs, strict=True) if i in p]) for i in range(n)]
    )
    error = (n - 1) / (n - 2) * own.std(ddof=1) * np.sqrt(1 + 1 / n)
    assert one.estimate == pytest.approx(r.mean() - b.mean(), abs=1e-6)
    assert one.low == pytest.approx(one.estimate - t.ppf(0.975, n - 1) * error, abs=1e-5)


def test_every_repair_and_exploit_has_one_cell() -> None:
    data = bench(scored("raw", MEANS), scored("signed", MEANS))
    places = [(one.repair, one.exploit) for one in matrix(data)]
    assert len(places) == len(set(places)) == 3 * len(data.exploits)
    assert not {one.exploit for one in matrix(data)} & set(REAL)
