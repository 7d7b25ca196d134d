"""What cannot be meant is one sentence with the argument's name, wherever it is given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xaicheck  # before torch: it sets how torch's threads wait

import torch  # isort: skip

from tests.unit.test_randomization_entry import MODEL_ENTRY
from xaicheck.cli import commands as cli, writing
from xaicheck.engine import convergence_run, run as engine
from xaicheck.engine.request import request_for as check_request_for
from xaicheck.errors import BadRequest
from xaicheck.experiments.ranking import study
from xaicheck.experiments.ranking.request import request_for
from xaicheck.experiments.ranking.setting import VARIANTS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS, load
from xaicheck.randomization.weights import randomized
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import MethodChoice

CLOCK = samples.load("clock")
MAP = np.arange(12.0).reshape(3, 4)

WRONG: dict[str, Callable[[], Any]] = {
    "listener": lambda: xaicheck.check(CLOCK, model="toy", methods=("gradient",), listener=3),
    "listener ": lambda: convergence_run.run(
        convergence_run.request_for(CLOCK, model="toy"), CLOCK, listener=3
    ),
    "network": lambda: randomized(None, depth=2),
    "network ": lambda: randomized("resnet18", depth=2),
    "network  ": lambda: randomized(torch.nn.Linear(2, 2), depth=2),
    "mode": lambda: randomized(load("toy", "cpu"), depth=1, mode="x"),
    "law": lambda: randomized(load("toy", "cpu"), depth=1, law="x"),
    "batchnorm": lambda: randomized(load("toy", "cpu"), depth=1, batchnorm="x"),
    "image": lambda: check_request_for("x.png"),
    "image ": lambda: convergence_run.request_for("x.png"),
    "images": lambda: request_for(None),
    "images ": lambda: request_for(["x"]),
    "images  ": lambda: study.compute(["x.png"]),
    "variants": lambda: request_for([CLOCK], variants="cascade"),
    "comparisons": lambda: request_for([CLOCK], comparisons=["x"]),
    "comparisons ": lambda: request_for([CLOCK], comparisons=3),
    "randomized": lambda: SIMILARITIES["ssim"].fn(MAP, None),
    "original": lambda: SIMILARITIES["cosine"].fn(MAP * 1j, MAP),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_object_is_one_sentence_with_the_arguments_name(case: str) -> None:
    with MODELS.with_entry(MODEL_ENTRY), pytest.raises(BadRequest) as caught:
        WRONG[case]()
    message = str(caught.value)
    assert message.startswith(f"{case.strip()}: ") and "not allowed; choose " in message
    assert message.endswith(".") and "\n" not in message


def test_two_shapes_are_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^The maps have different shapes: \(3, 4\) and \(4, 3\)\.$"):
        SIMILARITIES["ssim"].fn(MAP, MAP.T)


def test_one_object_is_a_list_of_one_and_a_generator_is_read_once() -> None:
    asked = request_for([CLOCK], variants=VARIANTS[:1])
    assert request_for(CLOCK, variants=VARIANTS[0]) == asked
    assert request_for(one for one in [CLOCK]) == asked


def test_python_takes_parameters_as_the_command_line_spells_them() -> None:
    spelled = check_request_for(CLOCK, methods=["smoothgrad:samples=8"])
    assert spelled == check_request_for(CLOCK, methods=[MethodChoice("smoothgrad", (("samples", 8),))])
    with pytest.raises(BadRequest, match="smoothgrad has no parameter x"):
        check_request_for(CLOCK, methods="smoothgrad:x=8")


def test_a_folder_that_only_claims_to_be_writable_is_refused_before_the_computing() -> None:
    with pytest.raises(BadRequest, match=r"^--report /proc: .*; name a folder that can be written to\.$"):
        writing.place_of(None, "/proc/x.html")


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("command", ["check", "convergence"])
def test_a_run_that_ends_early_leaves_no_new_folder(
    failure: type[BaseException], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(engine if command == "check" else convergence_run, "run", ended)
    (tmp_path / "old").mkdir()
    path = str(samples.SAMPLES["clock"].path)
    for out in ("old", "new/deeper"):
        with MODELS.with_entry(MODEL_ENTRY):
            try:
                assert cli.main([command, path, "--model", "toy", "--out", str(tmp_path / out)]) == 130
            except OSError:
                assert failure is OSError
    assert [one.name for one in tmp_path.iterdir()] == ["old"]


def test_an_empty_path_of_a_report_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", ""]) == 2
    assert capsys.readouterr().err == (
        "xaicheck: The path of the report is empty; name a page, a zip or a folder.\n"
    )
