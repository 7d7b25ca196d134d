"""The page Ranking gap: two orders of the same methods, what they are made of, and how far they agree."""

from __future__ import annotations

from html import escape

import streamlit as st

from xaicheck.experiments.ranking.rank import Choice
from xaicheck.topics.ranking import (
    captions,
    controls as ranking_switches,
    figures,
    page_own as ranking_own,
    page_views as ranking_views,
    spread,
    spread_words,
    tables,
    words,
)
from xaicheck.topics.ranking.numbers import Reading
from xaicheck.topics.ranking.page_views import Views
from xaicheck.topics.ranking.tau import tau_strip
from xaicheck.topics.ranking.verdict import verdict
from xaicheck.web import widgets


def draw() -> None:
    """The widgets."""
    level = widgets.level()
    own = ranking_own.draw()
    views = own.views or ranking_views.gallery()
    if views is None:
        widgets.heading(captions.QUESTION, captions.NO_DATA, captions.LOOK.at(level))
    else:
        _show(views, level, own=own.views is not None)
    own.finish()


def _show(views: Views, level: str, *, own: bool) -> None:
    """Nothing; everything that these numbers say."""
    choice, note = ranking_switches.draw(views.data)
    reading = views.reading(choice)
    if reading is None:
        widgets.heading(captions.QUESTION, " ".join(views.view(choice).notes), captions.LOOK.at(level))
        _missing(views)
        return
    widgets.heading(words.kicker(reading), words.finding(reading), captions.LOOK.at(level))
    st.caption(f"{words.setting_line(reading)} {note}".strip())
    _orders(reading, level)
    _tau(views, choice, level)
    _bands(reading, level)
    _winners(views, choice, level)
    _beats(reading, level)
    _behind(views, reading)
    widgets.conclusion(verdict(reading, views.flips(controls=choice.controls)), private=own)
    st.caption(spread_words.done_line(views.data, own=own))


def _orders(reading: Reading, level: str) -> None:
    """Nothing; both orders joined by lines, beside both scores."""
    left, right = st.columns([5, 6], gap="large")
    with left:
        widgets.section(words.bump_title(reading))
        widgets.chart(figures.bump(reading), words.bump_alt(reading), "ranking-bump")
    with right:
        widgets.section(words.scatter_title(reading), captions.SCATTER.at(level))
        widgets.chart(figures.scatter(reading), words.scatter_alt(reading), "ranking-scatter")
    widgets.table(tables.places(reading), "ranking")


def _tau(views: Views, choice: Choice, level: str) -> None:
    """Nothing; tau with and without the controls beside its null, and how little it tells."""
    rows = [(captions.ROWS[with_], r) for with_, r in views.both(choice).items() if r is not None]
    widgets.section(words.tau_title(rows), captions.TAU.at(level))
    lines = [words.tau_line(name, r) for name, r in rows]
    widgets.chart(tau_strip(rows), " ".join(lines), "ranking-tau")
    shown = next((r for _, r in rows if r.choice.controls == choice.controls), rows[0][1])
    widgets.lines(*lines)
    widgets.points(*words.cautions(shown))
    widgets.table(tables.taus(rows), "ranking-tau")


def _bands(reading: Reading, level: str) -> None:
    """Nothing; every score beside what two random networks and the method's own noise would give."""
    caption = captions.BANDS.at(level)
    if reading.choice.comparison.measure in spread.CORRELATIONS:
        caption += f" {captions.CEILING.at(level)}"
    widgets.section(spread_words.bands_title(reading), caption)
    widgets.chart(spread.bands(reading), spread_words.bands_title(reading), "ranking-bands")
    widgets.table(tables.bands(reading), "ranking-bands")


def _winners(views: Views, choice: Choice, level: str) -> None:
    """Nothing; who comes first how often, and which switch changes most."""
    found = views.flips(controls=choice.controls)
    widgets.section(captions.WINS_TITLE, captions.WINS.at(level))
    wins, switches = views.flip_figures(controls=choice.controls)
    left, right = st.columns(2, gap="large")
    with left:
        _line(spread_words.wins_title(found))
        widgets.chart(wins, spread_words.wins_title(found), "ranking-wins")
    with right:
        _line(spread_words.switches_title(found))
        widgets.chart(switches, spread_words.switches_title(found), "ranking-switches")
    st.caption(spread_words.flips_line(found))
    widgets.table(tables.winners(found), "ranking-winners")
    widgets.table(tables.switches(found), "ranking-switches", captions.SWITCHES_TABLE)


def _beats(reading: Reading, level: str) -> None:
    """Nothing; how sure each order of two methods is, in both tests."""
    widgets.section(spread_words.beats_title(reading), captions.BEATS.at(level))
    columns = st.columns(2, gap="large")
    for column, name, ranking in zip(
        columns, (captions.CHECK, captions.FAITH), (reading.gap.first, reading.gap.second), strict=True
    ):
        with column:
            _line(name)
            fig = spread.beats(ranking)
            if fig is None:
                st.caption(ranking.warning)
                continue
            widgets.chart(fig, spread_words.beats_alt(name, ranking), f"ranking-beats-{name.lower()}")
            widgets.table(tables.beats(ranking), f"ranking-beats-{name.lower()}")


def _behind(views: Views, reading: Reading) -> None:
    """Nothing; what is missing, and every setting of the computation."""
    widgets.section(captions.BEHIND_TITLE)
    _missing(views)
    widgets.table(tables.settings(views.data), "ranking-settings", captions.SETTINGS_TABLE)


def _line(text: str) -> None:
    """Nothing; a chart's own title."""
    st.html(f'<p class="xc-line"><b>{escape(text)}</b></p>')


def _missing(views: Views) -> None:
    rows = tables.missing(views.data)
    if rows:
        st.caption(spread_words.missing_line(len(rows)))
        widgets.table(rows, "ranking-missing", captions.MISSING_TITLE)
    else:
        st.caption(captions.NOTHING_MISSING)
