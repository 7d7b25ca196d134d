"""Certificates against captum's convergence delta and plain autograd in float64."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients

import xaicheck
from tests.oracle import nets
from xaicheck.models import samples
from xaicheck.models.registry import DEFAULT_MODEL, load
from xaicheck.randomization.weights import randomized
from xaicheck.types import Attribution, Certificate, MethodChoice, Network, Report

CAT = samples.load("chelsea")
STEPS = 8
DEEP = 3  # below it float32 and float64 meet no kink on this picture: both agree to six digits
CHOICES = (MethodChoice("integrated_gradients", (("steps", STEPS),)), MethodChoice("gradient"))


@pytest.fixture(scope="module")
def trained() -> Network:
    return load(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def report() -> Report:
    return xaicheck.check(CAT, methods=CHOICES, depths=[DEEP], measures=["mse"], certify="on", device="cpu")


def certificate(report: Report, method: str, depth: int, key: str) -> tuple[Attribution, Certificate]:
    one = report.attribution(method, depth, 0)
    assert one is not None
    (found,) = (c for c in one.certificates if c.key == key)
    return one, found


@pytest.mark.parametrize("depth", [0, DEEP])
def test_the_completeness_gap_is_captums_convergence_delta(
    trained: Network, report: Report, depth: int
) -> None:
    network = randomized(trained, depth=depth)
    x, target = network.preprocess(CAT)[None], report.target.index
    attribution, delta = IntegratedGradients(network.module).attribute(
        x, torch.zeros_like(x), target=target, n_steps=STEPS, return_convergence_delta=True
    )
    with torch.no_grad():
        due = float(network.module(x)[0, target] - network.module(torch.zeros_like(x))[0, target])
    _, found = certificate(report, "integrated_gradients", depth, "completeness")
    assert found.found is not None and found.due is not None and found.value is not None
    # Rounding of float32 sums of 150,528 values, among which a kink may open.
    assert found.due == pytest.approx(due, rel=1e-4)
    assert found.found == pytest.approx(float(attribution.double().sum()), rel=2e-3)
    assert found.found - found.due == pytest.approx(float(delta), rel=2e-3)
    assert found.value == pytest.approx(abs(float(delta) / due), rel=2e-3)
    assert found.holds is False  # eight steps are few


@pytest.mark.slow
@pytest.mark.parametrize(("picture", "steps", "holds"), [("chelsea", 16, False), ("chelsea", 128, True)])
def test_more_steps_close_the_gap_on_the_trained_network(picture: str, steps: int, holds: bool) -> None:
    choice = MethodChoice("integrated_gradients", (("steps", steps),))
    report = xaicheck.check(
        samples.load(picture), methods=[choice], depths=[0], measures=["mse"], device="cpu"
    )
    one, found = certificate(report, "integrated_gradients", 0, "completeness")
    assert found.holds is holds and one.marked is not holds
    assert found.value == pytest.approx({16: 0.339, 128: 0.039}[steps], rel=0.1)  # kinks open and close


@pytest.mark.parametrize("depth", [0, DEEP])
def test_the_distance_to_float64_is_that_to_plain_autograd_in_float64(
    trained: Network, report: Report, depth: int
) -> None:
    network = randomized(trained, depth=depth)
    module = copy.deepcopy(network.module).double()
    x = network.preprocess(CAT)[None].double().requires_grad_()
    (gradient,) = torch.autograd.grad(module(x)[0, report.target.index], x)
    exact = gradient.sum(1)[0].numpy()
    one, found = certificate(report, "gradient", depth, "precision")
    assert one.values is not None and exact.dtype == np.float64
    assert found.value == pytest.approx(nets.relative(one.values, exact), rel=1e-3)
    assert found.value is not None and 1e-8 < found.value < 1e-4 and found.holds


def test_the_certificate_of_a_mean_over_noisy_copies_is_that_of_the_mean(report: Report) -> None:
    again = xaicheck.check(
        CAT, methods=CHOICES[:1], depths=[0], measures=["mse"], copies=2, pooling="abs_sum", device="cpu"
    )
    plain = xaicheck.check(CAT, methods=CHOICES[:1], depths=[0], measures=["mse"], copies=2, device="cpu")
    one, found = certificate(again, "integrated_gradients", 0, "completeness")
    same, there = certificate(plain, "integrated_gradients", 0, "completeness")
    assert found == there  # of the raw map, whatever is pooled
    assert same.values is not None and one.values is not None
    assert found.found == pytest.approx(float(same.values.sum(dtype=np.float64)), rel=1e-5)
    _, single = certificate(report, "integrated_gradients", 0, "completeness")
    assert found.due != pytest.approx(single.due, rel=1e-2)  # the noisy copy has a score of its own


def test_a_certified_run_gives_the_same_maps_and_leaves_everything_as_it_was(
    trained: Network, report: Report
) -> None:
    assert torch.get_default_dtype() == torch.float32
    assert {p.dtype for p in trained.module.parameters()} == {torch.float32}
    bare = xaicheck.check(CAT, methods=CHOICES, depths=[DEEP], measures=["mse"], device="cpu")
    for before, after in zip(bare.attributions, report.attributions, strict=True):
        assert before.values is not None and np.array_equal(before.values, after.values)
        assert before.certificates == tuple(c for c in after.certificates if c.key != "precision")
    assert dataclasses.replace(bare.request, certify="on") == report.request
