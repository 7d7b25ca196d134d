"""The test of memory: false alarms on exchangeable networks, and power where the trained one is not."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from xaicheck.statistics import between_interval, memory
from xaicheck.statistics.networks import FEWEST, RANKED

G = np.random.default_rng(30)


def exchangeable(networks: int, own: float, pair: float, *, skewed: bool = False) -> np.ndarray:
    """Similarities of networks + 1 networks, none special: an effect of each, and one of each pair."""
    effect = G.exponential(size=networks + 1) - 1 if skewed else G.standard_normal(networks + 1)
    noise = G.standard_normal((networks + 1, networks + 1))
    return 0.5 + own * (effect[:, None] + effect) + pair * (noise + noise.T) / np.sqrt(2)


@pytest.mark.slow
@pytest.mark.parametrize("n", [FEWEST, 10, RANKED])
@pytest.mark.parametrize(("own", "pair"), [(1, 0.1), (1, 1), (0, 1)])
def test_left_out_random_networks_raise_false_alarms_as_often_as_the_level_says(n, own, pair) -> None:
    found = [memory(m[0, 1:], m[1:, 1:]) for m in (exchangeable(n, own, pair) for _ in range(1500))]
    # 3.6 to 5.7 % measured; three standard deviations of 0.56 %.
    assert 0.02 <= np.mean([f.p_value < 0.05 for f in found]) <= 0.067
    if n >= RANKED:
        assert np.mean([f.rank <= 0.05 for f in found]) <= 0.067


@pytest.mark.slow
def test_strongly_skewed_networks_raise_up_to_eight_in_a_hundred() -> None:
    # Skewness 2: the docstring's range does not hold here, this one does.
    found = [
        memory(m[0, 1:], m[1:, 1:]) for m in (exchangeable(10, 1, 0.1, skewed=True) for _ in range(1500))
    ]
    assert np.mean([f.p_value < 0.05 for f in found]) <= 0.09


def test_a_trained_network_that_is_nearer_to_random_ones_is_found() -> None:
    hits = 0
    for _ in range(200):
        m = exchangeable(10, 0.1, 0.05)
        hits += memory(m[0, 1:] + 0.5, m[1:, 1:]).p_value < 0.05
    assert hits > 180


def test_the_quotient_is_the_deviation_of_one_more_network_from_the_others() -> None:
    # Without an effect of pairs the similarity is a sum, E the trained one's effect less the others' mean,
    # and T Student's quotient of one observation against a sample.
    effect = G.standard_normal(11)
    m = effect[:, None] + effect
    found = memory(m[0, 1:], m[1:, 1:])
    rest = effect[1:]
    assert found.interval.estimate == pytest.approx(effect[0] - rest.mean())
    quotient = (effect[0] - rest.mean()) / (rest.std(ddof=1) * np.sqrt(1 + 1 / 10))
    shifted = ttest_1samp(rest, 0).df
    from scipy.stats import t

    assert found.p_value == pytest.approx(2 * t.sf(abs(quotient), shifted))


@pytest.mark.slow
def test_the_interval_of_b_covers_as_often_as_it_says() -> None:
    held = []
    for _ in range(1000):
        found = between_interval(exchangeable(9, 0.3, 0.1))
        held.append(found.low <= 0.5 <= found.high)
    assert 0.92 <= np.mean(held) <= 0.98, np.mean(held)


@pytest.mark.slow
@pytest.mark.parametrize("n", [FEWEST, 10, 20])
@pytest.mark.parametrize("noise", [1, 3])
def test_the_interval_of_d_covers_where_a_method_draws_and_networks_have_nothing_in_common(n, noise) -> None:
    # D = t - b of maps that are drawn anew for each network; with t held fixed 81 to 94 % were covered.
    def cosines(maps: np.ndarray) -> np.ndarray:
        maps /= np.linalg.norm(maps, axis=-1, keepdims=True)
        return np.einsum("pid,qid->pq", maps, maps) / maps.shape[1]

    trained, off = G.standard_normal((1, 4, 64)), ~np.eye(n, dtype=bool)
    again, between, size = [], [], (n, 4, 64)
    for _ in range(1000):
        again.append(cosines(trained + noise * G.standard_normal(size)))
        between.append(cosines(G.standard_normal(size)))
    truth = np.mean([(t - b)[off].mean() for t, b in zip(again, between, strict=True)])
    found = [between_interval(t - b) for t, b in zip(again, between, strict=True)]
    share = np.mean([i.low <= truth <= i.high for i in found])
    assert 0.955 <= share <= 0.998, share  # 97.4 to 98.9 % measured
    if n == 20:
        fixed = [between_interval(t[off].mean() - b) for t, b in zip(again, between, strict=True)]
        assert np.mean([i.low <= truth <= i.high for i in fixed]) < 0.92
