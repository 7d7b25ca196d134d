"""Requests: one canonical form, wrong settings answered with the allowed ones, parts that fit."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from xaicheck.arguments import WholeNumber
from xaicheck.engine.pace import Pace
from xaicheck.engine.request import choice_of, panel_for, request_for, request_from_json
from xaicheck.engine.settings import DEFAULT_MEASURES, Setting
from xaicheck.errors import BadRequest, Refused
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models import samples
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.types import ImageInput, MethodChoice, Request

IMAGE = ImageInput("ab" * 32, "a.png", np.zeros((8, 8, 3), np.uint8))


def ask(**settings: object) -> Request:
    return request_for(IMAGE, **settings)


def test_the_defaults_are_the_whole_check_of_the_default_model() -> None:
    request = ask()
    assert request.model == DEFAULT_MODEL and request.image == IMAGE.sha256
    assert tuple(choice.key for choice in request.methods) == DEFAULT_PANEL
    assert (request.mode, request.law, request.batchnorm) == ("cascade", "he_normal", "recalibrate")
    assert request.seeds == (0,) and request.depths == tuple(range(20)) and request.target is None
    assert request.measures == DEFAULT_MEASURES


def test_equal_settings_give_equal_requests_whatever_their_order_and_repetition() -> None:
    one = ask(depths=(7, 3, 3), seeds=(2, 0, 2), methods=("gradient",), measures=("mse", "mse"))
    other = ask(depths=[0, 3, 7], seeds=range(0, 4, 2), methods=[MethodChoice("gradient")], measures=["mse"])
    assert one == other and one.key() == other.key()
    assert one.depths == (0, 3, 7) and one.seeds == (0, 2)


def test_depth_0_is_always_part_of_a_request() -> None:
    assert ask(depths=(5,)).depths == (0, 5)


def test_declared_parameters_are_filled_in_so_that_a_default_written_out_changes_nothing() -> None:
    bare = ask(methods=("smoothgrad",))
    assert bare.methods == (MethodChoice("smoothgrad", (("samples", 16), ("sigma", 0.15))),)
    assert bare == ask(methods=(MethodChoice("smoothgrad", (("sigma", 0.15), ("samples", 16.0))),))
    assert isinstance(bare.methods[0].params[0][1], int)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "efficientnet_lite1"},
        {"methods": ("gradient",)},
        {"methods": (*DEFAULT_PANEL[:3], MethodChoice("smoothgrad", (("samples", 20),)), *DEFAULT_PANEL[4:])},
        {"mode": "independent"},
        {"law": "permutation"},
        {"batchnorm": "keep"},
        {"seeds": (1,)},
        {"depths": (0, 1)},
        {"measures": ("ssim",)},
        {"target": 0},
        {"normalisation": "max"},
        {"sign": "either"},
        {"copies": 2},
    ],
)
def test_every_setting_has_its_part_in_the_key(change: dict[str, object]) -> None:
    assert ask(**change).key() != ask().key()


def test_another_picture_has_another_key() -> None:
    other = ImageInput("cd" * 32, IMAGE.name, IMAGE.rgb)
    assert request_for(other).key() != ask().key()


def test_the_name_of_the_picture_is_no_part_of_the_request() -> None:
    assert request_for(ImageInput(IMAGE.sha256, "<b>b</b>.png", IMAGE.rgb)) == ask()


@pytest.mark.parametrize("model", MODELS)
def test_a_request_survives_json(model: str) -> None:
    request = ask(model=model, seeds=(0, 5), depths=(0, 2), target=281, measures=tuple(SIMILARITIES))
    text = json.dumps(request.to_json())
    again = Request.from_json(json.loads(text))
    assert again == request and again.key() == request.key() and hash(again) == hash(request)


def test_a_request_from_before_there_were_normalisations_means_the_defaults() -> None:
    stored = ask().to_json()
    for name in ("normalisation", "sign", "copies"):
        del stored[name]
    assert request_from_json(stored) == ask()
    with pytest.raises(BadRequest, match="colour"):
        request_from_json(stored | {"colour": "red"})
    assert (ask().normalisation, ask().sign, ask().copies) == ("second_moment", "signed", 1)


def test_the_key_is_the_same_in_another_process() -> None:
    program = (
        "import json, sys; from xaicheck.types import Request; "
        "print(Request.from_json(json.load(sys.stdin)).key())"
    )
    request = ask(seeds=(0, 1))
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(request.to_json()),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(samples.FOLDER.parents[1]), "PYTHONHASHSEED": "77"},
    )
    assert done.stdout.strip() == request.key()
    assert len(request.key()) == 64


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"model": "resnet101"}, tuple(MODELS)),
        ({"model": "../../etc/passwd"}, tuple(MODELS)),
        ({"methods": ("gradcam",)}, tuple(METHODS)),
        ({"methods": ()}, ("methods: ()", "one or more of")),
        ({"mode": "top-down"}, tuple(MODES)),
        ({"law": "uniform"}, tuple(LAWS)),
        ({"batchnorm": "eval"}, tuple(BATCHNORM)),
        ({"measures": ("rmse",)}, tuple(SIMILARITIES)),
        ({"measures": ()}, ("measures: ()", "one or more of")),
        ({"seeds": (-1,)}, ("-1", "0", str(2**31 - 1))),
        ({"seeds": (2**31,)}, (str(2**31 - 1),)),
        ({"seeds": range(51)}, ("51", "1 to 50")),
        ({"seeds": ()}, ("()", "0", str(2**31 - 1))),
        ({"depths": (20,)}, ("20", "0 to 19")),
        ({"depths": (0, -3)}, ("-3", "0 to 19")),
        ({"depths": ()}, ("()", "0 to 19")),
        ({"target": 1000}, ("1000", "0 to 999")),
        ({"target": -1}, ("-1", "0 to 999")),
        ({"normalisation": "zscore"}, ("zscore", *NORMALISATIONS)),
        ({"sign": "absolute"}, ("absolute", *SIGNS)),
        ({"copies": 0}, ("0", "1 to 300")),
        ({"copies": 301}, ("301", "1 to 300")),
    ],
)
def test_a_wrong_setting_is_answered_with_the_allowed_values(settings, named) -> None:
    with pytest.raises(BadRequest) as caught:
        ask(**settings)
    message = str(caught.value)
    assert all(value in message for value in named), message
    assert "\n" not in message


@pytest.mark.parametrize(
    "settings",
    [
        {"seeds": (1.5,)},
        {"depths": (0.5,)},
        {"target": 7.5},
        {"seeds": ("1",)},
        {"depths": (None,)},
        {"copies": 1.5},
    ],
)
def test_a_number_that_is_not_whole_is_a_bad_request(settings) -> None:
    with pytest.raises(BadRequest):
        ask(**settings)


def params(key: str) -> list[tuple[str, str]]:
    return [(key, param.key) for param in METHODS[key].params]


DECLARED = [pair for key in METHODS for pair in params(key)]


@pytest.mark.parametrize(("key", "name"), DECLARED)
def test_a_declared_parameter_is_held_to_its_range(key: str, name: str) -> None:
    method = METHODS[key]
    (param,) = (p for p in method.params if p.key == name)
    for value in (param.low, param.default, param.high):
        assert dict(choice_of(method, {name: value}).params)[name] == value
    for value in (param.low - param.step, param.high + param.step, 10**9, -(10**9)):
        with pytest.raises(BadRequest) as caught:
            choice_of(method, {name: value})
        assert all(word in str(caught.value) for word in (name, key, str(param.low), str(param.high)))


def test_a_count_is_a_whole_number() -> None:
    with pytest.raises(BadRequest, match=r"samples of smoothgrad: 4\.5 is not allowed; choose a whole"):
        choice_of(METHODS["smoothgrad"], {"samples": 4.5})


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf")],
)
def test_a_count_that_is_no_number_is_a_bad_request(value: float) -> None:
    with pytest.raises(BadRequest):
        choice_of(METHODS["smoothgrad"], {"samples": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_level_that_is_no_number_is_a_bad_request(value: float) -> None:
    with pytest.raises(BadRequest, match="sigma of smoothgrad: .* choose a number from 0.01 to 0.5"):
        choice_of(METHODS["smoothgrad"], {"sigma": value})


def test_an_undeclared_parameter_is_answered_with_the_declared_ones() -> None:
    with pytest.raises(BadRequest, match="no parameter steps.*samples, sigma"):
        ask(methods=(MethodChoice("smoothgrad", (("steps", 3),)),))
    with pytest.raises(BadRequest, match="gradient has no parameter steps.*none"):
        ask(methods=(MethodChoice("gradient", (("steps", 3),)),))


REFUSED = [(key, model) for key in METHODS for model in MODELS if refusal(METHODS[key], MODELS[model])]


@pytest.mark.parametrize(("key", "model"), REFUSED)
def test_a_refused_pair_is_refused_with_the_reason(key: str, model: str) -> None:
    with pytest.raises(Refused) as caught:
        ask(model=model, methods=("gradient", key))
    message = str(caught.value)
    assert METHODS[key].label in message and MODELS[model].label in message
    assert str(refusal(METHODS[key], MODELS[model])) in message


@pytest.mark.parametrize("model", MODELS)
def test_the_panel_leaves_out_what_the_model_refuses_and_nothing_else(model: str) -> None:
    panel = panel_for(MODELS[model])
    refused = {key for key, of in REFUSED if of == model}
    assert panel == tuple(key for key in DEFAULT_PANEL if key not in refused)
    assert tuple(choice.key for choice in ask(model=model).methods) == panel


def test_occlusion_is_computed_only_when_chosen() -> None:
    assert "occlusion" not in DEFAULT_PANEL and set(DEFAULT_PANEL) <= set(METHODS)


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8, 19, 20, 256])
@pytest.mark.parametrize("count", [1, 2, 8, 19])
def test_depths_are_cut_into_as_few_parts_of_about_one_size_as_fit(count: int, most: int) -> None:
    depths = tuple(range(1, 2 * count + 1, 2))
    parts = Pace(most).parts(depths)
    assert sum(parts, ()) == depths
    sizes = [len(part) for part in parts]
    assert min(sizes) >= 1 and max(sizes) <= most and max(sizes) - min(sizes) <= 1
    assert len(parts) == -(-count // most)


def test_without_depths_there_are_no_parts() -> None:
    assert Pace(8).parts(()) == ()


def test_what_did_not_fit_is_never_asked_for_again() -> None:
    pace = Pace(20)
    pace.no_room_for(10)
    assert pace.most_rows == 5 and max(len(part) for part in pace.parts(range(19))) == 5
    pace.no_room_for(19)  # an older, larger failure makes nothing larger
    assert pace.most_rows == 5
    for _ in range(5):
        pace.no_room_for(pace.most_rows)
    assert pace.most_rows == 1 and len(pace.parts(range(19))) == 19


def test_the_time_left_is_that_of_the_passes_left_at_the_pace_so_far() -> None:
    pace = Pace(8)
    assert pace.seconds_for(100) is None  # nothing was measured yet
    pace.learn(2, 1.0)
    assert pace.seconds_for(100) is None  # too little to tell
    for passes in (8, 3, 1, 20):
        pace.learn(passes, passes / 2)
        assert pace.seconds_for(100) == pytest.approx(50)


def test_the_time_left_follows_the_last_steps() -> None:
    pace = Pace(8)
    for seconds in (7.0, 7.0, *[1.0] * 12):
        pace.learn(100, 25 * seconds)
    # A step of a hundred passes halves what came before: the first two are a share of 2^-12.
    assert pace.seconds_for(100) == pytest.approx(25, rel=0.01)
    pace.learn(100, 125.0)
    assert pace.seconds_for(100) == pytest.approx(75, rel=0.01)
    pace.learn(0.01, 1.0)  # a control that costs next to nothing does not wipe out what is known
    assert pace.seconds_for(100) == pytest.approx(75, rel=0.02)


def test_a_request_is_changed_by_name_and_survives_a_pickle() -> None:
    request = ask()
    other = dataclasses.replace(request, mode="independent", seeds=(1, 2))
    assert (other.mode, other.seeds, other.law) == ("independent", (1, 2), request.law)
    assert other == request.changed(mode="independent", seeds=(1, 2)) == ask(mode="independent", seeds=(1, 2))
    assert pickle.loads(pickle.dumps(other)) == copy.deepcopy(other) == other
    with pytest.raises(TypeError, match="no setting 'colour'"):
        dataclasses.replace(request, colour="red")
    with pytest.raises(AttributeError, match="no setting 'colour'"):
        _ = request.colour


@pytest.mark.parametrize(
    "key", ["image", "settings", "key", "changed", "device", "address", "run", "two words"]
)
def test_a_setting_cannot_take_a_name_that_means_something_else(key: str) -> None:
    with pytest.raises(ValueError, match="choose another name"):
        Setting(key, "A label", WholeNumber(1, 2), 1, "the toy")
