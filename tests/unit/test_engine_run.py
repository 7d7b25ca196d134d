"""From a request to a report: what is in it, what disturbs it and what does not, and how a run ends early."""

from __future__ import annotations

import gc
import hashlib
import importlib
import random
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import xaicheck

import torch  # isort: skip

from xaicheck.batching import memory
from xaicheck.engine import run as engine
from xaicheck.engine.request import request_for
from xaicheck.errors import BadImage, BadRequest, Cancelled, Refused
from xaicheck.methods import METHODS
from xaicheck.methods.shared_passes import GRADIENT, passes as shared_passes
from xaicheck.models import images, samples
from xaicheck.models.registry import load
from xaicheck.randomization.efficient_mprt import entropy
from xaicheck.randomization.smooth_mprt import SIGMA
from xaicheck.seeds import generator
from xaicheck.similarity.comparisons import against
from xaicheck.types import Method, MethodChoice, Network, Progress, Report

pytestmark = pytest.mark.slow

CAT = samples.load("chelsea")
FOUR = MethodChoice("smoothgrad", (("samples", 4),))
METHOD_KEYS = ("gradient", "smoothgrad", "fresh_noise", "sobel")
SETTING = {
    "methods": ("gradient", FOUR, "fresh_noise", "sobel"),
    "depths": (0, 1, 19),
    "seeds": 2,
    "measures": ("spearman", "mse"),
    "device": "cpu",
}
SHORT = {
    "methods": ("gradient", "fresh_noise"),
    "depths": (0, 2, 19),
    "measures": ("spearman",),
    "device": "cpu",
}


class Witness:
    """Keeps what a run says; cancels it at the given call of check."""

    def __init__(self, cancel_at: int = 10**9) -> None:
        self.said: list[Progress] = []
        self.checks_at: list[int] = []  # calls of check before each update
        self.checks, self.cancel_at = 0, cancel_at

    def update(self, progress: Progress) -> None:
        self.said.append(progress)
        self.checks_at.append(self.checks)

    def check(self) -> None:
        self.checks += 1
        if self.checks >= self.cancel_at:
            raise Cancelled("nobody listens")


def _gradient(network: Network, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """d(target logit)/dx, [B 3 H W]."""
    return shared_passes(network, x, target, (GRADIENT,)).gradient


def print_of(network: Network) -> str:
    """A hash of all tensors, the training flags and the number of hooks."""
    found = hashlib.sha256()
    for name, value in network.module.state_dict().items():
        found.update(name.encode() + value.numpy().tobytes())
    for name, part in network.module.named_modules():
        hooks = [len(h) for h in (part._forward_hooks, part._forward_pre_hooks, part._backward_hooks)]
        found.update(f"{name} {type(part)} {part.training} {hooks}".encode())
    return found.hexdigest()


def maps(report: Report) -> dict[tuple[str, int, int], np.ndarray | None]:
    return {(a.method, a.depth, a.seed): a.values for a in report.attributions}


def assert_same_maps(one: Report, other: Report, within: float = 1e-6) -> None:
    """The largest difference of any map is below this share of its largest value."""
    first, second = maps(one), maps(other)
    assert first.keys() == second.keys()
    for cell, values in first.items():
        gap = np.abs(values - second[cell]).max() / np.abs(values).max()
        assert gap <= within, (cell, gap)


@pytest.fixture(scope="module")
def told() -> tuple[Report, Witness, dict]:
    """One small run, what it said on the way, and what it left behind."""
    witness, network = Witness(), load("efficientnet_lite0")
    numbers = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    before = print_of(network)
    report = xaicheck.check(CAT, listener=witness, **SETTING)
    left = {
        "network": (before, print_of(network)),
        "numbers": (numbers, (torch.get_rng_state(), random.getstate(), np.random.get_state()[1])),  # noqa: NPY002
    }
    return report, witness, left


@pytest.fixture(scope="module")
def report(told) -> Report:
    return told[0]


@pytest.fixture(scope="module")
def short() -> Report:
    """The smaller setting, undisturbed: what disturbed runs are compared with."""
    return engine.check(CAT, **SHORT)


@pytest.fixture
def with_method():
    """Puts a method of the test's own beside the registered ones."""

    def add(key: str, fn, *, stochastic: bool = False) -> None:
        method = Method(key, key.title(), "A test's own.", "none", fn, stochastic=stochastic)
        stack.enter_context(METHODS.with_entry(method))

    with ExitStack() as stack:
        yield add


# --- what a report holds


def test_a_report_has_a_map_and_scores_for_every_method_depth_and_seed(report: Report) -> None:
    cells = {(m, d, s) for m in METHOD_KEYS for d in (0, 1, 19) for s in (0, 1)}
    assert set(maps(report)) == cells and len(report.attributions) == len(cells)
    assert all(v.shape == (224, 224) and v.dtype == np.float32 for v in maps(report).values())
    assert {(r.method, r.measure, r.depth, r.seed) for r in report.scores} == {
        (m, measure, d, s) for m, d, s in cells for measure in ("spearman", "mse")
    }
    assert len(report.scores) == 2 * len(cells)
    assert report.complete and report.depths == (0, 1, 19) and report.device == "cpu"
    assert report.attribution("gradient", 19, 1) is not None
    assert report.attribution("gradient", 2, 1) is None


def test_a_report_says_on_what_it_is_about(report: Report) -> None:
    network = load("efficientnet_lite0")
    asked = {name: SETTING[name] for name in ("methods", "depths", "measures")}
    assert report.request == request_for(CAT, seeds=(0, 1), **asked)
    assert report.image_name == CAT.name
    assert np.array_equal(report.view, images.model_view(CAT, network.spec))
    assert report.blocks == tuple(block.name for block in network.blocks)
    assert (report.target.index, report.target.label) == (282, "tiger cat")
    assert report.target.probability == pytest.approx(0.3928, abs=1e-3)
    assert {"xaicheck", "python", "torch", "torchvision", "timm", "numpy"} <= dict(report.versions).keys()
    assert dict(report.versions)["numpy"] == np.__version__
    assert report.seconds > 0


def test_activations_liveness_and_coverage_are_there_for_every_depth_and_seed(report: Report) -> None:
    both = {(d, s) for d in (0, 1, 19) for s in (0, 1)}
    assert {(a.block, a.depth, a.seed) for a in report.activations} == {
        (b, d, s) for b in report.blocks for d, s in both
    }
    assert {(a.depth, a.seed) for a in report.liveness} == both
    assert (report.coverage.changed_share, report.coverage.untouched) == (1.0, ())
    assert [d for d, _ in report.coverage.by_depth] == [0, 1, 19]


def test_the_original_against_itself_is_exactly_the_best_value(report: Report) -> None:
    identity = {(r.measure, r.score.value) for r in report.scores if r.depth == 0}
    assert identity == {("spearman", 1.0), ("mse", 0.0)}


def test_scores_are_those_of_the_maps(report: Report) -> None:
    from xaicheck.similarity.measures import SIMILARITIES

    for row in report.scores:
        original, other = maps(report)[row.method, 0, row.seed], maps(report)[row.method, row.depth, row.seed]
        assert row.score == SIMILARITIES[row.measure].fn(original, other)


def test_normalisation_and_sign_change_the_scores_as_asked_and_no_map(short: Report) -> None:
    measures = ("mse", "ssim", "hog", "topk", "spearman")
    other = engine.check(CAT, **SHORT | {"measures": measures}, normalisation="max", sign="either")
    assert_same_maps(short, other, within=0.0)
    for row in other.scores:
        original, randomized = (maps(other)[row.method, depth, row.seed] for depth in (0, row.depth))
        scored = against(row.measure, original, normalisation="max", sign="either")
        assert row.score == scored(randomized), row
    plain = {(r.method, r.depth): r.score for r in short.scores}
    for row in other.scores:
        if row.measure == "spearman":
            assert row.score.value == pytest.approx(abs(plain[row.method, row.depth].value), abs=1e-12)


def test_the_entropies_are_those_of_the_maps_at_both_ends(report: Report) -> None:
    assert {(e.method, e.depth, e.seed) for e in report.entropies} == {
        (m, d, s) for m in METHOD_KEYS for d in (0, 19) for s in (0, 1)
    }
    for row in report.entropies:
        assert row.score == entropy(maps(report)[row.method, row.depth, row.seed])


def test_noisy_copies_make_a_map_the_mean_over_them_and_leave_the_controls_what_they_are() -> None:
    setting = {"methods": ("gradient", "fresh_noise", "sobel"), "depths": (0, 19), "measures": ("cosine",)}
    setting |= {"band": "off"}
    witness = Witness()
    smooth = engine.check(CAT, **setting, device="cpu", mode="bottom_up", copies=3, listener=witness)
    again = engine.check(CAT, **setting, device="cpu", mode="bottom_up", copies=3)
    assert_same_maps(smooth, again, within=0.0)
    network = load("efficientnet_lite0")
    x = network.preprocess(CAT)[None]
    draws = generator("denoise", CAT.sha256)
    copies = [x + SIGMA * (x.max() - x.min()) * torch.randn(x.shape[1:], generator=draws) for _ in range(2)]
    target = torch.tensor([smooth.target.index])
    expected = sum(_gradient(network, copy, target).sum(1) for copy in (*copies, x))[0] / 3
    found = maps(smooth)["gradient", 0, 0]
    assert np.abs(found - expected.numpy()).max() <= 1e-5 * np.abs(found).max()
    scores = {r.method: r.score.value for r in smooth.scores if r.depth == 19}
    assert scores["sobel"] == 1.0  # the same noise before and after
    assert abs(scores["fresh_noise"]) < 0.02
    assert {p.total for p in witness.said} == {6}


def test_the_cost_of_the_copies_is_known_before_they_are_computed() -> None:
    witness = Witness(cancel_at=2)
    request = request_for(CAT, methods=("gradient",), depths=(0, 19), copies=7, band="off")
    work = engine._Run(request, CAT, "cpu", witness)
    assert work.steps.passes == 14


def test_only_methods_that_draw_random_numbers_have_an_original_for_each_seed(report: Report) -> None:
    for key in METHOD_KEYS:
        equal = np.array_equal(maps(report)[key, 0, 0], maps(report)[key, 0, 1])
        assert equal is not METHODS[key].stochastic, key


def test_two_seeds_randomize_differently_and_sobel_does_not_notice(report: Report) -> None:
    for key in METHOD_KEYS:
        for depth in (1, 19):
            equal = np.array_equal(maps(report)[key, depth, 0], maps(report)[key, depth, 1])
            assert equal is (key == "sobel"), (key, depth)


def test_the_maps_are_those_of_the_slow_path(report: Report) -> None:
    from xaicheck.randomization.weights import randomized

    network = load("efficientnet_lite0")
    for depth in (0, 1, 19):
        x = network.preprocess(CAT)[None].requires_grad_()
        module = randomized(network, depth=depth, seed=1).module
        (gradient,) = torch.autograd.grad(module(x)[0, 282], x)
        direct, found = gradient[0].sum(0).numpy(), maps(report)["gradient", depth, 1]
        assert np.linalg.norm(found - direct) / np.linalg.norm(direct) < 1e-4


def test_a_run_leaves_the_cached_network_and_the_global_random_numbers_alone(told) -> None:
    before, after = told[2]["network"]
    assert before == after
    (torch_, python, numpy_), (torch_after, python_after, numpy_after) = told[2]["numbers"]
    assert torch.equal(torch_, torch_after) and python == python_after
    assert np.array_equal(numpy_, numpy_after)


def test_the_same_request_gives_the_same_maps(short: Report) -> None:
    again = engine.check(CAT, **SHORT)
    assert_same_maps(short, again, within=0.0)
    assert [r.score for r in again.scores] == [r.score for r in short.scores]
    assert again.activations == short.activations and again.liveness == short.liveness


# --- progress


def test_progress_only_grows_and_ends_at_the_total(told) -> None:
    report, witness, _ = told
    done = [p.done for p in witness.said]
    # Deterministic originals are computed once, stochastic ones for each seed: 2 + 4, and 4 x 2 depths x 2.
    assert {p.total for p in witness.said} == {22}
    assert done == sorted(done) and done[0] == 0 and done[-1] == 22
    assert [len(p.report.attributions) for p in witness.said] == sorted(
        len(p.report.attributions) for p in witness.said
    )
    assert not any(p.report.complete for p in witness.said)
    assert all(p.note for p in witness.said)
    assert len(witness.said) >= 12
    left = [p.seconds_left for p in witness.said]
    assert left[0] is None and left[-1] == pytest.approx(0, abs=1e-6)


def test_the_first_update_comes_before_any_map_and_knows_the_target(told) -> None:
    _, witness, _ = told
    first = witness.said[0]
    assert first.report.target.index == 282 and not first.report.attributions
    assert witness.checks_at[0] <= 2  # one pass: the trained network's answer
    assert witness.said[1].report.attribution("gradient", 0, 0) is not None


def test_originals_come_before_anything_random(told) -> None:
    report, *_ = told
    depths = [a.depth for a in report.attributions]
    assert depths == [0] * 8 + [d for d in depths if d]


def test_cancelling_is_possible_before_every_pass(told) -> None:
    # Originals: a gradient, and 4 noisy copies for each of 2 seeds; calibration: 2 depths for each seed.
    assert told[1].checks > (1 + 2 * 4) + 2 * 2


@pytest.mark.parametrize("cancel_at", [1, 2, 3, 5, 7])
def test_a_cancelled_run_leaves_no_trace(cancel_at: int, short: Report) -> None:
    network = load("efficientnet_lite0")
    before, witness = print_of(network), Witness(cancel_at)
    with pytest.raises(Cancelled):
        engine.check(CAT, listener=witness, **SHORT)
    assert witness.checks == cancel_at
    assert print_of(network) == before
    if cancel_at == 5:
        assert_same_maps(short, engine.check(CAT, **SHORT), within=0.0)


def test_a_listener_may_also_cancel_in_update(short: Report) -> None:
    class Leaves(Witness):
        def update(self, progress: Progress) -> None:
            super().update(progress)
            if progress.done >= 3:
                raise Cancelled("nobody listens")

    before = print_of(load("efficientnet_lite0"))
    with pytest.raises(Cancelled):
        engine.check(CAT, listener=Leaves(), **SHORT)
    assert print_of(load("efficientnet_lite0")) == before


SIXTEEN = {
    "methods": ("smoothgrad",),
    "depths": (0, 2, 19),
    "measures": ("mse",),
    "device": "cpu",
    "band": "off",
}


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of rows of each pass through a network that came to its end."""
    kind = type(load("efficientnet_lite0").module)  # looks at it with a pass of its own, once
    forward, seen = kind.forward, []

    def counted(self: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
        found = forward(self, x)
        seen.append(len(x))
        return found

    monkeypatch.setattr(kind, "forward", counted)
    return seen


def test_a_long_step_gives_signs_of_life_with_less_and_less_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "SIGN_OF_LIFE", 0.0)
    witness = Witness()
    engine.check(CAT, listener=witness, **SIXTEEN)
    said = [p for p in witness.said if p.note == "SmoothGrad, seed 0, depths 2 to 19"]
    assert len(said) == 16  # one before each pass
    assert {(p.done, p.total) for p in said} == {(1, 3)}
    assert all(one.seconds_left > other.seconds_left for one, other in pairwise(said) if one.seconds_left)
    assert said[0].seconds_left > 0
    quiet = Witness()
    monkeypatch.setattr(engine, "SIGN_OF_LIFE", 1e9)
    engine.check(CAT, listener=quiet, **SIXTEEN)
    assert not any(p.note == said[0].note for p in quiet.said)


@pytest.mark.parametrize("cancel_at", [3, 12, 20])
def test_a_step_is_cancelled_in_its_middle_before_the_next_pass(cancel_at: int, passes: list[int]) -> None:
    witness = Witness(cancel_at)
    with pytest.raises(Cancelled):
        engine.check(CAT, listener=witness, **SIXTEEN)
    # The target, noise, two for the original's copies, calibration and activations, then 16 for the depths.
    assert witness.said[-1].done < 3 and len(passes) == cancel_at


def live() -> int:
    """How many tensors there are."""
    gc.collect()
    return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())


def finished() -> None:
    engine.check(CAT, **SHORT)


def cancelled() -> None:
    try:
        engine.check(CAT, listener=Witness(7), **SHORT)
    except Cancelled:
        return
    raise AssertionError("it was not cancelled")


def broken() -> None:
    assert not engine.check(CAT, **SHORT | {"methods": ("broken", "gradient")}).attributions[-3].values


@pytest.mark.parametrize("way", [finished, cancelled, broken])
def test_a_run_leaves_no_tensor_behind(way: Callable[[], None], with_method) -> None:
    def breaks(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: object) -> torch.Tensor:
        kept = network.module(x.requires_grad_())
        raise RuntimeError(f"no luck with {kept.shape}")

    with_method("broken", breaks)
    way()  # what is loaded once stays
    before = live()
    way()
    assert live() == before


# --- chunks, threads


def test_how_many_depths_are_explained_at_once_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = {
        "methods": ("gradient", "input_x_gradient", FOUR, "fresh_noise", "grad_cam"),
        "depths": (0, 1, 6, 12, 19),
        "measures": ("mse",),
        "device": "cpu",
    }
    found, steps = [], []
    for most in (1, 3, 20):
        monkeypatch.setattr(memory, "rows_that_fit", lambda network, most=most: most)
        witness = Witness()
        found.append(engine.check(CAT, listener=witness, **setting))
        steps.append(len(witness.said))
    # Measured: 1.5e-6 at most. A convolution of another batch size sums in another order, and the rounding
    # grows along the path; a row that took a wrong twin would be off by its own size.
    for other in found[1:]:
        assert_same_maps(found[0], other, within=1e-5)
    assert steps[0] > steps[1] > steps[2]


NO_ROOM = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
)
FIVE = {
    "methods": ("gradient", "grad_cam", "fresh_noise"),
    "depths": (0, 1, 2, 3, 19),
    "seeds": 2,
    "measures": ("spearman",),
    "device": "cpu",
}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch):
    """Lets a function raise above a number of rows; the sizes it was asked for."""

    def limit(place: str, rows: int, error: Exception) -> list[int]:
        owner, _, name = place.rpartition(".")
        whole, asked = getattr(importlib.import_module(owner), name), []

        def limited(network: Network, x: torch.Tensor, *args: object, **kwargs: object) -> object:
            asked.append(len(x))
            if len(x) > rows:
                raise error
            return whole(network, x, *args, **kwargs)

        monkeypatch.setattr(place, limited)
        return asked

    return limit


@pytest.fixture(scope="module")
def roomy() -> Report:
    return engine.check(CAT, **FIVE)


@pytest.mark.parametrize("error", NO_ROOM, ids=["cuda", "cpu"])
@pytest.mark.parametrize(
    "place", ["xaicheck.methods.explain.passes", "xaicheck.batching.activations.measure"]
)
def test_without_room_for_all_rows_a_run_goes_on_with_half_of_them(
    place: str, error: Exception, room, roomy: Report
) -> None:
    asked = room(place, 2, error)
    witness = Witness()
    report = engine.check(CAT, listener=witness, **FIVE)
    # The original; all depths, for which there is no room; their halves; and halves from then on.
    rest = [1] * place.endswith("measure")  # the original is measured for each seed
    assert asked == [1, 4, 2, 2, *rest, 2, 2]
    assert report.complete and witness.said[-1].done == witness.said[-1].total
    assert_same_maps(roomy, report, within=1e-5)  # as for any number of rows at once
    scores = [{(r.method, r.depth, r.seed): r.score.value for r in found.scores} for found in (roomy, report)]
    assert scores[1] == pytest.approx(scores[0], abs=1e-5)
    cells = [sorted((a.block, a.depth, a.seed) for a in found.activations) for found in (roomy, report)]
    assert cells[0] == cells[1]


def test_without_room_for_one_row_the_cell_says_why(room) -> None:
    room("xaicheck.methods.explain.passes", 0, NO_ROOM[0])
    report = engine.check(CAT, **SHORT)
    assert report.complete
    for depth in report.depths:
        cell = report.attribution("gradient", depth, 0)
        assert cell.values is None and cell.why == f"OutOfMemoryError: {NO_ROOM[0]}"
        assert report.attribution("fresh_noise", depth, 0).values is not None


def test_two_runs_in_two_threads_give_the_maps_of_one() -> None:
    settings = [
        {"methods": (first, "grad_cam"), "depths": (0, 3, 19), "measures": ("mse",), "device": "cpu"}
        for first in ("gradient", "guided_backprop")
    ]
    alone = [engine.check(CAT, **setting) for setting in settings]
    before, together = print_of(load("efficientnet_lite0")), {}
    gate = threading.Barrier(2)

    def work(i: int) -> None:
        gate.wait()
        together[i] = engine.check(CAT, **settings[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in (0, 1):
        assert_same_maps(alone[i], together[i])
    assert print_of(load("efficientnet_lite0")) == before
    # The two do differ: a leak of one method's rules into the other run would have been seen.
    assert not np.allclose(maps(alone[0])["gradient", 0, 0], maps(alone[1])["guided_backprop", 0, 0])


# --- methods that go wrong


def at_depth(fn_normal, fn_there, depth: int):
    """A method that does one thing, and another on rows of one depth."""

    def fn(network, x, target, *, rng):
        return fn_there(x) if depth in rng.depths else fn_normal(x)

    return fn


def fails(x: torch.Tensor) -> torch.Tensor:
    raise RuntimeError("no <b>luck</b>")


def reasons(report: Report, method: str) -> dict[int, set[str]]:
    return {
        d: {r.score.why for r in report.scores if r.method == method and r.depth == d} for d in report.depths
    }


def test_a_method_that_raises_at_one_depth_marks_that_cell_alone(with_method, short: Report) -> None:
    with_method("broken", at_depth(lambda x: x, fails, 2))
    witness = Witness()
    report = engine.check(
        CAT, listener=witness, **(SHORT | {"methods": ("broken", "gradient", "fresh_noise")})
    )
    assert report.complete
    cell = report.attribution("broken", 2, 0)
    assert cell.values is None and cell.why == "RuntimeError: no <b>luck</b>" and cell.rms is None
    assert all(report.attribution("broken", d, 0).values is not None for d in (0, 19))
    why = reasons(report, "broken")
    assert why[0] == why[19] == {""}
    (alone,) = why[2]
    assert alone and "original" not in alone
    for key, values in maps(short).items():
        assert np.array_equal(maps(report)[key], values)
    assert witness.said[-1].done == witness.said[-1].total


def test_a_method_without_an_original_has_maps_but_no_scores(with_method) -> None:
    with_method("broken", at_depth(lambda x: x, fails, 0))
    report = engine.check(CAT, **(SHORT | {"methods": ("broken",), "seeds": 2}))
    for seed in (0, 1):
        assert report.attribution("broken", 0, seed).values is None
        assert report.attribution("broken", 19, seed).values is not None
    (why,) = reasons(report, "broken")[19]
    assert "the original map" in why
    assert all(r.score.value is None for r in report.scores)


@pytest.mark.parametrize("wrong", [lambda x: x[:, 0], lambda x: x[..., :100], lambda x: x[:0]])
def test_a_map_of_another_shape_is_not_drawn(with_method, wrong) -> None:
    with_method("broken", lambda network, x, target, *, rng: wrong(x))
    report = engine.check(CAT, **(SHORT | {"methods": ("broken",)}))
    assert len(report.attributions) == 3
    for cell in report.attributions:
        assert cell.values is None and cell.why.startswith("ValueError: broken returned")


def test_not_a_number_is_a_score_of_none_with_the_reason(with_method) -> None:
    def partly(network, x, target, *, rng):
        rows = [float("nan") if depth == 19 else 1.0 for depth in rng.depths]
        return x * torch.tensor(rows).view(-1, 1, 1, 1)

    with_method("broken", partly)
    report = engine.check(CAT, **(SHORT | {"methods": ("broken",), "measures": ("spearman", "mse", "ssim")}))
    assert np.isnan(report.attribution("broken", 19, 0).values).all()
    scores = {r.score.value for r in report.scores if r.depth == 19}
    assert scores == {None}
    (why,) = reasons(report, "broken")[19]
    assert why.startswith("the randomized map") and "finite" in why
    assert all(r.score.value is not None for r in report.scores if r.depth != 19)


def test_a_method_cannot_swallow_a_cancelled_run(with_method) -> None:
    def gives_up(network, x, target, *, rng):
        raise Cancelled("nobody listens")

    with_method("slow", gives_up)
    with pytest.raises(Cancelled):
        engine.check(CAT, **(SHORT | {"methods": ("slow",)}))


# --- settings


@pytest.mark.parametrize("target", [0, 504, None])
def test_the_chosen_class_is_explained_or_else_the_networks_own(target: int | None) -> None:
    network = load("efficientnet_lite0")
    report = engine.check(CAT, methods=("gradient",), depths=(0,), measures=("mse",), target=target)
    index = 282 if target is None else target
    assert report.target.index == index
    x = network.preprocess(CAT)[None].requires_grad_()
    logits = network.module(x)
    (gradient,) = torch.autograd.grad(logits[0, index], x)
    direct, found = gradient[0].sum(0).numpy(), maps(report)["gradient", 0, 0]
    assert np.linalg.norm(found - direct) / np.linalg.norm(direct) < 1e-5
    assert report.target.probability == pytest.approx(logits[0].double().softmax(0)[index].item(), rel=1e-4)


def test_a_request_about_another_picture_is_refused() -> None:
    request = request_for(CAT)
    with pytest.raises(BadRequest, match="another picture"):
        engine.run(request, samples.load("coffee"))


@pytest.mark.parametrize("seeds", [0, -3, ()])
def test_without_a_seed_there_is_no_run(seeds: int | Iterable[int]) -> None:
    with pytest.raises(BadRequest):
        engine.check(CAT, seeds=seeds)


def test_a_refused_method_is_refused_before_any_work() -> None:
    with pytest.raises(Refused, match="LRP"):
        engine.check(CAT, model="vit_b_16", methods=("lrp",))


def test_a_picture_may_come_as_path_bytes_or_image() -> None:
    path = samples.SAMPLES["clock"].path
    setting = {"methods": ("sobel",), "depths": (0,), "measures": ("mse",), "device": "cpu"}
    given = (path, str(path), path.read_bytes(), Image.open(path), samples.load("clock"))
    found = [engine.check(picture, **setting) for picture in given]
    for other in found[1:]:
        assert np.array_equal(maps(found[0])["sobel", 0, 0], maps(other)["sobel", 0, 0])
    # The same bytes have the same digest; an open image has no bytes any more.
    assert len({r.request.image for r in (*found[:3], found[4])}) == 1


def test_a_picture_that_cannot_be_read_is_one_sentence() -> None:
    for picture in ("no/such/picture.png", samples.FOLDER, b"", b"<svg/>"):
        with pytest.raises(BadImage) as caught:
            engine.check(picture)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mode", ["independent", "bottom_up"])
def test_other_modes_run_to_the_end(mode: str) -> None:
    report = engine.check(CAT, methods=("gradient",), depths=(0, 1, 19), measures=("mse",), mode=mode)
    assert report.complete and set(maps(report)) == {("gradient", d, 0) for d in (0, 1, 19)}
    assert report.coverage.changed_share == 1.0
    shares = dict(report.coverage.by_depth)
    if mode == "bottom_up":
        assert shares[0] == 0 and shares[19] == 1
    else:
        assert shares[0] == 0 and shares[19] < 0.01  # the stem alone


# --- two classes


def test_a_second_class_costs_one_map_a_method_and_the_steps_count_them() -> None:
    witness = Witness()
    report = engine.check(CAT, listener=witness, against=281, **SETTING)
    assert [(a.method, a.depth, a.seed, a.target) for a in report.class_maps] == [
        (key, 0, 0, 281) for key in METHOD_KEYS
    ]
    said = witness.said
    assert said[-1].done == said[-1].total == 4 + 4 + 2 + 4 * 2 * 2  # two methods draw: an original a seed
    assert len(report.class_scores) == 4 * 2 and report.against is not None
    assert report.against.index == 281


def test_a_second_class_changes_nothing_else(report: Report) -> None:
    beside = engine.check(CAT, against=281, **SETTING)
    before, after = maps(report), maps(beside)
    assert all(np.array_equal(values, after[cell]) for cell, values in before.items())
    assert beside.scores == report.scores and beside.liveness == report.liveness


def test_one_class_twice_has_no_score_and_the_reason() -> None:
    report = engine.check(CAT, against=282, **SHORT)
    assert report.target.index == 282 and report.class_maps == ()
    assert {row.score.why for row in report.class_scores} == {"both classes are the same"}
    assert {row.score.value for row in report.class_scores} == {None}


def test_a_map_of_the_second_class_that_fails_has_no_score_and_the_reason(with_method) -> None:
    def only_cats(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: object) -> torch.Tensor:
        if (target == 281).any():
            raise RuntimeError("no tabby")
        return x * (target == 282).view(-1, 1, 1, 1)

    with_method("only_cats", only_cats)
    setting = {"methods": ["only_cats"], "depths": [0], "measures": ["spearman"], "device": "cpu"}
    failed, zero = (engine.check(CAT, against=index, **setting) for index in (281, 3))
    assert failed.class_maps[0].values is None and "no tabby" in failed.class_maps[0].why
    assert failed.class_scores[0].score.why == "the map could not be computed"
    assert zero.class_scores[0].score.why == "the second map is zero everywhere"
    assert {row.score.value for row in zero.scores} == {1.0}


def test_a_second_class_at_every_depth_is_held_against_the_class_that_is_explained_there() -> None:
    witness, setting = Witness(), {**SETTING, "measures": ("spearman",), "methods": ("gradient", "sobel")}
    first = engine.check(CAT, listener=witness, against=281, against_at="every", **setting)
    second = engine.check(CAT, target=281, **setting)
    assert witness.said[-1].done == witness.said[-1].total == 2 + 2 * 2 * 2 + 2 * 3
    assert [(a.method, a.depth, a.seed) for a in first.class_maps] == [
        ("gradient", 0, 0), ("sobel", 0, 0),
        ("gradient", 1, 0), ("gradient", 19, 0), ("sobel", 1, 0), ("sobel", 19, 0),
    ]  # fmt: skip
    other = maps(second)
    assert all(np.array_equal(a.values, other[a.method, a.depth, 0]) for a in first.class_maps)
    for row in first.class_scores:
        pair = (maps(first)[row.method, row.depth, 0], other[row.method, row.depth, 0])
        assert row.score == against(row.measure, pair[0])(pair[1])


def test_where_a_network_names_the_second_class_itself_there_are_no_two_classes() -> None:
    setting = {**SHORT, "target_policy": "randomized", "against_at": "every"}
    own = engine.check(CAT, **SHORT | {"methods": ("gradient",)}).liveness
    named = next(one.top5[0].index for one in own if one.depth == 2)
    report = engine.check(CAT, against=named, **setting)
    whys = {row.depth: row.score.why for row in report.class_scores}
    assert whys == {0: "", 2: "both classes are the same", 19: ""}
