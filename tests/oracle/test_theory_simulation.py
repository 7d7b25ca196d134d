"""Every closed form against a simulation of the thing it describes.

Where a bound is not written out it is four standard errors of the simulation, from the simulation itself.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import kendalltau, rankdata
from skimage.metrics import structural_similarity

from xaicheck import theory
from xaicheck.similarity.measures import SIMILARITIES

cs, mse, spearman, spearman_abs, ssim = (
    SIMILARITIES[key].fn for key in ("cs", "mse", "spearman", "spearman_abs", "ssim")
)

SIDE = 224
DRAW: dict[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "gaussian": lambda g, shape: g.standard_normal(shape),
    "uniform": lambda g, shape: g.uniform(-1, 1, shape),
    "laplace": lambda g, shape: g.laplace(size=shape),
    "constant": lambda g, shape: g.choice([-1.0, 1.0], shape),
}
KEYS = list(DRAW)


def close(samples: np.ndarray, expected: float) -> bool:
    """Whether the mean of independent samples is within four standard errors of what was expected."""
    error = 4 * samples.std(ddof=1) / np.sqrt(samples.size)
    return bool(abs(samples.mean() - expected) <= max(error, 1e-12))


def share_close(hits: np.ndarray, expected: float) -> bool:
    error = 4 * np.sqrt(expected * (1 - expected) / hits.size)
    return bool(abs(hits.mean() - expected) <= error + 1e-12)


def unit(a: np.ndarray) -> np.ndarray:
    return a / np.sqrt(np.mean(a * a))


def stretched(a: np.ndarray) -> np.ndarray:
    return (a - a.min()) / (a.max() - a.min())


# Pairs of channels


@pytest.mark.parametrize("law", KEYS)
def test_order_kept_by_random_weights_is_the_pair_law(law):
    first, second = np.abs(DRAW[law](np.random.default_rng(11), (2, 400_000)))
    for ratio in (1.0, 1.3, 2.0, 5.0, 10.0):
        expected = float(theory.order_kept(ratio, theory.WEIGHT_LAWS[law]))
        assert share_close(ratio * first >= second, expected), ratio


def test_order_kept_by_permuted_heavy_tailed_values_is_the_counted_share():
    g = np.random.default_rng(12)
    values = g.standard_t(3, 500)
    first = g.integers(0, 500, 400_000)
    second = (first + g.integers(1, 500, first.size)) % 500  # another copy
    law = theory.permuted(values)
    for ratio in (1.5, 2.0, 6.0):
        kept = ratio * np.abs(values[first]) >= np.abs(values[second])
        assert share_close(kept, float(theory.order_kept(ratio, law)))
    assert theory.order_kept(2, law) < theory.order_kept(2)  # heavy tails keep less


@pytest.mark.parametrize("outputs", [1, 4, 16, 64])
def test_order_kept_over_many_outputs_is_the_beta_law(outputs):
    weights = np.random.default_rng(13).standard_normal((2, 40_000, outputs))
    norm, total = np.linalg.norm(weights, axis=2), np.abs(weights).sum(2)
    for ratio in (1.1, 1.5, 3.0):
        assert share_close(ratio * norm[0] >= norm[1], float(theory.order_kept_by_norm(ratio, outputs)))
        if outputs >= 4:  # an approximation from there on: 0.01, and the simulation's own error of 0.01
            share = np.mean(ratio * total[0] >= total[1])
            assert theory.order_kept_by_sum(ratio, outputs) == pytest.approx(share, abs=0.02)


def test_sixteen_outputs_at_a_ratio_of_one_and_a_half_have_the_known_value():
    assert theory.order_kept_by_norm(1.5, 16) == pytest.approx(0.9425, abs=0.01)


# Whole layers


def layer(n: int = 24, dead: int = 0) -> np.ndarray:
    x = np.exp(np.random.default_rng(14).standard_normal(n))
    x[:dead] = 0
    return x


def contributions(law: str, x: np.ndarray, draws: int = 20_000) -> np.ndarray:
    return np.abs(DRAW[law](np.random.default_rng(15), (draws, x.size))) * x


@pytest.mark.parametrize("dead", [0, 8])
@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
def test_expected_kendall_is_the_mean_over_random_weights(law, dead):
    x = layer(dead=dead)
    drawn = contributions(law, x, 2000)
    taus = np.array([kendalltau(x, c)[0] for c in drawn])
    assert close(taus, theory.expected_kendall(x, theory.WEIGHT_LAWS[law]).value)


def test_expected_kendall_holds_over_twenty_thousand_draws():
    x = layer()
    drawn = contributions("gaussian", x)
    i, j = np.triu_indices(x.size, 1)
    taus = (np.sign(drawn[:, i] - drawn[:, j]) * np.sign(x[i] - x[j])).mean(1)
    assert close(taus, theory.expected_kendall(x).value)


@pytest.mark.parametrize("dead", [0, 8])
@pytest.mark.parametrize("law", KEYS)
def test_expected_spearman_is_the_mean_over_random_weights(law, dead):
    x = layer(dead=dead)
    first = rankdata(x) - (x.size + 1) / 2
    second = rankdata(contributions(law, x), axis=1) - (x.size + 1) / 2
    rhos = second @ first / np.sqrt((first**2).sum() * (second**2).sum(1))
    assert close(rhos, theory.expected_spearman(x, theory.WEIGHT_LAWS[law]).value)


def test_expected_order_under_permuted_values_is_the_mean_over_deals():
    g = np.random.default_rng(16)
    x, values = layer(16), g.standard_t(3, 40)
    dealt = g.permuted(np.tile(values, (20_000, 1)), axis=1)[:, :16]
    i, j = np.triu_indices(16, 1)
    drawn = np.abs(dealt) * x
    taus = (np.sign(drawn[:, i] - drawn[:, j]) * np.sign(x[i] - x[j])).mean(1)
    assert close(taus, theory.expected_kendall(x, theory.permuted(values)).value)


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
def test_top_places_are_kept_as_often_as_the_quadrature_says(law):
    x = layer(128)
    drawn = contributions(law, x)
    place = rankdata(-drawn, axis=1)
    for k in (1, 5, 10):
        expected = theory.stays_in_top(x, k, law=theory.WEIGHT_LAWS[law])
        assert share_close(place[:, np.argmax(x)] <= k, expected), k
    top = np.argsort(-x)[:10]
    overlap = (place[:, top] <= 10).mean(1)
    assert close(overlap, theory.expected_overlap(x, 10, theory.WEIGHT_LAWS[law]))


@pytest.mark.parametrize("law", KEYS)
def test_on_the_log_scale_random_weights_are_added_noise(law):
    g = np.random.default_rng(17)
    logs = g.standard_normal(400_000)
    with_weights = logs + np.log(np.abs(DRAW[law](g, (logs.size,))))
    # 4 standard errors of a correlation near 0.65 from 400 000 pairs are below 0.004.
    found = np.corrcoef(logs, with_weights)[0, 1]
    assert theory.log_correlation(1, theory.WEIGHT_LAWS[law]) == pytest.approx(found, abs=0.004)


@pytest.mark.parametrize("outputs", [2, 8])
def test_on_the_log_scale_more_outputs_are_less_noise(outputs):
    g = np.random.default_rng(18)
    logs = g.standard_normal(100_000)
    norm = np.linalg.norm(g.standard_normal((logs.size, outputs)), axis=1)
    found = np.corrcoef(logs, logs + np.log(norm))[0, 1]
    assert theory.log_correlation_by_norm(1, outputs) == pytest.approx(found, abs=0.006)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_a_deep_random_relu_head_keeps_order_like_a_single_layer(depth):
    # The gradient of a bias-free ReLU head by its input, times the input: |x_i g_i|. The law holds up to
    # O(1/n); with n = 128 that and four standard errors (draws, not pairs, are independent) give 0.02.
    g = np.random.default_rng(19)
    x = np.exp(0.7 * g.standard_normal(128))
    drawn = np.empty((1500, x.size))
    for row in drawn:
        layers = [g.standard_normal((128, 128)) * np.sqrt(2 / 128) for _ in range(depth)]
        signal, gates = x, []
        for weights in layers:
            signal = weights @ signal
            gates.append(signal > 0)
            signal = np.maximum(signal, 0)
        back = g.standard_normal(128)
        for weights, gate in zip(reversed(layers), reversed(gates), strict=True):
            back = (back * gate) @ weights
        row[:] = np.abs(x * back)
    i, j = np.nonzero(x[:, None] > x)
    ratio, kept = x[i] / x[j], np.zeros(i.size)
    for row in drawn:
        kept += row[i] >= row[j]
    for low, high in ((1, 1.5), (1.5, 2.5), (2.5, 5), (5, 20)):
        inside = (ratio >= low) & (ratio < high)
        expected = theory.order_kept(ratio[inside]).mean()
        assert kept[inside].mean() / 1500 == pytest.approx(expected, abs=0.02)


# Baselines


def test_the_expected_unsigned_map_is_the_activation_norm():
    g = np.random.default_rng(20)
    x = np.abs(g.standard_normal((64, 5, 6))) * np.exp(g.standard_normal((5, 6)))
    maps = np.einsum("di,ihw->dhw", 0.3 * g.standard_normal((20_000, 64)), x)
    expected = theory.expected_magnitude(x, 0.3)
    error = np.abs(maps).std(0) / np.sqrt(20_000)
    assert (np.abs(np.abs(maps).mean(0) - expected) < 4.5 * error).all()  # 30 places at once
    assert (np.abs(maps.mean(0)) < 4.5 * maps.std(0) / np.sqrt(20_000)).all()


def test_positive_weights_leave_a_mean_of_known_size():
    g = np.random.default_rng(21)
    x = np.abs(g.standard_normal((64, 40)))
    maps = np.maximum(g.standard_normal((20_000, 64)), 0) @ x
    assert theory.mean_over_sd(x) == pytest.approx(maps.mean(0) / maps.std(0), rel=0.03)  # 4 SE of a spread


@pytest.mark.parametrize("sparsity", [0.0, 0.8])
def test_positive_weights_make_unrelated_heads_draw_like_maps(sparsity):
    g = np.random.default_rng(33)
    x = np.abs(g.standard_normal((200, 60))) * (g.random((200, 60)) >= sparsity)
    maps = np.maximum(g.standard_normal((4000, 200)), 0) @ x
    cosines = [a @ b / np.sqrt(a @ a * (b @ b)) for a, b in zip(maps[::2], maps[1::2], strict=True)]
    assert theory.baseline_cosine(x) == pytest.approx(np.mean(cosines), abs=0.005)
    assert theory.baseline_cosine(x) > 0.9


def test_an_uncorrelated_branch_turns_the_signal_by_the_known_angle():
    g = np.random.default_rng(22)
    for share in (1 / 108, 0.5, 2.0):
        x, branch = g.standard_normal((2, 200_000))
        y = x + np.sqrt(share) * branch
        found = x @ y / np.sqrt(x @ x * (y @ y))
        assert theory.residual_cosine(share) == pytest.approx(found, abs=4 / np.sqrt(200_000))


# Unrelated maps


def independent_distances(draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]) -> np.ndarray:
    g = np.random.default_rng(23)
    return np.array([float(mse(*draw(g, (2, SIDE, SIDE)))) for _ in range(20)])


def test_independent_signed_maps_are_at_a_distance_of_two():
    distances = independent_distances(DRAW["gaussian"])
    assert distances.mean() == pytest.approx(theory.INDEPENDENT_MSE, abs=0.008)
    assert distances.std() == pytest.approx(theory.independent_mse_sd(SIDE**2), rel=0.5)  # of 20 values


@pytest.mark.parametrize(("law", "tolerance"), [("gaussian", 0.01), ("uniform", 0.01), ("laplace", 0.02)])
def test_without_signs_the_distance_follows_from_flatness(law, tolerance):
    distances = independent_distances(lambda g, shape: np.abs(DRAW[law](g, shape)))
    m = theory.FLATNESS[law]
    assert distances.mean() == pytest.approx(theory.independent_mse(m, m), abs=tolerance)


def test_sparse_maps_without_signs_look_wholly_changed():
    def sparse(g: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        return np.abs(g.standard_normal(shape)) * (g.random(shape) < 0.01)

    m = 0.1 * theory.FLATNESS["gaussian"]
    assert independent_distances(sparse).mean() == pytest.approx(theory.independent_mse(m, m), abs=0.005)


def test_the_spread_of_the_distance_is_two_over_the_root_of_the_pixels():
    g = np.random.default_rng(24)
    a, b = np.exp(g.standard_normal(1024)), g.standard_normal((5000, 1024))
    distances = 2 - 2 * (b @ a) / np.sqrt(a @ a * (b * b).sum(1))
    assert close(distances, theory.INDEPENDENT_MSE)
    assert distances.std() == pytest.approx(theory.independent_mse_sd(1024), rel=0.04)  # 4 SE: 4/sqrt(2 5000)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_shared_zeros_alone_correlate_unrelated_magnitudes(share):
    g = np.random.default_rng(25)
    a, b = g.standard_normal((2, 100, 200)) * (g.random((100, 200)) >= share)
    assert float(spearman_abs(a, b)) == pytest.approx(theory.shared_zeros_spearman(share), abs=0.01)
    assert abs(float(spearman(a, b))) < 0.03


@pytest.mark.parametrize("snr", [0.1, 1, 100])
def test_noise_hides_a_true_correlation_by_the_known_factor(snr):
    g = np.random.default_rng(26)
    s, other = g.standard_normal((2, 200, 200))
    t = 0.8 * s + 0.6 * other
    a, b = (m + g.standard_normal(s.shape) / np.sqrt(snr) for m in (s, t))
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] == pytest.approx(
        theory.observed_correlation(0.8, snr), abs=0.02
    )
    assert float(mse(a, b)) == pytest.approx(theory.observed_mse(0.8, snr), abs=0.03)


def test_averaging_noisy_copies_multiplies_the_signal_to_noise_ratio():
    g = np.random.default_rng(27)
    s = g.standard_normal(40_000)
    a, b = (s + 2 * g.standard_normal((8, s.size)).mean(0) for _ in "ab")
    expected = theory.observed_correlation(1, 0.25, copies=8)
    assert np.corrcoef(a, b)[0, 1] == pytest.approx(expected, abs=0.02)


def test_mixed_in_noise_lowers_the_similarity_of_a_map_to_itself_as_computed():
    g = np.random.default_rng(28)
    s = unit(g.laplace(size=(200, 200)))
    for share in (0.2, 0.5, 0.8):
        a, b = ((1 - share) * s + share * g.standard_normal(s.shape) for _ in "ab")
        assert float(mse(a, b)) == pytest.approx(
            theory.observed_mse(1, theory.snr_of_mixture(share)), abs=0.03
        )


# SSIM


@pytest.mark.parametrize("size", [1.0, 8.8, 20.0])
def test_ssim_against_noise_is_the_product_form(size):
    g = np.random.default_rng(29)
    smooth = np.add.outer(np.sin(np.arange(64) / 9), np.cos(np.arange(64) / 5)) + 0.3 * g.standard_normal(
        (64, 64)
    )
    a = unit(smooth)
    found = np.array(
        [structural_similarity(a, unit(g.standard_normal(a.shape)), data_range=size) for _ in range(60)]
    )
    windows = np.lib.stride_tricks.sliding_window_view(a, (7, 7)).reshape(-1, 49)
    expected = theory.expected_window_ssim(windows.mean(1), windows.var(1, ddof=1), dynamic_range=size).mean()
    assert close(found, expected)
    if size == 1:
        assert theory.expected_ssim(smooth) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("size", [1.0, 8.8, 20.0])
def test_ssim_of_noise_against_noise_is_the_closed_form(size):
    g = np.random.default_rng(30)
    found = np.array(
        [
            structural_similarity(*(unit(m) for m in g.standard_normal((2, 96, 96))), data_range=size)
            for _ in range(30)
        ]
    )
    assert close(found, theory.noise_ssim(dynamic_range=size))


def test_one_truth_gets_many_ssim_scores():
    g = np.random.default_rng(31)
    plain, first, second = [], [], []
    for _ in range(10):
        a, b = g.standard_normal((2, SIDE, SIDE))
        plain.append(float(ssim(a, b)))
        first.append(structural_similarity(stretched(a), stretched(b), data_range=1))
        second.append(structural_similarity(stretched(a), stretched(b), data_range=2))
    assert abs(np.mean(plain)) < 0.01
    assert 0.02 < np.mean(first) < 0.05
    assert 0.08 < np.mean(second) < 0.15
    sd = stretched(g.standard_normal((SIDE, SIDE))).std()
    for scores, size in ((first, 1.0), (second, 2.0)):
        expected = float(theory.independent_plug_in_ssim(sd, dynamic_range=size))
        assert np.mean(scores) == pytest.approx(
            expected, rel=0.2
        )  # the range of a Gaussian map is itself random


def test_ssim_misses_a_flipped_sign_by_as_much_as_computed():
    a = np.random.default_rng(32).standard_normal((SIDE, SIDE))
    # Windows overlap, so the standard error is that of about 1000 independent ones.
    assert float(ssim(a, -a)) == pytest.approx(theory.flipped_noise_ssim(), abs=0.02)
    assert float(cs(a, -a)) == pytest.approx(theory.flipped_noise_cs(), abs=1e-4)


# Channels that are read at many places


@pytest.mark.parametrize("coherent", [0.0, 0.06, 0.7])
def test_the_order_of_channels_read_at_many_places_follows_mean_and_root_mean_square(coherent):
    # A pointwise random layer: g_i(p) = sum_o w_oi d_o(p), d with one covariance for all pairs of places.
    g = np.random.default_rng(31)
    places, behind, draws = 25, 60, 20_000
    x = np.stack([g.random(places) + 0.2, g.standard_normal(places), 3 * (g.random(places) < 0.1)])
    common = g.standard_normal((draws // 100, behind, 1)) * np.sqrt(coherent)
    d = common + g.standard_normal((draws // 100, behind, places)) * np.sqrt(1 - coherent)
    w = g.standard_normal((draws // 100, 100, len(x), behind))
    c = np.einsum("ip,dwio,dop->dwi", x, w, d, optimize=True).reshape(-1, len(x))
    spread = c.std(0)
    read = theory.coherent_magnitude(x.mean(1), np.sqrt((x * x).mean(1)), coherent, places)
    # 200 independent gradients of 60 behind: the spread is known to about 1 %.
    assert spread / spread[0] == pytest.approx(read / read[0], rel=0.04)
    for i, j in ((0, 1), (1, 2), (0, 2)):
        kept = (np.abs(c[:, i]) >= np.abs(c[:, j])).mean()
        assert kept == pytest.approx(theory.order_kept(read[i] / read[j]), abs=0.015)
    gradient = np.einsum("wio,op->wip", w[0], d[0]).reshape(-1, places)
    # One gradient of 60 independent rows: 0.03 at c = 0.7, less below.
    assert theory.coherence(d.reshape(-1, places)) == pytest.approx(coherent, abs=0.02)
    assert theory.coherence(gradient) == pytest.approx(theory.coherence(d[0]), abs=0.05)


def test_coherence_is_the_mean_product_of_two_places_over_the_mean_square():
    g = np.random.default_rng(32).standard_normal((7, 9)) + 0.4
    products = g.T @ g
    apart = products[~np.eye(9, dtype=bool)].mean()
    assert theory.coherence(g) == pytest.approx(apart / products.diagonal().mean(), abs=1e-12)
    assert theory.coherence(np.ones((2, 5))) == pytest.approx(1)
    assert theory.coherence([[1.0, -1.0]]) == pytest.approx(-1)
    assert np.isnan(theory.coherence(np.zeros((2, 5))))
    noise = np.random.default_rng(33).standard_normal((4000, 4))
    assert theory.coherence(noise) == pytest.approx(0, abs=0.02)  # and not 1/P = 0.25, the share of the mean


@pytest.mark.parametrize(("c", "what"), [(1.0, "mean"), (0.0, "rms")])
def test_full_coherence_reads_the_mean_and_none_the_root_mean_square(c, what):
    x = np.random.default_rng(34).standard_normal((5, 36)) + 0.3
    mean, rms = x.mean(1), np.sqrt((x * x).mean(1))
    read = theory.coherent_magnitude(mean, rms, c, 36)
    assert np.allclose(read, np.abs(mean) if what == "mean" else rms / 6)


def test_the_expected_order_of_what_is_read_is_the_mean_over_draws():
    g = np.random.default_rng(35)
    x, y = np.exp(g.standard_normal((2, 12)))
    w = g.standard_normal((4000, 12))
    tau = np.array([kendalltau(x, np.abs(row * y))[0] for row in w])
    assert close(tau, theory.expected_kendall(x, read=y).value)
    ranks = rankdata(x)
    rho = np.array([np.corrcoef(ranks, rankdata(np.abs(row * y)))[0, 1] for row in w])
    assert close(rho, theory.expected_spearman(x, read=y).value)
    assert theory.expected_kendall(x, read=x) == theory.expected_kendall(x)
    with pytest.raises(ValueError, match="zero where the activation is"):
        theory.expected_kendall(x, read=np.zeros(12))
