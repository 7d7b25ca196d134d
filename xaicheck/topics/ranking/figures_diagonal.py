"""The chart of the memory E of each method, depth by depth."""

from __future__ import annotations

from xaicheck.methods import METHODS
from xaicheck.reading.charts import Axis, Chart, Level, Places, Series
from xaicheck.reading.line_styles import styles_of
from xaicheck.topics.ranking.words import TEXT
from xaicheck.topics.ranking.words_diagonal import Seen, memory_alt, memory_title


def memory(seen: Seen) -> Chart | None:
    """E against depth, a line a method that tells networks apart; None where there is no line."""
    points = [p for p in seen.found.real if p.tells_apart and len([m for m in p.depths if m]) > 1]
    if not points:
        return None
    styles = styles_of(METHODS[p.method] for p in points)
    lines = tuple(
        Series(
            METHODS[p.method].label,
            styles[p.method],
            tuple(None if m is None else m.interval.estimate for m in p.depths),
        )
        for p in points
    )
    depths = seen.found.depths
    return Chart(
        "ranking-memory",
        memory_title(seen),
        memory_alt(seen, points),
        Places(TEXT.diagonal.columns.depth, tuple(map(str, depths)), depths, TEXT.diagonal.depth),
        Axis(TEXT.diagonal.columns.memory),
        lines,
        level=Level(0.0, ""),
    )
