"""Two classes of one picture as a scene: the trained network's maps side by side, on one scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from xaicheck.reading import class_sentences, words
from xaicheck.reading.numbers import Reading
from xaicheck.similarity.measures import Measure
from xaicheck.types import Method, Score
from xaicheck.viewer import TEXT
from xaicheck.viewer.build import scene
from xaicheck.viewer.scene import Check, Mark, Panel, Parts, Scene, View

PARTS = Parts(heading=False, picture=False, curve=False, controls=False)


def class_scene(
    reading: Reading, measure: Measure, methods: Mapping[str, Method], *, pixels: int | None = None
) -> Scene:
    """The maps of the explained class, at state 0, and of the second class, at state 1.

    `pixels`: as in `scene`. The report must have a second class.
    """
    report = reading.report
    pair = dataclasses.replace(
        report,
        request=report.request.changed(depths=(0, 1), measures=(measure.key,), against=None),
        depths=(0, 1),
        attributions=(
            *(a for key in reading.methods if (a := reading.first_map(key)) is not None),
            *(dataclasses.replace(a, depth=1, target=None) for a in report.class_maps),
        ),
        scores=tuple(dataclasses.replace(s, depth=1) for s in report.class_scores),
        activations=(),
        liveness=(),
        entropies=(),
        unkept=(),
        against=None,
        class_maps=(),
        class_scores=(),
    )
    shown = scene(
        Reading(pair),
        (measure.key,),
        methods=methods,
        parts=PARTS,
        start=View(1, measure.key, scale="shared"),
        pixels=pixels,
    )
    first, second = class_sentences.labels(reading)
    text = TEXT.classes
    return dataclasses.replace(
        shown,
        panels=tuple(_panel(panel, reading, measure) for panel in shown.panels),
        captions=(words.TEXT.clip_caption, TEXT.levels_caption),
        words={
            "original": first,
            "randomized": second,
            "alt": text.alt.format(),
            "read": text.read.format(a=first, b=second),
            "scale_help": text.difference.format(a=first, b=second),
        },
    )


def _panel(panel: Panel, reading: Reading, measure: Measure) -> Panel:
    score = reading.second_class(panel.key, measure.key)
    return dataclasses.replace(
        panel,
        badges=("", ""),
        checks=tuple(Check("", one.mark, one.why) for one in panel.checks),
        scores={key: (first, _mark(last, score)) for key, (first, last) in panel.scores.items()},
    )


def _mark(mark: Mark, score: Score) -> Mark:
    """The score without the words for what random weights changed."""
    return dataclasses.replace(mark, word="", line=score.why or mark.text)
