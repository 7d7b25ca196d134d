"""The results in their places: every place is made once and then only filled, so that nothing jumps."""

from __future__ import annotations

from html import escape
from itertools import count
from typing import TYPE_CHECKING, Any

import streamlit as st

from xaicheck.draw import compared, figures, panel, sentences, tables, words
from xaicheck.draw.numbers import Reading
from xaicheck.methods import METHODS
from xaicheck.similarity import SIMILARITIES
from xaicheck.types import Measure, Method, Report
from xaicheck.ui.view import View

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_serial = count()  # a chart may be drawn again within one run of the script only under another key


class Board:
    """The places of one set of methods, below the view controls."""

    def __init__(self, methods: tuple[str, ...], head: DeltaGenerator, view: View, *, spare: int = 0) -> None:
        """`spare` empty places follow the cards: they wipe out cards of the results before these."""
        self.methods: list[Method] = [METHODS[key] for key in methods]
        self.measure: Measure = SIMILARITIES[view.measure]
        self.view = view
        self._drawn: dict[str, Any] = {}
        self._head = head
        self._depth_line = st.empty()
        self._picture = st.empty()
        with st.grid("auto", min_column_width=430, gap="small", key="cards"):
            self._cards = {method.key: st.empty() for method in self.methods}
            for _ in range(spare):
                st.empty()
        st.html(f'<p class="xc-line">{escape(words.DIFFERENCE_CAPTION)} {escape(words.CLIP_CAPTION)}</p>')
        self._curves = _Section()
        self._verdict_title, self._verdict = st.empty(), st.empty()
        self._scales_title = st.empty()
        tabs = st.tabs(list(figures.SCALES.values()))
        self._scales = {what: tab.empty() for what, tab in zip(figures.SCALES, tabs, strict=True)}
        self._scales_table = _table_place()
        self._alive_title = st.empty()
        with st.grid("auto", min_column_width=380, gap="medium"):
            self._alive = {what: st.empty() for what in figures.LIVENESS}
        self._alive_table = _table_place()
        self._entropy_title, self._entropies = st.empty(), st.empty()
        self._audit_title, self._audit = st.empty(), st.empty()
        self._settings = _table_place(words.SETTINGS_TITLE)

    def show(self, report: Report) -> None:
        """Nothing; fills the places with what the report knows."""
        reading, depth = Reading(report), self.view.depth
        finding = sentences.finding(reading, self.measure.key, depth, METHODS)
        kicker = f'<p class="xc-kicker">{escape(sentences.kicker(report))}</p>'
        self._head.html(f'{kicker}<h1 class="xc-finding">{escape(finding)}</h1>')
        how = compared.compared_line(reading, self.measure)
        self._depth_line.html(
            f'<p class="xc-line">{escape(sentences.blocks_line(reading, depth))}</p>'
            f'<p class="xc-line">{escape(how)}</p>'
        )
        self._show_cards(reading, depth)
        if report.scores and self._changed("scores", (len(report.scores), report.complete)):
            self._show_curves(reading, depth)
            self._show_verdict(reading, depth)
        if report.activations and self._changed("scales", (len(report.activations), report.complete)):
            self._show_scales(reading, depth)
        if report.liveness and self._changed("alive", (len(report.liveness), report.complete)):
            self._show_liveness(reading, depth)
        if report.complete:
            self._show_entropies(reading)
            self._show_audit(reading)

    def _show_cards(self, reading: Reading, depth: int) -> None:
        known = (reading.alive(0), reading.alive(depth), reading.report.target)
        if self._changed("picture", known):
            self._picture.html(panel.picture_card(reading, depth))
        for method in self.methods:
            found = (
                id(reading.map(method.key, 0)),
                id(reading.map(method.key, depth)),
                reading.score(method.key, self.measure.key, depth),
                reading.report.complete,
            )
            if self._changed(method.key, found):
                card = panel.method_card(reading, method, self.measure, depth, shared=self.view.shared)
                self._cards[method.key].html(card)

    def _show_curves(self, reading: Reading, depth: int) -> None:
        title = sentences.curves_title(reading, self.measure, METHODS)
        self._curves.title.html(_h2(title))
        fig = figures.curves(reading, self.measure, depth, METHODS)
        _chart(self._curves.chart, fig, sentences.curves_alt(reading, self.measure, depth, METHODS))
        if reading.report.complete:
            _table(self._curves.table, tables.scores(reading, self.measure, METHODS))

    def _show_verdict(self, reading: Reading, depth: int) -> None:
        self._verdict_title.html(_h2(words.VERDICT_TITLE))
        self._verdict.html(panel.verdict_card(reading, self.measure, depth, METHODS, self.methods))

    def _show_scales(self, reading: Reading, depth: int) -> None:
        self._scales_title.html(_h2(sentences.scales_line(reading, depth) or words.SCALES_TITLE))
        for what, place in self._scales.items():
            alt = sentences.scales_alt(reading, depth, figures.SCALES[what])
            _chart(place, figures.scales(reading, depth, what), alt)
        if reading.report.complete:
            _table(self._scales_table, tables.scales(reading, depth))

    def _show_liveness(self, reading: Reading, depth: int) -> None:
        alive = reading.alive(depth)
        title, line = words.ALIVE_TITLE, ""
        if alive is not None and depth:
            title, line = sentences.alive_title(alive), sentences.alive_line(alive, reading.alive(0))
        self._alive_title.html(f'{_h2(title)}<p class="xc-line">{escape(line)}</p>')
        for what, place in self._alive.items():
            _chart(place, figures.liveness(reading, what, depth), f"{figures.LIVENESS[what]}. {title} {line}")
        if reading.report.complete:
            _table(self._alive_table, tables.liveness(reading))

    def _show_entropies(self, reading: Reading) -> None:
        title, line = sentences.entropy_title(reading, METHODS), sentences.entropy_line(reading)
        self._entropy_title.html(f'{_h2(title)}<p class="xc-line">{escape(line)}</p>')
        if not reading.no_entropy:
            _table(self._entropies, tables.entropies(reading, METHODS))

    def _show_audit(self, reading: Reading) -> None:
        self._audit_title.html(_h2(words.AUDIT_TITLE))
        self._audit.html(f'<p class="xc-line">{escape(sentences.audit_line(reading))}</p>')
        _table(self._settings, tables.settings(reading.report, METHODS))

    def _changed(self, place: str, value: Any) -> bool:
        """Whether a place would look different: drawing maps costs more than comparing."""
        if self._drawn.get(place) == value:
            return False
        self._drawn[place] = value
        return True


class _Section:
    """A titled chart with its table."""

    def __init__(self) -> None:
        self.title, self.chart, self.table = st.empty(), st.empty(), _table_place()


def _table_place(label: str = words.TABLE) -> DeltaGenerator:
    return st.expander(label).empty()


def _table(place: DeltaGenerator, rows: list[dict[str, Any]]) -> None:
    place.dataframe(rows, hide_index=True, width="stretch")


def _chart(place: DeltaGenerator, fig: Any, alt: str) -> None:
    place.plotly_chart(
        fig,
        width="stretch",
        key=f"chart-{next(_serial)}",
        alt=alt,
        config={"displayModeBar": False, "scrollZoom": False},
    )


def _h2(text: str) -> str:
    return f'<h2 class="xc-h2">{escape(text)}</h2>'
