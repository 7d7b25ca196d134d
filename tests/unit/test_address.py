"""The address: what a link holds comes back equal, and what nobody could have meant is the default."""

from __future__ import annotations

import dataclasses
import random
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from xaicheck import address
from xaicheck.address import check
from xaicheck.address.codec import Flag, Many, Number, OneOf, Parameter, Text, Unreadable, Whole
from xaicheck.engine.classes import NO_CLASS, ClassIndex
from xaicheck.engine.request import request_for
from xaicheck.engine.settings import MOST_COPIES, SETTINGS, offered
from xaicheck.errors import BadRequest
from xaicheck.methods import DEFAULT_PANEL, METHODS
from xaicheck.models import samples
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.types import MethodChoice, Request
from xaicheck.viewer.scene import MODES as VIEW_MODES, SCALES, View


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a link to the check asks for."""

    sample: str
    request: Request
    view: View


def parse(text: str) -> Asked:
    """What a link's query asks for, read as the page's widgets read it."""
    texts = parse_qs(text.removeprefix("?"), keep_blank_values=True)
    given = {check.FORMER.get(key, key): values for key, values in texts.items()}

    def read(parameter: Parameter[Any]) -> Any:
        return parameter.read(given.get(parameter.key, ()))

    sample, model = read(check.SAMPLE), read(check.MODEL)
    keys = {*read(check.methods(model, control=False)), *read(check.methods(model, control=True))}
    chosen = [
        MethodChoice(k, tuple((p.key, read(check.method_setting(METHODS[k], p))) for p in METHODS[k].params))
        for k in check.in_order(keys)
    ]
    values = {s.key: read(check.parameter(s)) for s in offered()}
    values["seeds"] = range(values["seeds"])
    for key in (key for key in values if isinstance(SETTINGS[key].domain, ClassIndex)):
        values[key] = None if values[key] == NO_CLASS else values[key]
    values["measures"] = values["measures"] or check.parameter(SETTINGS["measures"]).default
    request = request_for(samples.load(sample), model=model, methods=chosen or None, **values)
    ways = check.looks(len(MODELS[model].blocks), request.measures)
    view = View(read(ways.depth), read(ways.measure), read(ways.scale), read(ways.mode), read(ways.opacity))
    return Asked(sample, request, view)


USUAL = parse("")


def there_and_back(request: Request, sample: str | None = "chelsea", view: View | None = None) -> Any:
    """What the link of a request asks for."""
    return parse(address.query(request, sample, view))


def asked(**settings: Any) -> Request:
    """A request for the first sample; the rest as the page has it at first."""
    usual: dict[str, Any] = {
        "methods": list(USUAL.request.methods),
        "seeds": USUAL.request.seeds,
        "measures": USUAL.request.measures,
    }
    return request_for(samples.load("chelsea"), **(usual | settings))


def test_the_page_as_it_opens_has_an_empty_address() -> None:
    assert address.query(USUAL.request, USUAL.sample, USUAL.view) == ""
    assert USUAL.sample == next(iter(samples.SAMPLES)) and USUAL.request.model == DEFAULT_MODEL
    assert {choice.key for choice in USUAL.request.methods} == set(DEFAULT_PANEL)


@pytest.mark.parametrize("model", MODELS)
def test_every_method_of_every_network_comes_back_with_its_settings(model: str) -> None:
    for control in (False, True):
        for key in check.usable(model, control=control):
            params = METHODS[key].params
            for end in ("low", "high", "default"):
                choice = MethodChoice(key, tuple((p.key, getattr(p, end)) for p in params))
                request = asked(model=model, methods=[choice])
                assert there_and_back(request).request == request, (key, end)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("mode", MODES), ("law", LAWS), ("batchnorm", BATCHNORM), ("normalisation", NORMALISATIONS),
        ("sign", SIGNS),
    ],
)  # fmt: skip
def test_every_choice_of_a_setting_comes_back(name: str, entries: dict[str, Any]) -> None:
    for key in entries:
        request = asked(**{name: key})
        text = address.query(request, "chelsea", None)
        assert there_and_back(request).request == request
        assert dict(parse_qsl(text.removeprefix("?"))) in ({}, {name: key})  # the key, and nothing beside it


@pytest.mark.parametrize("key", SIMILARITIES)
def test_every_measure_comes_back_alone_and_in_the_view(key: str) -> None:
    request = asked(measures=[key])
    view = View(3, key)
    found = there_and_back(request, view=view)
    assert found.request == request and found.view == view
    assert address.looks(19, list(SIMILARITIES)).measure.read([key]) == key


def rolled(roll: random.Random, key: str) -> MethodChoice:
    return MethodChoice(
        key, tuple((p.key, roll.choice((p.low, p.high, p.default))) for p in METHODS[key].params)
    )


def test_a_thousand_links_at_random_come_back() -> None:
    roll = random.Random(5)
    for _ in range(1000):
        model = roll.choice(list(MODELS))
        usable = [k for control in (False, True) for k in check.usable(model, control=control)]
        keys = check.in_order(set(roll.sample(usable, roll.randint(1, len(usable)))))
        measures = [m for m in SIMILARITIES if roll.random() < 0.5] or ["spearman"]
        request = asked(
            model=model,
            methods=[rolled(roll, key) for key in keys],
            mode=roll.choice(list(MODES)),
            law=roll.choice(list(LAWS)),
            batchnorm=roll.choice(list(BATCHNORM)),
            seeds=range(roll.choice(SETTINGS["seeds"].domain.offered)),
            measures=measures,
            target=roll.choice((None, 0, 282, 999)),
            normalisation=roll.choice(list(NORMALISATIONS)),
            sign=roll.choice(list(SIGNS)),
            copies=roll.randint(1, MOST_COPIES),
        )  # fmt: skip
        view = View(
            roll.randint(0, len(MODELS[model].blocks)), roll.choice(measures), roll.choice(SCALES),
            roll.choice(VIEW_MODES), roll.randint(0, 100),
        )  # fmt: skip
        sample = roll.choice(list(samples.SAMPLES))
        request = request.changed(image=samples.load(sample).sha256)
        assert there_and_back(request, sample, view) == Asked(sample, request, view)
        assert address.left_out(request) == ()


def test_a_link_holds_the_second_class_and_the_policy() -> None:
    request = request_for(samples.load("chelsea"), against="tabby", target_policy="randomized")
    assert request.against == 281
    asked = parse_qs(address.query(request, "chelsea", None).removeprefix("?"))
    assert (asked["against"], asked["target_policy"]) == (["281"], ["randomized"])
    back = there_and_back(request).request
    assert (back.against, back.target_policy) == (281, "randomized")
    assert (USUAL.request.against, USUAL.request.target_policy) == (None, "original")


def test_a_link_holds_keys_and_no_labels() -> None:
    request = asked(model="resnet18", methods=["gradient", "lrp"], law="he_normal", target=967)
    text = address.query(request, "coffee", None)
    assert text == "?sample=coffee&model=resnet18&methods=gradient&methods=lrp&controls=&target=967"


def test_an_upload_is_not_part_of_a_link() -> None:
    request = asked(seeds=range(5)).changed(image="0" * 64)
    assert address.query(request, None, None) == "?seeds=5"
    assert parse("?seeds=5").request.image == samples.load(USUAL.sample).sha256


def test_what_no_address_can_hold_is_named() -> None:
    assert address.left_out(asked(seeds=(4, 7))) == ("the seeds",)
    assert address.left_out(asked(seeds=range(4))) == ("the seeds",)
    (depths,) = address.left_out(asked(depths=(0, 3)))
    assert "depths" in depths
    pooled = asked(pooling="abs_sum")
    assert address.left_out(pooled) == ("the pooling",)
    assert address.left_out(asked()) == ()


def test_a_label_of_an_earlier_link_may_have_the_apostrophe_of_a_typewriter() -> None:
    for label in ("Layer's own init", LAWS["own_init"].label):
        assert OneOf(tuple(LAWS), {key: law.label for key, law in LAWS.items()}).read([label]) == "own_init"


def test_an_earlier_link_with_labels_is_understood() -> None:
    old = (
        "?sample=Cup+of+coffee&model=ResNet-18&methods=Gradient&methods=Grad-CAM&controls=Fresh+noise&seeds=1"
        f"&normalisation={NORMALISATIONS['minmax'].label}&target=espresso+%28967%29&smoothgrad.sigma=0.3"
    )
    found = parse(old)
    assert (found.sample, found.request.model) == ("coffee", "resnet18")
    assert [c.key for c in found.request.methods] == ["gradient", "grad_cam", "fresh_noise"]
    assert found.request.seeds == (0,) and found.request.target == 967
    assert found.request.normalisation == "minmax"


def test_a_tampered_link_is_the_page_as_it_opens() -> None:
    evil = (
        "?model=../../etc/passwd&methods=evil&controls=<script>&seeds=7&depth=999&opacity=-1&view=jet"
        "&scale=&copies=1e3&target=1000&measures=&sign=x&law=&batchnorm=&normalisation=9&measure=y&mode=0"
        f"&integrated_gradients.steps={'9' * 5000}&smoothgrad.sigma=nan&sample=%00"
    )
    assert parse(evil) == USUAL


def test_of_some_unknown_methods_the_known_ones_count() -> None:
    found = parse("?methods=evil&methods=gradient&methods=gradient&controls=")
    assert [c.key for c in found.request.methods] == ["gradient"]


@pytest.mark.parametrize(
    ("codec", "value", "texts"),
    [
        (OneOf((None, 1, 2)), None, ("",)),
        (OneOf((0.05, 0.5, 1.0)), 1.0, ("1",)),
        (OneOf((0.05, 0.5, 1.0)), 0.05, ("0.05",)),
        (Many(("a", "b", "c")), ["a", "c"], ("a", "c")),
        (Many(("a", "b", "c")), [], ("",)),
        (Whole(-3, 9), -3, ("-3",)),
        (Number(0, 1), 0.1 + 0.2, ("0.30000000000000004",)),
        (Flag(), False, ("false",)),
        (Text(20), "<b> & ü", ("<b> & ü",)),
    ],
)
def test_a_value_is_written_and_read(codec: Any, value: Any, texts: tuple[str, ...]) -> None:
    assert codec.write(value) == texts and codec.read(texts) == value and codec.allows(value)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        (OneOf(("a",)), "b"), (OneOf((1, 2)), "1.0"), (Many(("a",)), "b"), (Whole(0, 9), "10"),
        (Whole(0, 9), "3.5"), (Whole(0, 9), "x"), (Whole(0, 9), "9" * 10_000), (Number(0, 1), "inf"),
        (Number(0, 1), "nan"), (Number(0, 1), "1.1"), (Flag(), "1"), (Text(3), "four"),
    ],
)  # fmt: skip
def test_what_is_no_value_cannot_be_read(codec: Any, text: str) -> None:
    with pytest.raises(Unreadable):
        codec.read([text])
    assert Parameter("key", codec, "default").read([text]) == "default"


@pytest.mark.parametrize(
    ("texts", "known", "unknown"),
    [
        (["a", "x", "c"], ["a", "c"], ["x"]),
        (["c,a"], ["a", "c"], []),
        (["a, x ,,c", "x", "", "y"], ["a", "c"], ["x", "y"]),
        (["B, two", "c"], ["b", "c"], []),  # a label of an earlier link, whose comma parts nothing
        ([""], [], []),
        ([], [], []),
    ],
)
def test_a_list_is_read_with_its_unknown_members_beside_it(
    texts: list[str], known: list[str], unknown: list[str]
) -> None:
    codec = Many(("a", "b", "c"), {"b": "B, two"})
    assert codec.read(texts) == known and codec.unknown(texts) == unknown


@pytest.mark.parametrize("text", [",", "x", "x,y", "B,two"])
def test_a_list_of_nothing_but_unknown_members_cannot_be_read(text: str) -> None:
    with pytest.raises(Unreadable):
        Many(("a", "b"), {"b": "B, two"}).read([text])


def test_nothing_given_is_the_default_and_unreadable_by_itself() -> None:
    assert Parameter("key", Whole(0, 9), 4).read(()) == 4
    with pytest.raises(Unreadable):
        Whole(0, 9).read(())


@pytest.mark.parametrize(
    ("base", "query", "link"),
    [
        ("http://localhost:8501/", "?law=keep", "http://localhost:8501/?law=keep"),
        ("http://localhost:8501/", "", "http://localhost:8501/"),
        ("http://x/?a=b", "?law=keep", "http://x/?a=b&law=keep"),
        ("https://x/y?a=b#c", "?law=keep", "https://x/y?a=b&law=keep#c"),
        ("https://x/y?a=b", "", "https://x/y?a=b"),
        ("http://x", "?law=keep", "http://x?law=keep"),
        ("HTTP://[::1]:80/?", "?law=keep", "http://[::1]:80/?law=keep"),
    ],
)
def test_a_link_has_one_query_in_front_of_its_fragment(base: str, query: str, link: str) -> None:
    assert address.joined(address.ADDRESS.converted(base), query) == link


@pytest.mark.parametrize(
    "base",
    [
        "", "localhost:8501", "//x/", "javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,x",
        "http://", "https:///x", "http://[x", "http://x:99999/", "http://x:y/", "http://x/ y", "http://x/\n",
        "java\nscript:x", 'http://x/"onclick="', "http://x/<b>", "file:///etc/passwd", " http://x/", None, 3, b"http://x",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(base: Any) -> None:
    with pytest.raises(BadRequest, match=r"^address: .* begins with http:// or https://(; this one .*)?\.$"):
        address.ADDRESS.converted(base)
