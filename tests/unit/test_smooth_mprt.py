"""Maps averaged over noisy copies: what the copies are, what averaging does, and that one does nothing."""

from __future__ import annotations

import xaicheck  # noqa: F401  # isort: skip

import numpy as np
import pytest
import torch

from xaicheck.randomization.smooth_mprt import SIGMA, averaged
from xaicheck.seeds import derived, generator
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.theory import observed_mse

SIDE = 96


def picture(rows: int = 1) -> torch.Tensor:
    return torch.randn(1, 3, SIDE, SIDE, generator=generator("test", "picture")).expand(rows, -1, -1, -1)


def inputs(copies: int, rows: int = 1) -> tuple[list[torch.Tensor], list[str]]:
    """What a method is given for each copy."""
    seen, names = [], []

    def watch(x: torch.Tensor, name: str) -> torch.Tensor:
        seen.append(x.clone())
        names.append(name)
        return x.sum(1)

    averaged(watch, picture(rows), "sha", copies)
    return seen, names


def test_one_copy_is_the_picture_and_its_map_is_handed_on_untouched() -> None:
    result = torch.randn(1, 4, 4, generator=generator("test", "map"))
    x = picture()
    given = []

    def method(x: torch.Tensor, name: str) -> torch.Tensor:
        given.append((x, name))
        return result

    assert averaged(method, x, "sha", 1) is result
    assert given[0][0] is x and given[0][1] == "sha"


def test_the_last_copy_is_free_of_noise_and_the_others_have_a_tenth_of_the_range() -> None:
    seen, names = inputs(8)
    x = picture()
    assert torch.equal(seen[-1], x) and names[-1] == "sha" and len(set(names)) == 8
    spread = float(x.max() - x.min())
    for copy in seen[:-1]:
        noise = copy - x
        assert float(noise.std()) == pytest.approx(SIGMA * spread, rel=0.02)
        assert abs(float(noise.mean())) < 0.02 * SIGMA * spread
    first, second = seen[0] - x, seen[1] - x
    assert abs(float(torch.corrcoef(torch.stack((first.flatten(), second.flatten())))[0, 1])) < 0.03


def test_every_depth_sees_the_same_noise_and_more_copies_add_to_fewer() -> None:
    (alone, _), (together, _) = inputs(3), inputs(3, rows=4)
    for one, several in zip(alone, together, strict=True):
        assert all(torch.equal(row, one[0]) for row in several)
    more, _ = inputs(6)
    assert all(torch.equal(a, b) for a, b in zip(alone[:2], more[:2], strict=True))


def test_the_mean_is_that_of_the_copies_and_each_is_announced() -> None:
    told: list[int] = []
    values = iter([1.0, 2.0, 6.0])
    found = averaged(lambda x, name: torch.full((1, 2, 2), next(values)), picture(), "sha", 3, told.append)
    assert found.dtype == torch.float32 and (found == 3).all() and told == [1, 2, 3]


def noisy_method(signal: np.ndarray, network: int, snr: float):
    """A synthetic method whose map is this signal and noise that changes with the copy and the network."""

    def explain(x: torch.Tensor, name: str) -> torch.Tensor:
        noise = np.random.default_rng(derived(name, network)).standard_normal(signal.shape)
        return torch.from_numpy(signal + noise / np.sqrt(snr))[None].float()

    return explain


def correlated(rho: float) -> tuple[np.ndarray, np.ndarray]:
    g = np.random.default_rng(2)
    first, other = g.standard_normal((2, SIDE, SIDE))
    return first, rho * first + np.sqrt(1 - rho**2) * other


def mean_map(signal: np.ndarray, network: int, copies: int, snr: float) -> np.ndarray:
    return averaged(noisy_method(signal, network, snr), picture(), "sha", copies)[0].numpy()


@pytest.mark.parametrize("copies", [1, 4, 16, 64])
def test_averaging_multiplies_the_signal_to_noise_ratio_by_the_number_of_copies(copies: int) -> None:
    signal, snr = correlated(0.8)[0], 0.5
    noise = mean_map(signal, 0, copies, snr) - signal
    assert np.var(signal) / np.var(noise) == pytest.approx(copies * snr, rel=0.06)  # four standard errors


def test_a_noisier_method_no_longer_looks_more_changed_once_the_noise_is_averaged_away() -> None:
    """The same true change, correlation 0.8: the noise alone decides the score until it is gone."""
    original, randomized = correlated(0.8)
    scores = {}
    for snr in (0.1, 10.0):
        for copies in (1, 100):
            maps = [mean_map(m, net, copies, snr) for net, m in enumerate((original, randomized))]
            scores[snr, copies] = SIMILARITIES["mse"].fn(*maps).value
            expected = float(observed_mse(0.8, snr * copies))
            assert scores[snr, copies] == pytest.approx(expected, abs=0.03), (snr, copies)
    assert scores[0.1, 1] - scores[10.0, 1] > 1.2  # measured: 1.85 against 0.55
    assert abs(scores[0.1, 100] - scores[10.0, 100]) < 0.2
