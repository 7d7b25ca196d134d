"""The check that a first visit shows at once.

`python -m xaicheck.experiments.first_visit.results` computes it again.
"""

from __future__ import annotations

from pathlib import Path

from xaicheck.experiments import command
from xaicheck.experiments.first_visit import store
from xaicheck.models import samples
from xaicheck.types import Report, Request

FILE = store.FOLDER / "first.zip"
SEEDS = 3  # what the page asks for when nobody has chosen anything


def load(path: Path | None = None) -> Report | None:
    """The stored check; None when there is no file that can be read."""
    return store.load(path or FILE)


def first_request() -> Request:
    """What the page asks for when nobody has chosen anything."""
    from xaicheck.engine.request import request_for
    from xaicheck.engine.settings import DEFAULT_MEASURES
    from xaicheck.similarity.measures import SIMILARITIES

    measures = [key for key in SIMILARITIES if key in DEFAULT_MEASURES]
    image = samples.load(next(iter(samples.SAMPLES)))
    return request_for(image, seeds=range(SEEDS), measures=measures)


def main(arguments: list[str] | None = None) -> None:
    """Computes the check and writes its file."""
    given = command.parser("xaicheck.experiments.first_visit.results", __doc__, FILE).parse_args(arguments)
    from xaicheck.engine import run

    image = samples.load(next(iter(samples.SAMPLES)))
    report = run.run(first_request(), image, listener=command.Line("maps"))
    command.written(given.out, store.save(report, given.out), store.MAX_BYTES)


if __name__ == "__main__":
    main()
