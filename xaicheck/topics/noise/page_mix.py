"""The slider of noise: its controls, both large numbers, the chart and the maps that are compared."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from xaicheck.address import OneOf, Parameter, Whole
from xaicheck.experiments.noise import mixing
from xaicheck.experiments.noise.data import NoiseData
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.noise import figures, panels, sentences, tables, words
from xaicheck.topics.noise.numbers import Mix, mix_of, stored_curve
from xaicheck.topics.noise.words import TEXT
from xaicheck.types import Comparison, Report, Score
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.pairs import Sides, of_pairs
from xaicheck.viewer.scene import Parts, View
from xaicheck.web import link, session, viewer, widgets

FIRST_METHOD, FIRST_FILL, FIRST_DEPTH, FIRST_SHARE = "grad_cam", "blur", 9, 0.9
PARTS = Parts(heading=False, picture=False, scores=False, curve=False)


def draw(data: NoiseData, level: str) -> Mix:
    """What is shown; draws it: the controls, both large numbers, the chart and the maps."""
    left, right = st.container(key="first").columns([7, 5], gap="large")
    shares, depths = _asked(data)
    link.begins(shares)
    share = left.select_slider(
        TEXT.share, list(data.shares), help=TEXT.share_help, format_func=words.percent, key=shares.key
    )
    link.kept(shares, share)
    link.begins(depths)
    depth = right.slider(TEXT.depth, data.depths[0], data.depths[-1], help=TEXT.depth_help, key=depths.key)
    link.kept(depths, depth)
    large = right.container()
    first, second = right.columns(2, gap="medium")
    with first:
        method = _choice("method", data.methods, METHODS, default=FIRST_METHOD)
        measure = _choice("measure", data.measures, SIMILARITIES)
    with second:
        picture = _choice("picture", data.pictures, samples.SAMPLES, TEXT.picture_help)
        fill = _choice("fill", data.fills, FILLS, TEXT.fill_help, FIRST_FILL)
    report = session.sample()
    live = (
        report is not None
        and picture == data.pictures[0]
        and report.attribution(method, depth, 0) is not None
    )
    curve = (
        _live_curve(method, depth, measure, data.shares)
        if live
        else stored_curve(data, picture, method, depth, measure)
    )
    view = mix_of(data, picture, method, depth, share, fill, curve)
    large.html(panels.big_figures(view))
    with left:
        widgets.section(sentences.chart_title(view))
        widgets.chart(figures.mix(view), words.chart_alt(view), "noise-mix")
        widgets.lines(words.form_caption(view).at(level), words.faith_caption(data).at(level))
    widgets.table(tables.mix(view), "noise-mix")
    _maps(view, report if live else None)
    return view


def _choice(
    name: str,
    keys: Sequence[str],
    registry: Mapping[str, Any],
    help_text: str | None = None,
    default: str | None = None,
) -> str:
    """The chosen key, an entry of the registry; draws the box."""
    first = default if default is not None and default in keys else keys[0]
    labels = {key: registry[key].label for key in keys}
    parameter = Parameter(f"noise_{name}", OneOf(tuple(keys), labels), first)
    link.begins(parameter)
    chosen = st.selectbox(
        TEXT[name], list(keys), help=help_text, format_func=labels.__getitem__, key=parameter.key
    )
    return link.kept(parameter, str(chosen))


def _asked(data: NoiseData) -> tuple[Parameter[float], Parameter[int]]:
    """The share of noise and the depth: what there is of both depends on the data."""
    low, high = data.depths[0], data.depths[-1]
    share = FIRST_SHARE if FIRST_SHARE in data.shares else data.shares[-1]
    names = {one: words.percent(one) for one in data.shares}
    return (
        Parameter("noise_share", OneOf(tuple(data.shares), names), share),
        Parameter("noise_depth", Whole(low, high), min(max(FIRST_DEPTH, low), high)),
    )


def _maps(view: Mix, report: Report | None) -> None:
    """Draws the mixed maps of the slider's position, as they were measured."""
    widgets.section(words.maps_title(view), "" if report is None else words.maps_line(view))
    if report is None:
        st.caption(TEXT.no_maps)
        return
    maps = []
    for depth, side in zip((0, view.depth), mixing.SIDES, strict=True):
        attribution = report.attribution(view.method, depth, 0)
        if view.curve.why or attribution is None or attribution.values is None:
            st.caption(view.curve.why or TEXT.no_maps)
            return
        maps.append(mixing.mixed(attribution.values, view.share, mixing.DRAWS[0], side))
    viewer.show(_payload(report, view, *maps), key="noise_viewer", start=View(view.depth, view.measure))


def _payload(report: Report, view: Mix, original: np.ndarray, randomized: np.ndarray) -> bytes:
    """Both maps with their noise for the browser, in units of the signal's root mean square."""
    alike, method = view.alike_at(view.share), METHODS[view.method]
    score = Score(None, view.curve.why) if alike is None else Score(alike.estimate)
    reading = of_pairs(
        report, view.depth, {view.method: Sides(original, randomized, score)}, Comparison(view.measure)
    )
    # Noise has both signs, so that a map of magnitudes has them too.
    shown = {view.method: dataclasses.replace(method, label=words.map_name(view), signed=True)}
    start = View(view.depth, view.measure)
    return encode(scene(reading, (view.measure,), methods=shown, parts=PARTS, start=start))


@st.cache_data(show_spinner=False, max_entries=1024)
def _live_curve(method: str, depth: int, measure: str, shares: tuple[float, ...]) -> mixing.MixCurve:
    """The similarities of the shipped maps with noise in them, measured now."""
    report = session.sample()
    assert report is not None
    sides = [report.attribution(method, at, 0) for at in (0, depth)]
    original, randomized = (None if one is None else one.values for one in sides)
    return mixing.curve(original, randomized, measure, shares=shares)
