"""The controls of the page Activation scales: which experiment, and everything that it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from xaicheck.address import Flag, OneOf, Parameter, Whole, named
from xaicheck.experiments.scales.laws import LAYER_LAWS
from xaicheck.experiments.scales.setting import (
    DEFAULT,
    DEPTHS,
    LAYER_OUTPUTS,
    MODEL,
    OUTPUTS,
    PICTURE,
    Setting,
)
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.words import listed
from xaicheck.topics.scales.words import TEXT
from xaicheck.web import link
from xaicheck.web.widgets import Described, choices_help

DEEPEST = len(MODELS[MODEL].blocks) - 1  # the first block reads the picture itself
WHERE = {"block": "A block and all above it", "layer": "The last layer alone"}
PLACE = Parameter("scales_where", OneOf(tuple(WHERE), WHERE), "block")
DEPTH = Parameter("scales_depth", Whole(1, DEEPEST), DEFAULT.depth)
RESIDUAL = Parameter("scales_residual", Flag(), True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the visitor asks for; `setting` counts for a block, `law` for the last layer alone."""

    layer: bool
    setting: Setting
    law: str
    outputs: int


def draw() -> Wanted:
    """The visitor's choice; draws the controls."""
    first, second, third = st.columns([5, 3, 3], gap="medium")
    with first:
        link.begins(PLACE)
        where = st.segmented_control(
            "Experiment",
            list(WHERE),
            required=True,
            key=PLACE.key,
            format_func=lambda key: WHERE[key],
            help=TEXT.control_help.where,
        )
    layer = link.kept(PLACE, str(where)) == "layer"
    with second:
        law = _law(LAYER_LAWS, "scales_layer_law") if layer else _law(LAWS, "scales_law")
    with third:
        outputs = (
            _outputs(LAYER_OUTPUTS, "scales_layer_outputs") if layer else _outputs(OUTPUTS, "scales_outputs")
        )
    setting = DEFAULT if layer else _block(law)
    return Wanted(layer, setting, law, outputs)


def _law(laws: Mapping[str, Described], key: str) -> str:
    parameter = Parameter(key, named(laws), DEFAULT.law)
    link.begins(parameter)
    chosen = st.selectbox(
        "New weights", list(laws), key=key, format_func=lambda k: laws[k].label, help=choices_help(laws)
    )
    return link.kept(parameter, str(chosen))


def _outputs(choices: tuple[int, ...], key: str) -> int:
    parameter = Parameter(key, OneOf(choices), choices[0])
    link.begins(parameter)
    chosen = st.segmented_control(
        "Output units (K)", choices, required=True, key=key, help=TEXT.control_help.outputs
    )
    return link.kept(parameter, int(chosen or choices[0]))


def _block(law: str) -> Setting:
    """What only the experiment on blocks depends on."""
    first, second, third, fourth = st.columns([4, 4, 2, 3], gap="medium", vertical_alignment="bottom")
    with first:
        link.begins(DEPTH)
        computed = listed([str(depth) for depth in DEPTHS])
        depth = st.slider(
            "Blocks randomized, from the output down",
            1,
            DEEPEST,
            key=DEPTH.key,
            help=TEXT.control_help.depth.format(deepest=DEEPEST, depths=computed),
        )
        link.kept(DEPTH, depth)
    with second:
        policy = _policy()
    with third:
        picture = _picture()
    with fourth:
        link.begins(RESIDUAL)
        residual = st.toggle("Residual connections", key=RESIDUAL.key, help=TEXT.control_help.residual)
        link.kept(RESIDUAL, residual)
    return Setting(depth, picture, law, policy, residual)


def _policy() -> str:
    parameter = Parameter("scales_batchnorm", named(BATCHNORM), DEFAULT.batchnorm)
    link.begins(parameter)
    chosen = st.segmented_control(
        "BatchNorm",
        list(BATCHNORM),
        required=True,
        key=parameter.key,
        format_func=lambda key: BATCHNORM[key].label,
        help=choices_help(BATCHNORM),
    )
    return link.kept(parameter, str(chosen))


def _picture() -> str:
    parameter = Parameter("scales_picture", named(samples.SAMPLES), PICTURE)
    link.begins(parameter)
    chosen = st.selectbox(
        "Picture",
        list(samples.SAMPLES),
        key=parameter.key,
        format_func=lambda key: samples.SAMPLES[key].label,
    )
    return link.kept(parameter, str(chosen))
