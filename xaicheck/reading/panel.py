"""HTML of the verdict: what the test may and may not conclude, beside the scores it stands on.

Colours come from the surrounding text (`currentColor`), so one style serves light and dark. Everything that
a visitor or a model could have written is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from xaicheck.reading import sentences, verdict, words
from xaicheck.reading.compared import full_name
from xaicheck.reading.numbers import Reading
from xaicheck.types import Comparison, Measure, Method


def score_strip(reading: Reading, measure: Measure, depth: int, methods: Sequence[Method]) -> str:
    """All scores at one depth beside each other, in the order of the panel: controls in italics."""
    rows = []
    for method in methods:
        mean = reading.score(method.key, measure.key, depth).mean
        kind = ' class="xc-control"' if method.control else ""
        note = " (control)" if method.control else ""
        rows.append(
            f"<tr{kind}><th scope='row'>{escape(method.label)}{note}</th>"
            f"<td>{_track(reading.comparison(measure.key), mean)}</td>"
            f"<td>{escape(words.number(mean))}</td></tr>"
        )
    return f'<table class="xc-strip"><tbody>{"".join(rows)}</tbody></table>'


def verdict_card(
    reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method], panel: Sequence[Method]
) -> str:
    """What the test may and may not conclude, with the numbers of the report beside it."""
    may = "".join(f"<li>{escape(t)}</li>" for t in verdict.may(reading, measure, depth, methods))
    may_not = "".join(
        f"<dt>{escape(claim)}</dt><dd>{escape(why)}</dd>"
        for claim, why in verdict.may_not(reading, measure, depth, methods)
    )
    place, name = sentences.where(reading, depth), full_name(reading.comparison(measure.key))
    return (
        f'<section class="xc-card" aria-label="{escape(words.TEXT.titles.verdict)}"><div class="xc-verdict">'
        f"<div><h3>It shows</h3><ul>{may}</ul><h3>{escape(name)}, {escape(place)}</h3>"
        f"{score_strip(reading, measure, depth, panel)}</div>"
        f"<div><h3>It does not show</h3><dl>{may_not}</dl></div></div></section>"
    )


def _track(how: Comparison, value: float | None) -> str:
    """A bar from an unrelated map to the same one; none where unrelated maps have no value of their own."""
    share = 0.0 if value is None else words.alike(how, value)
    if math.isnan(share):
        return ""
    share = min(max(share, 0.0), 1.0)
    return f'<div class="xc-track" aria-hidden="true"><i style="width:{100 * share:.0f}%"></i></div>'
