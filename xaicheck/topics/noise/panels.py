"""The page on noise in HTML: large figures, pairs of maps, the contest and the table of one truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from xaicheck.experiments.noise.contest import Entry, Standings
from xaicheck.experiments.noise.truths import MARGINALS, SCORINGS, TruthTable, example
from xaicheck.methods import METHODS
from xaicheck.reading import heatmap
from xaicheck.reading.templates import css, pieces, style
from xaicheck.reading.words import DASH, colour_end, interval as interval_words, number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.noise import words
from xaicheck.topics.noise.numbers import CLEAR, Mix, estimate
from xaicheck.topics.noise.words import TEXT

_PIECES = "topics/noise/panels.html"


def sheet() -> Markup:
    """The page's style sheet."""
    return style(css("topics/noise/style.css"))


def big_figures(mix: Mix) -> Markup:
    """Both numbers at the slider's position, large, and whether they got better."""
    faith = estimate(mix.faithful_at(mix.share))
    ways = {1: ("up", TEXT.better), -1: ("down", TEXT.worse)}
    level = TEXT.no_number if mix.curve.why else TEXT.level.format(clear=CLEAR)
    check, same = (("same", text if mix.share else TEXT.same) for text in (level, TEXT.not_told))
    return pieces(_PIECES).big_figures(
        (
            (
                TEXT.check_title,
                words.alike_number(mix, mix.share),
                *ways.get(mix.check_moved, check),
                mix.curve.why or words.check_line(mix),
            ),
            (
                TEXT.faith_title,
                words.faith_number(faith),
                *ways.get(mix.faith_moved, same),
                words.faith_line(mix),
            ),
        )
    )


def pair(maps: Sequence[tuple[str, np.ndarray]]) -> Markup:
    """Maps side by side, each on its own symmetric range, which its caption states."""
    drawn = []
    for name, values in maps:
        limit = heatmap.map_range(values)
        drawn.append((name, heatmap.data_url(heatmap.png(values, limit or 1.0)), colour_end(limit)))
    return pieces(_PIECES).pair(drawn)


def contest_table(standings: Standings) -> Markup:
    """A line a contestant, real methods first; winners of a column are starred."""
    heads = [
        (SIMILARITIES[key].label, "highest wins" if SIMILARITIES[key].distance else "lowest wins")
        for key in standings.winners
    ]
    heads += [(TEXT.faith_title, f"{words.fill_name(fill)}, highest wins") for fill in standings.faithful]
    controls = [entry for entry in standings.entries if METHODS[entry.method].control]
    rows = []
    for entry in (*(entry for entry in standings.entries if entry not in controls), *controls):
        method = METHODS[entry.method]
        kind = "xn-control" if method.control else ""
        if controls and entry is controls[0]:
            kind += " xn-first"
        cells = [
            *(_score(standings, entry, key) for key in standings.winners),
            *(_faith(standings, entry, fill) for fill in standings.faithful),
        ]
        rows.append((kind, method.label, words.looks(method), cells))
    return pieces(_PIECES).contest(heads, rows)


def _score(standings: Standings, entry: Entry, measure: str) -> tuple[str, str, str]:
    """A cell: its class, its text, and what stands below it in small letters."""
    spread = entry.scores[measure]
    if spread.mean is None:
        return "", DASH, "no number"
    won = entry.method in standings.winners[measure]
    mark = "★ " if won else "≈ " if entry.method in standings.level[measure] else ""
    mean, low, high = map(words.contest_number, (spread.mean, spread.low, spread.high))
    return "xn-win" if won else "", mark + mean, f"{low} to {high}"


def _faith(standings: Standings, entry: Entry, fill: str) -> tuple[str, str, str]:
    interval = entry.faithfulness[fill]
    best = entry.method in standings.faithful[fill]
    below = (
        "one map"
        if interval.low is None or interval.high is None
        else interval_words(interval.low, interval.high, words.faith_number, interval.level)
    )
    return "xn-best" if best else "", ("★ " if best else "") + words.faith_number(interval.estimate), below


def notes(items: Sequence[tuple[str, str]]) -> Markup:
    """Short explanations side by side."""
    return pieces(_PIECES).notes(items)


def truth_table(table: TruthTable) -> Markup:
    """A line a spread of values with a map of it, a cell a scoring: measured, bar, predicted."""
    heads = [(scoring.label, scoring.detail) for scoring in SCORINGS.values()]
    rows = []
    for key, row in table.cells.items():
        values = example(key, table.seed)
        src = heatmap.data_url(heatmap.png(values, float(np.abs(values).max()) or 1.0))
        cells = [
            (
                number(cell.measured, 3),
                f"{100 * min(abs(cell.measured) / SCORINGS[scoring].high, 1):.0f}",
                number(cell.predicted, 3),
            )
            for scoring, cell in row.items()
        ]
        rows.append((MARGINALS[key].label, MARGINALS[key].summary, src, cells))
    return pieces(_PIECES).truths(heads, rows)
