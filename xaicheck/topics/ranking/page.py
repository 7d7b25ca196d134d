"""The page Ranking gap: two orders of the same methods, what they are made of, and how far they agree."""

from __future__ import annotations

import streamlit as st

from xaicheck.address import Flag, Parameter
from xaicheck.experiments.ranking.rank import Choice
from xaicheck.experiments.repairs.uncaught import shipped
from xaicheck.reading import diagonal_figure, plotly_chart
from xaicheck.reading.templates import pieces
from xaicheck.topics.ranking import (
    controls,
    figures,
    figures_diagonal,
    figures_scatter,
    figures_spread,
    page_own,
    page_views,
    sentences,
    tables,
    words,
    words_diagonal,
    words_power,
    words_spread,
)
from xaicheck.topics.ranking.numbers import TwoOrders
from xaicheck.topics.ranking.page_views import Views
from xaicheck.topics.ranking.verdict import verdict
from xaicheck.topics.ranking.words import TEXT
from xaicheck.web import link, widgets

PLACEBO = Parameter("ranking_placebo", Flag(), False)
CHANGED = Parameter("ranking_changed", Flag(), False)


def draw() -> None:
    """Draws the page."""
    level = widgets.level()
    own = page_own.draw()
    views = own.views or page_views.gallery()
    if views is None:
        widgets.heading(TEXT.question, TEXT.no_data, TEXT.look.at(level))
    else:
        _show(views, level, own=own.views is not None)
    own.finish()


def _show(views: Views, level: str, *, own: bool) -> None:
    """Draws everything that these numbers say, from the finding to the conclusion."""
    choice, note = controls.draw(views.data)
    orders = views.orders(choice)
    if orders is None:
        widgets.heading(TEXT.question, " ".join(views.view(choice).notes), TEXT.look.at(level))
        _missing(views)
        return
    widgets.heading(words.kicker(orders), sentences.finding(orders), TEXT.look.at(level))
    _both_orders(orders, level)
    st.caption(f"{words.setting_line(orders)} {note}".strip())
    _tau(views, choice, level)
    _diagonal(views, orders, level)
    _winners(views, choice, level)
    _beats(orders, level)
    _behind(views)
    widgets.conclusion(verdict(orders, views.flips(controls=choice.controls)), private=own)
    st.caption(words_spread.done_line(views.data, own=own))


def _both_orders(orders: TwoOrders, level: str) -> None:
    """Draws both orders joined by lines, beside both scores."""
    left, right = st.container(key="first").columns([5, 6], gap="large")
    with left:
        widgets.section(sentences.bump_title(orders))
        widgets.chart(figures.bump(orders), words.bump_alt(orders), "ranking-bump")
    with right:
        widgets.section(sentences.scatter_title(orders), TEXT.scatter.at(level))
        widgets.chart(figures_scatter.scatter(orders), words.scatter_alt(orders), "ranking-scatter")
    widgets.table(tables.places(orders), "ranking")


def _tau(views: Views, choice: Choice, level: str) -> None:
    """Draws tau with and without the controls beside its null, and how little it tells."""
    names = {True: TEXT.with_controls, False: TEXT.without_controls}
    rows = [(names[with_], one) for with_, one in views.both(choice).items() if one is not None]
    widgets.section(sentences.tau_title(rows), TEXT.tau.at(level))
    lines = [words.tau_line(name, r) for name, r in rows]
    widgets.chart(figures.tau_strip(rows), " ".join(lines), "ranking-tau")
    shown = next((one for _, one in rows if one.choice.controls == choice.controls), rows[0][1])
    widgets.lines(*lines)
    widgets.points(*words.cautions(shown))
    widgets.table(tables.taus(rows), "ranking-tau")
    widgets.section(TEXT.power.title, TEXT.power.look.at(level))
    widgets.points(*words_power.lines(shown))


def _diagonal(views: Views, orders: TwoOrders, level: str) -> None:
    """Draws two random networks beside the trained and a random one, where all were compared."""
    own = views.association(orders.choice)
    if own is None:
        if views.data.networks:
            widgets.section(TEXT.diagonal.title)
            st.caption(words_diagonal.not_compared(views.data))
        return
    seen = words_diagonal.Seen(own, shipped())
    widgets.section(words_diagonal.title(seen), TEXT.diagonal.caption.at(level))
    with st.container(horizontal=True, key="ranking_diagonal_switches"):
        placebo = _switch(PLACEBO, diagonal_figure.LABELS.switch)
        changed = _switch(CHANGED, TEXT.diagonal.changed) and own.changed
    fig = diagonal_figure.figure(own.found, placebo=placebo, changed=changed or ())
    alt = diagonal_figure.alt(own.found, words_diagonal.title(seen))
    widgets.chart(fig, alt, "ranking-diagonal")
    if own.found.comparison != orders.choice.comparison:
        st.caption(words_diagonal.by_which(seen))
    widgets.points(*words_diagonal.lines(seen))
    chart = figures_diagonal.memory(seen)
    if chart is not None:
        _chart_title(chart.title)
        widgets.chart(plotly_chart.figure(chart, height=360), chart.alt, "ranking-memory")
    widgets.table(words_diagonal.rows(seen), "ranking-diagonal", TEXT.diagonal.table)
    widgets.table(words_diagonal.depth_rows(seen), "ranking-memory", TEXT.diagonal.depth_table)


def _switch(parameter: Parameter[bool], label: str) -> bool:
    """Draws a switch that the address holds."""
    link.begins(parameter)
    return link.kept(parameter, st.toggle(label, key=parameter.key))


def _winners(views: Views, choice: Choice, level: str) -> None:
    """Draws who comes first how often, and which switch changes most."""
    flips = views.flips(controls=choice.controls)
    widgets.section(TEXT.wins_title, TEXT.wins.at(level))
    wins, switches = views.flip_figures(controls=choice.controls)
    left, right = st.columns(2, gap="large")
    with left:
        _chart_title(words_spread.wins_title(flips))
        widgets.chart(wins, words_spread.wins_title(flips), "ranking-wins")
    with right:
        _chart_title(words_spread.switches_title(flips))
        widgets.chart(switches, words_spread.switches_title(flips), "ranking-switches")
    st.caption(words_spread.flips_line(flips))
    widgets.table(tables.winners(flips), "ranking-winners")
    widgets.table(tables.switches(flips), "ranking-switches", TEXT.switches_table)


def _beats(orders: TwoOrders, level: str) -> None:
    """Draws how sure each order of two methods is, in both tests."""
    widgets.section(words_spread.beats_title(orders), TEXT.beats.at(level))
    columns = st.columns(2, gap="large")
    for column, name, ranking in zip(
        columns, (TEXT.check, TEXT.faithfulness), (orders.gap.first, orders.gap.second), strict=True
    ):
        with column:
            _chart_title(name)
            fig = figures_spread.beats(ranking)
            if fig is None:
                st.caption(ranking.warning)
                continue
            widgets.chart(fig, words_spread.beats_alt(name, ranking), f"ranking-beats-{name.lower()}")
            widgets.table(tables.beats(ranking), f"ranking-beats-{name.lower()}")


def _behind(views: Views) -> None:
    """Draws what is missing, and every setting of the computation."""
    widgets.section(TEXT.behind_title)
    _missing(views)
    widgets.table(tables.settings(views.data), "ranking-settings", TEXT.settings_table)


def _chart_title(text: str) -> None:
    """Draws a chart's own title."""
    st.html(pieces("topics/ranking/page.html").chart_title(text))


def _missing(views: Views) -> None:
    """Draws which numbers are missing, with the reasons, or says that none is."""
    rows = tables.missing(views.data)
    if rows:
        st.caption(words_spread.missing_line(len(rows)))
        widgets.table(rows, "ranking-missing", TEXT.missing_title)
    else:
        st.caption(TEXT.nothing_missing)
