"""The command `convergence`: what is asked reaches the run, and its answer is printed or written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.convergence_data import line, report
from xaicheck.cli import commands, convergence as command
from xaicheck.engine import convergence_run
from xaicheck.engine.convergence import RULES
from xaicheck.engine.convergence_run import ConvergenceReport, ConvergenceRequest, Profile, request_for
from xaicheck.errors import ModelUnavailable
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.topics.check import convergence_words as words

PICTURE = str(Path(__file__).resolve().parents[2] / "assets" / "samples" / "chelsea.png")
Command = Callable[..., tuple[int, str, str]]


class Run:
    """Stands where the run stands and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[ConvergenceRequest] = []
        self.device = ""
        self.error: Exception | None = None

    def __call__(self, request: ConvergenceRequest, image: Any, *, device: str, listener: Any) -> Any:
        listener.check()
        self.asked.append(request)
        self.device = device
        if self.error is not None:
            raise self.error
        profiles = tuple(Profile(key, (line(0.97),) * len(request.blocks)) for key in request.methods)
        return ConvergenceReport(request, image.name, profiles, (), "cpu", 1.0)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Run:
    run = Run()
    monkeypatch.setattr(convergence_run, "run", run)
    return run


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = commands.main(["convergence", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_without_options_it_asks_what_the_page_asks(fake: Run, say: Command) -> None:
    status, out, err = say(PICTURE)
    assert (status, err) == (0, "")
    assert fake.asked == [request_for(samples.load("chelsea"))] and fake.device == "auto"
    assert all(block in out for block in fake.asked[0].blocks)
    assert all(key in out.splitlines()[0] for key in RULES)
    assert METHODS["grad_cam"].label in out  # not asked, with its reason


def test_every_option_reaches_the_run(fake: Run, say: Command) -> None:
    options = "--model resnet18 --methods lrp,guided-backprop --start 3 --depths 5,7 --vectors 4 --seed 9"
    assert say(PICTURE, *options.split(), "--device", "cpu")[0] == 0
    expected = request_for(
        samples.load("chelsea"), model="resnet18", methods=("guided_backprop", "lrp"), start=3,
        depths=(5, 7), vectors=4, seed=9,
    )  # fmt: skip
    assert fake.asked == [expected] and fake.device == "cpu"


def test_the_finding_of_the_page_is_printed_below_the_numbers(fake: Run, say: Command) -> None:
    _, out, _ = say(PICTURE, "--methods", "lrp", "--depths", "3,4")
    assert words.finding(report(lrp=(line(0.97),) * 2)) in out


def test_json_is_the_whole_report_and_nothing_else(fake: Run, say: Command) -> None:
    status, out, _ = say(PICTURE, "--json")
    data = json.loads(out)
    assert status == 0 and set(data["methods"]) == set(RULES)
    assert data["request"]["blocks"] == [row["block"] for row in data["methods"]["lrp"]]


def test_a_folder_gets_the_same_json(fake: Run, say: Command, tmp_path: Path) -> None:
    _, printed, _ = say(PICTURE, "--json")
    status, out, _ = say(PICTURE, "--out", str(tmp_path / "new"))
    path = tmp_path / "new" / command.FILE
    assert status == 0 and str(path) in out
    assert path.read_text(encoding="utf-8") == printed


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--methods", "grad_cam"), "gradient, guided_backprop, lrp"),
        (("--methods", ","), "one or more of"),
        (("--model", "vit_b_16", "--methods", "lrp"), "refused on ViT"),
        (("--model", "alexnet"), "efficientnet_lite0"),
        (("--depths", "2"), "from 3 to 19"),
        (("--depths", "x"), "depths: x is not allowed; choose all, or whole numbers from 3"),
        (("--start", "19"), "from 1 to 18"),
        (("--vectors", "1"), "from 2 to"),
        (("--seed", "-1"), "seed: -1 is not allowed"),
        (("--vectors", "1000000000"), "from 2 to 10"),
        (("--device", "tpu"), "auto, cpu, cuda"),
        (("--json", "--out", "somewhere"), "--json"),
        (("--samples", "3"), "--samples"),
    ],
)
def test_a_wrong_argument_is_one_line_with_what_is_allowed(
    fake: Run, say: Command, arguments: tuple[str, ...], named: str
) -> None:
    status, out, err = say(PICTURE, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert named.replace(", ", "") in err.replace(", ", "").replace("'", "")
    assert fake.asked == []


def test_a_picture_that_is_not_there_and_a_model_that_cannot_be_had_are_one_line(
    fake: Run, say: Command
) -> None:
    status, _, err = say("nowhere.png")
    assert status == 2 and "nowhere.png" in err and err.count("\n") == 1
    fake.error = ModelUnavailable("No network.")
    assert say(PICTURE) == (1, "", "xaicheck: No network.\n")


def test_guided_backprop_forgets_its_start_on_the_real_network(say: Command) -> None:
    status, out, _ = say(
        PICTURE, "--methods", "guided-backprop", "--depths", "19", "--vectors", "2", "--json"
    )
    (stem,) = json.loads(out)["methods"]["guided_backprop"]
    assert status == 0 and stem["block"] == "stem" and stem["median"] > words.FORGOTTEN
