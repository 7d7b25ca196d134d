"""Computes the repair bench: which exploit beats every real method under which repair, in a file."""

from __future__ import annotations

from pathlib import Path

from xaicheck.experiments import command
from xaicheck.experiments.repairs import store


def main(arguments: list[str] | None = None) -> None:
    """Computes what the folder of maps does not have yet, and writes the file."""
    parser = command.parser("xaicheck.experiments.repairs", __doc__, store.FILE)
    parser.add_argument(
        "--work", type=Path, default=Path("build") / "repairs", help="folder of the maps (%(default)s)"
    )
    given = parser.parse_args(arguments)
    from xaicheck.experiments.repairs.precompute import compute

    data = compute(folder=given.work, say=lambda line: print(line, flush=True))
    command.written(given.out, store.save(data, given.out), store.MAX_BYTES)


if __name__ == "__main__":
    main()
