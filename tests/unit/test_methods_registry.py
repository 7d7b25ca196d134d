"""Adding a thing is one file or one entry: what every registered method and measure owes."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import numpy as np
import pytest
import torch

import xaicheck.methods
from xaicheck.methods import METHODS, refusal
from xaicheck.models.registry import MODELS
from xaicheck.seeds import Draws, generator
from xaicheck.similarity.comparisons import against
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Method

FOLDER = Path(xaicheck.methods.__file__).parent
FILES = sorted(
    path.stem
    for path in FOLDER.glob("*.py")
    if path.stem not in ("__init__", "certificates", "explain", "ledger", "shared_passes")
    and not path.stem.startswith("rules_")
)


def source(name: str) -> str:
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def test_every_file_in_the_folder_is_a_registered_method_and_the_other_way_round() -> None:
    assert sorted(METHODS) == FILES and FILES


@pytest.mark.parametrize("name", FILES)
def test_a_methods_file_ends_with_its_declaration_under_its_own_name(name: str) -> None:
    module = importlib.import_module(f"xaicheck.methods.{name}")
    assert METHODS[name] is module.METHOD and module.METHOD.key == name
    last = [line for line in source(name).splitlines() if line and not line[0].isspace()][-2:]
    assert last == ["METHOD = Method(", ")"]


@pytest.mark.parametrize("name", FILES)
def test_a_method_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    method = METHODS[name]
    assert all(text.strip() == text != "" for text in (method.label, method.summary, method.source))
    assert method.summary.endswith(".")
    assert "Source:" in (inspect.getdoc(method.fn) or "")
    if not method.control:
        assert any(year in method.source for year in map(str, range(1990, 2030)))


def test_labels_are_names_of_their_own() -> None:
    for registry in (METHODS, SIMILARITIES, MODELS):
        assert len({entry.label for entry in registry.values()}) == len(registry)


@pytest.mark.parametrize("name", FILES)
def test_a_method_takes_exactly_the_parameters_it_declares(name: str) -> None:
    method = METHODS[name]
    signature = inspect.signature(method.fn).parameters
    given = [key for key, p in signature.items() if p.kind is inspect.Parameter.KEYWORD_ONLY and key != "rng"]
    assert given == [param.key for param in method.params]
    assert list(signature)[:4] == ["network", "x", "target", "rng"]
    for param in method.params:
        assert signature[param.key].default == param.default
        assert param.low < param.high and param.low <= param.default <= param.high and param.step > 0
        assert type(param.low) is type(param.high) is type(param.default)
        assert param.label and param.help.endswith(".")


@pytest.mark.parametrize("name", FILES)
def test_a_method_knows_what_a_map_costs(name: str) -> None:
    method = METHODS[name]
    at = [{p.key: getattr(p, end) for p in method.params} for end in ("low", "default", "high")]
    assert all(method.passes(**values) > 0 for values in at)
    assert method.passes() == method.passes(**at[1])


def test_a_method_added_to_the_registry_needs_nothing_else() -> None:
    import torch

    from xaicheck.engine import run as engine
    from xaicheck.models import samples

    def flat(network, x, target, *, rng, height=2):
        return torch.full_like(x, height) * torch.linspace(0, 1, x.shape[-1])

    added = Method("flat", "Flat", "A ramp.", "none", flat)
    with METHODS.with_entry(added):
        report = engine.check(
            samples.load("clock"), methods=("flat",), depths=(0, 1), batchnorm="keep", measures=("mse",)
        )
    assert [row.score.value for row in report.scores] == [0.0, 0.0]
    assert report.attribution("flat", 1, 0).values[0, -1] == 6  # three channels of 2, summed


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", FILES)
def test_a_method_is_right_for_a_model_or_refused_with_a_reason(name: str, model: str) -> None:
    reason = refusal(METHODS[name], MODELS[model])
    assert reason is None or (len(reason) > 20 and not reason.endswith(".") and "\n" not in reason)


def test_refusals_are_those_that_are_known() -> None:
    refused = {name: [model for model in MODELS if refusal(METHODS[name], MODELS[model])] for name in FILES}
    hard = ["mobilenet_v3_large", "convnext_tiny", "vit_b_16"]
    assert {name: models for name, models in refused.items() if models} == {
        "grad_cam": ["vit_b_16"],
        "guided_backprop": hard,
        "guided_grad_cam": hard,
        "lrp": ["densenet121", *hard],
    }


# --- measures

RANDOM = np.random.default_rng(2).standard_normal((56, 56)).astype(np.float32)
WITHOUT_NUMBER = {
    "constant": np.full((56, 56), 0.3, np.float32),
    "zero": np.zeros((56, 56), np.float32),
    "NaN": np.where(RANDOM > 2, np.nan, RANDOM),
    "infinite": np.where(RANDOM > 2, np.inf, RANDOM),
}


@pytest.mark.parametrize("key", SIMILARITIES)
def test_a_measure_gives_a_map_against_itself_its_best_value(key: str) -> None:
    measure = SIMILARITIES[key]
    assert measure.key == key
    assert measure.fn(RANDOM, RANDOM).value == measure.best
    assert against(key, RANDOM)(RANDOM.copy()).value == measure.best
    assert measure.low <= measure.best <= measure.high
    assert measure.best == (measure.low if measure.distance else measure.high)


@pytest.mark.parametrize("key", SIMILARITIES)
@pytest.mark.parametrize("which", WITHOUT_NUMBER)
def test_a_measure_says_why_there_is_no_number(key: str, which: str) -> None:
    empty = WITHOUT_NUMBER[which]
    for a, b, side in (
        (RANDOM, empty, "randomized"),
        (empty, RANDOM, "original"),
        (empty, empty, "original"),
    ):
        score = SIMILARITIES[key].fn(a, b)
        assert score.value is None
        assert score.why.startswith(f"the {side} map ") and len(score.why) > 20


@pytest.mark.parametrize("key", SIMILARITIES)
def test_a_measure_says_what_it_is_and_where_it_comes_from(key: str) -> None:
    measure = SIMILARITIES[key]
    assert all((measure.label, measure.summary, measure.source, measure.formula, measure.undefined))
    text = inspect.getdoc(measure.fn) or ""
    assert all(word in text for word in ("Formula:", "Source:", "Undefined when:"))


class _Answers:
    """A network that gives one answer and remembers whether it was asked."""

    def __init__(self, best: int) -> None:
        self.asked, self.best = False, best

    def module(self, x: torch.Tensor) -> torch.Tensor:
        self.asked = True
        return -(torch.arange(1000) - self.best).abs().float().expand(len(x), 1000)


@pytest.mark.parametrize("method", [m for m in METHODS.values() if m.control], ids=lambda m: m.key)
def test_a_control_looks_at_the_network_only_where_its_summary_says_so(method: Method) -> None:
    x = torch.rand(1, 3, 16, 16, generator=generator("picture")).expand(2, 3, 16, 16)
    maps = []
    for best in (7, 900):  # one of the five best, and none of them
        network = _Answers(best)
        maps.append(method.fn(network, x, torch.tensor([7, 7]), rng=Draws((0, method.key, "x"), (0, 1))))
        assert network.asked == ("network’s" in method.summary)
        assert ("made without the network" in method.summary) != network.asked
    again = torch.equal(maps[0][0], maps[0][1])  # two depths of a seed
    assert again == (method.key != "fresh_noise")
    assert torch.equal(maps[0], -maps[1] if "turned negative" in method.summary else maps[1])
