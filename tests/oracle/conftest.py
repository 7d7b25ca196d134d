"""Networks that several oracle tests ask, loaded once."""

from __future__ import annotations

from collections.abc import Callable

# Before torch: it tells OpenMP to let waiting threads sleep.
import xaicheck  # noqa: F401  # isort: skip

import pytest
import torch

from tests.oracle import nets
from xaicheck.batching.depth_batch import Cascade
from xaicheck.models.registry import load
from xaicheck.randomization.weights import randomized
from xaicheck.types import Network

PAIR = ("efficientnet_lite0", "resnet18")


@pytest.fixture(scope="session")
def lite0() -> Network:
    """EfficientNet-Lite0 with its trained weights: ReLU6, residual sums, depthwise convolutions."""
    return load("efficientnet_lite0")


@pytest.fixture(scope="session")
def resnet18() -> Network:
    """ResNet-18 as it is initialised: in-place ReLU modules that are used twice."""
    return nets.untrained("resnet18")


@pytest.fixture(scope="session")
def cat(lite0: Network) -> torch.Tensor:
    """The picture of a cat as Lite0 sees it, [1 3 224 224]."""
    return nets.picture(lite0)


@pytest.fixture(scope="session", params=PAIR)
def network(request: pytest.FixtureRequest, lite0: Network, resnet18: Network) -> Network:
    """Each of the two networks on which every method is compared with the slow path."""
    return {"efficientnet_lite0": lite0, "resnet18": resnet18}[request.param]


@pytest.fixture(scope="session")
def small(network: Network) -> Network:
    """The same two networks on pictures of 112 pixels, where full size adds nothing to the claim."""
    return nets.small(network)


@pytest.fixture(scope="session")
def precise(resnet18: Network) -> Network:
    """ResNet-18 in float64; Lite0's depthwise convolutions are ten times slower there."""
    return nets.precise(resnet18)


@pytest.fixture(scope="session")
def slow() -> Callable[..., Network]:
    """The slow path's network of some settings, one copy a depth, made once."""
    made: dict[tuple[object, ...], Network] = {}

    def get(network: Network, **settings: object) -> Network:
        key = (id(network), *sorted(settings.items()))
        if key not in made:
            made[key] = randomized(network, **settings)
            while len(made) > 8:  # each holds a network of its own
                made.pop(next(iter(made)))
        return made[key]

    return get


@pytest.fixture(scope="session")
def branched() -> Callable[..., Cascade]:
    """The branched network of some settings, made once."""
    made: dict[tuple[object, ...], Cascade] = {}

    def get(network: Network, **settings: object) -> Cascade:
        key = (id(network), *sorted(settings.items()))
        if key not in made:
            made[key] = Cascade(network, **settings)
            while len(made) > 8:
                made.pop(next(iter(made)))
        return made[key]

    return get
