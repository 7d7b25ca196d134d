"""Results of the page Activation scales: those that came with the program, and those computed on demand."""

from __future__ import annotations

import numpy as np
import streamlit as st

from xaicheck.broker import Job
from xaicheck.experiments.scales import layer, store
from xaicheck.experiments.scales.data import BlockResult, Shipped
from xaicheck.experiments.scales.layer import LayerRun
from xaicheck.experiments.scales.setting import LIVE_SEEDS, Setting
from xaicheck.reading import words
from xaicheck.web import client, waiting

RATIOS = np.geomspace(1, 120, 160)
KEPT = 6  # results of a visitor's own settings
WANTED, FOUND, FAILED = "scales_running", "scales_found", "scales_failed"


@st.cache_resource(show_spinner=False)
def shipped() -> Shipped | None:
    """What came with the program; None when the file is not there or no longer readable."""
    stored: Shipped | None = store.load()
    return stored


@st.cache_resource(show_spinner=False, max_entries=40)
def layer_run(law: str, outputs: int) -> tuple[LayerRun, tuple[np.ndarray, np.ndarray] | None]:
    """The experiment on the last layer and its law's curve."""
    data = shipped()
    assert data is not None
    expected = layer.curve(data.layer, law, outputs, RATIOS)
    return layer.run(data.layer, law, outputs), None if expected is None else (RATIOS, expected)


@st.cache_resource(show_spinner=False, max_entries=40)
def block_curve(depth: int, law: str, outputs: int) -> tuple[np.ndarray, np.ndarray] | None:
    """The law's curve for a block: that of the layer where single weights are read, else the Gaussian one."""
    data = shipped()
    assert data is not None
    expected = layer.curve(data.layer, law if depth == 1 else "he_normal", outputs, RATIOS)
    return None if expected is None else (RATIOS, expected)


def known(setting: Setting, data: Shipped) -> BlockResult | None:
    """The result of exactly this setting, shipped or computed in this session."""
    own: dict[Setting, BlockResult] = st.session_state.get(FOUND, {})
    return data.block(setting) or own.get(setting)


def stand_in(setting: Setting, data: Shipped) -> BlockResult:
    """The shipped result nearest to a setting: its depth, else the nearest depth, as like it as there is."""

    def distance(result: BlockResult) -> tuple[int, int, int]:
        other = result.setting
        differ = (
            setting.batchnorm != other.batchnorm,
            setting.residual != other.residual,
            setting.law != other.law,
        )
        return abs(setting.depth - other.depth), sum(differ), int(other != Setting(other.depth))

    return min(data.blocks, key=distance)


def ask(setting: Setting) -> None:
    """Notes what is to be computed (the callback of the button)."""
    st.session_state[WANTED] = setting
    st.session_state.pop(FAILED, None)


def stop() -> None:
    """Ends the computation (the callback of the Stop button)."""
    st.session_state.pop(WANTED, None)


def wait(setting: Setting, place: st.delta_generator.DeltaGenerator) -> None:
    """Computes a setting, shows how far it is, and draws the page again with the result."""
    with place, st.container(horizontal=True, vertical_alignment="bottom"):
        bar = st.empty()
        st.button(words.TEXT.stop, on_click=stop, key="scales_stop", icon=":material/stop:")
    bar.progress(0.0, words.TEXT.starting)

    def work(job: Job) -> BlockResult:
        from xaicheck.experiments.scales import block

        return block.compute(setting, seeds=LIVE_SEEDS, listener=job)

    result, failed = waiting.attempt(
        lambda: client.wait(
            setting, work, private=False, look=lambda job, ahead: waiting.show(bar, job, ahead, maps=False)
        )
    )
    if result is None:
        st.session_state[FAILED] = failed
    else:
        own = st.session_state.setdefault(FOUND, {})
        own[setting] = result
        while len(own) > KEPT:
            own.pop(next(iter(own)))
    st.session_state.pop(WANTED, None)
    st.rerun()
