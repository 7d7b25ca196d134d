"""The command line: `check` writes a report, `verify` computes one again, the rest list what there is.

`convergence` asks the backward rules themselves, in a file of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from xaicheck.address import ADDRESS
from xaicheck.cli import arguments, check_text, convergence, listings as tables, writing
from xaicheck.cli.terminal import Bar
from xaicheck.engine import run as engine
from xaicheck.engine.request import MODEL, arguments as of_check, panel_for, request_for
from xaicheck.engine.settings import SETTINGS
from xaicheck.errors import BadImage, BadRequest, Refused, XaicheckError
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models.device import DEVICE
from xaicheck.models.registry import MODELS
from xaicheck.report import files
from xaicheck.types import ModelSpec

_LONG = re.compile(r"(\S{100})\S{200,}(\S{100})")
WRONG_ARGUMENT, FAILED, INTERRUPTED = 2, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 2 wrong arguments, 1 what failed or differs, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a "×" is no reason to fail on an ASCII terminal
    try:
        args = build_parser().parse_args(argv)
        status: int = args.run(args) or 0
        sys.stdout.flush()
    except (BadRequest, Refused, BadImage) as error:
        return _say(error, WRONG_ARGUMENT)
    except XaicheckError as error:
        return _say(error, FAILED)
    except KeyboardInterrupt:
        return _say("interrupted; nothing was written", INTERRUPTED)
    except BrokenPipeError:
        # The reader (`| head`) has what it wanted; without this Python complains again while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return status


def build_parser() -> arguments.Parser:
    """The parser of the whole command line; `args.run(args)` does what was asked."""
    parser = arguments.Parser(
        prog="xaicheck", description="Randomization checks for attribution maps.", allow_abbrev=False
    )
    commands = parser.add_subparsers(required=True)
    _add_check(commands)
    _add_verify(commands)
    convergence.add(commands)
    for name, what, listing in (
        ("settings", "arguments of a check, their defaults and values", _list_settings),
        ("models", "networks", _list_models),
        ("methods", "attribution methods and their settings", _list_methods),
        ("measures", "similarity measures", _list_measures),
    ):
        command = commands.add_parser(name, help=f"list the {what}", allow_abbrev=False)
        command.set_defaults(run=listing)
        command.add_argument("--json", action="store_true", help="as JSON")
        if name == "methods":
            refused = "also say which are refused on this network, and why"
            arguments.add(command, [replace(MODEL, default=None, option=refused)])
    return parser


def _add_check(commands: argparse._SubParsersAction[arguments.Parser]) -> None:
    check = commands.add_parser(
        "check", help="explain a picture, randomize the network, compare", allow_abbrev=False
    )
    check.set_defaults(run=_check)
    add = check.add_argument
    add("picture", metavar="PICTURE", help=arguments.PICTURE)
    arguments.add(check, of_check())
    add("--out", metavar="DIR", help=f"folder for {files.REPORT}, {files.MAPS} and {files.PICTURE}")
    add("--report", metavar="FILE.html", help="one page with everything, and FILE.zip beside it")
    arguments.add(check, [ADDRESS])


def _add_verify(commands: argparse._SubParsersAction[arguments.Parser]) -> None:
    verify = commands.add_parser(
        "verify", help="compute a report again and say what differs; exit 0: the same", allow_abbrev=False
    )
    verify.set_defaults(run=_verify)
    add = verify.add_argument
    add("report", metavar="REPORT", help="the HTML page, the zip, or the folder that `check --out` wrote")
    add(
        "--picture", metavar="FILE", help="the original picture, to compute from it and not from the report’s"
    )
    arguments.add(verify, [DEVICE])


def _check(args: argparse.Namespace) -> None:
    picture = arguments.picture(args.picture)
    model, device = MODEL.converted(args.model), DEVICE.converted(args.device)
    address = ADDRESS.converted(args.address)
    settings = {setting.key: getattr(args, setting.key) for setting in SETTINGS.values() if setting.option}
    methods = _panel(MODELS[model]) if args.methods is None else args.methods
    request = request_for(picture, model=model, methods=methods, **settings)
    with writing.tidy(args.out, args.report):
        place = writing.place_of(args.out, args.report)
        with Bar() as bar:
            report = engine.run(request, picture, device=device, listener=bar)
        paths = writing.write(report, place, address)
    tables = (*check_text.table(report), *check_text.classes(report))
    for line in (*tables, *check_text.lines(report, paths)):
        _tell(line)


def _verify(args: argparse.Namespace) -> int:
    from xaicheck.cli import verify_text
    from xaicheck.report import opening, verify

    device = DEVICE.converted(args.device)
    if not args.report:
        raise BadRequest("The path of the report is empty; name a page, a zip or a folder.")
    found = opening.read(Path(args.report))
    given = None if args.picture is None else arguments.picture(args.picture)
    with Bar() as bar:
        outcome = verify.check(found, device=device, given=given, listener=bar)
    for line in verify_text.lines(outcome, args.report):
        print(line)
    return 0 if outcome.holds else FAILED


def _list_settings(args: argparse.Namespace) -> None:
    _show(args.json, tables.settings, tables.settings_text)


def _list_models(args: argparse.Namespace) -> None:
    _show(args.json, tables.models, tables.models_text)


def _list_methods(args: argparse.Namespace) -> None:
    spec = None if args.model is None else MODELS[MODEL.converted(args.model)]
    _show(args.json, lambda: tables.methods(spec), lambda: tables.methods_text(spec))


def _list_measures(args: argparse.Namespace) -> None:
    _show(args.json, tables.measures, tables.measures_text)


def _show(as_json: bool, rows: Callable[[], list[tables.Row]], text: Callable[[], str]) -> None:
    print(json.dumps(rows(), indent=1, allow_nan=False) if as_json else text())


def _panel(spec: ModelSpec) -> tuple[str, ...]:
    """The default panel's keys without those that the model refuses, which are named on standard error."""
    offered = panel_for(spec)
    for key in DEFAULT_PANEL:
        if key not in offered:
            _tell(f"{key} is left out: {refusal(METHODS[key], spec)}")
    return offered


def _say(message: object, status: int) -> int:
    """The status, after one line on standard error; of a word that goes on and on, both its ends."""
    line = _LONG.sub(r"\1…\2", " ".join(str(message).split()))
    _tell(f"xaicheck: {line}")
    return status


def _tell(line: str) -> None:
    print(line, file=sys.stderr)
