"""The closed forms: exact cases, limits, counting by brute force, and what lies outside their domain."""

from itertools import permutations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, kendalltau, norm, rankdata, spearmanr

from xaicheck import theory
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.theory.laws import _by_search, _by_table

cosine, mse = (SIMILARITIES[key].fn for key in ("cosine", "mse"))

LAWS = list(theory.WEIGHT_LAWS.values())
CONTINUOUS = [theory.GAUSSIAN, theory.UNIFORM, theory.LAPLACE]
ACTIVE = np.array([0.2, 0.9, 1.0, 3.0, 7.5])


@pytest.mark.parametrize(
    ("law", "ratio", "expected"),
    [
        ("gaussian", 1, 0.5),
        ("gaussian", 2, 0.704833),
        ("gaussian", np.inf, 1),
        ("gaussian", 0, 0),
        ("uniform", 1, 0.5),
        ("uniform", 2, 0.75),
        ("uniform", np.inf, 1),
        ("uniform", 0, 0),
        ("laplace", 1, 0.5),
        ("laplace", 2, 2 / 3),
        ("laplace", np.inf, 1),
        ("laplace", 0, 0),
        ("constant", 1, 1),
        ("constant", 1.000001, 1),
        ("constant", 0.999999, 0),
    ],
)
def test_the_pair_law_has_its_known_values(law, ratio, expected):
    assert theory.order_kept(ratio, theory.WEIGHT_LAWS[law]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("law", CONTINUOUS, ids=lambda law: law.key)
def test_either_the_one_or_the_other_channel_contributes_more(law):
    ratios = np.geomspace(1e-3, 1e3, 41)
    total = theory.order_kept(ratios, law) + theory.order_kept(1 / ratios, law)
    np.testing.assert_allclose(total, 1, atol=1e-12)


@pytest.mark.parametrize("law", CONTINUOUS, ids=lambda law: law.key)
def test_the_pair_law_is_the_integral_over_its_own_magnitudes(law):
    u = (np.arange(200_000) + 0.5) / 200_000
    for ratio in (1.0, 1.7, 4.0):
        integral = law.cdf(ratio * law.quantile(u)).mean()
        assert theory.order_kept(ratio, law) == pytest.approx(integral, abs=1e-5)


@pytest.mark.parametrize("law", CONTINUOUS, ids=lambda law: law.key)
def test_far_out_the_order_is_lost_as_one_over_the_ratio(law):
    lost = 1 - theory.order_kept(300.0, law)
    assert theory.order_lost_far_out(300.0, law) == pytest.approx(lost, rel=0.01)
    assert theory.order_lost_far_out(300.0, theory.CONSTANT) == 0


@pytest.mark.parametrize("seed", range(6))
def test_the_permuted_pair_law_equals_every_permutation_counted(seed):
    g = np.random.default_rng(seed)
    values = g.standard_normal(g.integers(2, 7))
    if seed == 5:
        values = np.array([0.0, 0.0, 1.0, -1.0, 2.0, 0.5])  # zeros and ties: the ratios are exact
    law = theory.permuted(values)
    for ratio in (0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 4.0, np.inf):
        kept = []
        for first, second, *_ in permutations(values):
            whole = 0.0 if np.isinf(ratio) else ratio * abs(first)
            kept.append(np.isinf(ratio) or whole >= abs(second))
        assert theory.order_kept(ratio, law) == pytest.approx(np.mean(kept), abs=1e-12), ratio


def test_the_two_ways_of_counting_permuted_values_agree():
    g = np.random.default_rng(3)
    magnitudes = np.sort(np.abs(np.r_[0, 0, g.standard_t(3, 300)]))
    ratios = np.r_[0, np.geomspace(0.01, 100, 60), 1, np.inf]
    np.testing.assert_allclose(_by_table(magnitudes)(ratios), _by_search(magnitudes)(ratios), atol=1e-12)


def test_one_output_by_norm_is_the_arctan_law():
    ratios = np.r_[0, np.geomspace(0.01, 100, 21), np.inf]
    np.testing.assert_allclose(theory.order_kept_by_norm(ratios, 1), theory.order_kept(ratios), atol=1e-12)


def test_more_outputs_keep_more_of_the_order():
    kept = [float(theory.order_kept_by_norm(1.5, k)) for k in (1, 4, 16, 64)]
    assert kept == pytest.approx([0.626, 0.774, 0.942, 0.999], abs=0.001)
    summed = [float(theory.order_kept_by_sum(1.5, k)) for k in (1, 4, 16, 64)]
    assert summed == sorted(summed) and summed[-1] > 0.99
    assert theory.order_kept_by_sum(1.0, 7) == pytest.approx(0.5)
    assert theory.order_kept_by_sum(np.inf, 16) == pytest.approx(1, abs=1e-6)


def test_the_expected_kendall_is_the_mean_over_pairs():
    pairs = [(4 / np.pi) * np.arctan(b / a) - 1 for i, a in enumerate(ACTIVE) for b in ACTIVE[i + 1 :]]
    found = theory.expected_kendall(ACTIVE)
    assert found.value == pytest.approx(np.mean(pairs), abs=1e-12)
    assert found.live == found.value and found.dead == 0


def test_the_expected_spearman_is_the_written_sum():
    n = ACTIVE.size
    kept = 2 / np.pi * np.arctan(ACTIVE[:, None] / ACTIVE)
    np.fill_diagonal(kept, 0)
    total = ((rankdata(ACTIVE) - (n + 1) / 2) * (1 + kept.sum(1))).sum()
    expected = 12 / (n * (n**2 - 1)) * total
    assert theory.expected_spearman(ACTIVE).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("expectation", "statistic"),
    [(theory.expected_kendall, kendalltau), (theory.expected_spearman, spearmanr)],
)
@pytest.mark.parametrize("x", [[0.3, 1.1, 2.3, 0.7], [0.3, 1.1, 1.1, 0.0], [0, 0, 0.4, 1.3]])
def test_permuted_order_equals_every_permutation_counted(expectation, statistic, x):
    x = np.array(x)
    values = np.array([0.91, -0.13, 0.57, 2.17, -1.4, 0.041])  # no two products tie
    every = [statistic(x, np.abs(x * np.array(dealt)))[0] for dealt in permutations(values, x.size)]
    assert expectation(x, theory.permuted(values)).value == pytest.approx(np.mean(every), abs=1e-12)


@pytest.mark.parametrize("expectation", [theory.expected_kendall, theory.expected_spearman])
def test_equal_magnitudes_keep_every_order(expectation):
    found = expectation([0, 0, 1, 1, 2, 5], theory.CONSTANT)
    assert (found.value, found.live) == (pytest.approx(1), pytest.approx(1))


@pytest.mark.parametrize("expectation", [theory.expected_kendall, theory.expected_spearman])
def test_dead_channels_raise_the_correlation_and_are_counted_apart(expectation):
    found = expectation(np.r_[np.zeros(5), ACTIVE])
    assert found.dead == 0.5
    assert found.live == pytest.approx(expectation(ACTIVE).value, abs=1e-12)
    assert found.value > found.live + 0.1


def test_one_repeated_value_among_many_does_not_matter():
    g = np.random.default_rng(8)
    x, values = np.r_[1.0, 1.0, g.random(98)], g.standard_normal(100)
    repeated = np.r_[values[:-1], values[0]]
    found = [theory.expected_kendall(x, theory.permuted(v)).value for v in (values, repeated)]
    assert found[0] == pytest.approx(found[1], abs=0.02)


def test_signs_and_scale_of_the_activations_do_not_matter():
    signed = ACTIVE * [1, -1, 1, -1, 1] * 1e200
    assert theory.expected_kendall(signed).value == pytest.approx(theory.expected_kendall(ACTIVE).value)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.key)
def test_every_channel_is_in_the_top_of_all(law):
    assert theory.stays_in_top(ACTIVE, 5, law=law) == pytest.approx(1, abs=1e-9)
    assert theory.expected_overlap(ACTIVE, 5, law) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("law", CONTINUOUS, ids=lambda law: law.key)
def test_top_places_of_two_channels_are_the_pair_law(law):
    assert theory.stays_in_top([3.0, 1.5], 1, law=law) == pytest.approx(theory.order_kept(2.0, law), abs=1e-7)
    other = theory.stays_in_top([3.0, 1.5], 1, channel=1, law=law)
    assert other == pytest.approx(theory.order_kept(0.5, law), abs=1e-7)


@pytest.mark.parametrize("law", CONTINUOUS, ids=lambda law: law.key)
def test_equal_channels_have_equal_chances_of_the_top(law):
    for n, k, error in ((10, 3, 1e-9), (500, 1, 1e-9), (1000, 10, 1e-9), (300, 100, 1e-6)):
        assert theory.stays_in_top(np.ones(n), k, law=law) == pytest.approx(k / n, abs=error)


def test_the_top_places_are_shared_out_completely():
    x = np.exp(np.random.default_rng(1).standard_normal(40))
    total = sum(theory.stays_in_top(x, 4, channel=i) for i in range(40))
    assert total == pytest.approx(4, abs=1e-6)
    assert theory.expected_overlap(x, 4) > 0.4 > 4 / 40


def test_dead_channels_take_no_top_place():
    assert theory.stays_in_top(np.r_[ACTIVE, np.zeros(50)], 1) == pytest.approx(
        theory.stays_in_top(ACTIVE, 1)
    )


def test_on_the_log_scale_the_known_correlations_come_out():
    found = [float(theory.log_correlation(1, law)) for law in LAWS]
    assert found == pytest.approx([0.669, 0.707, 0.615, 1], abs=5e-4)
    assert theory.log_correlation_by_norm(1, 1) == pytest.approx(theory.log_correlation(1))
    assert theory.log_correlation_by_norm(0.5, 64) == pytest.approx(0.5 / np.sqrt(0.25 + 1 / 128), rel=1e-3)
    assert theory.log_correlation(0) == 0
    spread = np.log(np.abs([0.5, -2, 3])).var()
    assert theory.log_correlation(1, theory.permuted([0.5, -2, 3])) == pytest.approx(1 / np.sqrt(1 + spread))


def test_the_squared_distance_is_two_minus_twice_the_cosine():
    a, b = np.random.default_rng(0).standard_normal((2, 30, 40))
    for other in (a, b, a + b, -a):
        expected = theory.mse_of_cosine(cosine(a, other).value)
        assert mse(a, other).value == pytest.approx(expected, abs=1e-10)
    assert theory.mse_of_cosine(-1) == 4


def test_the_flatness_of_the_usual_laws_gives_the_known_distances():
    found = {key: float(theory.independent_mse(m, m)) for key, m in theory.FLATNESS.items()}
    assert found == pytest.approx({"gaussian": 2 - 4 / np.pi, "uniform": 0.5, "laplace": 1})
    sparse = 0.1 * theory.FLATNESS["gaussian"]  # 1 % of the pixels
    assert theory.independent_mse(sparse, sparse) == pytest.approx(1.987, abs=5e-4)
    assert theory.independent_mse(0, 0.7) == theory.INDEPENDENT_MSE


def test_flatness_survives_any_scale():
    assert theory.flatness(np.full(9, 1e-300)) == pytest.approx(1)
    assert theory.flatness([1e300, -1e300]) == 0
    assert theory.flatness([0, 0, 0, 1]) == pytest.approx(0.5)


def test_shared_zeros_have_their_known_correlations():
    assert theory.shared_zeros_spearman([0, 0.2, 0.5, 0.8]) == pytest.approx(
        [0, 0.484, 0.857, 0.984], abs=5e-4
    )


def test_noise_attenuates_by_the_known_amounts():
    assert theory.observed_correlation(0.8, [0.1, 1, 100]) == pytest.approx([0.073, 0.4, 0.792], abs=5e-4)
    assert theory.observed_mse(0.8, [0.1, 1, 100]) == pytest.approx([1.855, 1.2, 0.416], abs=5e-4)
    assert theory.observed_correlation(0.8, [0, np.inf]) == pytest.approx([0, 0.8])
    assert theory.observed_correlation(1, 1, copies=3) == pytest.approx(0.75)
    assert theory.observed_correlation(1, 1, other_snr=np.inf) == pytest.approx(np.sqrt(0.5))


def test_a_signal_to_noise_ratio_is_found_back_from_its_split_half():
    ratios = np.array([0, 0.1, 1, 30, np.inf])
    np.testing.assert_allclose(theory.snr_of_split_half(theory.observed_correlation(1, ratios)), ratios)
    assert theory.snr_of_mixture([0, 0.5, 1]).tolist() == [np.inf, 1, 0]


def test_ssim_rises_with_the_covariance_and_misses_a_flip():
    covariances = np.linspace(-1, 1, 21)
    assert (np.diff(theory.plug_in_ssim(covariances, 1, 1, 0.3, 0.3)) > 0).all()
    assert theory.plug_in_ssim(-1, 1, 1, 0.5, -0.5) > 0.99
    assert theory.plug_in_ssim(-1, 1, 1) < -0.99
    assert theory.flipped_noise_ssim() == pytest.approx(0.88, abs=0.005)
    assert theory.flipped_noise_cs() < -0.99


def test_noise_against_noise_is_noise_against_a_random_window():
    m, v = (
        np.random.default_rng(2).standard_normal(200_000) / 7,
        np.random.default_rng(3).chisquare(48, 200_000),
    )
    sampled = theory.expected_window_ssim(m, v / 48, dynamic_range=8.8)
    tolerance = 4 * sampled.std() / np.sqrt(sampled.size)
    assert theory.noise_ssim(dynamic_range=8.8) == pytest.approx(sampled.mean(), abs=tolerance)
    assert [theory.noise_ssim(dynamic_range=size) for size in (8.8, 20)] == pytest.approx(
        [0.0100, 0.0919], abs=3e-4
    )


@pytest.mark.parametrize(("mean", "variance"), [(0, 0.02), (0.3, 0.9), (2, 30)])
def test_the_expected_ssim_of_a_window_equals_the_integrals(mean, variance):
    c1, c2, span = 0.05**2, 0.15**2, 9 / 7  # L = 5; the mean of 49 values has the standard deviation 1/7
    luminance, _ = quad(
        lambda m: norm.pdf(m, scale=1 / 7) * c1 / (mean**2 + m**2 + c1), -span, span, points=[0]
    )
    structure, _ = quad(lambda s: chi2.pdf(s, 48) * c2 / (variance + s / 48 + c2), 0, 200, points=[48])
    found = theory.expected_window_ssim(mean, variance, dynamic_range=5)
    assert found == pytest.approx(luminance * structure, rel=1e-7)


def test_ssim_of_unrelated_maps_ends_at_zero_and_at_one():
    assert 0 < theory.noise_ssim(dynamic_range=1e-3) < 1e-9
    sizes = np.geomspace(1, 1e6, 40)
    values = [theory.noise_ssim(dynamic_range=size) for size in sizes]
    assert (np.diff(values) > 0).all() and 1 - values[-1] < 1e-6
    assert theory.independent_plug_in_ssim([0.01, 1]) == pytest.approx([0.818, 0.00045], abs=5e-4)


def test_the_baseline_map_is_the_norm_of_the_activations():
    x = np.abs(np.random.default_rng(5).standard_normal((6, 3, 4)))
    np.testing.assert_allclose(theory.activation_norm(x), np.linalg.norm(x, axis=0))
    np.testing.assert_allclose(
        theory.expected_magnitude(x, 2), 2 * np.sqrt(2 / np.pi) * np.linalg.norm(x, axis=0)
    )


def test_equal_channels_count_in_full_and_dead_places_not_at_all():
    x = np.ones((42, 2))
    x[:, 1] = 0
    assert theory.effective_count(x).tolist() == [42, 0]
    assert theory.mean_over_sd(x) == pytest.approx([0.6834 * np.sqrt(42), 0], abs=1e-3)


def test_channels_that_share_no_place_weigh_their_full_variance():
    x = np.eye(50).repeat(4, axis=1)  # each place has a channel of its own
    total, part = 200 / (2 * np.pi), (0.5 - 0.5 / np.pi) * (200 - 200 / 50)
    assert theory.baseline_cosine(x) == pytest.approx(total / (total + part))
    assert theory.baseline_cosine(np.ones((5, 1))) == pytest.approx(1)  # one place: two positive numbers


def test_a_reset_residual_branch_leaves_the_block_an_identity():
    assert theory.residual_cosine([0, 1 / 108, 1]) == pytest.approx([1, 0.99540, 0.70711], abs=1e-5)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: theory.order_kept(-1), "ratio must be at"),
        (lambda: theory.order_kept(np.nan), "at least 0"),
        (lambda: theory.order_lost_far_out(0), "greater than 0"),
        (lambda: theory.order_lost_far_out(2, theory.permuted([1, 2])), "no density"),
        (lambda: theory.order_kept_by_norm(2, 0), "number of outputs"),
        (lambda: theory.order_kept_by_sum(2, 1.5), "whole number"),
        (lambda: theory.permuted([1]), "at least two"),
        (lambda: theory.permuted([0, 0]), "differ from zero"),
        (lambda: theory.permuted([1, np.nan]), "finite"),
        (lambda: theory.expected_kendall([2, 2, 2]), "two different activations"),
        (lambda: theory.expected_spearman([0, 0]), "two different activations"),
        (lambda: theory.expected_kendall([1]), "two different activations"),
        (lambda: theory.expected_kendall([]), "at least one"),
        (lambda: theory.expected_kendall([[1, 2]]), "one number a channel"),
        (lambda: theory.expected_kendall([1, np.inf]), "finite"),
        (lambda: theory.expected_kendall([1, 2, 3], theory.permuted([1, 2])), "2 trained values"),
        (lambda: theory.expected_kendall([1, 2, 2], theory.permuted([1, 1, 2])), "as the draw falls"),
        (lambda: theory.stays_in_top([1, 2], 3), "between 1 and 2"),
        (lambda: theory.stays_in_top([1, 2], 1, channel=2), "between 0 and 1"),
        (lambda: theory.stays_in_top([0, 2], 1, channel=0), "zero"),
        (lambda: theory.stays_in_top([1, 2], 1, law=theory.permuted([1, 2])), "independent weights"),
        (lambda: theory.expected_overlap([0, 0, 2], 2), "Fewer than 2"),
        (lambda: theory.log_correlation(-1), "at least 0"),
        (lambda: theory.log_correlation(1, theory.permuted([0, 1])), "logarithm"),
        (lambda: theory.log_correlation(0, theory.CONSTANT), "Equal activations"),
        (lambda: theory.log_correlation_by_norm(1, 0), "number of outputs"),
        (lambda: theory.mse_of_cosine(1.1), "between -1 and 1"),
        (lambda: theory.independent_mse(0, 2), "between -1 and 1"),
        (lambda: theory.independent_mse_sd(0), "at least 1"),
        (lambda: theory.flatness([0, 0]), "zero everywhere"),
        (lambda: theory.shared_zeros_spearman(1), "zero everywhere"),
        (lambda: theory.shared_zeros_spearman(-0.1), "between 0 and 1"),
        (lambda: theory.observed_correlation(0.5, -1), "signal-to-noise"),
        (lambda: theory.observed_correlation(2, 1), "true correlation"),
        (lambda: theory.observed_correlation(1, 1, copies=0), "number of copies"),
        (lambda: theory.snr_of_mixture(1.2), "share of noise"),
        (lambda: theory.snr_of_split_half(-0.1), "two halves"),
        (lambda: theory.plug_in_ssim(0, -1, 1), "variance"),
        (lambda: theory.noise_ssim(dynamic_range=0), "dynamic range"),
        (lambda: theory.noise_ssim(window=3), "between 5 and 11"),
        (lambda: theory.expected_window_ssim(0, 1, noise_sd=0), "standard deviation"),
        (lambda: theory.expected_ssim(np.ones((9, 9))), "is constant"),
        (lambda: theory.effective_count([-1, 1]), "at least 0"),
        (lambda: theory.expected_magnitude([1, 2], 0), "greater than 0"),
        (lambda: theory.baseline_cosine(np.zeros(2)), "differ from zero"),
        (lambda: theory.residual_cosine(-1), "energy"),
    ],
)
def test_outside_a_formulas_domain_one_sentence_says_so(call, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert str(caught.value).endswith(".") and str(caught.value).count(". ") == 0
