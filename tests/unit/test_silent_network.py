"""A network that gives no answer to a picture is refused in a sentence; a randomized one may give none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import xaicheck  # before torch: it sets how torch's threads wait

import torch  # isort: skip

from tests.unit.test_randomization_entry import MODEL_ENTRY
from xaicheck.cli import commands as cli
from xaicheck.engine import convergence_run
from xaicheck.errors import ModelUnavailable, XaicheckError
from xaicheck.models import registry, samples
from xaicheck.models.registry import MODELS
from xaicheck.randomization.laws import LAWS, Law, Slot
from xaicheck.report.files import as_json

CLOCK = samples.load("clock")
State = dict[str, torch.Tensor]
NAN, INFINITE = float("nan"), float("inf")


@pytest.fixture(autouse=True)
def loaded_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test has a toy of its own."""
    monkeypatch.setattr(registry, "_loaded", {})
    yield


def filled(value: float, *, only: str = "") -> State:
    """The toy's tensors, those of one layer or all of them with one value."""
    state = dict(MODEL_ENTRY.weights())
    for name, tensor in state.items():
        if name.startswith(only) and tensor.is_floating_point():
            tensor.fill_(value)
    return state


def one_bias() -> State:
    """A classifier that reads nothing and always says one class."""
    state = filled(0.0, only="3.2")
    state["3.2.bias"][3] = 20.0
    return state


NOT_NUMBERS, EQUAL, DEAF = "are not all numbers", "are all equal", "are the same for random noise"
SILENT: dict[str, tuple[Callable[[], State], str]] = {
    "one layer is no number": (lambda: filled(NAN, only="1.0"), NOT_NUMBERS),
    "one bias is no number": (lambda: filled(NAN, only="3.2.bias"), NOT_NUMBERS),
    "one layer is infinite": (lambda: filled(INFINITE, only="3.2"), NOT_NUMBERS),
    "too large for float32": (lambda: filled(3e38, only="3.2"), NOT_NUMBERS),
    "zeros": (lambda: filled(0.0), EQUAL),
    "a classifier of zeros": (lambda: filled(0.0, only="3.2"), EQUAL),
    "one class like the other": (lambda: filled(0.1, only="3.2"), EQUAL),
    "a classifier of one bias": (lambda: one_bias(), DEAF),
    "a first layer of zeros": (lambda: filled(0.0, only="1.0"), DEAF),
}  # fmt: skip


@pytest.mark.parametrize("case", SILENT)
def test_a_network_without_an_answer_is_refused_in_one_sentence(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, said = SILENT[case]
    toy = dataclasses.replace(MODEL_ENTRY, weights=make)
    with MODELS.with_entry(toy):
        for target in (None, 3):  # nor is a class that was named explained
            with pytest.raises(ModelUnavailable) as caught:
                xaicheck.check(CLOCK, model="toy", methods=("gradient",), depths=(0, 1), target=target)
            message = str(caught.value)
            assert message.startswith("A toy network gives no answer to this picture: its 10 outputs")
            assert said in message and "choose another network" in message and "\n" not in message
        request = convergence_run.request_for(CLOCK, model="toy", start=1)
        with pytest.raises(ModelUnavailable, match=said):
            convergence_run.run(request, CLOCK)
        out = tmp_path / "out"
        path = str(samples.SAMPLES["clock"].path)
        status = cli.main(["check", path, "--model", "toy", "--methods", "gradient", "--out", str(out)])
    printed = capsys.readouterr()
    assert status == 1 and printed.out == "" and not out.exists()
    (line,) = (line for line in printed.err.splitlines() if line.startswith("xaicheck: "))
    assert said in line and "Traceback" not in printed.err


MISFITS: dict[str, Callable[[State], object]] = {
    "a list": lambda state: list(state.values()),
    "whole numbers": lambda state: dict(enumerate(state.values())),
    "nested": lambda state: {"model": state},
    "texts": lambda state: dict.fromkeys(state, "0.5"),
    "None": lambda state: dict.fromkeys(state),
    "another shape": lambda state: state | {"3.2.bias": torch.zeros(11)},
    "whole values": lambda state: state | {"3.2.bias": torch.zeros(10, dtype=torch.int32)},
    "double precision": lambda state: {name: value.double() for name, value in state.items()},
    "complex": lambda state: state | {"3.2.bias": torch.zeros(10, dtype=torch.complex64)},
}


@pytest.mark.parametrize("case", MISFITS)
def test_weights_of_another_structure_are_one_sentence_on_the_command_line(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toy = dataclasses.replace(MODEL_ENTRY, weights=lambda: MISFITS[case](dict(MODEL_ENTRY.weights())))
    with MODELS.with_entry(toy):
        path = str(samples.SAMPLES["clock"].path)
        status = cli.main(
            ["check", path, "--model", "toy", "--methods", "gradient", "--out", str(tmp_path / "out")]
        )
    printed = capsys.readouterr()
    assert status == 1 and printed.out == ""
    (line,) = printed.err.strip().splitlines()[-1:]
    assert line.startswith("xaicheck: A toy network is not available: its weights do not fit")
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("value", [NAN, INFINITE, 0.0])
def test_a_randomized_network_without_an_answer_is_a_result(value: float) -> None:
    def broken(slot: Slot, rng: torch.Generator) -> torch.Tensor:
        return torch.full_like(slot.trained, value)

    law = Law("broken", "Broken", "Every value is the same.", broken)
    with MODELS.with_entry(MODEL_ENTRY), LAWS.with_entry(law):
        report = xaicheck.check(
            CLOCK, model="toy", methods=("gradient", "fixed_noise"), depths=(0, 2), law="broken",
            batchnorm="keep", measures=("mse",),
        )  # fmt: skip
    numbers = {(alive.depth): alive.logit_std for alive in report.liveness}
    assert numbers[0] > 0
    assert numbers[2] == 0.0 if value == 0.0 else numbers[2] != numbers[2]
    assert as_json(report)["liveness"][1]["logit_std"] == (0.0 if value == 0.0 else None)
    assert report.attribution("fixed_noise", 2, 0) is not None


def test_the_refusal_is_an_error_like_any_other() -> None:
    assert issubclass(ModelUnavailable, XaicheckError)
