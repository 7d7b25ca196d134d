"""What the command line draws while it computes."""

from __future__ import annotations

import sys

from xaicheck.types import Progress


class Bar:
    """A progress bar on standard error; silent where that is not a terminal."""

    def __enter__(self) -> Bar:
        from tqdm import tqdm

        self._bar = tqdm(
            desc="loading the model",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            leave=False,
            # Not tqdm's own estimate: a pass of one method costs a hundred times one of another.
            bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt}{postfix}",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def update(self, progress: Progress) -> None:
        """Draws how many maps there are and what comes next."""
        self._bar.total = progress.total
        self._bar.n = progress.done
        if progress.seconds_left is not None:
            self._bar.set_postfix_str(f"{progress.seconds_left:.0f} s left", refresh=False)
        self._bar.set_description(progress.note)

    def check(self) -> None:
        """Never ends the run: whoever typed the command waits for it until Ctrl-C."""
