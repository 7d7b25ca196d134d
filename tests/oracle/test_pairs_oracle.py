"""Pairs of networks in a run of their own, against plain loops over the maps of separate runs."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

import xaicheck

import torch  # isort: skip

from xaicheck.engine import pairs
from xaicheck.engine.request import request_for
from xaicheck.engine.steps import Steps
from xaicheck.errors import Cancelled
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.reading.bands import Bands
from xaicheck.reading.numbers import Reading, part
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Method, MethodChoice, PairRow, Progress, Report

pytestmark = pytest.mark.slow

CAT = samples.load("chelsea")
DRAWS = ("smoothgrad", "fresh_noise")
SETTING: dict[str, Any] = {
    "methods": ("gradient", MethodChoice("smoothgrad", (("samples", 4),)), "sobel", "fresh_noise"),
    "measures": ("spearman", "ssim", "mse"),
    "device": "cpu",
}


@pytest.fixture(scope="module")
def separate() -> dict[int, Report]:
    """A run of each seed alone, at the depths that a companion is explained at, and without pairs."""
    return {
        seed: xaicheck.check(CAT, **SETTING, seeds=(seed,), depths=(0, 19), band="off") for seed in (0, 1, 2)
    }


@pytest.fixture(scope="module")
def alone() -> Report:
    """A run with one seed and a companion."""
    return xaicheck.check(CAT, **SETTING, depths=(0, 19))


def expected(separate: dict[int, Report], seeds: tuple[int, ...], own: tuple[int, ...]) -> dict[tuple, Any]:
    """Every row by its place, each similarity computed on its own."""
    found = {}
    for method in ("gradient", "smoothgrad", "sobel", "fresh_noise"):
        trained = {s: separate[s].attribution(method, 0, s).values for s in seeds}
        random = {s: separate[s].attribution(method, 19, s).values for s in seeds}
        for measure in SETTING["measures"]:
            like = SIMILARITIES[measure].fn
            for a, b in combinations(seeds, 2):
                found[method, measure, 19, "between", a, b] = like(random[a], random[b])
                if method in DRAWS:
                    found[method, measure, 0, "again", a, b] = like(trained[a], trained[b])
            for a in own if method in DRAWS else ():
                for b in seeds:
                    if a != b:
                        found[method, measure, 19, "trained", a, b] = like(trained[b], random[a])
    return found


def rows(found: tuple[PairRow, ...]) -> dict[tuple, Any]:
    return {(p.method, p.measure, p.depth, p.kind, p.first, p.second): p.score for p in found}


def test_the_companion_gives_the_maps_of_a_run_with_its_seed_to_the_bit(
    separate: dict[int, Report], alone: Report
) -> None:
    assert rows(alone.pairs) == expected(separate, (0, 1), (0,))


def test_several_seeds_are_paired_as_separate_runs_are_to_the_bit(separate: dict[int, Report]) -> None:
    three = xaicheck.check(CAT, **SETTING, seeds=3, depths=(0, 19))
    assert rows(three.pairs) == expected(separate, (0, 1, 2), (0, 1, 2))
    narrowed = part(three, three.request.changed(seeds=(0,)))
    assert rows(narrowed.pairs) == expected(separate, (0, 1), (0,))


def test_t_r_and_b_are_those_of_the_separate_runs(separate: dict[int, Report], alone: Report) -> None:
    bands = Bands(Reading(alone))
    for method in ("gradient", "sobel", *DRAWS):
        values = {
            (depth, seed): separate[seed].attribution(method, depth, seed).values
            for depth in (0, 19)
            for seed in (0, 1)
        }
        second = int(method in DRAWS)
        for measure in SETTING["measures"]:
            like = SIMILARITIES[measure].fn
            band = bands.at(method, measure, 19)
            r, b = like(values[0, second], values[19, 0]), like(values[19, 0], values[19, 1])
            t = like(values[0, 0], values[0, second])
            sign = -1 if measure == "mse" else 1
            assert (band.r.mean, band.b.mean, band.t.value) == (r.value, b.value, t.value)
            assert band.gate == sign * (t.value - b.value) and band.memory == sign * (r.value - b.value)


def test_noise_edges_and_smoothgrad_under_noise_of_its_own_tell_no_networks_apart(alone: Report) -> None:
    bands = Bands(Reading(alone))
    for measure in ("spearman", "ssim"):
        assert (bands.at("sobel", measure, 19).gate, bands.at("sobel", measure, 19).memory) == (0.0, 0.0)
        fresh = bands.at("fresh_noise", measure, 19)
        # The correlation of two maps of 224 x 224 independent values has a standard deviation of 1/224.
        assert abs(fresh.gate) < 0.02 and abs(fresh.memory) < 0.02
    # Four samples: hardly more than noise, though the shown score is under common noise and larger.
    smooth, shown = bands.at("smoothgrad", "spearman", 19), Reading(alone).score("smoothgrad", "spearman", 19)
    assert abs(smooth.gate) < 0.1 and abs(smooth.r.mean) < 0.02 and shown.mean != smooth.r.mean
    assert bands.at("gradient", "spearman", 19).gate > 0.9


def test_the_band_changes_nothing_else(separate: dict[int, Report], alone: Report) -> None:
    without = separate[0]
    assert without.pairs == () and alone.pairs
    for name in ("scores", "entropies", "activations", "liveness", "coverage", "target", "class_scores"):
        assert getattr(alone, name) == getattr(without, name), name
    assert len(alone.attributions) == len(without.attributions)
    for one, other in zip(alone.attributions, without.attributions, strict=True):
        assert (one.method, one.depth, one.seed, one.certificates) == (
            other.method, other.depth, other.seed, other.certificates,
        )  # fmt: skip
        assert np.array_equal(one.values, other.values)
    assert {a.seed for a in alone.attributions} == {0} == {one.seed for one in alone.liveness}


class Witness:
    """Keeps what is said; cancels once a note begins so."""

    def __init__(self, ends_at: str = "-") -> None:
        self.said: list[Progress] = []
        self.ends_at, self.ended = ends_at, False

    def update(self, progress: Progress) -> None:
        self.said.append(progress)
        self.ended = self.ended or progress.note.startswith(self.ends_at)

    def check(self) -> None:
        if self.ended:
            raise Cancelled("nobody listens")


LITTLE: dict[str, Any] = {
    "methods": ("sobel", "fresh_noise"),
    "depths": (0, 1),
    "measures": ("mse",),
    "device": "cpu",
    "batchnorm": "reset",
}


def test_progress_counts_the_companion_and_ends_at_the_total() -> None:
    witness = Witness()
    found = xaicheck.check(CAT, listener=witness, **LITTLE)
    # Originals and depth 1 of two methods, the same of the companion without the edges' original.
    assert {p.total for p in witness.said} == {4 + 3} and witness.said[-1].done == 7
    assert [p.done for p in witness.said] == sorted(p.done for p in witness.said)
    last = witness.said[-1]
    assert last.seconds_left == 0 and last.report.pairs == found.pairs
    notes = [p.note for p in witness.said]
    assert [note for note in notes if "second random network" in note] == [
        "Sobel edges, a second random network", "Fresh noise, a second random network",
    ]  # fmt: skip
    assert notes[-2:] == ["comparing random networks, Sobel edges", "comparing random networks, Fresh noise"]


@pytest.mark.parametrize("ends_at", ["drawing random weights, seed 1", "Fresh noise, a second", "comparing"])
def test_it_can_be_cancelled_while_the_companion_is_explained_or_compared(ends_at: str) -> None:
    witness = Witness(ends_at)
    setting = LITTLE | {"methods": ("fresh_noise", "gradient"), "depths": (0, 2), "batchnorm": "recalibrate"}
    with pytest.raises(Cancelled):
        xaicheck.check(CAT, listener=witness, **setting)
    assert witness.said[-1].note.startswith(ends_at)


def test_a_method_that_fails_on_the_companion_has_rows_with_the_reason_and_no_failed_map() -> None:
    calls = []

    def fn(network: Any, x: torch.Tensor, target: torch.Tensor, *, rng: Any) -> torch.Tensor:
        calls.append(len(x))
        if len(calls) > 2:  # the original, depth 1, and now the companion
            raise RuntimeError("no luck")
        return x

    with METHODS.with_entry(Method("broken", "Broken", "A test's own.", "none", fn)):
        found = xaicheck.check(CAT, **LITTLE | {"methods": ("broken", "sobel")})
        assert Bands(Reading(found)).at("broken", "mse", 1).gate is None
    assert all(a.values is not None for a in found.attributions)
    by_method = {p.method: p.score for p in found.pairs}
    assert by_method["broken"].why == "the map could not be computed" and by_method["sobel"].value == 0.0


def test_each_network_of_a_pair_explains_its_own_class_where_that_is_asked() -> None:
    setting = LITTLE | {"methods": ("gradient",), "depths": (0, 19), "target_policy": "randomized"}
    one, two = xaicheck.check(CAT, **setting), xaicheck.check(CAT, **setting, seeds=2)
    classes = {seed: two.explained(19, seed).index for seed in (0, 1)}
    assert len({*classes.values(), two.target.index}) == 3  # else nothing is tested
    assert rows(one.pairs) == rows(two.pairs)
    like = SIMILARITIES["mse"].fn
    maps = [two.attribution("gradient", 19, seed).values for seed in (0, 1)]
    assert one.pairs[0].score == like(*maps)


@pytest.fixture
def classified(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows go through the classifier, call by call, whoever calls."""
    seen: list[int] = []
    forward = torch.nn.Linear.forward

    def count(self: torch.nn.Linear, x: torch.Tensor) -> torch.Tensor:
        seen.append(len(x))
        return forward(self, x)

    monkeypatch.setattr(torch.nn.Linear, "forward", count)
    return seen


def test_the_band_of_one_seed_costs_at_most_three_tenths_more_passes(classified: list[int]) -> None:
    rows_of = {}
    for band in ("off", "on"):
        classified.clear()
        xaicheck.check(CAT, methods=("gradient",), measures=("mse",), device="cpu", band=band)
        rows_of[band] = sum(classified)
    assert 1 < rows_of["on"] / rows_of["off"] <= 1.3
    passes = {}
    for band in ("off", "on"):  # the default panel, by what its methods say they cost
        steps = Steps(request_for(CAT, band=band), torch.zeros(1, 3, 224, 224), 0, 32)
        passes[band] = steps.passes
    again = sum(
        METHODS[c.key].passes(**dict(c.params)) for c in steps.request.methods if METHODS[c.key].stochastic
    )
    assert 1 < (passes["on"] - again) / passes["off"] <= 1.3


def test_a_run_with_several_seeds_explains_no_map_more() -> None:
    zeros = torch.zeros(1, 3, 224, 224)
    off, on = (Steps(request_for(CAT, seeds=2, band=band), zeros, 0, 32) for band in ("off", "on"))
    assert off.total == on.total and off.passes == on.passes and pairs.companion(on.request) is None
