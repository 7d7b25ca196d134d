"""Removing pixels in a map's order: the order, the fills, the curves, and the numbers made of them."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip
from torch import nn

from xaicheck.errors import BadRequest, Cancelled
from xaicheck.faithfulness import (
    FAITHFULNESS,
    FILLS,
    ORDERS,
    OUTPUTS,
    RANKINGS,
    Curve,
    Faithfulness,
    faithfulness,
    road,
)
from xaicheck.faithfulness.regions import places_of, regions_of, schedule, tie_breaker
from xaicheck.models.registry import MODELS
from xaicheck.seeds import generator
from xaicheck.types import Network

SIZE = 12  # pixels
REGION = 3  # pixels: 16 regions
FIXED = [key for key, fill in FILLS.items() if fill.fixed]
Values = np.ndarray


class Linear(nn.Module):
    """Logits sum_p w_p x_p for every class; keeps the pictures it was asked about."""

    def __init__(self, weights: torch.Tensor) -> None:
        super().__init__()
        self.weights = weights  # float64 [classes 3 H W]
        self.batches: list[torch.Tensor] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.batches.append(x.detach().clone())
        return torch.einsum("bchw,kchw->bk", x, self.weights)

    @property
    def pictures(self) -> torch.Tensor:
        return torch.cat(self.batches)


def drawn(*shape: int, name: str) -> torch.Tensor:
    return torch.randn(shape, generator=generator("test", name), dtype=torch.float64)


def network_of(module: nn.Module) -> Network:
    return Network(MODELS["efficientnet_lite0"], module, (), "cpu")


def linear(classes: int = 3) -> Network:
    return network_of(Linear(drawn(classes, 3, SIZE, SIZE, name="weights")))


@pytest.fixture
def network() -> Network:
    return linear()


@pytest.fixture(scope="module")
def x() -> torch.Tensor:
    return drawn(3, SIZE, SIZE, name="picture")


@pytest.fixture(scope="module")
def maps() -> dict[str, Values]:
    return {name: drawn(SIZE, SIZE, name=name).numpy() for name in ("a", "b")}


def flip(network: Network, x: torch.Tensor, maps: object, **settings: object) -> tuple[Faithfulness, ...]:
    """Flipping curves of class 1 on the small picture: logits and the mean fill unless told otherwise."""
    plain = {"fills": ("mean",), "outputs": ("logit",), "region": REGION, "steps": 16, "image": "p"}
    return faithfulness(network, x, maps, 1, **(plain | settings))


def filled(x: torch.Tensor, fill: str, *, seed: int = 0, removed: Values | None = None) -> Values:
    mask = np.ones(x.shape[1:], bool) if removed is None else removed
    return FILLS[fill].fn(x.numpy(), mask, generator("fill", fill, seed, "p"))


# Regions and orders


@pytest.mark.parametrize(
    ("height", "width", "size", "count"),
    [(224, 224, 16, 196), (260, 260, 16, 289), (5, 7, 3, 6), (4, 4, 4, 1), (3, 2, 1, 6)],
)
def test_regions_leave_no_pixel_out(height: int, width: int, size: int, count: int) -> None:
    regions = regions_of(height, width, size)
    assert regions.shape == (height, width)
    assert sorted(np.unique(regions)) == list(range(count))
    for region in range(count):
        rows, columns = np.nonzero(regions == region)
        assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1), "a region is a full rectangle"
        assert max(np.ptp(rows), np.ptp(columns)) < size
        assert min(rows) % size == min(columns) % size == 0


@pytest.mark.parametrize(("regions", "steps"), [(196, 28), (289, 28), (50176, 28), (16, 5), (3, 28), (1, 1)])
def test_the_schedule_goes_from_nothing_to_everything_in_even_steps(regions: int, steps: int) -> None:
    counts = schedule(regions, steps)
    assert (counts[0], counts[-1], len(counts)) == (0, regions, min(steps, regions) + 1)
    sizes = np.diff(counts)
    assert sizes.min() >= 1
    assert np.ptp(sizes) <= 1


def test_regions_go_by_descending_sum() -> None:
    values = np.array([[1.0, 1, 5, -6], [1, 1, 0, 0], [0, 9, -2, 0], [-4, 0, 0, 0]])  # sums 4, -1, 5, -2
    regions, ties = regions_of(4, 4, 2), np.arange(4)
    signed = places_of(values, regions, ties, ranking="signed")
    assert signed[::2, ::2].tolist() == [[1, 2], [0, 3]]
    magnitude = places_of(values, regions, ties, ranking="magnitude")  # sums 4, 11, 13, 2
    assert magnitude[::2, ::2].tolist() == [[2, 1], [0, 3]]
    assert (places_of(values[:1], regions_of(1, 4, 1), ties, ranking="signed") == [[1, 2, 0, 3]]).all()


def test_equal_sums_go_in_random_order_and_unequal_ones_do_not() -> None:
    values = np.zeros((12, 12))
    values[:3, :3] = 1.0
    regions = regions_of(12, 12, 3)
    first, last = [], []
    for seed in range(200):
        ties = tie_breaker(16, seed=seed, image="p")
        places = places_of(values, regions, ties, ranking="signed")
        assert places[0, 0] == 0
        first.append(places[0, 3])
        last.append(places[-1, -1])
    # The 15 others are uniform on 1 to 15: mean 8, standard deviation 4.32, standard error 0.31.
    assert abs(np.mean(first) - 8) < 0.92
    assert abs(np.mean(last) - 8) < 0.92
    assert len(set(first)) == len(set(last)) == 15


def test_ties_depend_on_seed_and_picture_and_nothing_else() -> None:
    def ties(seed: int, image: str) -> list[int]:
        return tie_breaker(50, seed=seed, image=image).tolist()

    assert ties(0, "p") == ties(0, "p")
    assert len({tuple(ties(s, i)) for s in (0, 1) for i in ("p", "q")}) == 4


@pytest.mark.parametrize("size", [16, 5, 1])
def test_nothing_is_removed_twice_and_in_the_end_all_is_gone(size: int) -> None:
    network = linear()
    x = drawn(3, 17, 16, name="odd")
    network.module.weights = drawn(3, 3, 17, 16, name="odd weights")
    values = drawn(17, 16, name="odd map").numpy()
    count = regions_of(17, 16, size).max() + 1
    flip(network, x, {"a": values}, region=size, steps=10**6, orders=("morf",), chunk=7)
    gone = (network.module.pictures != x).all(1)  # every channel or none
    assert torch.equal(gone, (network.module.pictures != x).any(1))
    # Asked in this order: the picture itself, the steps between, everything removed.
    assert len(gone) == count + 1
    assert not gone[0].any()
    assert gone[-1].all()
    assert not (gone[:-1] & ~gone[1:]).any(), "what is gone stays gone"
    assert (gone.sum((1, 2)).diff() > 0).all()
    assert (gone.sum((1, 2)).diff() <= size * size).all()


def test_the_least_relevant_first_is_the_same_order_from_behind(
    network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    flip(network, x, {"a": maps["a"]}, chunk=1)
    gone = (network.module.pictures != x).all(1)
    morf, lerf = gone[1:16], gone[17:]  # 16: everything
    assert gone[16].all()
    assert len(morf) == len(lerf) == 15
    assert torch.equal(morf, ~lerf.flip(0))


# Fills


def test_the_mean_fill_is_the_mean_of_each_channel(x: torch.Tensor) -> None:
    fill = filled(x, "mean")
    for channel in range(3):
        assert np.unique(fill[channel]) == pytest.approx([x[channel].mean().item()], abs=1e-15)


def test_blur_keeps_a_constant_and_spreads_a_point_as_a_gaussian() -> None:
    assert filled(torch.full((3, 20, 20), 0.7), "blur") == pytest.approx(0.7, abs=1e-12)
    point = torch.zeros(3, 121, 121, dtype=torch.float64)
    point[1, 60, 60] = 1
    blurred = filled(point, "blur")
    assert blurred[1].sum() == pytest.approx(1, abs=1e-9)
    # A Gaussian of 10 pixels: density 1 / (2 pi 100) in the middle, e^(-1/2) of it one deviation away.
    assert blurred[1, 60, 60] == pytest.approx(1 / (200 * np.pi), rel=1e-3)
    assert blurred[1, 60, 70] / blurred[1, 60, 60] == pytest.approx(np.exp(-0.5), rel=1e-3)
    assert not blurred[0].any(), "channels are blurred alone"


def test_random_colours_fill_the_range_of_each_channel() -> None:
    x = torch.stack(
        [drawn(60, 60, name="range") * scale + shift for scale, shift in ((1, 0), (5, 9), (0, 2))]
    )
    fill = filled(x, "uniform")
    for channel in range(3):
        low, high = x[channel].min().item(), x[channel].max().item()
        assert low <= fill[channel].min()
        assert fill[channel].max() <= high
        # 3600 uniform values: the standard error of the mean is the range / sqrt(12 * 3600).
        assert abs(fill[channel].mean() - (low + high) / 2) <= 3 * (high - low) / np.sqrt(12 * 3600)
    assert (filled(x, "uniform") == fill).all()
    assert (filled(x, "uniform", seed=1)[:2] != fill[:2]).any()
    assert np.corrcoef(fill[0].ravel(), fill[1].ravel())[0, 1] == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("key", FILLS)
def test_a_fixed_fill_does_not_look_at_what_is_removed_and_the_others_do(key: str, x: torch.Tensor) -> None:
    some = drawn(SIZE, SIZE, name="mask").numpy() > 0
    alike = np.allclose(filled(x, key)[:, some], filled(x, key, removed=some)[:, some])
    assert alike == FILLS[key].fixed
    other = filled(x, key, seed=1)
    assert (other != filled(x, key)).any() == FILLS[key].stochastic


@pytest.mark.parametrize("key", FILLS)
def test_kept_pixels_are_untouched_and_removed_ones_hold_the_fill(key: str, x: torch.Tensor) -> None:
    network = linear()
    values = np.arange(SIZE * SIZE, dtype=float).reshape(SIZE, SIZE)
    flip(network, x, {"a": values}, fills=(key,), orders=("lerf",), region=1, steps=2)
    removed = np.zeros((SIZE, SIZE), bool)
    removed[: SIZE // 2] = True  # half of the pixels, the smallest attributions
    expected = np.where(removed, filled(x, key, removed=removed), x.numpy())
    assert network.module.pictures[0].numpy() == pytest.approx(x.numpy(), abs=0)
    assert network.module.pictures[1].numpy() == pytest.approx(expected, abs=1e-12)
    assert network.module.pictures[2].numpy() == pytest.approx(filled(x, key), abs=1e-12)


def test_all_maps_and_steps_see_the_same_random_colours(x: torch.Tensor, maps: dict[str, Values]) -> None:
    network = linear()
    flip(network, x, maps, fills=("uniform",))
    fill = torch.from_numpy(filled(x, "uniform"))
    pictures = network.module.pictures
    assert ((pictures == x) | (pictures == fill)).all()


# Curves in closed form


def losses(network: Network, x: torch.Tensor, fill: str, seed: int = 0) -> Values:
    """What removing each pixel takes from a linear network's logit 1, [H W]."""
    difference = x - torch.from_numpy(filled(x, fill, seed=seed).copy())
    return (network.module.weights[1] * difference).sum(0).numpy()


@pytest.mark.parametrize("fill", FIXED)
@pytest.mark.parametrize("order", ORDERS)
def test_a_linear_network_loses_the_sum_of_what_is_removed(
    fill: str, order: str, network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    (result,) = flip(network, x, {"a": maps["a"]}, fills=(fill,), orders=(order,))
    by_region = losses(network, x, fill).reshape(4, 3, 4, 3).sum((1, 3)).ravel()
    relevance = maps["a"].reshape(4, 3, 4, 3).sum((1, 3)).ravel()
    way = np.argsort(-relevance if order == "morf" else relevance)
    start = float((network.module.weights[1] * x).sum())
    expected = start - np.concatenate([[0], np.cumsum(by_region[way])])
    curve = result.curve(order)
    assert curve is not None
    assert curve.values == pytest.approx(expected, abs=1e-10)
    assert curve.fractions == pytest.approx(np.arange(17) / 16)


@pytest.mark.parametrize("fill", FIXED)
def test_no_map_beats_what_a_linear_network_really_loses(
    fill: str, network: Network, x: torch.Tensor
) -> None:
    truth = losses(network, x, fill)
    rng = np.random.default_rng(0)
    others = {f"noise {i}": rng.normal(size=truth.shape) for i in range(100)}
    mixed = {f"mixed {i}": truth + rng.normal(size=truth.shape) for i in range(20)}
    settings = {"fills": (fill,), "steps": 8}
    results = flip(network, x, {"truth": truth, "minus": -truth, **others, **mixed}, **settings)
    scores = {result.map: float(result.score("abpc")) for result in results}
    assert scores["truth"] == max(scores.values()) > 0
    assert sorted(scores.values())[-2] < scores["truth"], "the best of 122 maps is the only best"
    assert scores["minus"] == min(scores.values())
    assert scores["minus"] == pytest.approx(-scores["truth"], abs=1e-12)


@pytest.mark.parametrize("level", [0.0, 0.1, -7.0])
def test_a_constant_map_scores_zero_under_random_tie_breaking(
    level: float, network: Network, x: torch.Tensor
) -> None:
    flat = {"flat": np.full((SIZE, SIZE), level)}
    scores = [float(flip(network, x, flat, seed=seed, steps=8)[0].score("abpc")) for seed in range(150)]
    error = np.std(scores, ddof=1) / np.sqrt(len(scores))
    assert error > 0
    assert abs(np.mean(scores)) < 3 * error
    best = float(flip(network, x, {"truth": losses(network, x, "mean")}, steps=8)[0].score("abpc"))
    assert best > 3 * np.std(scores), "the network does tell a good order from a random one"


def test_probability_and_logit_are_those_of_the_network(x: torch.Tensor, maps: dict[str, Values]) -> None:
    network = linear(classes=4)
    weak = x / 20  # so that no class is certain
    both = flip(network, weak, {"a": maps["a"]}, outputs=("softmax", "logit"), orders=("morf",))
    logits = np.einsum("bchw,kchw->bk", network.module.pictures.numpy(), network.module.weights.numpy())
    powers = np.exp(logits)
    softmax, logit = (result.curves[0] for result in both)
    assert (softmax.output, logit.output) == ("softmax", "logit")
    assert logit.values == pytest.approx(logits[:, 1], abs=1e-12)
    assert softmax.values == pytest.approx((powers / powers.sum(1, keepdims=True))[:, 1], abs=1e-12)
    assert softmax.first.tolist() == (logits.argmax(1) == 1).tolist()
    assert len(set(softmax.first.tolist())) == 2, "the class is the answer at some steps and not at others"


# Work that is shared


@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_curves_do_not_depend_on_the_chunk(chunk: int, x: torch.Tensor, maps: dict[str, Values]) -> None:
    settings = {"fills": tuple(FILLS), "outputs": tuple(OUTPUTS)}
    one = flip(linear(), x, maps, chunk=16, **settings)
    two = flip(linear(), x, maps, chunk=chunk, **settings)
    assert len(one) == len(two) == 2 * len(FILLS) * 2
    for a, b in zip(one, two, strict=True):
        assert (a.map, a.fill, a.output) == (b.map, b.fill, b.output)
        for c, d in zip(a.curves, b.curves, strict=True):
            assert c.values == pytest.approx(d.values, abs=1e-12)


def test_maps_share_the_first_and_the_last_picture(
    network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    checks: list[int] = []
    flip(
        network, x, maps, fills=("mean", "blur"), steps=4, chunk=3,
        check=lambda: checks.append(len(network.module.batches)),
    )  # fmt: skip
    pictures = (
        1 + 2 + 2 * 2 * 2 * (4 - 1)
    )  # original, all gone for each fill, maps x fills x orders x between
    assert len(network.module.pictures) == pictures
    assert [len(batch) for batch in network.module.batches] == [3] * (pictures // 3)
    # Before every pass, and before each fill is made.
    assert set(range(pictures // 3)) <= set(checks)
    assert len(checks) == pictures // 3 + 2


def test_a_map_alone_has_the_curves_it_has_in_company(x: torch.Tensor, maps: dict[str, Values]) -> None:
    alone = flip(linear(), x, {"b": maps["b"]}, fills=("uniform",))
    company = flip(linear(), x, maps, fills=("mean", "uniform"))[-1]
    assert (company.map, company.fill) == ("b", "uniform")
    for one, other in zip(alone[0].curves, company.curves, strict=True):
        assert one.values == pytest.approx(other.values, abs=1e-12)


def test_a_run_that_is_cancelled_asks_the_network_nothing_more(
    network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    def check() -> None:
        if len(network.module.batches) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        flip(network, x, maps, chunk=4, check=check)
    assert len(network.module.batches) == 2


@pytest.mark.parametrize("run", [flip, lambda n, x, m: road(n, x, m, 1, percentages=(10, 60))])
def test_results_repeat_and_the_global_generators_are_left_alone(
    run: Callable[..., tuple[Faithfulness, ...]], x: torch.Tensor, maps: dict[str, Values]
) -> None:
    states = torch.random.get_rng_state(), random.getstate(), np.random.get_state()  # noqa: NPY002
    flat = {"flat": np.zeros((SIZE, SIZE)), **maps}
    one, two = run(linear(), x, flat), run(linear(), x, flat)
    for a, b in zip(one, two, strict=True):
        for c, d in zip(a.curves, b.curves, strict=True):
            assert (c.values == d.values).all()
    after = torch.random.get_rng_state(), random.getstate(), np.random.get_state()  # noqa: NPY002
    assert torch.equal(states[0], after[0])
    assert states[1] == after[1]
    assert all(np.array_equal(a, b) for a, b in zip(states[2], after[2], strict=True))


def test_the_picture_itself_names_its_random_numbers_unless_told_otherwise(
    network: Network, x: torch.Tensor
) -> None:
    flat = {"flat": np.zeros((SIZE, SIZE))}

    def curve(picture: torch.Tensor, **settings: object) -> list[float]:
        return flip(network, picture, flat, **settings)[0].curves[0].values.tolist()

    assert curve(x, image=None) == curve(x.clone(), image=None)
    assert curve(x, image=None) != curve(x, image="p")
    assert curve(x, image="p", seed=1) != curve(x, image="p")


# Numbers


def hand_made() -> Faithfulness:
    """Curves with known areas: half and nothing, everything and nothing."""
    shares = np.array([0.0, 0.5, 1.0])
    first = np.array([True, True, False])
    curves = (
        Curve("morf", "mean", "logit", shares, np.array([4.0, 1.0, 0.0]), first),
        Curve("lerf", "mean", "logit", shares, np.array([4.0, 3.0, 0.0]), first),
    )
    return Faithfulness("m", "flipping", "mean", "logit", "signed", 16, 0, 1, curves)


def test_numbers_of_curves_drawn_by_hand() -> None:
    scores = {key: score.value for key, score in hand_made().scores.items()}
    assert scores == pytest.approx(
        {
            "abpc": (0 + 2 + 0) / 3,
            "aopc": (0 + 3 + 4) / 3,
            "auc_morf": 0.5 * (4 + 1) / 2 + 0.5 * (1 + 0) / 2,
            "auc_lerf": 0.5 * (4 + 3) / 2 + 0.5 * (3 + 0) / 2,
        }
    )


def test_a_number_whose_curve_was_not_drawn_is_missing_with_a_reason(
    network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    (result,) = flip(network, x, {"a": maps["a"]}, orders=("morf",))
    assert result.score("aopc").value is not None
    for key in ("abpc", "auc_lerf", "road_accuracy"):
        assert result.score(key).value is None
        assert "not asked" in result.score(key).why


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, None])
def test_a_map_that_is_no_map_has_a_reason_where_its_numbers_would_be(
    bad: float | None, network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    broken = None if bad is None else np.where(np.eye(SIZE) > 0, bad, maps["a"])
    results = flip(network, x, {"broken": broken, "b": maps["b"]})
    assert [result.map for result in results] == ["broken", "b"], "no map is dropped"
    assert results[0].curves == ()
    for score in results[0].scores.values():
        assert score.value is None
        assert "finite" in score.why or "computed" in score.why
    assert all(score.value is not None for score in results[1].scores.values())


def test_a_run_of_broken_maps_alone_asks_the_network_nothing(network: Network, x: torch.Tensor) -> None:
    results = flip(network, x, {"a": None, "b": np.full((SIZE, SIZE), np.nan)})
    assert [bool(result.why) for result in results] == [True, True]
    assert not network.module.batches


def test_a_network_without_an_answer_gives_a_reason(x: torch.Tensor, maps: dict[str, Values]) -> None:
    network = linear()
    network.module.weights[1, 0, 0, 0] = np.inf
    (result,) = flip(network, x, {"a": maps["a"]})
    assert {score.value for score in result.scores.values()} == {None}
    assert "finite" in result.score("abpc").why


def test_maps_of_an_array_are_called_by_their_number(
    network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    results = flip(network, x, np.stack(list(maps.values())), fills=("mean", "blur"))
    assert [(r.map, r.fill) for r in results] == [("0", "mean"), ("0", "blur"), ("1", "mean"), ("1", "blur")]


@pytest.mark.parametrize("shape", [(SIZE, SIZE - 1), (1, SIZE, SIZE), (SIZE * SIZE,)])
def test_a_map_of_another_shape_is_refused(shape: tuple[int, ...], network: Network, x: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="picture is"):
        flip(network, x, {"a": np.zeros(shape)})
    with pytest.raises(ValueError, match="must be"):
        flip(network, x[None], {"a": np.zeros((SIZE, SIZE))})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fills": ("black",)}, "mean, blur"),
        ({"orders": ("random",)}, "morf, lerf"),
        ({"outputs": ("loss",)}, "softmax, logit"),
        ({"ranking": "squared"}, "signed, magnitude"),
        ({"region": 0}, "at least 1"),
        ({"region": SIZE + 1}, "larger than the picture"),
        ({"steps": 0}, "at least 1"),
        ({"chunk": 0}, "at least 1"),
    ],
)
def test_an_impossible_setting_is_refused_in_a_sentence(
    settings: dict[str, object], words: str, network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    with pytest.raises(BadRequest, match=words):
        flip(network, x, maps, **settings)


@pytest.mark.parametrize("target", [-1, 3])
def test_a_class_out_of_range_is_refused(
    target: int, network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    with pytest.raises(BadRequest, match="from 0 to 2"):
        faithfulness(network, x, maps, target, region=REGION, fills=("mean",))


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(BadRequest, match="abpc, aopc"):
        hand_made().score("fidelity")


# ROAD


def test_road_removes_the_most_relevant_percentages_of_single_pixels(
    network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    (result,) = road(network, x, {"a": maps["a"]}, 1, percentages=(0, 10, 50, 100))
    gone = (network.module.pictures != x).all(1).numpy()
    by_share = sorted(gone, key=lambda mask: mask.sum())
    assert [int(mask.sum()) for mask in by_share] == [0, 14, 72, 144]
    for mask in by_share[1:3]:
        assert maps["a"][mask].min() > maps["a"][~mask].max()
    (curve,) = result.curves
    assert curve.fractions == pytest.approx([0, 14 / 144, 0.5, 1])
    assert (result.protocol, curve.order, curve.output) == ("road", "morf", "softmax")


def test_road_numbers_are_means_over_the_percentages(
    network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    for result in road(network, x / 20, maps, 1):
        (curve,) = result.curves
        assert len(curve.values) == 9
        assert result.score("road_probability").value == pytest.approx(curve.values.mean())
        assert result.score("road_accuracy").value == pytest.approx(curve.first.mean())
        assert result.score("abpc").value is None


def test_road_adds_the_same_small_noise_for_every_map(x: torch.Tensor) -> None:
    big = drawn(3, 60, 60, name="big")
    mask = drawn(60, 60, name="big mask").numpy() > 0.5
    smooth, noisy = (filled(big, key, removed=mask) for key in ("inpaint", "noisy_inpaint"))
    noise = (noisy - smooth)[:, mask]
    assert noise.std() == pytest.approx(0.01, rel=0.05)
    assert abs(noise.mean()) < 3 * 0.01 / np.sqrt(noise.size)
    again = filled(big, "noisy_inpaint", removed=~mask) - filled(big, "inpaint", removed=~mask)
    everything = filled(big, "noisy_inpaint") - filled(big, "inpaint")
    assert noise == pytest.approx(everything[:, mask], abs=1e-12)
    assert again[:, ~mask] == pytest.approx(everything[:, ~mask], abs=1e-12)


@pytest.mark.parametrize("percentages", [(), (50, 10), (10, 10), (-1, 5), (50, 101)])
def test_percentages_ascend_between_nothing_and_everything(
    percentages: tuple[int, ...], network: Network, x: torch.Tensor, maps: dict[str, Values]
) -> None:
    with pytest.raises(BadRequest, match="ascend"):
        road(network, x, maps, 1, percentages=percentages)


# Registries


@pytest.mark.parametrize("registry", [FAITHFULNESS, FILLS, ORDERS, OUTPUTS, RANKINGS])
def test_every_entry_says_what_it_is(registry: dict[str, object]) -> None:
    for key, entry in registry.items():
        assert entry.key == key
        assert entry.label
        assert entry.summary.endswith((".", "?"))
    assert len({entry.label for entry in registry.values()}) == len(registry)


@pytest.mark.parametrize(
    "fn", [entry.fn for entry in (*FAITHFULNESS.values(), *FILLS.values())] + [faithfulness, road]
)
def test_every_docstring_has_formula_source_and_differences(fn: Callable[..., object]) -> None:
    for heading in ("Formula:", "Source:", "Differs:"):
        assert heading in (fn.__doc__ or "")
    if fn not in [fill.fn for fill in FILLS.values()]:
        assert "Undefined when:" in (fn.__doc__ or "")


def test_every_number_stays_in_its_range_and_improves_towards_its_good_end(
    network: Network, x: torch.Tensor
) -> None:
    truth = losses(network, x, "mean")
    better, worse = flip(network, x, {"t": truth, "w": -truth}, outputs=("softmax",), steps=16)
    linear_better, linear_worse = flip(network, x, {"t": truth, "w": -truth}, steps=16)
    for key in better.scores:
        entry = FAITHFULNESS[key]
        for result in (better, worse):
            assert entry.low <= float(result.score(key)) <= entry.high
        difference = float(linear_better.score(key)) - float(linear_worse.score(key))
        assert (difference > 0) == entry.higher_is_better
    assert set(better.scores) == {"abpc", "aopc", "auc_morf", "auc_lerf"}
