"""The commands that make the shipped files, by their names and by those that they had before."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

import xaicheck
from xaicheck.engine import run
from xaicheck.experiments import command
from xaicheck.experiments.noise import precompute
from xaicheck.types import Progress

NOW = (
    "xaicheck.experiments.ranking",
    "xaicheck.experiments.noise",
    "xaicheck.experiments.scales",
    "xaicheck.experiments.first_visit.results",
    "xaicheck.experiments.first_visit.examples",
)
NEW = "xaicheck.experiments.repairs"  # never had another name


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")  # imported by other tests
@pytest.mark.parametrize("name", [*NOW, NEW, *xaicheck._FORMER])
def test_a_command_asked_for_help_says_what_it_does_and_computes_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "run", pytest.fail)
    monkeypatch.setattr(precompute, "compute", pytest.fail)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module(name, run_name="__main__")
    said = capsys.readouterr().out
    assert end.value.code in (None, 0)
    assert said.startswith("usage: python -m xaicheck.experiments.") and "--out" in said


def test_a_former_name_leads_to_the_command_of_today(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    led = set()
    for name in xaicheck._FORMER:
        monkeypatch.setattr(sys, "argv", [name, "--help"])
        with pytest.raises(SystemExit):
            runpy.run_module(name, run_name="__main__")
        led.add(capsys.readouterr().out.split()[3])
    assert led == set(NOW)


def test_a_file_that_became_too_large_ends_the_command_with_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command.written(Path("a.zip"), 2_000_000, 2_000_000)
    assert "a.zip: 2.00 MB" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="larger than 2.0 MB"):
        command.written(Path("a.zip"), 2_000_001, 2_000_000)


def test_progress_is_said_on_one_line_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    line = command.Line("maps")
    line.check()
    for done in (1, 2):
        line.update(Progress(done, 9, "gradient", None, None))
    first, second = capsys.readouterr().out.split("\r")[1:]
    assert "2 of 9" in second and "gradient" in second and len(first) == len(second)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")  # imported by other tests
@pytest.mark.parametrize("name", NOW)
@pytest.mark.parametrize("out", ["", "/", ".", "x" * 300, "a\0b"])
def test_a_place_where_no_file_can_be_is_refused_before_the_computing(
    name: str, out: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "run", pytest.fail)
    monkeypatch.setattr(precompute, "compute", pytest.fail)
    monkeypatch.setattr(sys, "argv", [name, "--out", out])
    with pytest.raises(SystemExit) as end:
        runpy.run_module(name, run_name="__main__")
    assert end.value.code == 2 and "--out" in capsys.readouterr().err
