"""The page Activation scales: what randomization from the top cannot change, measured against the theory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from xaicheck.experiments.scales.data import BlockResult, MapRow, Shipped
from xaicheck.experiments.scales.setting import LIVE_SEEDS, MODEL, Setting
from xaicheck.reading.sentence import say
from xaicheck.reading.templates import css, style
from xaicheck.topics.scales import (
    PAGE,
    controls,
    figures,
    figures_overview,
    page_run,
    pictures,
    tables,
    words,
    words_overview,
)
from xaicheck.topics.scales.controls import Wanted
from xaicheck.topics.scales.numbers import Shown, of_block, of_layer
from xaicheck.topics.scales.verdict import verdict
from xaicheck.topics.scales.why import why
from xaicheck.topics.scales.words import TEXT
from xaicheck.web import widgets

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def draw() -> None:
    """Draws the page, from the finding to the conclusion."""
    level = widgets.level()
    data = page_run.shipped()
    if data is None:
        widgets.heading(PAGE.title, TEXT.no_data, TEXT.look.at(level))
        return
    st.html(style(css("topics/scales/style.css")))
    head, status, first = st.container(), st.container(key="scales_status"), st.container(key="first")
    wanted = controls.draw()
    running = _running(wanted)
    result = _result(wanted, data, status, running)
    shown = _shown(wanted, result, data)
    methods = (
        data.method_rows(result.setting.depth) if result.setting == Setting(result.setting.depth) else ()
    )
    with head:
        widgets.heading(words.kicker(result, MODEL), words.finding(shown), TEXT.look.at(level))
    with first:
        _order(shown, level)
    _numbers(shown, level)
    if wanted.layer:
        st.caption(words.LAYER(shown))
    _channels(result, level)
    _depths(data, wanted.outputs, level)
    _maps(result, methods, level)
    _residual(data, level)
    widgets.conclusion(verdict(shown, list(data.blocks), methods, result.maps.rows))
    st.caption(words.done_line(data))
    if running is not None:
        page_run.wait(running, status)


def _running(wanted: Wanted) -> Setting | None:
    """The setting that is being computed; a changed control ends the computation."""
    running: Setting | None = st.session_state.get(page_run.WANTED)
    if running is not None and (wanted.layer or running != wanted.setting):
        page_run.stop()
        return None
    return running


def _result(wanted: Wanted, data: Shipped, status: DeltaGenerator, running: Setting | None) -> BlockResult:
    """The result to show; draws a line where it is not the one asked for, and the button that computes it."""
    if wanted.layer:
        return data.block(Setting(1)) or data.blocks[0]
    exact = page_run.known(wanted.setting, data)
    result = exact or page_run.stand_in(wanted.setting, data)
    failed = st.session_state.get(page_run.FAILED)
    with status:
        if failed:
            st.error(failed, icon=":material/error:")
        if exact is None and running is not None:
            st.caption(words.not_computed(wanted.setting, result.setting))
        elif exact is None:
            with st.container(horizontal=True, vertical_alignment="center", key="scales_stale"):
                st.warning(words.not_computed(wanted.setting, result.setting), icon=":material/history:")
                st.button(
                    words.compute_label(LIVE_SEEDS), key="scales_compute", icon=":material/play_arrow:",
                    on_click=page_run.ask, args=(wanted.setting,), type="primary",
                )  # fmt: skip
    return result


def _shown(wanted: Wanted, result: BlockResult, data: Shipped) -> Shown:
    """The experiment in question, with its law's curve."""
    if wanted.layer:
        run, curve = page_run.layer_run(wanted.law, wanted.outputs)
        return of_layer(data.layer, run, wanted.law, curve)
    setting = result.setting
    curve = page_run.block_curve(setting.depth, setting.law if setting.depth == 1 else "", wanted.outputs)
    return of_block(result, wanted.outputs, curve, data.norms)


def _order(shown: Shown, level: str) -> None:
    """Draws the law beside the measured points, and the channels sorted."""
    left, right = st.columns(2, gap="large")
    with left:
        widgets.section(words.kept_title(shown))
        widgets.chart(figures.kept(shown), f"{words.finding(shown)} {words.kept_line(shown)}", "scales-kept")
        caption = TEXT.kept if shown.coherence is None else TEXT.kept_coherent
        st.caption(caption.at(level))
    with right:
        widgets.section(words.sorted_title(shown))
        alt = f"{words.sorted_title(shown)}. {words.rank_line(shown)}"
        widgets.chart(figures.channels(shown), alt, "scales-sorted")
        st.caption(TEXT.sorted.at(level))


def _numbers(shown: Shown, level: str) -> None:
    """Draws what the pictures say in numbers, why, and the top places."""
    st.caption(shown.setting)
    widgets.lines(words.kept_line(shown), why(shown), words.rank_line(shown))
    widgets.section(words.top_title(shown), TEXT.top.at(level))
    widgets.chart(figures.top(shown), words.top_line(shown), "scales-top")
    widgets.lines(words.top_line(shown))
    widgets.table(tables.order(shown), "scales-order")


def _channels(result: BlockResult, level: str) -> None:
    """Draws the most active channels as small pictures."""
    widgets.section(words.pictures_title(result), TEXT.pictures.at(level))
    st.html(pictures.channels(result))
    widgets.lines(words.same_line(result))


def _depths(data: Shipped, outputs: int, level: str) -> None:
    """Draws every setting that was computed beforehand, by depth."""
    counts = [order.outputs for order in data.blocks[0].orders]
    outputs = outputs if outputs in counts else counts[-1]
    plain = [b for b in data.blocks if b.setting == Setting(b.setting.depth)]
    widgets.section(words_overview.depths_title(plain, outputs), TEXT.depths.at(level))
    alt = words_overview.depths_alt(plain, outputs)
    widgets.chart(figures_overview.depths(data.blocks, outputs), alt, "scales-depths")
    widgets.lines(words_overview.DIFFERENCES(data.blocks))
    widgets.table(tables.depths(data.blocks), "scales-depths")


def _maps(result: BlockResult, methods: tuple[MapRow, ...], level: str) -> None:
    """Draws how much of what maps have in common is the activation-norm map."""
    rows = (*result.maps.rows, *methods)
    widgets.section(words_overview.maps_title(result), TEXT.maps.at(level))
    st.html(pictures.four_maps(result.maps, result.seeds))
    widgets.chart(figures_overview.maps(rows), words_overview.maps_alt(rows), "scales-maps")
    widgets.lines(
        say((words_overview.COSINES, words_overview.MISSED, words_overview.AVERAGE), result),
        words_overview.NO_NUMBER(rows),
        words_overview.METHODS_ROUGH(methods),
    )
    if result.setting != Setting(result.setting.depth):
        st.caption(TEXT.no_methods)
    widgets.table(tables.maps(rows), "scales-maps")


def _residual(data: Shipped, level: str) -> None:
    """Draws what randomizing a residual block does to its input."""
    line = words_overview.residual_line(data.residual)
    widgets.section(words_overview.residual_title(data.residual), TEXT.residual.at(level))
    widgets.chart(figures_overview.residual(data.residual), line, "scales-residual")
    widgets.lines(line)
    widgets.table(tables.residual(data.residual), "scales-residual")
