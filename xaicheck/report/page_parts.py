"""The sections of the report's page below its maps, as HTML; everything that is not ours is escaped."""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from xaicheck import address
from xaicheck.reading import (
    band_sentences,
    certificates,
    charts,
    class_sentences,
    ledger,
    network_sentences,
    plane,
    sentences,
    tables,
    words,
)
from xaicheck.reading.bands import Bands
from xaicheck.reading.charts import Chart
from xaicheck.reading.numbers import Reading, Summary
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.templates import pieces
from xaicheck.reading.verdict import verdict_card
from xaicheck.report import command, page_tables, picture, record, svg
from xaicheck.report.words import TEXT
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.types import Method, Report

_PIECES = "report/sections.html"
CURVES = (
    Sentence[Reading](
        "report.band", TEXT.curves.band, lambda reading: any(score.seeds > 1 for score in _scores(reading))
    ),
    Sentence[Reading](
        "report.missing",
        TEXT.curves.missing,
        lambda reading: any(score.mean is None for score in _scores(reading)),
    ),
)


def _scores(reading: Reading) -> Iterator[Summary]:
    """Every point of the curves."""
    report = reading.report
    for at in itertools.product(reading.methods, report.request.measures, report.depths):
        yield reading.score(*at)


def verdict(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> Markup:
    """What may and may not be concluded, with the scores at the depth that was shown."""
    shown = [methods[key] for key in reading.methods]
    card = verdict_card(reading, measure, depth, methods, shown)
    place = sentences.where(reading, depth)
    return pieces(_PIECES).verdict(TEXT, words.TEXT.titles.verdict, place, card)


def curves(reading: Reading, depth: int, methods: Mapping[str, Method]) -> Markup:
    """For every measure its curves and their numbers."""
    measures = [SIMILARITIES[key] for key in reading.report.request.measures]
    drawn = [charts.curves(reading, measure, depth, methods) for measure in measures]
    return pieces(_PIECES).curves(
        TEXT,
        lines=f"{TEXT.curves.alike} {say(CURVES, reading)}".strip(),
        legend=svg.legend(drawn[0]),
        plots=[
            (_named(measure, chart), svg.figure(chart, names=False))
            for measure, chart in zip(measures, drawn, strict=True)
        ],
        tables=[_folded(page_tables.scores(reading, m, methods), m.label) for m in measures],
    )


def bands(reading: Reading, measure: Measure, depth: int, methods: Mapping[str, Method]) -> Markup:
    """Two random networks beside the trained and a random one; empty where none were compared."""
    at = band_sentences.behind(Bands(reading), measure, depth, methods)
    if at is None:
        return Markup()
    name = words.TEXT.bands.table
    return pieces(_PIECES).bands(
        band_sentences.title(at),
        band_sentences.lines(at),
        words.TEXT.bands.caption,
        svg.plane(plane.of_bands(at)),
        _folded(page_tables.rows_table(tables.bands(at), name), name),
    )


def classes(reading: Reading, measure: Measure, methods: Mapping[str, Method], pairs: Markup) -> Markup:
    """Whether the maps tell the two classes apart; empty without a second class. `pairs`: their viewer."""
    if reading.report.against is None:
        return Markup()
    title = class_sentences.title(reading)
    return pieces(_PIECES).classes(
        title,
        class_sentences.line(reading, measure, methods),
        words.TEXT.classes.caption,
        pairs,
        _folded(page_tables.rows_table(tables.classes(reading, methods), title), title),
    )


def scales(reading: Reading, depth: int) -> Markup:
    """The activation scales at the depth that was shown; empty where none was measured."""
    if not reading.scales(depth):
        return Markup()
    title = words.TEXT.titles.scales
    return pieces(_PIECES).scales(
        TEXT,
        title=network_sentences.scales_line(reading, depth).rstrip(".") or title,
        place=sentences.where(reading, depth),
        plots=_titled([charts.scales(reading, depth, what) for what in charts.SCALES]),
        table=_folded(page_tables.rows_table(tables.scales(reading, depth), title), title),
    )


def liveness(reading: Reading, depth: int) -> Markup:
    """Whether the random networks still answer; empty where that was not measured."""
    if not reading.report.liveness:
        return Markup()
    name, networks = words.TEXT.titles.alive, reading.liveness(depth) if depth else []
    return pieces(_PIECES).liveness(
        TEXT,
        title=network_sentences.alive_title(networks).rstrip(".") or name,
        line=network_sentences.alive_line(networks, reading.liveness(0)) if networks else "",
        plots=_titled([charts.liveness(reading, depth, what) for what in charts.LIVENESS]),
        table=_folded(page_tables.rows_table(tables.liveness(reading), name), name),
    )


def entropies(reading: Reading, methods: Mapping[str, Method]) -> Markup:
    """eMPRT: the entropy of each method's maps before and after."""
    rows = [] if reading.no_entropy else tables.entropies(reading, methods)
    table = page_tables.rows_table(rows, words.TEXT.titles.entropy)
    title, line = network_sentences.entropy_title(reading, methods), network_sentences.entropy_line(reading)
    return pieces(_PIECES).entropies(title, line, table)


def certified(reading: Reading, depth: int, methods: Mapping[str, Method]) -> Markup:
    """What each map is held against, what a mark means, what was not measured, and the ledgers at a depth."""
    title = words.TEXT.titles.certificates
    lines = (certificates.summary(reading, methods), *certificates.why(reading, methods))
    table = page_tables.rows_table(certificates.rows(reading, methods), title)
    return pieces(_PIECES).certified(
        title, list(filter(None, lines)), _folded(table, title), ledger.tables(reading, methods, depth)
    )


def audit(reading: Reading) -> Markup:
    """Whether everything was randomized."""
    return pieces(_PIECES).audit(words.TEXT.titles.audit, network_sentences.audit_line(reading))


def settings(report: Report, methods: Mapping[str, Method]) -> Markup:
    """Every setting, the versions, and the request field by field."""
    title = TEXT.sections.raw_settings
    rows = [
        {TEXT.tables.field: name, TEXT.tables.value: _plain(value)}
        for name, value in report.request.to_json().items()
    ]
    raw = page_tables.folded(page_tables.rows_table(rows, title), title)
    table = page_tables.rows_table(tables.settings(report, methods), TEXT.sections.settings)
    return pieces(_PIECES).settings(TEXT, table, raw)


def again(report: Report, setting: record.Setting, file: str) -> Markup:
    """How to open the same state and how to compute it again."""
    request = report.request
    sample = picture.sample_of(report.image_name, request.image)
    query = address.query(request, sample, setting.view)
    return pieces(_PIECES).again(
        TEXT,
        link=address.joined(setting.base, query),
        query=query,
        base=setting.base,
        upload=not sample,
        missing=words.listed(address.left_out(request)),
        file=shlex.quote(file),
        why_not=command.why_not(request),
        repeat=command.repeat(request, report.image_name, file, between=" \\\n    "),
    )


def inside(report: Report, factor: int) -> Markup:
    """What the file holds and what it leaves out; `factor`: by which its maps are made smaller."""
    text, request = TEXT.inside, report.request
    size = report.view.shape[0]
    maps = (text.pooled if factor > 1 else text.whole).format(pixels=-(-size // factor), factor=factor)
    held = [text.picture.format(size=size), text.numbers, maps]
    if len(request.seeds) > 1:
        seeds = words.count(len(request.seeds), "seed")
        held.append(text.first_seed.format(seed=Reading(report).seed, seeds=seeds))
    if record.stored(report) == record.EIGHT_BIT:
        held.append(text.eight_bit)
    held.append(text.zip)
    version = dict(report.versions).get("xaicheck", words.DASH)
    made = text.made.format(version=version, device=report.device, seconds=words.number(report.seconds, 0))
    return pieces(_PIECES).inside(TEXT, held, made)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _named(measure: Measure, chart: Chart) -> str:
    """The chart's title, which begins with the measure."""
    named = chart.title.startswith(measure.label)
    return chart.title if named else f"{measure.label}: {words.inside(chart.title)}"


def _titled(plots: Sequence[Chart]) -> list[tuple[str, Markup]]:
    return [(chart.title, svg.figure(chart)) for chart in plots]


def _folded(table: Markup, name: str) -> Markup:
    return page_tables.folded(table, f"{words.TEXT.table}: {words.inside(name)}")
