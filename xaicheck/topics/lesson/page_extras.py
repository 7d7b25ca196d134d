"""What only some steps draw: the pairs of the guess, the viewer, the chart of the scales."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.reading import charts, plotly_chart
from xaicheck.reading.numbers import Reading
from xaicheck.topics.lesson.material import HALF, MEASURE, MEASURES, Material
from xaicheck.topics.lesson.model import Step
from xaicheck.topics.lesson.steps import guess
from xaicheck.viewer.build import scene
from xaicheck.viewer.encode import encode
from xaicheck.viewer.scene import Parts, View
from xaicheck.web import viewer, widgets

PARTS = Parts(heading=False, picture=False)
START = View(depth=HALF, measure=MEASURE)


def pictures(step: Step, material: Material, *, done: bool) -> dict[str, str]:
    """HTML above single questions, by question; empty where a step has no such pictures."""
    find = _PICTURES.get(step.key)
    return {} if find is None else find(material, done)


def beside(step: Step, material: Material) -> None:
    """Nothing; what a step's answer shows below its picture."""
    _draw(_BESIDE, step, material)


def below(step: Step, material: Material) -> None:
    """Nothing; what a step's answer shows over the whole width."""
    _draw(_BELOW, step, material)


def _draw(drawn: Mapping[str, Callable[[Material], None]], step: Step, material: Material) -> None:
    show = drawn.get(step.key)
    if show is not None and material.reading is not None:
        show(material)


def _pairs(material: Material, done: bool) -> dict[str, str]:
    return {
        method: guess.pair(material, method, right, answered=done)
        for method, right in guess.pairs(material.sample)
    }


def _viewer(material: Material) -> None:
    assert material.reading is not None
    viewer.show(_payload(material.reading), key=f"lesson-viewer-{material.sample}", start=START)


@lru_cache(maxsize=len(samples.SAMPLES))
def _payload(reading: Reading) -> bytes:
    """The viewer's bytes, made once for the whole class."""
    return encode(scene(reading, MEASURES, methods=METHODS, parts=PARTS, start=START))


def _scales(material: Material) -> None:
    assert material.reading is not None
    chart = charts.scales(material.reading, HALF, "rms")
    widgets.chart(plotly_chart.figure(chart, height=330), chart.alt, "lesson-scales")


_PICTURES: Mapping[str, Callable[[Material, bool], dict[str, str]]] = MappingProxyType({"guess": _pairs})
_BESIDE: Mapping[str, Callable[[Material], None]] = MappingProxyType({"scales": _scales})
_BELOW: Mapping[str, Callable[[Material], None]] = MappingProxyType({"check": _viewer})
