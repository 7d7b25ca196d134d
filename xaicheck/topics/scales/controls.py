"""The controls of the page Activation scales: which experiment, and everything that it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from xaicheck.address import Flag, OneOf, Parameter, Whole, named
from xaicheck.experiments.scales.laws import LAYER_LAWS
from xaicheck.experiments.scales.setting import DEFAULT, DEPTHS, LAYER_OUTPUTS, OUTPUTS, PICTURE, Setting
from xaicheck.models import samples
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.reading.words import listed
from xaicheck.web import link

DEEPEST = 18  # the first block reads the picture itself
WHERE = {"block": "A block and all above it", "layer": "The last layer alone"}
PLACE = Parameter("scales_where", OneOf(tuple(WHERE), WHERE), "block")
DEPTH = Parameter("scales_depth", Whole(1, DEEPEST), DEFAULT.depth)
POLICY = Parameter("scales_batchnorm", named(BATCHNORM), DEFAULT.batchnorm)
SAMPLE = Parameter("scales_picture", named(samples.SAMPLES), PICTURE)
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
            help="The last layer alone is the exact setting of the theory and answers at once. A block and "
            "all "
            "above it is the real network, drawn anew from that block to the output.",
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


def _block(law: str) -> Setting:
    """What only the experiment on blocks depends on."""
    first, second, third, fourth = st.columns([4, 4, 2, 3], gap="medium", vertical_alignment="bottom")
    every: tuple[Parameter[Any], ...] = (DEPTH, POLICY, SAMPLE, RESIDUAL)
    for known in every:
        link.begins(known)
    with first:
        depth = st.slider(
            "Blocks randomized, from the output down",
            1,
            DEEPEST,
            key=DEPTH.key,
            help="1 is the last layer, 18 all but the first block. Computed beforehand: "
            f"{listed([str(d) for d in DEPTHS])}; the others take seconds to a minute.",
        )
    with second:
        policy = st.segmented_control(
            "BatchNorm",
            list(BATCHNORM),
            required=True,
            key=POLICY.key,
            format_func=lambda key: BATCHNORM[key].label,
            help=_explained(BATCHNORM),
        )
    with third:
        picture = st.selectbox(
            "Picture",
            list(samples.SAMPLES),
            key=SAMPLE.key,
            format_func=lambda key: samples.SAMPLES[key].label,
        )
    with fourth:
        residual = st.toggle(
            "Residual connections",
            key=RESIDUAL.key,
            help="Off: the randomized blocks lose their shortcut. The trained network and everything below "
            "stay.",
        )
    link.kept(DEPTH, depth)
    link.kept(POLICY, str(policy))
    link.kept(SAMPLE, picture)
    link.kept(RESIDUAL, residual)
    return Setting(depth, picture, law, str(policy), residual)


def _law(choices: Mapping[str, Any], key: str) -> str:
    known = Parameter(key, named(choices), DEFAULT.law)
    link.begins(known)
    chosen = st.selectbox(
        "New weights",
        list(choices),
        key=key,
        format_func=lambda k: choices[k].label,
        help=_explained(choices),
    )
    return link.kept(known, str(chosen))


def _explained(choices: Mapping[str, Any]) -> str:
    return "\n".join(f"- **{choice.label}**: {choice.summary}" for choice in choices.values())


def _outputs(choices: tuple[int, ...], key: str) -> int:
    known = Parameter(key, OneOf(choices), choices[0])
    link.begins(known)
    chosen = st.segmented_control(
        "Output units (K)",
        choices,
        required=True,
        key=key,
        help="Contributions to the K most probable classes, joined by their L2 norm. The more outputs, the "
        "less a "
        "single weight can do.",
    )
    return link.kept(known, int(chosen or choices[0]))
