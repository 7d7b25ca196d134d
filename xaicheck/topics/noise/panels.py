"""The page on noise in HTML: large figures, pairs of maps, the contest and the table of one truth."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from xaicheck.experiments.noise.contest import Entry, Standings
from xaicheck.experiments.noise.truths import MARGINALS, SCORINGS, TruthTable, example
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.reading import heatmap
from xaicheck.reading.words import number, short
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.noise import words
from xaicheck.topics.noise.numbers import Mix

STYLE = """
.xn-big{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:14px}
.xn-big section{border:1px solid var(--xc-line);border-radius:var(--xc-round);
 padding:16px 20px 14px}
.xn-big h2{font-size:var(--xc-m);font-weight:600;margin:0;padding:0}
.xn-big strong{font-size:2.6rem;line-height:1.15;font-weight:650;font-variant-numeric:tabular-nums;
 letter-spacing:-.02em;margin-right:12px}
.xn-way{font-weight:650;border-radius:99px;padding:2px 12px;white-space:nowrap;font-size:var(--xc-m);
 border:1.5px solid currentColor;vertical-align:.5rem}
.xn-big p{font-size:.875rem;line-height:1.5;margin:4px 0 0;color:var(--xc-ink-2)}
.xn-up{color:var(--xc-good)}.xn-down{color:var(--xc-bad)}.xn-same{color:inherit}
.xn-pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:12px}
.xn-pair figure{margin:0;min-width:0}
.xn-pair img{display:block;width:100%;aspect-ratio:1;border-radius:6px;max-width:none}
.xn-pair figcaption{font-size:var(--xc-s);line-height:1.4;margin-top:6px;color:var(--xc-ink-2)}
.xn-scroll{overflow-x:auto;max-width:100%}
.xn-table{border-collapse:collapse;width:100%;min-width:860px;table-layout:fixed;font-size:.875rem;font-variant-numeric:tabular-nums}
.xn-table th,.xn-table td{border:0;padding:6px 10px;text-align:right;vertical-align:middle}
.xn-table thead th{font-weight:600;vertical-align:bottom;line-height:1.3;
 border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}
.xn-table thead small,.xn-table td small{display:block;font-weight:400;
 color:var(--xc-ink-2);font-size:var(--xc-xs)}
.xn-table tbody th{font-weight:400;text-align:left}
.xn-table tbody th small{display:block;color:var(--xc-ink-2);font-size:var(--xc-xs)}
.xn-table thead th:first-child{text-align:left;width:21%}
.xn-scroll th:first-child{position:sticky;left:0;background:var(--st-background-color,inherit);z-index:1}
.xn-table tbody tr+tr>*{border-top:1px solid color-mix(in srgb,currentColor 9%,transparent)}
.xn-table tr.xn-control th{font-style:italic}
.xn-table tr.xn-first>*{border-top:2px solid color-mix(in srgb,currentColor 35%,transparent)}
.xn-win{font-weight:700;border-radius:6px;background:color-mix(in srgb,#d97b0f 24%,transparent)}
.xn-best{font-weight:700;border-radius:6px;background:color-mix(in srgb,#12976f 24%,transparent)}
.xn-bar{display:block;height:5px;border-radius:3px;margin:3px 0 0 auto;background:#2f82c4;min-width:1px}
.xn-eye{width:44px;height:44px;border-radius:4px;display:inline-block;vertical-align:middle;
 margin-right:10px;max-width:none;image-rendering:pixelated}
.xn-who{display:inline-block;vertical-align:middle}
@media (max-width:640px){.xn-table{min-width:760px}.xn-table thead th:first-child{width:132px}
 .xn-eye{display:block;margin-bottom:3px}.xn-big strong{font-size:2.1rem}}
.xn-notes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,280px),1fr));gap:10px 28px;
 margin-top:10px}
.xn-notes h3{font-size:var(--xc-m);font-weight:600;margin:0 0 2px;padding:0}
.xn-notes p{font-size:.875rem;line-height:1.55;margin:0;color:var(--xc-ink-2)}
"""
_CLASSES = {1: "xn-up", 0: "xn-same", -1: "xn-down"}


def big_figures(mix: Mix) -> str:
    """HTML: both numbers at the slider's position, large, and whether they got better."""
    alike, faith = mix.alike_at(mix.share), mix.faithful_at(mix.share)
    return (
        '<div class="xn-big">'
        + _big(
            words.CHECK_TITLE,
            number(None if alike is None else alike.estimate),
            mix.check_moved,
            mix.curve.why or words.check_line(mix),
        )
        + _big(
            words.FAITH_TITLE,
            words.faith_number(None if faith is None else faith.estimate),
            mix.faith_moved,
            words.faith_line(mix),
        )
        + "</div>"
    )


def _big(title: str, figure: str, way: int, line: str) -> str:
    return (
        f"<section><h2>{escape(title)}</h2><div><strong>{escape(figure)}</strong>"
        f'<span class="xn-way {_CLASSES[way]}">{words.WAYS[way]}</span></div><p>{escape(line)}</p></section>'
    )


def pair(maps: Sequence[tuple[str, np.ndarray]], *, unit: str = "") -> str:
    """HTML: maps side by side, each on its own symmetric range, which its caption states."""
    figures = []
    for name, values in maps:
        limit = heatmap.map_range(values)
        drawn = heatmap.data_url(heatmap.png(values, limit or 1.0))
        caption = f"{name}. Colours: own range, ±{short(limit)}{unit}."
        figures.append(
            f'<figure><img src="{drawn}" alt="{escape(name)}: colours from minus to plus {short(limit)}">'
            f"<figcaption>{escape(caption)}</figcaption></figure>"
        )
    return f'<div class="xn-pair">{"".join(figures)}</div>'


def contest_table(found: Standings) -> str:
    """HTML: a line a contestant, real methods first; winners of a column are starred."""
    measures = list(found.winners)
    fills = list(found.faithful)
    heads = ["<th>Map</th>"]
    for key in measures:
        way = "highest wins" if SIMILARITIES[key].distance else "lowest wins"
        heads.append(f"<th>{escape(SIMILARITIES[key].label)}<small>{way}</small></th>")
    for fill in fills:
        label = f"Faithfulness<small>{escape(FILLS[fill].label.lower())}, highest wins</small>"
        heads.append(f"<th>{label}</th>")
    entries = sorted(found.entries, key=lambda entry: METHODS[entry.method].control)
    rows = []
    seen_control = False
    for entry in entries:
        control = METHODS[entry.method].control
        classes = " ".join(
            name for name, on in (("xn-control", control), ("xn-first", control and not seen_control)) if on
        )
        seen_control = seen_control or control
        cells = [_score(found, entry, key) for key in measures] + [_faith(found, entry, f) for f in fills]
        kind = "<small>never looks at the network</small>" if control and entry.method != "sign_flip" else ""
        if entry.method == "sign_flip":
            kind = "<small>only looks whether it is random</small>"
        label = escape(METHODS[entry.method].label)
        rows.append(f'<tr class="{classes}"><th scope="row">{label}{kind}</th>{"".join(cells)}</tr>')
    return (
        '<div class="xn-scroll" role="region" aria-label="Contest" tabindex="0"><table class="xn-table">'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _score(found: Standings, entry: Entry, measure: str) -> str:
    spread = entry.scores[measure]
    if spread.mean is None:
        return "<td>–<small>no number</small></td>"
    won = found.winners[measure] == entry.method
    mark = "★ " if won else "≈ " if entry.method in found.level[measure] else ""
    range_ = f"{number(spread.low)} to {number(spread.high)}"
    kind = "xn-win" if won else ""
    return f'<td class="{kind}">{mark}{number(spread.mean)}<small>{escape(range_)}</small></td>'


def _faith(found: Standings, entry: Entry, fill: str) -> str:
    one = entry.faithfulness[fill]
    best = found.faithful[fill] == entry.method
    below = (
        "one map"
        if one.low is None or one.high is None
        else f"{words.faith_number(one.low)} to {words.faith_number(one.high)}"
    )
    return (
        f'<td class="{"xn-best" if best else ""}">{"★ " if best else ""}{words.faith_number(one.estimate)}'
        f"<small>{escape(below)}</small></td>"
    )


def notes(items: Sequence[tuple[str, str]]) -> str:
    """HTML: short explanations side by side."""
    parts = "".join(f"<div><h3>{escape(title)}</h3><p>{escape(text)}</p></div>" for title, text in items)
    return f'<div class="xn-notes">{parts}</div>'


def truth_table(found: TruthTable) -> str:
    """HTML: a line a spread of values with a map of it, a cell a scoring: measured, bar, predicted."""
    heads = ["<th>Two unrelated maps</th>"]
    for scoring in SCORINGS.values():
        heads.append(f"<th>{escape(scoring.label)}<small>{escape(scoring.detail)}</small></th>")
    rows = []
    for marginal, cells in found.cells.items():
        values = example(marginal, found.seed)
        eye = heatmap.data_url(heatmap.png(values, float(np.abs(values).max()) or 1.0))
        entry = MARGINALS[marginal]
        line = (
            f'<th scope="row"><img class="xn-eye" src="{eye}" alt="A {escape(entry.label)} map">'
            f'<span class="xn-who">{escape(entry.label)}<small>{escape(entry.summary)}</small></span></th>'
        )
        for key, cell in cells.items():
            width = 100 * min(abs(cell.measured) / SCORINGS[key].high, 1)
            line += (
                f"<td>{number(cell.measured, 3)}"
                f'<span class="xn-bar" style="width:{width:.0f}%"></span>'
                f"<small>predicted {number(cell.predicted, 3)}</small></td>"
            )
        rows.append(f"<tr>{line}</tr>")
    return (
        '<div class="xn-scroll" role="region" aria-label="One truth" tabindex="0"><table class="xn-table">'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
