"""The sections of the report's page below its maps, as HTML; everything that is not ours is escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from xaicheck import address
from xaicheck.reading import charts, panel, sentences, tables, words
from xaicheck.reading.captions import Caption
from xaicheck.reading.numbers import Reading
from xaicheck.report import command, page_tables, picture, record, svg, words as report_words
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.types import Measure, Method, Report


def verdict(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> str:
    """What may and may not be concluded, with the scores at the depth that was shown."""
    panel_of = [methods[key] for key in reading.methods]
    card = panel.verdict_card(reading, measure, depth, methods, panel_of)
    saved = report_words.SAVED_AT.format(place=sentences.where(reading, depth))
    return (
        f'<p class="xr-soft xr-paper">{escape(report_words.PRINTED_AT)}</p>'
        f'<section class="xr-together">{_h2(words.TEXT.titles.verdict)}{_soft(saved)}{card}</section>'
    )


def curves(reading: Reading, depth: int, methods: Mapping[str, Method]) -> str:
    """For every measure its curves and their numbers."""
    measures = [SIMILARITIES[key] for key in reading.report.request.measures]
    drawn = [charts.curves(reading, measure, depth, methods) for measure in measures]
    plots = "".join(
        f'<div class="xr-together"><h3>{escape(f"{measure.label}: {words.inside(chart.title)}")}</h3>'
        f"{svg.figure(chart, names=False)}</div>"
        for measure, chart in zip(measures, drawn, strict=True)
    )
    numbers = "".join(
        page_tables.folded(page_tables.scores(reading, measure, methods), _of(measure.label))
        for measure in measures
    )
    return _section(
        [
            _h2(report_words.SECTIONS["curves"]),
            _explained(report_words.CURVES),
            svg.legend(drawn[0]),
            f'<div class="xr-pair">{plots}</div>',
            numbers,
        ],
        kind="xr-sheet",
    )


def scales(reading: Reading, depth: int) -> str:
    """The activation scales at the depth that was shown; nothing where none was measured."""
    if not reading.scales(depth):
        return ""
    title = report_words.SECTIONS["scales"]
    shown = report_words.SHOWN_AT.format(place=sentences.where(reading, depth))
    plots = [charts.scales(reading, depth, what) for what in charts.SCALES]
    line = sentences.scales_line(reading, depth)
    return _section(
        [
            _h2(line.rstrip(".") if line else title),
            _explained(report_words.SCALES),
            _soft(shown),
            _pair(plots),
            page_tables.folded(page_tables.rows_table(tables.scales(reading, depth), title), _of(title)),
        ]
    )


def liveness(reading: Reading, depth: int) -> str:
    """Whether the random networks still answer; nothing where that was not measured."""
    if not reading.report.liveness:
        return ""
    alive = reading.alive(depth)
    title, line = words.TEXT.titles.alive, ""
    if alive is not None and depth:
        title, line = sentences.alive_title(alive), sentences.alive_line(alive, reading.alive(0))
    plots = [charts.liveness(reading, depth, what) for what in charts.LIVENESS]
    rows = page_tables.rows_table(tables.liveness(reading), words.TEXT.titles.alive)
    return _section(
        [
            _h2(title.rstrip(".")),
            _soft(line),
            _explained(report_words.ALIVE),
            _pair(plots),
            page_tables.folded(rows, _of(words.TEXT.titles.alive)),
        ]
    )


def entropies(reading: Reading, methods: Mapping[str, Method]) -> str:
    """eMPRT: the entropy of each method's maps before and after."""
    title = sentences.entropy_title(reading, methods)
    rows = [] if reading.no_entropy else tables.entropies(reading, methods)
    inner = page_tables.rows_table(rows, words.TEXT.titles.entropy)
    return _section(
        [f'<div class="xr-together">{_h2(title)}{_soft(sentences.entropy_line(reading))}{inner}</div>']
    )


def audit(reading: Reading) -> str:
    """Whether everything was randomized."""
    return _section([_h2(words.TEXT.titles.audit), f"<p>{escape(sentences.audit_line(reading))}</p>"])


def settings(report: Report, methods: Mapping[str, Method]) -> str:
    """Every setting, the versions, and the request field by field."""
    title = report_words.SECTIONS["settings"]
    raw = [
        {report_words.REQUEST_FIELD: name, report_words.VALUE: _plain(value)}
        for name, value in report.request.to_json().items()
    ]
    return _section(
        [
            _h2(title),
            page_tables.rows_table(tables.settings(report, methods), title),
            page_tables.folded(
                page_tables.rows_table(raw, report_words.RAW_SETTINGS), report_words.RAW_SETTINGS
            ),
        ]
    )


def again(report: Report, setting: record.Setting, file: str) -> str:
    """How to open the same state and how to compute it again."""
    request = report.request
    sample = picture.sample_of(report.image_name, request.image)
    query = address.query(request, sample, setting.view)
    link = setting.base + query
    missing = address.left_out(request)
    help_line = report_words.LINK_HELP.format(base=setting.base)
    why_not = command.why_not(request)
    repeat = command.repeat(request, report.image_name, file, between=" \\\n    ")
    parts = [
        _h2(report_words.SECTIONS["again"]),
        f'<p><a href="{escape(link)}" rel="noreferrer">{escape(report_words.LINK)}</a></p>',
        _soft("" if sample else report_words.LINK_UPLOAD),
        _soft(report_words.LINK_LEAVES_OUT.format(what=words.listed(missing)) if missing else ""),
        f"{_soft(help_line)}<pre>{escape(query or '?')}</pre>",
        f"<h3>{escape(report_words.VERIFY)}</h3>{_soft(report_words.VERIFY_HELP)}",
        f"<pre>python -m xaicheck verify {escape(file)}</pre>",
        f"<h3>{escape(report_words.REPEAT)}</h3>{_soft(why_not)}<pre>{escape(repeat)}</pre>",
    ]
    return _section(parts)


def inside(report: Report, factor: int) -> str:
    """What the file holds and what it leaves out."""
    size, request = report.view.shape[0], report.request
    pixels = -(-size // factor)
    held = [text.format(size=size) for text in report_words.HELD]
    held.append(
        (report_words.POOLED if factor > 1 else report_words.WHOLE).format(pixels=pixels, factor=factor)
    )
    if len(request.seeds) > 1:
        seeds = words.count(len(request.seeds), "seed")
        held.append(report_words.FIRST_SEED.format(seed=request.seeds[0], seeds=seeds))
    if record.stored(report) == record.EIGHT_BIT:
        held.append(report_words.EIGHT_BIT)
    held.append(report_words.ZIP)
    items = "".join(f"<li>{escape(text)}</li>" for text in held)
    version = dict(report.versions).get("xaicheck", words.DASH)
    made = report_words.MADE.format(version=version, device=report.device, seconds=f"{report.seconds:.0f}")
    return f"<footer><h2>{escape(report_words.INSIDE)}</h2><ul>{items}</ul><p>{escape(made)}</p></footer>"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _section(parts: Sequence[str], kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f"<section{style}>{''.join(parts)}</section>"


def _pair(plots: Sequence[charts.Chart]) -> str:
    return f'<div class="xr-pair">{"".join(_titled(plots))}</div>'


def _titled(plots: Sequence[charts.Chart]) -> Iterator[str]:
    for chart in plots:
        yield f'<div class="xr-together"><h3>{escape(chart.title)}</h3>{svg.figure(chart)}</div>'


def _explained(caption: Caption) -> str:
    return f'<p>{escape(caption.student)}</p><p class="xr-soft">{escape(caption.researcher)}</p>'


def _of(label: str) -> str:
    return f"{report_words.TABLE}: {words.inside(label)}"


def _h2(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _soft(text: str) -> str:
    return f'<p class="xr-soft">{escape(text)}</p>' if text else ""
