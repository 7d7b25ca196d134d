"""Why an experiment departs from the law: what the numbers say it comes from, and no more than that."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from xaicheck.experiments.scales.data import BlockResult
from xaicheck.experiments.scales.setting import Setting
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import number, verb
from xaicheck.topics.scales.numbers import Shown
from xaicheck.topics.scales.words import TEXT, coherence, percent, points

WHY = TEXT.why
NOTABLE = 0.015  # a difference from the law that is worth a reason
MANY = 50  # channels from which on terms of order 1/n are no excuse


def _off(shown: Shown) -> float | None:
    """The largest difference from the law; None where it is not worth a reason."""
    largest = shown.order.largest_difference()
    return None if largest is None or largest[0] < NOTABLE else largest[0]


def _left(shown: Shown) -> float | None:
    """What is left of it with the measured coherence; None where that is not known or there is nothing."""
    largest = shown.order.largest_difference(coherent=True)
    return None if largest is None or _off(shown) is None else largest[0]


def _explained(shown: Shown) -> bool:
    off, left = _off(shown), _left(shown)
    return off is not None and left is not None and left < off / 2


def _sign(shown: Shown) -> float:
    return float(np.sign(shown.coherence or 0.0))


def _unexplained(shown: Shown) -> bool:
    return _left(shown) is not None and not _explained(shown)


def _shared(shown: Shown) -> bool:
    """Whether outputs joined keep less of the order than the law expects of so many independent ones."""
    largest = shown.order.largest_difference(coherent=True)
    if largest is None or shown.outputs == 1 or not _unexplained(shown):
        return False
    mean, coherent = largest[1].kept.mean, largest[1].coherent
    return mean is not None and coherent is not None and mean < coherent


def _coherence(shown: Shown) -> Mapping[str, object]:
    off, left = _off(shown), _left(shown)
    assert off is not None and left is not None
    return {"coherence": coherence(shown.coherence), "points": points(off), "left": points(left)}


def _own_filters(shown: Shown) -> BlockResult | None:
    """The result, where channels with filters of their own depart from the law."""
    block = shown.block
    return block if block is not None and block.reading == "depthwise" and _off(shown) is not None else None


def _recalibrated(shown: Shown) -> bool:
    block = _own_filters(shown)
    return block is not None and BATCHNORM[block.setting.batchnorm].statistics == "samples"


def _left_alone(shown: Shown) -> BlockResult | None:
    return None if _recalibrated(shown) else _own_filters(shown)


def _taus(shown: Shown) -> dict[str, float]:
    """Kendall's tau by way of the first BatchNorm, as far as it was measured."""
    return {row.way: row.kendall.mean for row in shown.norms if row.kendall.mean is not None}


def _halved(shown: Shown) -> bool:
    """Whether the first BatchNorm was changed in this very experiment, and every change is a step."""
    block, law = shown.block, shown.order.kendall.predicted
    same = block is not None and block.setting == Setting(block.setting.depth) and shown.outputs == 1
    steps = [_taus(shown).get(way) for way in ("uncentred", "own", "one", "shared")] + [law]
    known = [tau for tau in steps if tau is not None]
    rising = len(known) == len(steps) and all(a < b for a, b in pairwise(known))
    return _recalibrated(shown) and same and rising


def _halves(shown: Shown) -> Mapping[str, object]:
    taus, law = _taus(shown), shown.order.kendall.predicted or 0.0
    part = (taus["one"] - taus["own"]) / (law - taus["own"])
    return {way: number(tau) for way, tau in taus.items()} | {"law": number(law), "part": percent(part)}


def _off_channels(shown: Shown) -> int:
    """How many live channels contribute nothing in one of 20 random networks or more."""
    return int(np.count_nonzero((shown.activation > 0) & (shown.spread[0] == 0)))


WHY_SENTENCES = (
    Sentence[Shown](
        "scales_why_coherent", WHY.coherent, lambda s: _explained(s) and _sign(s) > 0, _coherence
    ),
    Sentence[Shown]("scales_why_opposed", WHY.opposed, lambda s: _explained(s) and _sign(s) < 0, _coherence),
    Sentence[Shown]("scales_why_shared", WHY.shared_layers, _shared),
    Sentence[Shown]("scales_why_not_coherent", WHY.not_coherent, _unexplained, _coherence),
    Sentence[Shown](
        "scales_why_few",
        WHY.few,
        lambda s: _unexplained(s) and s.activation.size < MANY,
        lambda s: {"n": s.activation.size},
    ),
    Sentence[Shown]("scales_why_own_scale", WHY.own_scale, _halved, _halves),
    Sentence[Shown](
        "scales_why_own_scale_unknown",
        WHY.own_scale_unknown,
        lambda s: _recalibrated(s) and not _halved(s),
    ),
    Sentence[Shown](
        "scales_why_switched_off",
        WHY.switched_off,
        lambda s: _left_alone(s) is not None and _off_channels(s) > 0,
        lambda s: {
            "off": _off_channels(s),
            "n": int(np.count_nonzero(s.activation)),
            "contribute": verb(_off_channels(s), "contributes", "contribute"),
        },
    ),
    Sentence[Shown](
        "scales_why_own_filters",
        WHY.own_filters_only,
        lambda s: _left_alone(s) is not None and _off_channels(s) == 0,
    ),
)


def why(shown: Shown) -> str:
    """Where the network departs from the law, and what that comes from, as far as the numbers say."""
    return say(WHY_SENTENCES, shown)
