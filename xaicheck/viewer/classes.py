"""Two classes of one picture as a scene: a network's maps side by side, on one scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from xaicheck.reading import class_sentences, words
from xaicheck.reading.numbers import Reading
from xaicheck.similarity.measures import Measure
from xaicheck.types import Attribution, Method, Score
from xaicheck.viewer import TEXT
from xaicheck.viewer.build import scene
from xaicheck.viewer.scene import Check, Mark, Panel, Parts, Scene, View

PARTS = Parts(heading=False, picture=False, curve=False, controls=False)


def class_scene(
    reading: Reading,
    measure: Measure,
    methods: Mapping[str, Method],
    depth: int = 0,
    *,
    pixels: int | None = None,
) -> Scene:
    """The maps of the explained class, at state 0, and of the second class, at state 1, at one depth.

    `pixels`: as in `scene`. The report must have a second class.
    """
    report = reading.report
    pair = dataclasses.replace(
        report,
        request=report.request.changed(depths=(0, 1), measures=(measure.key,), against=None),
        depths=(0, 1),
        attributions=(
            *_at(0, [reading.first_map(key, depth) for key in reading.methods]),
            *_at(1, [reading.second_map(key, depth) for key in reading.methods]),
        ),
        scores=tuple(dataclasses.replace(s, depth=1) for s in report.class_scores if s.depth == depth),
        activations=(),
        liveness=(),
        entropies=(),
        unkept=(),
        against=None,
        class_maps=(),
        class_scores=(),
        pairs=(),
    )
    shown = scene(
        Reading(pair),
        (measure.key,),
        methods=methods,
        parts=PARTS,
        start=View(1, measure.key, scale="shared"),
        pixels=pixels,
    )
    first, second = class_sentences.labels(reading, depth)
    text = TEXT.classes
    return dataclasses.replace(
        shown,
        panels=tuple(
            _panel(panel, reading.second_class(panel.key, measure.key, depth)) for panel in shown.panels
        ),
        captions=(words.TEXT.clip_caption, TEXT.levels_caption),
        words={
            "original": first,
            "randomized": second,
            "alt": text.alt.format(),
            "read": text.read.format(a=first, b=second),
            "scale_help": text.difference.format(a=first, b=second),
        },
    )


def _at(state: int, maps: Iterable[Attribution | None]) -> Iterator[Attribution]:
    return (dataclasses.replace(one, depth=state, target=None) for one in maps if one is not None)


def _panel(panel: Panel, score: Score) -> Panel:
    return dataclasses.replace(
        panel,
        badges=("", ""),
        checks=tuple(Check("", one.mark, one.why) for one in panel.checks),
        scores={key: (first, _mark(last, score)) for key, (first, last) in panel.scores.items()},
    )


def _mark(mark: Mark, score: Score) -> Mark:
    """The score without the words for what random weights changed."""
    return dataclasses.replace(mark, word="", line=score.why or mark.text)
