"""The command `convergence`: whether backward rules forget where they started, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from xaicheck.cli import arguments, writing
from xaicheck.cli.listings import table
from xaicheck.cli.terminal import Bar
from xaicheck.engine import convergence_run
from xaicheck.engine.convergence_run import ConvergenceReport
from xaicheck.errors import BadRequest
from xaicheck.models.device import DEVICE
from xaicheck.reading.words import number
from xaicheck.topics.check import convergence_words as sentences

FILE = "convergence.json"


def add(commands: argparse._SubParsersAction[arguments.Parser]) -> None:
    """Adds the command to the parser of the command line."""
    what = "put random relevance in high up and see whether rules still tell it apart below (CSC)"
    command = commands.add_parser("convergence", help=what, allow_abbrev=False)
    command.set_defaults(run=_run)
    add = command.add_argument
    add("picture", metavar="PICTURE", help=arguments.PICTURE)
    arguments.add(command, convergence_run.arguments())
    add("--json", action="store_true", help="print JSON")
    add("--out", metavar="DIR", help=f"folder for {FILE}, instead of printing")


def _run(args: argparse.Namespace) -> None:
    if args.json and args.out is not None:
        raise BadRequest("Choose --json to print, or --out DIR to write.")
    picture = arguments.picture(args.picture)
    request = convergence_run.request_for(
        picture,
        model=args.model,
        methods=args.methods,
        start=args.start,
        depths=args.depths,
        vectors=args.vectors,
        seed=args.seed,
    )
    device = DEVICE.converted(args.device)
    with writing.tidy(args.out):
        folder = None if args.out is None else writing.folder("--out", args.out)
        with Bar() as bar:
            report = convergence_run.run(request, picture, device=device, listener=bar)
        data = json.dumps(report.to_json(), indent=1, allow_nan=False, ensure_ascii=False)
        path = None if folder is None else writing.put(folder / FILE, f"{data}\n".encode())
    if path is not None:
        print(f"{sentences.finding(report)} Wrote {path}.")
    else:
        print(data if args.json else "\n".join(_lines(report)))


def _lines(report: ConvergenceReport) -> Iterator[str]:
    """The medians of the magnitudes with the signed ones behind them, and what they say."""
    methods = [profile.method for profile in report.profiles]
    rows = []
    for i, block in enumerate(report.request.blocks):
        cells = [profile.blocks[i] for profile in report.profiles]
        said = [f"{sentences.cosine(at.absolute)} ({sentences.cosine(at.median)})" for at in cells]
        rows.append((block, *said, number(cells[0].baseline)))
    yield table(("BLOCK", *methods, "unrelated"), rows)
    yield "\nMedian |cosine| of two starts, and the median cosine with its sign."
    yield sentences.finding(report)
    yield sentences.settings_line(report)
    yield from sentences.rest(report.request)
