"""What the parts of the check page show, at two levels, and the finding over each of its charts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xaicheck.reading import words
from xaicheck.reading.network_sentences import mean, scales_line, spread
from xaicheck.reading.numbers import Reading, ScaleRow
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.sentences import where
from xaicheck.reading.texts import beside
from xaicheck.reading.words import UNIFORM_ENTROPY, number, share, short, verb

TEXT = beside(__file__)


@dataclass(frozen=True)
class ScaleChart:
    """A chart of the activations, a key of charts.SCALES, at a depth."""

    reading: Reading
    depth: int
    what: str

    @property
    def rows(self) -> list[ScaleRow]:
        """The randomized blocks."""
        touched = set(self.reading.touched(self.depth))
        return [row for row in self.reading.scales(self.depth) if row.block in touched]

    @property
    def ratios(self) -> list[float]:
        """Of each randomized block: how wide its middle 90 % is, or how large its gradient, beside before."""
        ratios = [_width(row) if self.what == "quantiles" else row.gradient_ratio for row in self.rows]
        return [ratio for ratio in ratios if ratio is not None and math.isfinite(ratio)]

    @property
    def dead(self) -> tuple[float, float]:
        """Mean share of zeros of the randomized blocks, trained and randomized."""
        n = len(self.rows)
        return sum(row.original.dead for row in self.rows) / n, sum(row.dead for row in self.rows) / n


def _width(row: ScaleRow) -> float | None:
    before = row.original.quantiles[4] - row.original.quantiles[0]
    return (row.quantiles[4] - row.quantiles[0]) / before if before else None


def _place(at: ScaleChart) -> dict[str, object]:
    their = verb(len(at.reading.touched(at.depth)), "its", "their")
    return {"place": where(at.reading, at.depth), "their": their}


SCALE_TITLES = (
    Sentence[ScaleChart](
        "check.quantiles",
        TEXT.scale_titles.quantiles,
        lambda at: at.what == "quantiles" and bool(at.ratios),
        lambda at: _place(at) | {"times": spread(at.ratios)},
    ),
    Sentence[ScaleChart](
        "check.dead",
        TEXT.scale_titles.dead,
        lambda at: at.what == "dead" and bool(at.rows) and all(map(math.isfinite, at.dead)),
        lambda at: _place(at) | {"before": share(at.dead[0]), "after": share(at.dead[1])},
    ),
    Sentence[ScaleChart](
        "check.gradient",
        TEXT.scale_titles.gradient,
        lambda at: at.what == "gradient" and bool(at.ratios),
        lambda at: _place(at) | {"times": spread(at.ratios)},
    ),
)


def scales_title(reading: Reading, depth: int, what: str) -> str:
    """The finding over one chart of the activations: `what` is a key of charts.SCALES."""
    said = (
        scales_line(reading, depth) if what == "rms" else say(SCALE_TITLES, ScaleChart(reading, depth, what))
    )
    return said or str(words.TEXT.titles.scales)


def alive_chart_title(reading: Reading, depth: int, what: str) -> str:
    """The finding over one chart of the liveness: the mean at this depth beside the trained network's."""
    trained, networks = reading.liveness(0), reading.liveness(depth)
    if not trained or not networks:
        return ""
    name = {"logit_std": "Spread of the logits", "entropy": "Entropy"}[what]
    shown = short if what == "logit_std" else number
    most = f", of at most {number(UNIFORM_ENTROPY)} nats" if what == "entropy" else ""
    first, now = shown(mean(trained, what)), shown(mean(networks, what))
    if not depth:
        return f"{name}: {first}{most}"
    return f"{name}: {first} trained, {now} with {where(reading, depth)}{most}"
