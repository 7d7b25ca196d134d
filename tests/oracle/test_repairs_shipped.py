"""The repair bench: cells by hand from maps, weights by hand from networks, and a part of the file anew."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata, t
from skimage.metrics import structural_similarity

from tests.repair_data import REAL, ROWS, bench
from xaicheck.experiments.repairs import maps, precompute, score, store
from xaicheck.experiments.repairs.bench import BEATS, GATE, OPEN, STOPPED, matrix
from xaicheck.experiments.repairs.data import RepairData, RepairScores
from xaicheck.experiments.repairs.exploits import EXPLOITS
from xaicheck.experiments.repairs.setting import BOTTOM_UP, INDEPENDENT, REAL as METHODS, REPAIRS, TOP_DOWN
from xaicheck.models.registry import load
from xaicheck.randomization.weights import randomized
from xaicheck.seeds import derived


@pytest.fixture(scope="module")
def data() -> RepairData:
    found = store.load()
    assert found is not None, "run python -m xaicheck.experiments.repairs"
    return found


def ssim_of_magnitudes(a: np.ndarray, b: np.ndarray) -> float:
    a, b = (np.abs(one) / np.sqrt(np.mean(one.astype(float) ** 2)) for one in (a, b))
    return float(structural_similarity(a, b, data_range=1.0))


def entropy(a: np.ndarray) -> float:
    counts = np.histogram(a.astype(float), 100)[0]
    shares = counts[counts > 0] / a.size
    return float(-(shares * np.log(shares)).sum())


def by_hand(key: str, stack: np.ndarray, strength: np.ndarray) -> list[float]:
    stack = stack.astype(float)
    match key:
        case "emprt":
            return [entropy(stack[-1]) / entropy(stack[0]) - 1]
        case "signed":
            return [float(np.corrcoef(rankdata(stack[0]), rankdata(one))[0, 1]) for one in stack[1:]]
        case "divided":
            stack = stack / np.maximum(strength, 0.1 * np.sqrt(np.mean(strength**2)))
    return [ssim_of_magnitudes(stack[0], one) for one in stack[1:]]


def test_a_cell_is_what_its_maps_give_by_hand() -> None:
    g = np.random.default_rng(5)
    strength = np.abs(g.standard_normal((40, 40)))
    common = g.standard_normal((40, 40))
    for key in ("raw", "emprt", "signed", "divided"):
        repair = REPAIRS[key]
        made, scores = {}, np.zeros((len(ROWS), 3, 2, 1 if key == "emprt" else 2), np.float32)
        for s, p in np.ndindex(3, 2):
            stacks = {row: (common + g.standard_normal((3, 40, 40))).astype(np.float32) for row in REAL}
            stacks |= {row: g.standard_normal((3, 40, 40)).astype(np.float32) for row in ROWS[2:]}
            made[s, p] = stacks
            scores[:, s, p] = score.values(score.scores(stacks, repair, strength))
        one = RepairScores(key, (1, 19), (0, 1, 2), scores)
        cells = {c.exploit: c for c in matrix(replace(bench(one), pictures=("a", "b"))) if c.repair == key}
        margin = cells["fresh"].margin
        assert margin is not None and margin.low is not None and margin.estimate is not None
        hand = np.array(
            [
                [[np.mean(by_hand(key, made[s, p][r], strength)) for p in range(2)] for s in range(3)]
                for r in ROWS
            ]
        )
        hand *= 1 if key == "emprt" else -1
        best = int(np.argmax([hand[0].mean(), hand[1].mean()]))
        apart = hand[2] - hand[best]
        assert cells["fresh"].rival == REAL[best]
        assert margin.estimate == pytest.approx(apart.mean(), abs=1e-6)
        seeds, pictures = 2 * apart.mean(1).var(ddof=1), 3 * apart.mean(0).var(ddof=1)
        rest = apart - apart.mean(1, keepdims=True) - apart.mean(0) + apart.mean()
        rest = (rest**2).sum() / 2
        total = max(seeds + pictures - rest, rest)
        dof = max(total**2 / (seeds**2 / 2 + pictures**2 / 1 + rest**2 / 2), 1)
        low = apart.mean() - t.ppf(0.975, dof) * np.sqrt(total / 6)
        assert margin.low == pytest.approx(low, abs=1e-5), key


def number(module: object) -> int:
    parameters = dict(module.named_parameters())  # type: ignore[attr-defined]
    digests = [
        hashlib.sha256(parameters[name].detach().contiguous().numpy().tobytes()).hexdigest()
        for name in sorted(parameters)
    ]
    return derived(*digests)


def test_the_number_of_weights_is_that_of_the_network_that_was_really_randomized() -> None:
    network = load("efficientnet_lite0", "cpu")
    for source, depth, seed in ((TOP_DOWN, 2, 1), (BOTTOM_UP, 1, 0), (INDEPENDENT, 3, 0)):
        twin = randomized(network, depth=depth, mode=source.variant.mode, seed=seed, batchnorm="reset")
        assert maps.weights_of(source, seed, (0, depth)) == (number(network.module), number(twin.module))
    assert maps.weights_of(TOP_DOWN, 0, (19,)) == maps.weights_of(BOTTOM_UP, 0, (19,))  # all is drawn
    assert len({maps.weights_of(TOP_DOWN, seed, (19,)) for seed in range(8)}) == 8


def test_a_part_of_the_file_is_what_is_computed_anew(data: RepairData, tmp_path: Path) -> None:
    source = replace(TOP_DOWN, variant=replace(TOP_DOWN.variant, depths=(19,), seeds=(1,)))
    picture = data.pictures[0]
    (stacks,) = precompute.rows(tmp_path, source, picture)
    strength = maps.strength(picture)
    checked = 0
    for stored in data.scores:
        if REPAIRS[stored.repair].source != TOP_DOWN:
            continue
        now = score.values(score.scores(stacks, REPAIRS[stored.repair], strength))[:, -1]
        then = stored.scores[:, stored.seeds.index(1), 0, stored.depths.index(19)]
        assert np.array_equal(np.isnan(now), np.isnan(then))
        # Rectifiers near their kink open or not by rounding: LRP and guided maps move by some thousandths.
        assert np.nanmax(np.abs(now - then)) < 5e-3, stored.repair
        checked += int(np.isfinite(now).sum())
    assert checked == 4 * (len(data.rows) - 1)


def test_the_file_holds_the_setting_and_a_reason_for_every_gap(data: RepairData) -> None:
    assert data.real == METHODS and data.exploits == tuple(EXPLOITS)
    assert {one.repair for one in data.scores} | {"memory"} == set(REPAIRS)
    assert store.FILE.stat().st_size < store.MAX_BYTES
    whys = {(one.row, one.repair) for one in data.missing}
    for one in data.scores:
        gaps = {data.rows[row] for row in np.argwhere(np.isnan(one.scores))[:, 0]}
        assert gaps == {row for row, repair in whys if repair == one.repair}
        assert "zero" in gaps


def test_the_verdicts_of_the_file_by_plain_means(data: RepairData) -> None:
    for cell in matrix(data):
        if cell.repair == "memory" or cell.margin is None:
            continue
        (own,) = (one for one in data.scores if one.repair == cell.repair)
        sign = 1 if cell.repair == "emprt" else -1
        means = [sign * one[np.isfinite(one)].mean(dtype=float) if np.isfinite(one).any() else -np.inf
                 for one in own.scores]  # fmt: skip
        best = max(means[: len(data.real)])
        ahead = means[data.rows.index(cell.exploit)] - best
        # Means over all pictures and depths: where some lack a score, those of the cell are others.
        assert cell.margin.estimate == pytest.approx(ahead, abs=0.02), cell
        assert (cell.verdict == BEATS) <= (ahead > 0) and (cell.verdict == STOPPED) <= (ahead < 0)


def test_what_fails_the_gate_is_what_gives_all_networks_one_map_or_no_map_twice(data: RepairData) -> None:
    verdicts = {one.exploit: one.verdict for one in matrix(data) if one.repair == "memory"}
    failing = {"fresh", "smoothed", "fixed", "edges", "flip", "zero"}
    assert {key for key, verdict in verdicts.items() if verdict == GATE} == failing
    assert {verdicts[key] for key in ("keyed", "edges_keyed", "honest_keyed")} == {OPEN}
    pairs = list(combinations(range(len(data.networks.seeds)), 2))
    assert data.networks.between.shape[2] == len(pairs)
    for key in failing - {"zero"}:
        row = data.rows.index(key)
        twice, apart = data.networks.again[0, row].mean(), data.networks.between[0, row].mean()
        assert abs(twice - apart) < 0.01, key
