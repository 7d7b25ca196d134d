"""The results below the viewer, each at its place: a part that is not known yet keeps its place empty."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from xaicheck.methods import METHODS
from xaicheck.reading import (
    article,
    band_sentences,
    certificates,
    charts,
    ledger,
    network_sentences,
    plotly_chart,
    tables,
    verdict,
    words,
)
from xaicheck.reading.numbers import Reading
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.check import captions, page_bands, page_classes, page_take_away
from xaicheck.topics.check.captions import TEXT
from xaicheck.types import Report
from xaicheck.viewer.scene import View
from xaicheck.web import link, widgets

# Pixels on a wide page and on a phone. Too little moves what stands below, too much leaves a gap.
_HEIGHTS = {
    "scores": (96, 96),
    "bands": (330, 560),
    "verdict": (605, 1240),
    "scales": (740, 840),
    "alive": (580, 1120),
    "audit": (150, 170),
    "take": (240, 360),
}
_ROW = 35  # of a table


def reserved(report: Report | None) -> str:
    """CSS: the heights of the parts for the report's methods, before they are drawn."""
    methods = 0 if report is None else len(report.request.methods)
    behind = report is not None and band_sentences.compared(report)
    rows = f":root{{--stage-rows:{-(-methods // 2)};--stage-cards:{methods};--stage-behind:{4 * behind}rem}}"
    table = 155 + _ROW * (methods + 1)
    heights = {**_HEIGHTS, "entropy": (table, table + 60)}
    wide = "".join(f".st-key-part-{part}{{min-height:{high[0]}px}}" for part, high in heights.items())
    phone = "".join(f".st-key-part-{part}{{min-height:{high[1]}px}}" for part, high in heights.items())
    return f"{rows}{wide}@media (max-width:640px){{{phone}}}"


def draw(reading: Reading, look: View, level: str, *, private: bool) -> None:
    """Draws what the report knows at the depth and with the measure that are looked at.

    `private`: the picture is the visitor's own.
    """
    report, depth = reading.report, look.depth
    waiting = not report.complete
    _part("scores", bool(report.scores), waiting, lambda: _scores(reading, look))
    if band_sentences.compared(report):
        _part("bands", bool(report.pairs and depth), waiting, lambda: page_bands.draw(reading, look, level))
    if report.request.against is not None:
        known = bool(report.class_scores)
        _part("classes", known, waiting, lambda: page_classes.draw(reading, look, level))
    _part("verdict", bool(report.scores), waiting, lambda: _verdict(reading, look))
    _part("scales", bool(reading.scales(depth)), waiting, lambda: _scales(reading, depth, level))
    _part("alive", bool(report.liveness), waiting, lambda: _liveness(reading, depth, level))
    _part("entropy", report.complete, waiting, lambda: _entropies(reading, level))
    _part("audit", report.complete, waiting, lambda: _audit(reading))
    _part("take", report.complete, waiting, lambda: _take_away(report, look, private=private))


def _part(name: str, known: bool, waiting: bool, fill: Callable[[], None]) -> None:
    """Draws one part of the widgets. Its style reserves its height, so that nothing below it moves."""
    with st.container(key=f"part-{name}"):
        # The inner place is replaced as a whole: what an earlier report drew there never stays on.
        if known:
            with st.container():
                fill()
        else:
            place = st.empty()
            if waiting and name in words.TEXT.titles:
                place.html(article.section(words.TEXT.titles[name], TEXT.part_waits))


def _scores(reading: Reading, look: View) -> None:
    measure = SIMILARITIES[look.measure]
    widgets.table(tables.scores(reading, measure, METHODS), "scores", TEXT.scores_table)
    if held := certificates.rows(reading, METHODS):
        widgets.table(held, "certificates", words.TEXT.titles.certificates)
    if found := ledger.tables(reading, METHODS, look.depth):
        st.html(found)


def _verdict(reading: Reading, look: View) -> None:
    st.html(article.section(words.TEXT.titles.verdict))
    methods = [METHODS[key] for key in reading.methods]
    st.html(verdict.verdict_card(reading, SIMILARITIES[look.measure], look.depth, METHODS, methods))


def _scales(reading: Reading, depth: int, level: str) -> None:
    widgets.section(words.TEXT.titles.scales, TEXT.scales.at(level))
    for what, tab in zip(charts.SCALES, st.tabs(list(charts.SCALES.values())), strict=True):
        with tab:
            st.html(article.chart_title(captions.scales_title(reading, depth, what)))
            chart = charts.scales(reading, depth, what)
            widgets.chart(plotly_chart.figure(chart, height=380), chart.alt, f"scales-{what}")
    widgets.table(tables.scales(reading, depth), "scales")


def _liveness(reading: Reading, depth: int, level: str) -> None:
    title = network_sentences.alive_title(reading.liveness(depth)) if depth else ""
    widgets.section(title or words.TEXT.titles.alive, TEXT.alive.at(level))
    with st.grid("auto", min_column_width=380, gap="medium"):
        for what in charts.LIVENESS:
            with st.container():
                st.html(article.chart_title(captions.alive_chart_title(reading, depth, what)))
                chart = charts.liveness(reading, depth, what)
                widgets.chart(plotly_chart.figure(chart, height=300), chart.alt, f"alive-{what}")
    widgets.table(tables.liveness(reading), "liveness")


def _entropies(reading: Reading, level: str) -> None:
    widgets.section(
        network_sentences.entropy_title(reading, METHODS), network_sentences.entropy_line(reading, level)
    )
    if not reading.no_entropy:
        widgets.shown(tables.entropies(reading, METHODS))


def _audit(reading: Reading) -> None:
    widgets.section(words.TEXT.titles.audit, network_sentences.audit_line(reading))
    widgets.table(tables.settings(reading.report, METHODS), "settings", TEXT.settings_table)


def _take_away(report: Report, look: View, *, private: bool) -> None:
    widgets.section(words.TEXT.titles.take)
    page_take_away.draw(report, look, private)
    link.copy_button(private)
