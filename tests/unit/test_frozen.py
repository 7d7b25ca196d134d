"""What xaicheck computes with is its own: nobody who gave it, and nobody who is given it, can change it."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Any

import numpy as np
import pytest
import torch

from xaicheck.arguments import frozen
from xaicheck.engine.request import request_for
from xaicheck.engine.settings import SETTINGS
from xaicheck.errors import BadRequest
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.laws import LAWS
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Attribution, Coverage, ImageInput, MethodChoice, Report, Request, Target

IMAGE = ImageInput("ab" * 32, "a.png", np.zeros((8, 8, 3), np.uint8))


def report(**changes: Any) -> Report:
    """A report of one method at two depths."""
    values: dict[str, Any] = {
        "request": request_for(IMAGE, methods=["gradient"], depths=[1]),
        "image_name": "a.png",
        "view": np.zeros((4, 4, 3), np.uint8),
        "target": Target(0, "tench", 0.5),
        "blocks": ("head",),
        "depths": (0, 1),
        "attributions": [Attribution("gradient", d, 0, np.full((4, 4), d, np.float32)) for d in (0, 1)],
        "scores": [],
        "activations": [],
        "liveness": [],
        "coverage": Coverage(1.0, (), ()),
        "versions": (),
        "device": "cpu",
        "seconds": 1.0,
    }
    return Report(**values | changes)


@pytest.mark.parametrize(
    "given",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((8, 8), np.float32)[::2, ::2],
        torch.zeros(4, 4).numpy(),
        np.frombuffer(bytearray(64), np.float32).reshape(4, 4),
    ],
    ids=["array", "view", "tensor", "buffer"],
)
def test_a_map_does_not_share_memory_with_what_its_giver_can_write_to(given: np.ndarray) -> None:
    hidden = given.view()
    hidden.setflags(write=False)  # read-only itself, on memory that is not
    for values in (given, hidden):
        kept = Attribution("gradient", 0, 0, values).values
        assert kept is not None and not np.shares_memory(kept, given)
        with pytest.raises(ValueError, match="read-only"):
            kept[0, 0] = 1


def test_an_array_that_nobody_can_write_to_is_kept_as_it_is() -> None:
    own = np.zeros((4, 4), np.float32)
    own.setflags(write=False)
    of_bytes = np.frombuffer(bytes(64), np.float32).reshape(4, 4)
    for values in (own, own[1:], of_bytes):
        assert frozen(values) is values
    attribution = Attribution("gradient", 0, 0, own)
    assert dataclasses.replace(attribution, seed=1).values is own


def test_a_picture_and_what_the_network_saw_are_kept_apart_from_the_callers_arrays() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    picture, shown = ImageInput("ab" * 32, "a.png", pixels), report(view=pixels)
    pixels[:] = 255
    assert picture.rgb.max() == shown.view.max() == 0


def test_a_report_keeps_no_list_of_its_callers() -> None:
    maps = [Attribution("gradient", 0, 0, None, "why")]
    made = report(attributions=maps, depths=[0, 1])
    maps.clear()
    assert len(made.attributions) == 1 and made.depths == (0, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.attributions = ()  # type: ignore[misc]


def test_a_changed_report_finds_its_own_maps_and_leaves_those_of_the_first() -> None:
    first = report()
    none = dataclasses.replace(first, attributions=())
    assert none.attribution("gradient", 0, 0) is None
    other = Attribution("gradient", 0, 0, np.ones((4, 4), np.float32))
    changed = dataclasses.replace(first, attributions=(other,))
    assert changed.attribution("gradient", 0, 0) is other
    assert first.attribution("gradient", 0, 0) is first.attributions[0]
    for again in (pickle.loads(pickle.dumps(first)), copy.deepcopy(first)):
        found = again.attribution("gradient", 1, 0)
        assert found is not None and np.array_equal(found.values, first.attributions[1].values)


def test_a_request_holds_plain_values_whatever_it_was_given() -> None:
    seeds, depths = [np.int64(2), 0], np.array([0, 3])
    made = Request(
        np.str_("ab" * 32), "resnet18", ["gradient"],  # type: ignore[arg-type, list-item]
        {"seeds": seeds, "depths": depths, "target": np.int64(281)}.items(),
    )  # fmt: skip
    seeds.append(7)
    depths[0] = 9
    assert (made.seeds, made.depths, made.target) == ((2, 0), (0, 3), 281)
    assert made.methods == (MethodChoice("gradient"),)
    assert made == Request.from_json(json.loads(json.dumps(made.to_json()))) and len(made.key()) == 64
    assert {type(made.image), type(made.target), *map(type, made.seeds)} == {str, int}


@pytest.mark.parametrize("value", [object(), {"a": 1}, {1, 2}, b"ab", 1j, [[object()]]])
def test_a_request_refuses_what_is_not_plain(value: object) -> None:
    with pytest.raises(BadRequest, match=r"^seeds: .* is not allowed; .*\.$"):
        request_for(IMAGE).changed(seeds=value)


def test_parameters_of_a_method_are_kept_as_plain_pairs() -> None:
    values = {"samples": np.int64(8), "sigma": np.float32(0.5)}
    choice = MethodChoice("smoothgrad", values)  # type: ignore[arg-type]
    values["samples"] = np.int64(9)
    assert choice == MethodChoice("smoothgrad", (("samples", 8), ("sigma", 0.5)))
    assert hash(choice) and all(type(value) in (int, float) for _, value in choice.params)
    for params in (3, ["samples"], [("samples", object())]):
        with pytest.raises(BadRequest, match="key of a method and its parameters"):
            MethodChoice("smoothgrad", params)  # type: ignore[arg-type]


@pytest.mark.parametrize("registry", [METHODS, MODELS, SIMILARITIES, LAWS, SETTINGS], ids=lambda r: r.what)
def test_no_entry_of_a_registry_can_be_replaced_or_changed(registry: Any) -> None:
    key, entry = next(iter(registry.items()))
    with pytest.raises(TypeError, match="with_entry"):
        registry[key] = entry
    with pytest.raises(TypeError, match="taken away"):
        del registry[key]
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError, AttributeError)):
        entry.key = "other"
    assert registry[key] is entry
