"""Every option of every command: an odd text is converted by its domain, or refused in one line.

Commands, options and their domains are those of the parser itself, so that one which is added is tested too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import toys
from tests.odd import TEXTS
from tests.unit.test_cli import FakeEngine
from tests.unit.test_cli_convergence import Run
from xaicheck.arguments import Domain, Unfit
from xaicheck.cli import arguments as words, commands, verify_text, writing
from xaicheck.engine import convergence_run, run as engine
from xaicheck.errors import BadRequest, Refused
from xaicheck.models import samples
from xaicheck.models.registry import DEFAULT_MODEL, MODELS
from xaicheck.report import command, opening, verify

FILES = ("PICTURE", "REPORT", "FILE", "DIR", "FILE.html")  # what is a path has no domain


def options() -> dict[str, dict[str, argparse.Action]]:
    """Each command's options by what they are called, and what stands without a name."""
    parser = commands.build_parser()
    (known,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return {
        name: {
            (action.option_strings or [action.dest])[-1]: action
            for action in command._actions
            if not isinstance(action, argparse._HelpAction)
        }
        for name, command in known.choices.items()
    }


with toys.added():
    OPTIONS = [(command, option) for command, known in options().items() for option in known]


def test_an_option_is_spelled_with_hyphens_or_as_its_key(nothing_is_computed: FakeEngine) -> None:
    for flag in ("--target-policy", "--target_policy"):
        line = f"check cat.png --out out {flag} randomized --against tabby"
        assert commands.main(line.split()) == 0
        request = nothing_is_computed.request
        assert request is not None
        assert (request.target_policy, request.against) == ("randomized", 281)
        repeated = command.repeat(request, "cat.png", "a.html")
        assert " --target-policy randomized " in repeated and " --against 281 " in repeated


@pytest.fixture(autouse=True)
def nothing_is_computed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeEngine]:
    monkeypatch.chdir(tmp_path)
    fake = FakeEngine()
    monkeypatch.setattr(engine, "run", fake)
    monkeypatch.setattr(convergence_run, "run", Run())
    monkeypatch.setattr(writing, "write", lambda *_: ())
    read, sample = words.picture, samples.load("chelsea")
    monkeypatch.setattr(words, "picture", lambda path: sample if path == "cat.png" else read(path))
    monkeypatch.setattr(opening, "read", lambda path: None)
    monkeypatch.setattr(verify, "check", lambda *_, **__: SimpleNamespace(holds=True))
    monkeypatch.setattr(verify_text, "lines", lambda *_: ())
    with toys.added():
        yield fake


def domain_of(action: argparse.Action) -> Domain | None:
    domain = getattr(action.type, "__self__", None)
    return domain if isinstance(domain, Domain) else None


def takes(domain: Domain, text: str) -> bool:
    """Whether the domain has a value for the text, on the default network."""
    try:
        domain.converted(domain.read(text), MODELS[DEFAULT_MODEL])
    except (Unfit, BadRequest, Refused):
        return False
    return True


def line(command: str, option: str, text: str) -> list[str]:
    """The command with this text for the option, and with the least that it needs besides."""
    own = [f"{option}={text}"] if option.startswith("--") else [text]
    paths = {"check": ["cat.png"], "convergence": ["cat.png"], "verify": ["report.html"]}
    needed = paths.get(command, []) if option.startswith("--") else []
    out = ["--out=there"] if command == "check" and option not in ("--out", "--report") else []
    return [command, *needed, *own, *out]


def test_every_option_that_is_no_path_and_no_flag_has_a_domain() -> None:
    assert len(OPTIONS) > 30
    for known in options().values():
        for option, action in known.items():
            free = action.nargs == 0 or action.metavar in FILES
            assert (domain_of(action) is None) == free, option


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=lambda part: part.strip("-"))
def test_an_odd_text_of_any_option_is_converted_or_refused_in_one_line(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    action = options()[command][option]
    domain = domain_of(action)
    seen = set()
    usual = [action.default] if isinstance(action.default, str) else []
    for text in (*TEXTS, *usual, *list(getattr(domain, "entries", ()))[:1]):
        status = commands.main(line(command, option, text))
        told = capsys.readouterr().err
        seen.add(status)
        assert status in (0, 2), (text, told)
        assert domain is None or (status == 0) == takes(domain, text), text
        if status == 2:
            assert told.startswith("xaicheck: ") and told.endswith(".\n") and told.count("\n") == 1, told
            assert "Traceback" not in told and len(told) < 1000, told
            if domain is not None:
                assert option[2:] in told or "smoothgrad" in told or "lrp" in told, told
    assert seen == ({0, 2} if domain is not None else seen), option


def test_a_converted_text_is_what_is_computed_with(nothing_is_computed: FakeEngine) -> None:
    for option, action in options()["check"].items():
        domain, fake = domain_of(action), nothing_is_computed
        for text in TEXTS if domain is not None else ():
            fake.request = None
            if commands.main(line("check", option, text)) == 0 and option not in ("--device", "--address"):
                value: Any = domain and domain.converted(domain.read(text), MODELS[DEFAULT_MODEL])
                assert getattr(fake.asked, option[2:]) == value, (option, text)
