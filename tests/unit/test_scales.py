"""The experiment without a network: order of channels, laws of the last layer, maps, the file, the words."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from xaicheck import theory
from xaicheck.errors import BadRequest
from xaicheck.experiments.scales import laws, layer, maps, order, store
from xaicheck.experiments.scales.data import BlockResult, LayerData, Measured, Shipped
from xaicheck.experiments.scales.setting import DEFAULT, LAYER_OUTPUTS, SHIPPED, Setting
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.captions import Caption
from xaicheck.topics.scales import (
    figures,
    figures_overview,
    numbers,
    pictures,
    tables,
    words,
    words_overview,
)
from xaicheck.topics.scales.numbers import Shown
from xaicheck.topics.scales.verdict import verdict
from xaicheck.topics.scales.why import why
from xaicheck.types import Registry, Target


def features(n: int = 160, dead: int = 40) -> np.ndarray:
    x = np.exp(np.random.default_rng(1).standard_normal(n)).astype(np.float32)
    x[:dead] = 0
    return x


@pytest.fixture(scope="module")
def data() -> LayerData:
    g = np.random.default_rng(2)
    x = features()
    weights = (0.1 * g.standard_t(4, (64, x.size))).astype(np.float32)
    quantiles = np.sort(0.1 * g.standard_t(4, 500)).astype(np.float32)
    return LayerData("chelsea", Target(0, "a", 1.0), tuple(range(64)), x, weights, quantiles, (0.0, 0.1), ())


# Pairs, places, ranks


def test_every_pair_of_live_channels_is_in_the_bin_of_its_ratio():
    x = features()
    pairs = order.pairs_of(x)
    live = np.count_nonzero(x)
    assert pairs.more.size == live * (live - 1) // 2
    assert np.allclose(x[pairs.more] / x[pairs.less], pairs.ratio, rtol=1e-6)
    for b, (low, high) in enumerate(zip(order.EDGES[:-1], order.EDGES[1:], strict=True)):
        inside = pairs.ratio[pairs.starts[b] : pairs.starts[b + 1]]
        assert ((inside >= low) & (inside < high)).all()


def test_the_share_of_kept_pairs_is_counted_pair_by_pair():
    x = np.array([4.0, 2.0, 1.9, 0.0])
    pairs = order.pairs_of(x)
    # Ratios 2 and 2.1 (more: channel 0) are in the bin 1.8 to 2.2, 1.05 in the first; channel 3 is dead.
    shares = order.kept(pairs, np.array([[1.0, 2.0, 0.5, 9.0], [1.0, 1.0, 2.0, 9.0]]))
    assert shares[0, 3] == 0.5 and shares[0, 0] == 1.0 and shares[0, -1] == pytest.approx(2 / 3)
    assert shares[1, 3] == 0.5 and shares[1, 0] == 0.0
    assert np.isnan(shares[:, 5]).all()


def test_ranks_are_those_of_scipy():
    x = features()
    c = np.abs(np.random.default_rng(3).standard_normal((5, x.size))) * x
    tau = order.kendall_of(order.kept(order.pairs_of(x), c)[:, -1])
    rho = order.rank_correlation(x, c)
    live = x > 0
    for row in range(5):
        assert tau[row] == pytest.approx(kendalltau(x[live], c[row, live])[0], abs=1e-12)
        assert rho[row] == pytest.approx(spearmanr(x[live], c[row, live])[0], abs=1e-12)


def test_the_overlap_of_the_top_is_the_share_of_common_channels():
    x = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    c = np.array([[0.0, 9.0, 8.0, 7.0, 1.0], [5.0, 4.0, 3.0, 2.0, 1.0]])
    assert order.place_overlap(x, c, 2).tolist() == [0.5, 1.0]
    assert order.place_overlap(x, c, 1).tolist() == [0.0, 1.0]


def test_intervals_count_random_networks_and_not_pairs():
    # Two networks that disagree: however many pairs stand behind each share, the interval is that of two.
    x = features()
    same = np.stack([x, x.max() - x * (x > 0)])[:, None]
    result = order.summarised(x, same, x, theory.GAUSSIAN, outputs=1)
    pairs = [b for b in result.bins if b.pairs > 100]
    assert pairs and all(b.kept.mean == 0.5 and b.kept.high - b.kept.low > 10 for b in pairs)


def test_a_missing_number_stays_missing():
    assert order.measured(np.array([0.1, np.nan])) == Measured(None, None, None)
    few = order.summarised(
        np.array([2.0, 1.0, 0.0]), np.ones((3, 1, 3)), np.ones(3), theory.GAUSSIAN, outputs=1
    )
    assert [b.kept.mean for b in few.bins if b.pairs == 0] == [None] * 7
    assert few.largest_difference() is None  # no bin of thirty pairs


# Laws of the last layer


@pytest.mark.parametrize("key", [k for k in laws.LAYER_LAWS if k != "sign_flip"])
@pytest.mark.parametrize("outputs", [1, 4])
def test_drawn_weights_follow_the_law_that_is_drawn_beside_them(data, key, outputs):
    trained = layer.trained_of(data, outputs)
    law = laws.joined(laws.LAYER_LAWS[key], trained, outputs)
    draw = laws.LAYER_LAWS[key].draw
    first, second = (
        np.linalg.norm(draw(np.random.default_rng(seed), trained, (100_000, outputs)), axis=1)
        for seed in (4, 5)
    )
    for ratio in (1.0, 1.2, 2.0, 5.0):
        expected = float(theory.order_kept(ratio, law))
        # Four standard errors of 100 000 pairs; 0.003 more where the law itself comes from draws.
        error = 4 * np.sqrt(max(expected * (1 - expected), 1e-4) / 100_000)
        error += 0.003 if outputs > 1 and laws.LAYER_LAWS[key].simulated else 0
        assert np.mean(ratio * first >= second) == pytest.approx(expected, abs=error), ratio


def test_random_signs_keep_the_order_of_the_trained_contributions_exactly(data):
    run = layer.run(data, "sign_flip", 4)
    assert np.allclose(run.after, run.before, rtol=1e-6)
    assert run.order.kendall.measured.mean == pytest.approx(run.order.kendall.predicted, abs=1e-12)
    assert run.order.kendall.predicted == run.order.kendall.trained
    assert run.order.largest_difference()[0] < 1e-12


def test_equal_magnitudes_keep_every_pair(data):
    for outputs in (1, 4):
        result = layer.run(data, "constant", outputs).order
        assert all(b.kept.mean == b.predicted == 1 for b in result.bins if b.pairs)


def test_heavier_tails_keep_less_and_more_outputs_keep_more(data):
    tau = {
        (key, outputs): layer.run(data, key, outputs, 200).order.kendall.measured.mean
        for key, outputs in (("own_init", 1), ("he_normal", 1), ("laplace", 1), ("he_normal", 16))
    }
    assert tau["own_init", 1] > tau["he_normal", 1] > tau["laplace", 1]
    assert tau["he_normal", 16] > tau["own_init", 1]


def test_dead_channels_are_left_out_and_counted(data):
    result = layer.run(data, "he_normal").order
    assert result.dead == pytest.approx(0.25)
    assert sum(b.pairs for b in result.bins) == 120 * 119 // 2


def test_the_same_question_gets_the_same_answer(data):
    first, second = (layer.run(data, "laplace", 4, 60) for _ in range(2))
    assert first.order == second.order


def test_an_unknown_law_or_number_of_outputs_is_answered_with_the_known_ones(data):
    with pytest.raises(BadRequest, match="he_normal"):
        layer.run(data, "cauchy")
    with pytest.raises(BadRequest, match="64"):
        layer.run(data, "he_normal", 3)


# Maps


def test_what_two_maps_share_through_a_third_is_taken_out():
    g = np.random.default_rng(6)
    norm = g.random((30, 30))
    maps_ = np.stack([norm + 0.3 * g.random((30, 30)) for _ in range(61)])
    row = maps.row("positive", maps_[0], maps_[1:], norm)
    assert row.alike.mean > 0.7
    assert abs(row.left.mean) < 0.05  # they are made of the norm map and independent noise
    # The mean of 60 maps still has a sixtieth of their noise in it.
    assert abs(row.left_common.mean) < 0.05
    own = maps.row("positive", maps_[0] + 3 * maps_[1], maps_[1:2].repeat(4, 0), norm)
    assert own.left.mean > 0.9  # here they share more than the norm map


def test_the_partial_correlation_is_that_of_residuals():
    g = np.random.default_rng(7)
    n, a, b = g.standard_normal((3, 5000))
    x, y = n + a, 0.5 * n + b + 0.4 * a
    r = np.corrcoef([x, y, n])

    def rest(v: np.ndarray) -> np.ndarray:
        return v - np.polyval(np.polyfit(n, v, 1), n)

    assert maps.left_over(r[0, 1], r[0, 2], r[1, 2]) == pytest.approx(
        np.corrcoef(rest(x), rest(y))[0, 1], abs=1e-9
    )
    assert maps.left_over(1.0, 1.0, 0.5) is None


def test_maps_are_averaged_over_the_cells_of_the_block():
    fine = np.arange(16.0).reshape(4, 4) - 8
    assert maps.pooled(fine, (2, 2)).tolist() == [[5.5, 3.5], [2.5, 4.5]]
    with pytest.raises(ValueError, match="no cells"):
        maps.pooled(fine, (3, 3))


# Settings and the file


def test_settings_are_named_apart_and_checked():
    assert len({s.key() for s in SHIPPED}) == len(SHIPPED)
    assert DEFAULT in SHIPPED and min(SHIPPED.values()) >= 20
    for wrong, named in (
        ({"depth": 0}, "18"), ({"depth": 19}, "18"), ({"picture": "x"}, "chelsea"),
        ({"law": "x"}, "he_normal"), ({"batchnorm": "x"}, "reset"),
    ):  # fmt: skip
        with pytest.raises(BadRequest, match=named):
            dataclasses.replace(DEFAULT, **wrong).checked()


def test_what_is_stored_comes_back(data, tmp_path):
    size = store.save(data, tmp_path / "a.zip")
    back = store.load(tmp_path / "a.zip", LayerData)
    assert size == (tmp_path / "a.zip").stat().st_size
    assert np.array_equal(back.activation, data.activation)  # one number a channel: in full
    assert np.abs(back.weights - data.weights).max() <= 5e-4 * np.abs(data.weights).max()
    assert (back.picture, back.target, back.classes, back.moments) == (
        data.picture,
        data.target,
        data.classes,
        data.moments,
    )


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    stored = store.load()
    if not isinstance(stored, Shipped):
        pytest.fail("the shipped results are missing: run python -m xaicheck.experiments.scales")
    return stored


@pytest.mark.parametrize("outputs", [LAYER_OUTPUTS[0], LAYER_OUTPUTS[-1]])
@pytest.mark.parametrize("key", laws.LAYER_LAWS)
def test_the_last_layer_draws_few_weights_and_takes_what_to_expect_from_the_file(
    shipped, monkeypatch, key, outputs
):
    drawn = []
    law = laws.LAYER_LAWS[key]

    def draw(g, trained, shape):
        drawn.append(int(np.prod(shape)))
        return law.draw(g, trained, shape)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the law was worked out again")

    watched = Registry("law", [dataclasses.replace(law, draw=draw)])
    monkeypatch.setattr(layer, "LAYER_LAWS", watched)
    if shipped.layer.expectation(key, outputs) is not None:
        monkeypatch.setattr(layer, "joined", refuse)
    layer.run(shipped.layer, key, outputs)
    (weights,) = drawn
    live = int(np.count_nonzero(shipped.layer.activation))
    assert weights <= max(layer.WEIGHTS, layer.SEEDS[0] * outputs * live)


# The page's words, figures and tables


def drawn_and_said(shown: Shown, blocks: Sequence[BlockResult]) -> str:
    """All that the page says of an experiment and draws of all blocks, as one text."""
    figures.kept(shown), figures.channels(shown), figures.top(shown)
    names = [trace.name for trace in figures_overview.depths(blocks, 1).data]
    claims = verdict(shown, list(blocks), (), blocks[0].maps.rows)
    rows = [*tables.order(shown), *tables.depths(blocks)]
    sentences = (
        words.finding(shown), words.kept_title(shown), words.kept_line(shown), why(shown),
        words.top_line(shown), words.sorted_title(shown), words.rank_line(shown),
        words_overview.DIFFERENCES(blocks),
    )  # fmt: skip
    return "\n".join(map(str, (*sentences, *names, *claims.may, *claims.may_not, *rows)))


def test_a_law_without_a_closed_form_is_shown_and_compared_with_nothing(shipped):
    known = shipped.block(Setting(1))
    lawless = order.summarised(
        known.activation, np.stack([known.after, known.before])[:, None], known.before, None, outputs=1
    )
    block = dataclasses.replace(known, setting=Setting(1, law="toy"), orders=(lawless,))
    with LAWS.with_entry(dataclasses.replace(LAWS["he_normal"], key="toy", label="Toy law")):
        assert layer.curve(shipped.layer, "toy", 1, np.ones(2)) is None
        shown = numbers.of_block(block, 1, None)
        text = drawn_and_said(shown, (block, *shipped.blocks))
    assert "no law" in words.finding(shown)
    assert text.count("Toy law") >= 2 and "nan" not in text  # in the legend and in the table


def test_every_shipped_block_is_told_apart_in_the_overview(shipped):
    fig = figures_overview.depths(shipped.blocks, 1)
    looks = [(trace.marker.symbol, trace.marker.color, trace.line.dash) for trace in fig.data]
    assert (
        len(set(looks))
        == len(looks)
        == 2 + len({figures_overview.variant(b.setting) for b in shipped.blocks})
    )


def test_the_law_is_drawn_once_more_with_the_measured_coherence_where_there_is_one(shipped):
    for block in shipped.blocks:
        shown = numbers.of_block(block, 1, None)
        traces = figures.kept(shown).data
        dashed = [trace for trace in traces if trace.line.dash == "dash"]
        assert len(dashed) == (block.reading == "pointwise"), block.setting
        assert not any(str(trace.marker.symbol).startswith("square") for trace in traces)
        for trace in dashed:
            drawn = [b for b in block.order(1).bins if b.ratio in trace.x]
            assert list(trace.y) == [b.coherent for b in drawn] and len(drawn) >= 2
            assert words.coherence(block.coherence.mean) in trace.name
            largest = max(abs(b.coherent - b.kept.mean) for b in drawn)
            assert block.order(1).largest_difference(coherent=True)[0] == pytest.approx(largest)


def test_every_caption_says_the_same_at_two_levels_in_two_sentences_at_most() -> None:
    captions = [value for value in words.TEXT.values() if isinstance(value, Caption)]
    assert captions
    for caption in captions:
        assert caption.student != caption.researcher
        for text in (caption.student, caption.researcher):
            assert text.endswith(".")


def test_a_map_that_cannot_be_drawn_says_why_in_its_place(shipped):
    maps_ = dataclasses.replace(shipped.blocks[0].maps, norm=np.zeros((4, 4), np.float32))
    drawn = pictures.four_maps(maps_, 3)
    assert drawn.count("<img") == 3 and drawn.count("xc-why") == 1
    assert " 3 random networks" in drawn


def test_the_headline_the_diamonds_and_the_largest_difference_are_of_the_same_pairs(shipped):
    for block in shipped.blocks:
        shown = numbers.of_block(block, 1, None)
        drawn = [trace for trace in figures.kept(shown).data if trace.name == "Measured"][0]
        enough = [b for b in block.order(1).bins if b.pairs >= 30]
        assert list(drawn.x) == [b.ratio for b in enough]
        largest, twice = block.order(1).largest_difference(), shown.twice()
        if largest is None:
            continue
        assert "at least 30 pairs" in words.kept_line(shown)
        if twice is not None:
            assert abs(twice.kept.mean - twice.predicted) <= largest[0]


def test_a_superlative_over_depths_is_said_only_where_the_intervals_leave_no_doubt(shipped):
    plain = [b for b in shipped.blocks if b.setting == Setting(b.setting.depth)]

    def say(of):
        told = verdict(numbers.of_block(plain[0], 1, None), of, (), ()).may_not
        return dict(told)[words.TEXT.verdict.everywhere]

    said = say(plain)
    assert "below head, stage 5.3 and stage 0.0 (9.6, 9.4 and 9.1 points off)" in said
    assert "met worst below head, 9.6 points off" in say(plain[:2])


def test_a_small_coherence_has_a_power_of_ten():
    assert [words.coherence(v) for v in (-9.504e-05, 0.6927, None)] == ["−9.5·10⁻⁵", "0.69", "–"]
