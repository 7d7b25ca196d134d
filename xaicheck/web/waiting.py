"""A page that waits for a job: the bar that says how far it is, and a sentence where it failed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from xaicheck.broker import Job
from xaicheck.errors import Busy, XaicheckError
from xaicheck.reading import words
from xaicheck.types import Progress

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

log = logging.getLogger(__name__)
T = TypeVar("T")


def show(bar: DeltaGenerator, job: Job, ahead: int, *, maps: bool = True) -> None:
    """Draws how far a job is, or how many are ahead of it; without `maps` its note counts itself."""
    progress: Progress | None = job.progress
    if job.state == "queued" and ahead:
        bar.progress(0.0, f"{words.TEXT.queued}: {ahead} ahead")
    elif progress is None:
        bar.progress(0.0, words.TEXT.starting)
    else:
        share = progress.done / progress.total if progress.total else 0.0
        left = words.time_left(progress.seconds_left)
        line = " · ".join(part for part in (progress.note, left) if part)
        if maps:
            line = words.progress_line(progress.done, progress.total, progress.note, progress.seconds_left)
        bar.progress(min(share, 1.0), line)


def attempt(compute: Callable[[], T]) -> tuple[T | None, str]:
    """(The result, nothing), or (None, what went wrong, as a sentence for the page)."""
    try:
        return compute(), ""
    except Busy:
        return None, words.TEXT.busy
    except XaicheckError as error:
        return None, str(error)
    except Exception:  # whatever it was, the page goes on and says so; the log has the details
        log.exception("a run failed")
        return None, words.TEXT.failed
