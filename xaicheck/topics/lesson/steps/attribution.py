"""Step 1: what an attribution is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from markupsafe import Markup

from xaicheck.reading import words
from xaicheck.reading.captions import Caption
from xaicheck.topics.lesson import parts
from xaicheck.topics.lesson.material import Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.words import TEXT, caption, method_word, two_levels
from xaicheck.topics.methods import PAGE

METHOD = "lrp"
STRONGEST = 0.01  # the share of the pixels that the answer counts


def _task(material: Material) -> Caption:
    target = material.target
    sure = "" if target is None else TEXT.attribution.sure.format(share=words.share(target.probability))
    return TEXT.attribution.task.format(target=material.target_name, sure=sure)


def _questions(material: Material) -> tuple[Question, ...]:
    ask = TEXT.attribution.ask.format(target=material.target_name)
    return (Question("pixel", ask, options(TEXT.attribution.options), "method", TEXT.attribution.because),)


def share(material: Material) -> tuple[int, float] | None:
    """(pixels, the share of the map’s total magnitude in its strongest hundredth).

    None without a map, and where the map is zero or carries a mark.
    """
    reading = material.reading
    attribution = None if reading is None or not reading.usable(METHOD, 0) else reading.map(METHOD, 0)
    if attribution is None or attribution.values is None:
        return None
    size = np.sort(np.abs(attribution.values, dtype=np.float64), axis=None)[::-1]
    total = float(size.sum())
    return (size.size, float(size[: round(STRONGEST * size.size)].sum()) / total) if total else None


def _counted(material: Material) -> Mapping[str, object]:
    pixels, part = share(material) or (0, 0.0)
    return {"pixels": f"{pixels:,}", "strongest": f"{100 * STRONGEST:.0f}", "share": words.share(part)}


REVEAL = two_levels("lesson_attribution", TEXT.attribution.reveal, lambda m: share(m) is not None, _counted)


def _reveal(material: Material) -> Caption:
    known = caption(material, REVEAL)
    plain = TEXT.attribution.no_map
    return Caption(known.student or plain, known.researcher or plain)


def _shown(material: Material) -> Markup:
    label = TEXT.attribution.map_alt.format(method=method_word(METHOD), target=material.target_name)
    return parts.row(
        parts.photograph(material.reading),
        parts.picture(material.reading, METHOD, 0, caption=label, alt=label),
    )


STEP = Step(
    key="attribution",
    **TEXT.attribution.step,
    minutes=Minutes(2, 4),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=_shown,
    needs_maps=True,
)
