"""What the registries declare of networks and methods, measured; Grad-CAM's layer, LRP's gate and the
activations are measured beside their methods."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import timm
import torch
import torchvision

from tests.oracle import nets
from xaicheck.methods import METHODS
from xaicheck.methods.shared_passes import passes
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.weights import randomized
from xaicheck.types import Network

EMBEDDED = [key for key, spec in MODELS.items() if spec.source == "embedded"]
READERS = [key for key, method in METHODS.items() if method.reads]


@pytest.mark.parametrize("key", EMBEDDED)
def test_preprocessing_is_what_timm_says_of_its_weights(key: str) -> None:
    spec, said = MODELS[key], timm.get_pretrained_cfg(f"tf_{key}")
    assert said.input_size == (3, spec.size, spec.size)
    assert math.floor(spec.size / said.crop_pct) == spec.resize  # timm's transform rounds down
    assert (said.mean, said.std, said.interpolation) == (spec.mean, spec.std, spec.interpolation)
    assert said.license.lower() == spec.licence.lower()


@pytest.mark.parametrize("key", MODELS)
def test_every_network_has_an_output_for_each_class_and_takes_pictures_of_the_declared_size(key: str) -> None:
    spec = MODELS[key]
    with torch.device("meta"):
        module = spec.build().eval()
        logits = module(torch.zeros(2, 3, spec.size, spec.size))
    assert logits.shape == (2, len(LABELS))


def test_the_class_names_are_in_the_order_of_the_outputs() -> None:
    categories = torchvision.models.ResNet18_Weights.DEFAULT.meta["categories"]
    assert list(LABELS) == list(categories)


@pytest.fixture(scope="module")
def random(network: Network) -> Network:
    """The network with every block drawn anew."""
    return randomized(network, depth=len(network.blocks))


@pytest.mark.parametrize("key", METHODS)
def test_a_method_is_signed_exactly_where_it_says_so(key: str, network: Network, random: Network) -> None:
    x = nets.picture(network)
    found = np.stack([nets.maps(key, one, x, (0,)) for one in (network, random)])
    assert np.isfinite(found).all() and (found > 0).any()
    assert bool((found < 0).any()) is METHODS[key].signed


@pytest.mark.parametrize("key", METHODS)
def test_a_control_depends_on_no_weight_but_for_its_sign_and_every_other_method_does(
    key: str, network: Network, random: Network
) -> None:
    x = nets.picture(network)
    ours, theirs = (np.abs(nets.maps(key, one, x, (0,))) for one in (network, random))
    assert np.array_equal(ours, theirs) is METHODS[key].control


@pytest.mark.parametrize("key", READERS)
def test_a_method_reads_what_it_declares_and_no_more(key: str, network: Network) -> None:
    method, x, target = METHODS[key], nets.picture(network), torch.tensor([nets.TARGET])
    read = passes(network, x, target, method.reads)
    kept = {field.name for field in dataclasses.fields(read) if getattr(read, field.name) is not None}
    assert kept > {"x"}
    assert method.derive is not None
    assert torch.equal(method.derive(read), method.fn(network, x, target, rng=None))
    for name in method.reads:
        fewer = passes(network, x, target, [other for other in method.reads if other != name])
        with pytest.raises((AssertionError, TypeError, AttributeError)):
            method.derive(fewer)
