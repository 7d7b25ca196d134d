"""Guided Grad-CAM is the product of two maps, and the cheater negates its map once the class is gone."""

from __future__ import annotations

import numpy as np
import pytest

from xaicheck.methods import METHODS
from xaicheck.methods.explain import draws_for, explain
from xaicheck.models import samples
from xaicheck.models.registry import load
from xaicheck.randomization.weights import randomized
from xaicheck.types import MethodChoice, Network

TARGET = 282  # tiger cat, the trained network's answer


@pytest.fixture(scope="module")
def lite0() -> Network:
    return load("efficientnet_lite0")


def maps(network: Network, method: str, target: int = TARGET) -> np.ndarray:
    image = samples.load("chelsea")
    x = network.preprocess(image)[None]
    draws = draws_for(0, method, image.sha256, (0,))
    return explain(METHODS[method], network, x, target, draws=draws, params=MethodChoice(method))[0]


def test_the_cheater_shows_the_edges_less_their_mean_while_the_network_sees_the_class(lite0: Network) -> None:
    edges = maps(lite0, "sobel")
    np.testing.assert_allclose(maps(lite0, "sign_flip"), edges - edges.mean(), atol=1e-5)


def test_the_cheater_is_its_own_negative_once_the_class_is_no_longer_among_the_best(lite0: Network) -> None:
    random = randomized(lite0, depth=1, law="he_normal", seed=0)
    assert np.array_equal(maps(random, "sign_flip"), -maps(lite0, "sign_flip"))
    assert np.array_equal(maps(lite0, "sign_flip", target=0), -maps(lite0, "sign_flip"))  # not a tench either


def test_guided_grad_cam_is_guided_backprop_times_grad_cam(lite0: Network) -> None:
    product = maps(lite0, "guided_backprop") * maps(lite0, "grad_cam")
    assert np.abs(product).max() > 0
    np.testing.assert_allclose(maps(lite0, "guided_grad_cam"), product, rtol=1e-4, atol=1e-6 * product.max())
