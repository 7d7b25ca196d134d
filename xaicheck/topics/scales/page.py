"""The page Activation scales: what randomization from the top cannot change, measured against the theory."""

from __future__ import annotations

import streamlit as st

from xaicheck.experiments.scales.data import BlockResult, Shipped
from xaicheck.experiments.scales.setting import LIVE_SEEDS, MODEL, Setting
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.topics.scales import (
    captions,
    controls as scales_controls,
    figures,
    html,
    overview,
    overview_words,
    page_run as scales_run,
    tables,
    words,
)
from xaicheck.topics.scales.controls import Wanted
from xaicheck.topics.scales.verdict import verdict
from xaicheck.topics.scales.view import Shown, of_block, of_layer
from xaicheck.web import widgets


def draw() -> None:
    """The widgets."""
    level = widgets.level()
    data = scales_run.shipped()
    if data is None:
        widgets.heading(captions.KICKER, captions.NO_DATA, captions.LOOK.at(level))
        return
    st.html(f"<style>{html.STYLE}</style>")
    head, status = st.container(), st.container(key="scales_status")
    wanted = scales_controls.draw()
    running = _running(wanted)
    result = _result(wanted, data, status, running)
    shown = _shown(wanted, result, data)
    with head:
        widgets.heading(_kicker(result), words.finding(shown), captions.LOOK.at(level))
    _order(shown, level)
    if wanted.layer:
        st.caption(words.layer_line(shown.order.dead, shown.activation.size))
    _channels(result, level)
    _depths(data, wanted.outputs, level)
    _maps(result, data, level)
    _residual(data, level)
    maps = result.maps.rows
    rows = data.method_rows(result.setting.depth) if result.setting == Setting(result.setting.depth) else ()
    widgets.conclusion(verdict(shown, list(data.blocks), rows, maps))
    st.caption(words.done_line(data))
    if running is not None:
        scales_run.wait(running, status)


def _running(wanted: Wanted) -> Setting | None:
    """The setting that is being computed; a changed control ends the computation."""
    running: Setting | None = st.session_state.get(scales_run.WANTED)
    if running is not None and (wanted.layer or running != wanted.setting):
        scales_run.stop()
        return None
    return running


def _result(
    wanted: Wanted, data: Shipped, status: st.delta_generator.DeltaGenerator, running: Setting | None
) -> BlockResult:
    """The result to show; where it is not the one asked for, a line says so beside the button that "
    "computes it."""
    if wanted.layer:
        return data.block(Setting(1)) or data.blocks[0]
    found = scales_run.found(wanted.setting, data)
    failed = st.session_state.get(scales_run.FAILED)
    with status:
        if failed:
            st.error(failed, icon=":material/error:")
        other = scales_run.stand_in(wanted.setting, data)
        if found is None and running is not None:
            st.caption(words.not_computed(wanted.setting, other))
        elif found is None:
            with st.container(horizontal=True, vertical_alignment="center", key="scales_stale"):
                st.warning(words.not_computed(wanted.setting, other), icon=":material/history:")
                st.button(
                    words.compute_label(LIVE_SEEDS), key="scales_compute", icon=":material/play_arrow:",
                    on_click=scales_run.ask, args=(wanted.setting,), type="primary",
                )  # fmt: skip
    return found or other


def _shown(wanted: Wanted, result: BlockResult, data: Shipped) -> Shown:
    if wanted.layer:
        run, curve = scales_run.layer_run(wanted.law, wanted.outputs)
        return of_layer(data.layer, run, wanted.law, curve)
    setting = result.setting
    curve = scales_run.block_curve(setting.depth, setting.law if setting.depth == 1 else "", wanted.outputs)
    return of_block(result, wanted.outputs, curve)


def _kicker(result: BlockResult) -> str:
    picture = samples.SAMPLES[result.setting.picture].label
    target = result.target
    likely = f"{target.label} ({100 * target.probability:.0f} %)"
    return f"{captions.KICKER} · {MODELS[MODEL].label} · {picture} · {likely}"


def _order(shown: Shown, level: str) -> None:
    """Nothing; the law beside the measured points, the channels sorted, the top places."""
    st.caption(shown.setting)
    left, right = st.columns(2, gap="large")
    with left:
        widgets.section(words.kept_title(shown), captions.KEPT.at(level))
        widgets.chart(figures.kept(shown), f"{words.finding(shown)} {words.kept_line(shown)}", "scales-kept")
    with right:
        widgets.section(words.sorted_title(shown), captions.SORTED.at(level))
        widgets.chart(
            figures.channels(shown),
            f"{words.sorted_title(shown)}. {words.rank_line(shown.order)}",
            "scales-sorted",
        )
    widgets.lines(words.kept_line(shown), words.departure(shown), words.rank_line(shown.order))
    widgets.section(words.top_title(shown.order), captions.TOP.at(level))
    widgets.chart(figures.top(shown), words.top_line(shown.order), "scales-top")
    widgets.lines(words.top_line(shown.order))
    widgets.table(tables.order(shown), "scales-order")


def _channels(result: BlockResult, level: str) -> None:
    """Nothing; the most active channels as small pictures."""
    widgets.section(words.pictures_title(result), captions.PICTURES.at(level))
    st.html(html.channels(result))
    widgets.lines(words.same_line(result))


def _depths(data: Shipped, outputs: int, level: str) -> None:
    """Nothing; every setting that was computed beforehand, by depth."""
    counts = [o.outputs for o in data.blocks[0].orders]
    outputs = outputs if outputs in counts else counts[-1]
    plain = [b for b in data.blocks if b.setting == Setting(b.setting.depth)]
    title = overview_words.depths_title(plain, outputs)
    widgets.section(title, captions.DEPTHS.at(level))
    widgets.chart(
        overview.depths(data.blocks, outputs), overview_words.depths_alt(plain, outputs), "scales-depths"
    )
    widgets.lines(overview_words.depths_line(data.blocks))
    widgets.table(tables.depths(data.blocks), "scales-depths")


def _maps(result: BlockResult, data: Shipped, level: str) -> None:
    """Nothing; how much of what maps have in common is the activation-norm map."""
    default = result.setting == Setting(result.setting.depth)
    rows = (*result.maps.rows, *(data.method_rows(result.setting.depth) if default else ()))
    widgets.section(overview_words.maps_title(result), captions.MAPS.at(level))
    st.html(html.four_maps(result.maps, result.seeds))
    fig = overview.maps(rows, captions.MAP_LABELS)
    widgets.chart(fig, overview_words.maps_alt(rows), "scales-maps")
    methods = rows[len(result.maps.rows) :]
    widgets.lines(
        overview_words.maps_line(result.maps, result.seeds),
        overview_words.missing_line(rows),
        overview_words.methods_line(methods) if methods else "",
    )
    if not default:
        st.caption(captions.NO_METHODS)
    widgets.table(tables.maps(rows, captions.MAP_LABELS), "scales-maps")


def _residual(data: Shipped, level: str) -> None:
    """Nothing; what randomizing a residual block does to its input."""
    widgets.section(overview_words.residual_title(data.residual), captions.RESIDUAL.at(level))
    widgets.chart(
        overview.residual(data.residual), overview_words.residual_line(data.residual), "scales-residual"
    )
    widgets.lines(overview_words.residual_line(data.residual))
    widgets.table(tables.residual(data.residual), "scales-residual")
