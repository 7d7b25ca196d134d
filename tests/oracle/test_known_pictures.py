"""The embedded networks recognise photographs whose content is known."""

from __future__ import annotations

import math

import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip

from xaicheck.models import samples
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import load

EMBEDDED = ("efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")
PICTURES = ("chelsea", "coffee", "rocket", "camera")
CATS = {"tabby", "tiger cat", "Egyptian cat"}
# What is to be seen; the rocket stands beside its tower, so three classes are right.
TRUE = {
    "chelsea": CATS,
    "coffee": {"espresso"},
    "rocket": {"missile", "projectile", "space shuttle"},
    "camera": {"tripod"},
}


@pytest.fixture(scope="module")
def shares() -> dict[tuple[str, str, str], torch.Tensor]:
    """Class probabilities [1000] by model, picture and the input's scale: ours, or the package's 127/128."""
    found = {}
    for key in EMBEDDED:
        network = load(key)
        for picture in PICTURES:
            ours = network.preprocess(samples.load(picture))
            bytes_ = (ours * 0.5 + 0.5) * 255
            with torch.no_grad():
                both = network.module(torch.stack([ours, (bytes_ - 127) / 128])).double().softmax(1)
            found[key, picture, "ours"], found[key, picture, "127/128"] = both
    return found


def top(shares: torch.Tensor, count: int) -> list[str]:
    return [LABELS[i] for i in shares.topk(count).indices.tolist()]


@pytest.mark.parametrize(
    ("picture", "label", "share"),
    [
        ("chelsea", "tiger cat", 0.39),
        ("coffee", "espresso", 0.95),
        ("rocket", "missile", 0.27),
        ("camera", "tripod", 0.94),
    ],
)
def test_the_default_model_names_the_picture_with_the_known_share(shares, picture, label, share) -> None:
    found = shares["efficientnet_lite0", picture, "ours"]
    assert top(found, 1) == [label]
    assert found.max().item() == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("key", EMBEDDED)
def test_the_cat_is_one_of_three_cats_first(shares, key: str) -> None:
    assert set(top(shares[key, "chelsea", "ours"], 3)) == CATS


def test_on_the_default_model_the_tiger_cat_comes_before_the_egyptian_cat_and_the_tabby(shares) -> None:
    assert top(shares["efficientnet_lite0", "chelsea", "ours"], 3) == ["tiger cat", "Egyptian cat", "tabby"]


@pytest.mark.parametrize(
    ("key", "least"), [("efficientnet_lite0", 0.8), ("efficientnet_lite1", 0.5), ("efficientnet_lite2", 0.8)]
)
def test_the_coffee_is_espresso(shares, key: str, least: float) -> None:
    found = shares[key, "coffee", "ours"]
    assert top(found, 1) == ["espresso"] and found.max() > least


def test_the_rocket_is_a_missile_or_a_projectile(shares) -> None:
    assert top(shares["efficientnet_lite0", "rocket", "ours"], 2) == ["missile", "projectile"]


@pytest.mark.parametrize(
    ("key", "least"), [("efficientnet_lite0", 0.8), ("efficientnet_lite1", 0.5), ("efficientnet_lite2", 0.5)]
)
def test_the_photographers_picture_is_a_tripod(shares, key: str, least: float) -> None:
    found = shares[key, "camera", "ours"]
    assert top(found, 1) == ["tripod"] and found.max() > least


def test_mean_and_sd_of_a_half_read_no_worse_than_127_and_128(shares) -> None:
    # Mean log share of what is to be seen, 12 pictures: -0.5122 against -0.5130, so it hardly matters.
    scores = {}
    for scale in ("ours", "127/128"):
        right = [
            sum(found[LABELS.index(label)].item() for label in TRUE[picture])
            for (_, picture, of), found in shares.items()
            if of == scale
        ]
        assert len(right) == 12
        scores[scale] = sum(math.log(share) for share in right) / len(right)
    assert scores["ours"] >= scores["127/128"]
    assert scores["ours"] == pytest.approx(scores["127/128"], abs=0.02)
