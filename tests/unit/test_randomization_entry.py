"""One entry is the whole edit for a mode, a law, a BatchNorm policy, a fill and a model.

Each test adds an entry of its own, sends it through everything that reads the registry, and takes it out.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest

import xaicheck  # before torch: it sets how torch's threads wait

import torch  # isort: skip
from torch import nn

from xaicheck.batching.depth_batch import Cascade
from xaicheck.experiments.ranking import request as ranking_request
from xaicheck.experiments.ranking.setting import Variant
from xaicheck.experiments.scales import block, layer, store
from xaicheck.experiments.scales.setting import MODEL, Setting
from xaicheck.faithfulness import FILLS, Fill, faithfulness
from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain
from xaicheck.models.registry import MODELS, load
from xaicheck.models.samples import load as sample
from xaicheck.randomization.batchnorm import BATCHNORM, Policy
from xaicheck.randomization.checks import checks
from xaicheck.randomization.laws import LAWS, Law, Slot
from xaicheck.randomization.modes import MODES, Mode, Question
from xaicheck.randomization.weights import draw, randomized
from xaicheck.reading import charts, network_sentences, sentences
from xaicheck.reading.numbers import Reading
from xaicheck.seeds import generator
from xaicheck.topics.methods.catalog import SECTIONS
from xaicheck.topics.scales import numbers, tables, words
from xaicheck.topics.scales.why import why
from xaicheck.types import BlockSpec, MethodChoice, ModelSpec, Network, Report

SIDE = 32
CAT = sample("chelsea")
TARGET = 3


# --- the toys


def build() -> nn.Module:
    """Four blocks: a convolution with BatchNorm, two more, and a classifier of ten classes."""

    def unit(before: int, after: int) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())

    return nn.Sequential(
        unit(3, 8),
        unit(8, 8),
        unit(8, 16),
        nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10)),
    )


def trained() -> dict[str, torch.Tensor]:
    """As if trained: nothing is left at 0 or 1, variances are positive."""
    state = build().state_dict()
    for name, value in state.items():
        if value.is_floating_point():
            noise = torch.randn(value.shape, generator=generator("toy", name))
            fan_in = value[0].numel() if value.dim() > 1 else 4
            value.copy_(
                noise.abs() + 0.5 if name.endswith(("var", "1.weight")) else noise * (2 / fan_in) ** 0.5
            )
    return state


MODEL_ENTRY = ModelSpec(
    "toy", "A toy network", "embedded", "CC0", SIDE, SIDE, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "bilinear",
    ("ReLU",),
    (
        BlockSpec("head", ("3",), "3.2"), BlockSpec("third", ("2",)), BlockSpec("second", ("1",)),
        BlockSpec("first", ("0",)),
    ),
    "2", None, build, trained,
)  # fmt: skip
COUNT = len(MODEL_ENTRY.blocks)
MODE_ENTRY = Mode(
    "inside_out", "Inside out", "From the middle to both ends.",
    lambda count: sorted(range(count), key=lambda i: (abs(i - count // 2), i)),
    axis="Blocks randomized, from the middle", plain="counted from the middle",
    question=Question("From the middle", "Does the map change?", "m_d = similarity", "nobody", "noise does"),
)  # fmt: skip


def shifted(slot: Slot, rng: torch.Generator) -> torch.Tensor:
    """The trained values shifted by a draw."""
    return slot.trained + torch.rand(slot.trained.shape, generator=rng)


LAW_ENTRY = Law("shifted", "Shifted", "The trained values plus a uniform draw.", shifted)
POLICY_ENTRY = Policy(
    "drawn_live", "Drawn and live", "Scale and shift are drawn; the statistics are those of the samples.",
    drawn=True, statistics="samples",
)  # fmt: skip


def stripes(picture: np.ndarray, removed: np.ndarray, rng: torch.Generator) -> np.ndarray:
    """Every other row dark."""
    rows = np.where(np.arange(picture.shape[1]) % 2, picture.max(), picture.min())
    return np.broadcast_to(rows[:, None], picture.shape)


FILL_ENTRY = Fill("stripes", "Stripes", "Every other row is dark.", "nobody", stripes)
SETTINGS = {"mode": "inside_out", "law": "shifted", "batchnorm": "drawn_live"}


@pytest.fixture(scope="module", autouse=True)
def added() -> Iterator[None]:
    """All the toys, for the length of this file."""
    with ExitStack() as stack:
        for registry, entry in (
            (MODELS, MODEL_ENTRY), (MODES, MODE_ENTRY), (LAWS, LAW_ENTRY), (BATCHNORM, POLICY_ENTRY),
            (FILLS, FILL_ENTRY),
        ):  # fmt: skip
            stack.enter_context(registry.with_entry(entry))
        yield


@pytest.fixture(scope="module")
def network() -> Network:
    return load("toy")


@pytest.fixture(scope="module")
def report() -> Report:
    return xaicheck.check(
        CAT, model="toy", methods=["gradient", "grad_cam"], measures=["cosine"], seeds=2, **SETTINGS
    )


# --- contract of a mode


@pytest.mark.parametrize("mode", [*MODES.values(), MODE_ENTRY], ids=lambda mode: mode.key)
@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_mode_orders_all_blocks_and_its_words_are_true(mode: Mode, count: int) -> None:
    spans = [list(mode.blocks(depth, count)) for depth in range(count + 1)]
    assert sorted(mode.order(count)) == list(range(count))
    assert spans[0] == []
    if mode.cumulative:
        assert all(deep[: len(span)] == span for span, deep in zip(spans, spans[1:], strict=False))
        assert sorted(spans[-1]) == list(range(count))
    else:
        assert all(len(span) == 1 for span in spans[1:])
    if mode.end == "output":
        assert all(sorted(span) == list(range(d)) for d, span in enumerate(spans))
    if mode.end == "input":
        assert all(sorted(span) == list(range(count - d, count)) for d, span in enumerate(spans))


# --- drawing


def in_format(module: nn.Module, form: str) -> nn.Module:
    """A copy with the same values laid out in another way."""
    other = copy.deepcopy(module)
    for parameter in other.parameters():
        if form == "transposed" and parameter.dim() > 1:
            parameter.data = parameter.detach().transpose(0, 1).contiguous().transpose(0, 1)
        elif form == "every second":
            parameter.data = torch.stack([parameter.detach()] * 2, -1)[..., 0]
    return other.to(memory_format=torch.contiguous_format) if form == "contiguous" else other


@pytest.mark.parametrize("form", ["contiguous", "transposed", "every second"])
@pytest.mark.parametrize("law", [*LAWS.values(), LAW_ENTRY], ids=lambda law: law.key)
def test_draws_do_not_depend_on_the_memory_format_of_what_was_trained(
    network: Network, law: Law, form: str
) -> None:
    other = dataclasses.replace(network, module=in_format(network.module, form))
    weights = [n.module.get_parameter("1.0.weight") for n in (network, other)]
    assert weights[0].equal(weights[1]) and weights[0].stride() != weights[1].stride()
    asked = {"law": law.key, "batchnorm": "keep", "seed": 3}
    drawn, again = (draw(n, n.blocks, **asked) for n in (network, other))
    assert drawn.keys() == again.keys()
    assert all(value.equal(again[name]) for name, value in drawn.items())


def test_the_blocks_of_the_mode_are_drawn_by_the_law_and_the_policy(network: Network) -> None:
    twin = randomized(network, depth=2, **SETTINGS)
    new, old = twin.module.state_dict(), network.module.state_dict()
    moved = {
        name.split(".")[0] for name, _ in network.module.named_parameters() if not new[name].equal(old[name])
    }
    assert moved == {"1", "2"}  # blocks 2 and 1, counted from the output
    scale, shift = "1.1.weight", "1.1.bias"
    assert all(
        (new[name] - old[name]).min() >= 0 and (new[name] - old[name]).max() < 1 for name in (scale, shift)
    )
    assert not new["1.1.running_mean"].equal(old["1.1.running_mean"])
    assert new["1.1.running_mean"].any() and new["0.1.running_mean"].equal(old["0.1.running_mean"])


@pytest.mark.parametrize("method", ["gradient", "grad_cam", "lrp"])
def test_all_depths_in_one_batch_give_the_maps_of_one_network_a_depth(network: Network, method: str) -> None:
    precise = dataclasses.replace(network, module=build().double().eval().requires_grad_(False))
    precise.module.load_state_dict(trained())
    x, depths = network.preprocess(CAT)[None].double(), tuple(range(COUNT + 1))

    def maps(net: Network, rows: tuple[int, ...]) -> np.ndarray:
        draws = draws_for(0, method, "cat", rows)
        batch = x.expand(len(rows), -1, -1, -1)
        return explain(METHODS[method], net, batch, TARGET, draws=draws, params=MethodChoice(method))

    fast = maps(Cascade(precise, depths=depths, **SETTINGS).at(depths), depths)
    slow = np.stack([maps(randomized(precise, depth=d, **SETTINGS), (d,))[0] for d in depths])
    assert slow.any(axis=(1, 2)).sum() >= 2
    np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-6 * np.abs(slow).max())


# --- a run, and what is said of it


def test_a_run_is_complete_and_counts_what_it_changed(report: Report) -> None:
    assert report.complete and report.depths == tuple(range(COUNT + 1))
    assert report.blocks == tuple(block.name for block in MODEL_ENTRY.blocks)
    assert all(row.score.value is not None for row in report.scores if row.method == "gradient")
    assert (report.coverage.changed_share, report.coverage.untouched) == (1.0, ())
    sizes = dict.fromkeys(report.blocks, 0)
    for part in load("toy").blocks:
        sizes[part.name] = sum(load("toy").module.get_parameter(n).numel() for n in part.parameters)
    share = (sizes["second"] + sizes["third"]) / sum(sizes.values())
    assert dict(report.coverage.by_depth)[2] == pytest.approx(share)
    assert report.request.from_json(report.request.to_json()) == report.request


def test_sentences_and_charts_follow_the_mode(report: Report) -> None:
    reading = Reading(report)
    assert [reading.touched(d) for d in (0, 1, 2)] == [(), ("second",), ("second", "third")]
    assert sentences.where(reading, 2) == f"2 of {COUNT} blocks randomized"
    assert sentences.blocks_line(reading, 2) == "second, third"
    assert "ratio 1.00" not in network_sentences.scales_line(reading, 2)
    assert [charts.tick(reading, d) for d in (0, 1, 2)] == ["original", "second", "third"]
    assert reading.no_entropy == ""
    assert MODELS["toy"].label in sentences.kicker(report)


def test_the_blocks_of_a_bottom_up_depth_are_named_from_the_input_up(report: Report) -> None:
    request = report.request.changed(mode="bottom_up")
    reading = Reading(dataclasses.replace(report, request=request))
    assert sentences.blocks_line(reading, 2).startswith("first, second (input")


def test_the_catalogue_has_every_entry() -> None:
    keys = {section: {entry.key for entry in SECTIONS[section].entries} for section in SECTIONS}
    assert {"inside_out", "shifted", "drawn_live"} <= keys["randomization"]
    assert "inside_out" in keys["tests"] and "inside_out" in checks()
    assert "stripes" in keys["faithfulness"] and "toy" in keys["networks"]


# --- faithfulness and ranking


def test_curves_under_the_fill_begin_with_the_picture_and_end_with_the_fill_alone(network: Network) -> None:
    x = network.preprocess(CAT)
    maps = {"ramp": np.arange(SIDE * SIDE, dtype=np.float32).reshape(SIDE, SIDE)}
    (found,) = faithfulness(
        network, x, maps, TARGET, fills=("stripes",), outputs=("logit",), region=8, steps=4
    )
    exact = x.numpy().astype(np.float64)
    bare = torch.from_numpy(np.array(stripes(exact, exact[0] < 9, generator("none")))).float()
    with torch.no_grad():
        ends = network.module(torch.stack([x, bare]))[:, TARGET].double().numpy()
    for curve in found.curves:
        np.testing.assert_allclose(curve.values[[0, -1]], ends, rtol=1e-5)
    assert found.score("abpc").value is not None


def test_a_ranking_takes_mode_law_policy_fill_and_model() -> None:
    variant = Variant("inside_out", "shifted", "drawn_live")
    wanted = ranking_request.request_for([CAT], model="toy", variants=[variant], fills=["stripes"])
    assert wanted.fills == ("stripes",) and wanted.run(CAT.sha256, variant).mode == "inside_out"


# --- activation scales


def test_a_law_without_a_closed_form_is_measured_and_compared_with_nothing() -> None:
    setting = Setting(1, law="shifted").checked()
    assert block.law_at(load(MODEL), setting, 4) is None
    result = block.compute(setting, seeds=2)
    shown = numbers.of_block(result, 1, None)
    assert shown.setting.startswith(f"New weights: {LAW_ENTRY.label}.")
    assert all(b.predicted is None for b in shown.order.bins)
    assert shown.order.kendall.measured.mean is not None
    assert "no law" in words.finding(shown)
    assert words.kept_line(shown) == words.SAID.no_law and why(shown) == ""
    assert all(row["expected"] is None for row in tables.order(shown))
    assert LAW_ENTRY.label in {row["new weights"] for row in tables.depths([result])}
    shipped = store.load()
    assert shipped is not None
    assert layer.curve(shipped.layer, "shifted", 1, np.array([2.0])) is None


def test_below_a_convolution_every_law_is_compared_with_the_gaussian_one() -> None:
    law = block.law_at(load(MODEL), Setting(4, law="shifted"), 1)
    assert law is not None and law.keeps(np.array([2.0]))[0] == pytest.approx(2 / np.pi * np.arctan(2))
