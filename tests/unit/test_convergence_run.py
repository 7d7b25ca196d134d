"""A run of cosine similarity convergence: what is asked, what is told on the way, and how it ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.convergence_data import line, no_relevance, report
from xaicheck.engine import convergence_run
from xaicheck.engine.convergence import RULES
from xaicheck.engine.convergence_run import ConvergenceRequest, request_for, run
from xaicheck.errors import BadRequest, Cancelled, Refused
from xaicheck.methods import METHODS, refusal
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.types import Progress

CAT = samples.load("chelsea")


def test_the_default_asks_every_rule_that_the_network_allows_at_every_block_below() -> None:
    for key, spec in MODELS.items():
        request = request_for(CAT, model=key)
        assert request.methods == tuple(m for m in RULES if refusal(METHODS[m], spec) is None)
        names = tuple(block.name for block in spec.blocks)
        assert (names[0], request.start, *request.blocks) == names


def test_equal_settings_give_equal_keys_and_every_setting_counts() -> None:
    usual = request_for(CAT)
    assert usual.key() == request_for(CAT, methods=(*reversed(RULES), "lrp"), depths=range(3, 20)).key()
    others: list[dict[str, Any]] = [
        {"model": "resnet18"}, {"methods": ("lrp",)}, {"start": 3}, {"depths": (4,)}, {"vectors": 4},
        {"seed": 1},
    ]  # fmt: skip
    keys = {usual.key(), *(request_for(CAT, **other).key() for other in others)}
    assert len(keys) == len(others) + 1


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"methods": ("grad_cam",)}, BadRequest, "methods: 'grad_cam' .*gradient"),
        ({"methods": ()}, BadRequest, "methods: .* one or more of gradient, guided_backprop, lrp"),
        ({"methods": ("lrp",), "model": "vit_b_16"}, Refused, "refused on ViT"),
        ({"model": "nothing"}, BadRequest, "model: 'nothing' .* one of"),
        ({"depths": (2,)}, BadRequest, "depths: 2 .*from 3 to 19"),
        ({"depths": ()}, BadRequest, r"depths: \(\) "),
        ({"start": 19}, BadRequest, "start: 19 .*from 1 to 18"),
        ({"vectors": 1}, BadRequest, "from 2 to"),
        ({"seed": -1}, BadRequest, "seed: -1"),
    ],
)
def test_what_cannot_be_asked_is_answered_with_what_can(
    wrong: dict[str, Any], error: type, says: str
) -> None:
    with pytest.raises(error, match=says):
        request_for(CAT, **wrong)


def test_a_picture_that_was_not_asked_about_is_refused() -> None:
    with pytest.raises(BadRequest, match="another picture"):
        run(request_for(samples.load("rocket")), CAT)


class Listening:
    """Hears of each rule and ends the run before one of them."""

    def __init__(self, last: int = 99) -> None:
        self.heard: list[Progress] = []
        self.last = last

    def check(self) -> None:
        if len(self.heard) == self.last:
            raise Cancelled("enough")

    def update(self, progress: Progress) -> None:
        self.heard.append(progress)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The rules that were asked; a network that no rule looks at."""
    calls: list[tuple[str, dict[str, Any]]] = []

    class Picture:
        def __getitem__(self, _: object) -> Picture:
            return self

        def to(self, _: str) -> Picture:
            return self

    class Network:
        device, weights = "cpu", "digest"

        @staticmethod
        def preprocess(_: object) -> Picture:
            return Picture()

    def along(_network: object, _x: object, method: str, **settings: Any) -> tuple[Any, ...]:
        calls.append((method, settings))
        return tuple(line(0.5) for _ in settings["ends"])

    monkeypatch.setattr(convergence_run, "load", lambda key, device: Network())
    monkeypatch.setattr(convergence_run, "along", along)
    monkeypatch.setattr(convergence_run, "targets_of", lambda *_: None)
    return calls


def test_a_run_tells_of_each_rule_and_keeps_their_order(asked: list[Any]) -> None:
    listener = Listening()
    request = request_for(CAT, vectors=3, seed=7, depths=(4, 9))
    answer = run(request, CAT, device="cpu", listener=listener)
    assert [key for key, _ in asked] == list(RULES) == [p.method for p in answer.profiles]
    expected = {"start": request.start, "ends": request.blocks, "vectors": 3, "seed": 7}
    assert all(settings == expected for _, settings in asked)
    assert [(p.done, p.total) for p in listener.heard] == [(0, 3), (1, 3), (2, 3)]
    assert all(len(profile.blocks) == 2 for profile in answer.profiles)


def test_a_run_that_nobody_wants_ends_before_its_next_rule(asked: list[Any]) -> None:
    with pytest.raises(Cancelled):
        run(request_for(CAT), CAT, device="cpu", listener=Listening(last=1))
    assert len(asked) == 1


def test_a_report_as_json_has_a_reason_where_it_has_no_number() -> None:
    data = json.loads(json.dumps(report(lrp=(line(0.5), no_relevance())).to_json(), allow_nan=False))
    first, second = data["methods"]["lrp"]
    assert first["absolute"] == 0.5 and first["block"] == data["request"]["blocks"][0]
    assert second["absolute"] is None and second["why"]


def test_a_request_holds_strings_and_numbers_only() -> None:
    def plain(value: object) -> bool:
        return isinstance(value, (str, int)) or (isinstance(value, tuple) and all(map(plain, value)))

    request = request_for(CAT)
    assert all(plain(getattr(request, name)) for name in ConvergenceRequest.__slots__)
