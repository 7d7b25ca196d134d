"""The table of arguments: every odd value, by every way in, is converted or refused in one sentence.

A setting that is added is tested by itself: the toys stand in the table here.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import xaicheck
from tests import toys
from tests.odd import ODD, TEXTS, Named, Word, is_a_sentence
from xaicheck.address import check as link
from xaicheck.arguments import Argument, OneEntry, RealNumber, SomeEntries, WholeNumber
from xaicheck.cli import commands
from xaicheck.engine import convergence_run, run as engine
from xaicheck.engine.classes import NO_CLASS, ClassIndex
from xaicheck.engine.convergence import convergence
from xaicheck.engine.request import METHOD, arguments, checked, choice_of, parameter, request_for
from xaicheck.engine.settings import (
    MOST_SEEDS,
    SETTINGS,
    Depths,
    SeedCount,
    Setting,
    offered,
)
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking import request as ranking
from xaicheck.methods import METHODS
from xaicheck.models import labels, samples
from xaicheck.models.device import DEVICE, resolve
from xaicheck.models.registry import MODELS
from xaicheck.randomization.weights import randomized
from xaicheck.report import bundle, command, files, opening, page, verify
from xaicheck.types import MethodChoice, Request

CAT = samples.load("chelsea")
SPEC = MODELS["resnet18"]
COUNT = len(SPEC.blocks)


TOYS = {entry.key: entry for entry in (toys.NUMBER_ENTRY, toys.CHOICE_ENTRY)}
TABLES: dict[str, Argument] = {
    **{a.key: a for a in arguments()},
    **TOYS,
    **{f"convergence {a.key}": a for a in convergence_run.arguments()},
    **{f"ranking {a.key}": a for a in ranking.arguments(SPEC)},
    **{parameter(m, p).key: parameter(m, p) for m in METHODS.values() for p in m.params},
}


@pytest.fixture(scope="module", autouse=True)
def added() -> Iterator[None]:
    with toys.added():
        yield


def is_a_value(argument: Argument, value: Any) -> bool:
    """Whether this is one of the values in their canonical form, as plain Python says it."""
    match argument.domain:
        case OneEntry(entries=entries):
            return type(value) is str and value in entries
        case SomeEntries(entries=entries):
            return type(value) is tuple and all(type(v) is str and v in entries for v in value)
        case WholeNumber(low=low, high=high):
            return type(value) is int and low <= value <= high
        case RealNumber(low=low, high=high):
            return type(value) is float and low <= value <= high
        case SeedCount():
            whole = all(type(v) is int and 0 <= v < 2**31 for v in value)
            return whole and 1 <= len(value) <= MOST_SEEDS and list(value) == sorted(set(value))
        case Depths(first=first):
            whole = all(type(v) is int and first <= v <= COUNT for v in value)
            return whole and bool(value) and list(value) == sorted({*value, *([0] if first == 0 else [])})
        case ClassIndex():
            return value is None or (type(value) is int and 0 <= value < 1000)
        case _ if argument is METHOD:
            return all(
                type(v) is MethodChoice and v == choice_of(METHODS[v.key], dict(v.params)) for v in value
            )
        case _ if argument.key == "start":
            return type(value) is int and 1 <= value < COUNT
    raise AssertionError(f"{argument.domain} has no canonical form here")


@pytest.mark.parametrize("name", TABLES)
def test_an_odd_value_is_converted_or_refused_in_one_sentence(name: str) -> None:
    argument = TABLES[name]
    for odd, make in ODD.items():
        try:
            value = argument.converted(make(), SPEC)
        except BadRequest as error:
            is_a_sentence(str(error), argument.key)
            continue
        assert is_a_value(argument, value), (odd, value)
        assert argument.converted(value, SPEC) == value  # what is canonical stays as it is
        json.dumps([c.params for c in value] if argument is METHOD else value)
        hash(value)


@pytest.mark.parametrize("key", [*SETTINGS, *TOYS])
def test_a_request_holds_what_the_table_gives_however_it_was_made(key: str) -> None:
    usual = request_for(CAT, model="resnet18")
    for odd, make in ODD.items():
        try:
            value = SETTINGS[key].converted(make(), SPEC)
        except BadRequest as error:
            with pytest.raises(BadRequest) as caught:
                request_for(CAT, model="resnet18", **{key: make()})
            assert str(caught.value) == str(error)
            with pytest.raises(BadRequest, match=f"^{key}: "):
                checked(usual.changed(**{key: make()}))
            continue
        request = request_for(CAT, model="resnet18", **{key: make()})
        assert getattr(request, key) == value
        assert Request.from_json(json.loads(json.dumps(request.to_json()))) == request == checked(request)
        assert request.key() == request_for(CAT, model="resnet18", **{key: value}).key()
        if not odd.startswith("set"):  # a request that is made by hand has lists, which have an order
            assert checked(usual.changed(**{key: make()})) == request


@pytest.mark.parametrize(
    ("key", "given", "canonical"),
    [
        ("seeds", 2, (0, 1)), ("seeds", np.int64(2), (0, 1)), ("seeds", 2.0, (0, 1)), ("seeds", [7], (7,)),
        ("seeds", torch.tensor([5, 1]), (1, 5)), ("seeds", {3, 0}, (0, 3)),
        ("seeds", MOST_SEEDS, tuple(range(50))),
        ("depths", 5, (0, 5)), ("depths", np.array([3, 1]), (0, 1, 3)),
        ("depths", (d for d in (2, 2)), (0, 2)),
        ("depths", None, tuple(range(COUNT + 1))), ("depths", "all", tuple(range(COUNT + 1))),
        ("measures", "ssim", ("ssim",)), ("measures", {"mse", "ssim", "cosine"}, ("cosine", "mse", "ssim")),
        ("measures", ["mse", "ssim", "mse"], ("mse", "ssim")),
        ("target", "tabby", 281), ("target", "Tabby", 281), ("target", np.int64(281), 281),
        ("target", 281.0, 281), ("target", "281", 281), ("target", " 281 ", 281),
        ("target", labels.display(134), 134), ("target", None, None),
        ("mode", Word("cascade"), "cascade"), ("mode", Named.MODE, "independent"),
        ("mode", np.str_("cascade"), "cascade"),
        ("copies", np.uint8(3), 3), ("copies", Fraction(6, 2), 3),
        ("methods", "gradient", (MethodChoice("gradient"),)),
        ("methods", MethodChoice("smoothgrad", {"samples": np.int64(8)}),
         (MethodChoice("smoothgrad", (("samples", 8), ("sigma", 0.15))),)),
        ("device", torch.device("cpu"), "cpu"), ("model", np.str_("resnet18"), "resnet18"),
    ],
)  # fmt: skip
def test_what_somebody_can_mean_is_understood(key: str, given: Any, canonical: Any) -> None:
    found = TABLES[key].converted(given, SPEC)
    assert found == canonical and repr(found) == repr(canonical)


@pytest.mark.parametrize(
    ("key", "given", "says"),
    [
        ("seeds", 0, f"seeds: 0 is not allowed; choose how many, 1 to {MOST_SEEDS}, or a list"),
        ("seeds", True, "seeds: True"), ("seeds", 1.5, "seeds: 1.5"), ("seeds", None, "seeds: None"),
        ("seeds", "3", "seeds: '3'"), ("seeds", 10**9, "seeds: 1000000000 "),
        ("seeds", range(51), "a list of 51"),
        ("seeds", range(10**12), "a list of more than 10 000"),
        ("seeds", [2**31], "seeds: 2147483648 "),
        ("depths", [], r"depths: \[\] is not allowed; choose all, or whole numbers from 0 to \d+\.$"),
        ("depths", [1, math.nan], "depths: nan"), ("depths", True, "depths: True"),
        ("measures", "ss", "measures: 'ss' .*one or more of spearman"),
        ("measures", b"ssim", "measures: b'ssim'"),
        ("measures", {"ssim": 1}, "measures: {'ssim': 1}"), ("methods", [1], "methods: 1 is"),
        ("mode", [], r"mode: \[\] .*one of cascade, independent"),
        ("device", "cuda:7", "device: 'cuda:7' .*auto, cpu, cuda"),
        ("device", torch.device("cuda", 7), "device: 'cuda:7'"), ("device", "gpu", "device: 'gpu'"),
        ("target", "tabi", r"target: 'tabi' .*0 to 999 or by its name; nearest by name: tabby \(281\)"),
        ("target", "cat", r"nearest by name: .*tiger cat \(282\)"),
        ("target", "nosuchcat", r"nearest by name: trench coat \(869\)\.$"),
        ("target", "1000", "target: 1000 is"), ("target", "²", "target: '²' "),
        ("target", "xqzw", "by its name.$"), ("target", 1000, "target: 1000"), ("target", -1, "target: -1"),
        ("target", True, "target: True"),
    ],
)  # fmt: skip
def test_what_nobody_can_mean_is_refused_with_what_is_allowed(key: str, given: Any, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as caught:
        TABLES[key].converted(given, SPEC)
    is_a_sentence(str(caught.value), key)


def test_a_class_whose_name_two_have_is_asked_for_by_its_number() -> None:
    names = [label for label in labels.LABELS if labels.LABELS.count(label) > 1]
    for name in names:
        with pytest.raises(BadRequest, match=r"nearest by name: .*\(\d+\), .*\(\d+\)\.$"):
            TABLES["target"].converted(name, SPEC)
    for index, label in enumerate(labels.LABELS):
        if label not in names:
            assert TABLES["target"].converted(label, SPEC) == index
        assert TABLES["target"].converted(labels.display(index), SPEC) == index


def test_a_parameter_of_a_method_is_converted_too() -> None:
    wrong = ("16", None, True, math.nan, math.inf, 10**9, [8], 10**5000, 1j)
    for params in (shape({"samples": value}) for value in wrong for shape in (dict, lambda d: d.items())):
        with pytest.raises(BadRequest) as caught:
            request_for(CAT, methods=[MethodChoice("smoothgrad", params)])
        assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_the_most_seeds_are_those_whose_maps_a_report_may_hold() -> None:
    """All methods at all depths of the largest network, float32; a report that holds more is not read."""
    of_a_seed = max(len(METHODS) * (len(s.blocks) + 1) * s.size**2 * 4 for s in MODELS.values())
    assert MOST_SEEDS * of_a_seed <= opening.MOST[".npz"] < 2 * MOST_SEEDS * of_a_seed


# --- the command line ---------------------------------------------------------------------------------


def test_the_help_lists_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        commands.main(["check", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for argument in (*arguments(), *TOYS.values()):
        assert f"--{argument.key} {argument.domain.metavar}" in said
        assert f"{argument.option}: {argument.domain.allowed()}" in said
        assert not argument.usual() or f"default: {argument.usual()}" in said


def test_the_listing_is_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["settings"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert list(lines) == ["KEY", *(argument.key for argument in arguments())]
    for argument in arguments():
        assert argument.domain.allowed() in lines[argument.key] and argument.usual() in lines[argument.key]
    assert commands.main(["settings", "--json"]) == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["copies"]["values"] == "a whole number from 1 to 300" and rows["copies"]["default"] == "1"


def test_the_docstring_of_check_names_the_table() -> None:
    text = " ".join((xaicheck.check.__doc__ or "").split())
    own = [argument for argument in arguments() if argument.key not in TOYS]
    assert [a.key for a in own if not re.search(rf"\b{a.key}\b", text)] == []


# --- links --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", [*offered(), *TOYS.values()], ids=lambda s: s.key)
def test_a_hostile_link_gives_a_value_of_the_table(setting: Setting) -> None:
    known, draw = link.parameter(setting), random.Random(0)
    signs = "0123456789-+.eE_ ,٣²naif\0\udcff<>%&=cascade"
    texts = [[text] for text in TEXTS]
    texts += [["".join(draw.choices(signs, k=draw.randint(0, 12)))] for _ in range(300)]
    texts += [[], ["1"] * 5000, ["x", "1"], ["1", "x"], ["a" * 10**6], ["9" * 10**6], ["-" * 10**5]]
    for one in texts:
        value = known.read(one)
        assert known.codec.allows(value), one
        asked = None if isinstance(setting.domain, ClassIndex) and value == NO_CLASS else value
        if asked != []:  # the page says that nothing is chosen
            assert getattr(request_for(CAT, **{setting.key: asked}), setting.key) is not Ellipsis


def test_what_a_table_converts_a_link_holds_and_gives_back() -> None:
    for setting in offered():
        known = link.parameter(setting)
        for odd in ODD.values():
            try:
                value = setting.converted(odd(), SPEC)
                plain = setting.domain.plain(value, SPEC)
            except (BadRequest, ValueError):
                continue
            if known.codec.allows(plain):
                back = known.codec.read(known.codec.write(plain))
                asked = None if isinstance(setting.domain, ClassIndex) and back == NO_CLASS else back
                again = setting.converted(asked, SPEC)
                assert again == value if setting.key != "measures" else set(again) == set(value)


# --- other doors --------------------------------------------------------------------------------------


def test_a_run_computes_with_the_converted_request_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(Exception):
        pass

    seen: list[Request] = []

    def work(request: Request, *_: Any) -> None:
        seen.append(request)
        raise Stop

    monkeypatch.setattr(engine, "_Run", work)
    odd = request_for(CAT, methods="gradient").changed(
        seeds=np.int64(2), depths=[3, 3, np.int8(1)], methods=(MethodChoice("smoothgrad"),)
    )
    with pytest.raises(Stop):
        engine.run(odd, CAT, device="cpu")
    assert seen == [request_for(CAT, methods="smoothgrad", seeds=2, depths=(1, 3))]
    with pytest.raises(BadRequest, match="^mode: "):
        engine.run(odd.changed(mode="sideways"), CAT)
    with pytest.raises(BadRequest, match="^device: "):
        engine.run(odd, CAT, device="gpu")
    assert resolve(torch.device("cpu")) == DEVICE.converted("cpu") == "cpu"


def test_the_parts_of_a_check_convert_their_own_arguments() -> None:
    network = xaicheck.load_model("efficientnet_lite0")
    same = [
        randomized(network, depth=depth, seed=seed)
        for depth, seed in ((1, 3), (np.int64(1), np.int64(3)), (1.0, 3.0))
    ]
    weights = [n.module.classifier.weight for n in same]
    assert torch.equal(weights[0], weights[1]) and torch.equal(weights[0], weights[2])
    for wrong, name in (
        ({"depth": 20}, "depth"), ({"depth": True}, "depth"), ({"depth": "1"}, "depth"),
        ({"depth": None}, "depth"),
        ({"seed": "3"}, "seed"), ({"seed": -1}, "seed"), ({"seed": True}, "seed"), ({"seed": 1.5}, "seed"),
        ({"mode": []}, "mode"), ({"law": {}}, "law"), ({"batchnorm": 3}, "^batchnorm: "),
    ):  # fmt: skip
        with pytest.raises(BadRequest, match=name) as caught:
            randomized(network, **{"depth": 1, **wrong})
        assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    x = torch.zeros(1, 3, 224, 224)
    for name, value in (("vectors", 2.5), ("vectors", 11), ("seed", "0"), ("seed", None)):
        with pytest.raises(BadRequest, match=f"^{name}: "):
            convergence(network, x, "gradient", start="head", end="stem", **{name: value})
    for wrong in (["resnet18"], None, 3, "../x"):
        with pytest.raises(BadRequest, match="no model .*choose one of"):
            xaicheck.load_model(wrong)
    with pytest.raises(BadRequest, match="^device: 'gpu'"):
        xaicheck.load_model("efficientnet_lite0", "gpu")


@pytest.mark.slow
def test_a_check_asked_with_numbers_of_numpy_is_written_as_any_other(tmp_path: Path) -> None:
    choice = MethodChoice("smoothgrad", {"samples": np.int64(4), "sigma": np.float64(0.15)})  # type: ignore[arg-type]
    odd = xaicheck.check(
        np.asarray(CAT.rgb), model=np.str_("efficientnet_lite0"), methods=choice, seeds=np.int64(1),
        depths=np.array([1]), measures="ssim", target=np.int64(281), copies=np.int8(1),
        device=torch.device("cpu"),
    )  # fmt: skip
    assert odd.request.changed(image=CAT.sha256) == request_for(
        CAT, methods=[MethodChoice("smoothgrad", (("samples", 4), ("sigma", 0.15)))], seeds=(0,),
        depths=(0, 1), measures=("ssim",), target=281,
    )  # fmt: skip
    assert len(odd.request.key()) == 64
    files.write(odd, tmp_path)
    (tmp_path / "a.html").write_text(page.build(odd), encoding="utf-8")
    (tmp_path / "a.zip").write_bytes(bundle.build(odd))
    for name in ("", "a.html", "a.zip"):
        assert verify.request_of(opening.read(tmp_path / name)) == odd.request
    line = command.repeat(odd.request, "cat.png", "a.html")
    assert "smoothgrad:samples=4:sigma=0.15 " in line and " --target 281" in line and "np." not in line
