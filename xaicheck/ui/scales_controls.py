"""The controls of the page Activation scales: which experiment, and everything that it depends on."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from xaicheck import gallery
from xaicheck.lab.laws import LAYER_LAWS
from xaicheck.lab.setting import DEFAULT, LAYER_OUTPUTS, OUTPUTS, PICTURE, Setting
from xaicheck.randomize import BATCHNORM, LAWS

WHERE = {"block": "A block and all above it", "layer": "The last layer alone"}
DEEPEST = 18  # the first block reads the picture itself


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the visitor asks for; `setting` counts for blocks, `law` for the last layer alone."""

    layer: bool
    setting: Setting
    law: str
    outputs: int


def draw() -> Wanted:
    """The visitor's choice; draws the controls."""
    where = st.segmented_control(
        "Experiment",
        list(WHERE),
        default="block",
        required=True,
        key="scales_where",
        bind="query-params",
        format_func=lambda key: WHERE[key],
        help="The last layer alone is the exact setting of the theory and answers at once. A block and all "
        "above "
        "it is the real network, drawn anew from that block to the output.",
    )
    return _layer() if where == "layer" else _block()


def _layer() -> Wanted:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        law = st.selectbox(
            "New weights",
            list(LAYER_LAWS),
            key="scales_layer_law",
            bind="query-params",
            format_func=lambda key: LAYER_LAWS[key].label,
            help="\n".join(f"- **{law.label}**: {law.summary}" for law in LAYER_LAWS.values()),
        )
    with right:
        outputs = _outputs(LAYER_OUTPUTS, "scales_layer_outputs")
    return Wanted(True, DEFAULT, law, outputs)


def _block() -> Wanted:
    first, second, third = st.columns([5, 3, 3], gap="medium")
    with first:
        depth = st.slider(
            "Blocks randomized, from the output down",
            1,
            DEEPEST,
            DEFAULT.depth,
            key="scales_depth",
            bind="query-params",
            help="1 is the last layer, 18 all but the first block. Computed beforehand: 1, 2, 4, 8, 12, 16 "
            "and 18; "
            "the others take a minute or two.",
        )
    with second:
        law = st.selectbox(
            "New weights",
            list(LAWS),
            index=list(LAWS).index(DEFAULT.law),
            key="scales_law",
            bind="query-params",
            format_func=lambda key: LAWS[key].label,
            help="\n".join(f"- **{choice.label}**: {choice.summary}" for choice in LAWS.values()),
        )
    with third:
        outputs = _outputs(OUTPUTS, "scales_outputs")
    first, second, third = st.columns([5, 3, 3], gap="medium", vertical_alignment="bottom")
    with first:
        policy = st.segmented_control(
            "BatchNorm",
            list(BATCHNORM),
            default=DEFAULT.batchnorm,
            required=True,
            key="scales_batchnorm",
            bind="query-params",
            format_func=lambda key: BATCHNORM[key].label,
            help="\n".join(f"- **{choice.label}**: {choice.summary}" for choice in BATCHNORM.values()),
        )
    with second:
        picture = st.selectbox(
            "Picture",
            list(gallery.SAMPLES),
            index=list(gallery.SAMPLES).index(PICTURE),
            key="scales_picture",
            bind="query-params",
            format_func=lambda key: gallery.SAMPLES[key].label,
        )
    with third:
        residual = st.toggle(
            "Residual connections",
            value=True,
            key="scales_residual",
            bind="query-params",
            help="Off: the randomized blocks lose their shortcut. The trained network and everything below "
            "stay.",
        )
    return Wanted(False, Setting(depth, picture, law, policy, residual), "he_normal", outputs)


def _outputs(choices: tuple[int, ...], key: str) -> int:
    chosen = st.segmented_control(
        "Output units (K)",
        choices,
        default=1,
        required=True,
        key=key,
        bind="query-params",
        help="Contributions to the K most probable classes, joined by their L2 norm. The more outputs, the "
        "less a "
        "single weight can do.",
    )
    return int(chosen)
