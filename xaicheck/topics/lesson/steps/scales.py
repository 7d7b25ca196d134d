"""Step 6: why. Randomizing from the top leaves the scales of activations, and those shape the map.

Where all networks were compared, a second look: do two random networks order the methods as the check does?
"""

from __future__ import annotations

from collections.abc import Mapping

from xaicheck.reading import charts, tables
from xaicheck.reading.captions import Caption
from xaicheck.reading.charts import Chart
from xaicheck.reading.network_sentences import scales_line
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.tables import Rows
from xaicheck.reading.words import number, share, verb
from xaicheck.topics.lesson import parts, random_twice
from xaicheck.topics.lesson.material import HALF, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.words import TEXT, caption, two_levels
from xaicheck.topics.scales import PAGE

SAME, HALVED, GONE = "same", "half", "gone"  # keys of the options
TIMES = 2  # how much more active one channel is
SHARES = (50, 70, 100)  # of 100 random networks
EXACT = 1e-3  # a ratio this near 1 is the same


def _below(material: Material) -> tuple[int, int, float] | None:
    """(blocks below the random ones, how many keep their scale, their mean ratio); None without numbers."""
    if material.reading is None:
        return None
    touched = set(material.reading.touched(HALF))
    ratios = [
        r.ratio for r in material.reading.scales(HALF) if r.block not in touched and r.ratio is not None
    ]
    if not ratios:
        return None
    return len(ratios), sum(abs(ratio - 1) < EXACT for ratio in ratios), sum(ratios) / len(ratios)


def predicted() -> float:
    """How probable it is that the more active of two channels still contributes more, by the closed form."""
    from xaicheck.theory.pair import order_kept

    return float(order_kept(TIMES))


def _task(material: Material) -> Caption:
    return TEXT.scales.task.format(random=HALF, below=material.blocks - HALF, blocks=material.blocks)


def _questions(material: Material) -> tuple[Question, ...]:
    below = _below(material)
    near = {SAME: 1.0, HALVED: 0.5, GONE: 0.0}
    right = None if below is None else min(near, key=lambda key: abs(near[key] - below[2]))
    shares = {str(value): TEXT.scales.about.format(share=value) for value in SHARES}
    nearest = min(SHARES, key=lambda value: abs(value - 100 * predicted()))
    ask = TEXT.scales.below.format(blocks=material.blocks - HALF)
    return (
        Question("below", ask, options(TEXT.scales.options), right, say(BELOW, material)),
        Question("order", TEXT.scales.order, options(shares), str(nearest), say(ORDER, material)),
        *random_twice.questions(material),
    )


def _kept(material: Material) -> Mapping[str, object]:
    blocks, same, ratio = _below(material) or (0, 0, 0.0)
    keep = verb(same, "keeps its", "keep their")
    return {"same": same, "blocks": blocks, "ratio": number(ratio), "keep": keep}


def _all_same(material: Material) -> bool:
    below = _below(material)
    return below is not None and below[0] == below[1]


def _pairs(material: Material) -> Mapping[str, object]:
    near, channels = material.twice, material.channels
    assert near is not None and channels is not None
    part = number(100 * (near.kept.mean or 0.0), 0, end=100.0)
    return {
        "random": HALF, "seeds": channels.seeds, "pairs": f"{near.pairs:,}", "block": channels.block,
        "share": part,
    }  # fmt: skip


def _stays(material: Material) -> tuple[float, float, float] | None:
    """Shares: of pairs that keep their order, of networks in which the first stays first, and by chance."""
    if material.channels is None:
        return None
    order = material.channels.order(1)
    tau, first = order.kendall.measured.mean, next((top for top in order.tops if top.k == 1), None)
    if tau is None or first is None or first.measured.mean is None:
        return None
    return (1 + tau) / 2, first.measured.mean, first.chance


def _order(material: Material) -> Mapping[str, object]:
    stays, channels = _stays(material), material.channels
    assert stays is not None and channels is not None
    pairs, first, chance = stays
    return {
        "random": HALF, "block": channels.block, "share": share(pairs), "first": share(first, 1),
        "chance": share(chance, 1), "seeds": channels.seeds,
    }  # fmt: skip


BELOW = (
    Sentence[Material]("lesson_scales_same", TEXT.scales.because_same, _all_same, _kept),
    Sentence[Material](
        "lesson_scales_changed",
        TEXT.scales.because_changed,
        lambda m: _below(m) is not None and not _all_same(m),
        _kept,
    ),
)
ORDER = (
    Sentence[Material](
        "lesson_scales_computed",
        TEXT.scales.computed,
        lambda m: True,
        lambda m: {"share": number(100 * predicted(), 0, end=100.0)},
    ),
    Sentence[Material]("lesson_scales_measured", TEXT.scales.measured, lambda m: m.twice is not None, _pairs),
)
REVEAL = two_levels(
    "lesson_scales",
    TEXT.scales.reveal,
    lambda m: predicted() > 0.5,
    lambda m: {"share": number(predicted()), "times": TIMES},
)
MEASURED = two_levels("lesson_scales_order", TEXT.scales.order_kept, lambda m: _stays(m) is not None, _order)


def _reveal(material: Material) -> Caption:
    line = "" if material.reading is None else scales_line(material.reading, HALF)
    told = caption(material, REVEAL, MEASURED)
    return Caption(f"{line} {told.student}".strip(), f"{line} {told.researcher}".strip())


def _table(material: Material) -> Rows:
    """The numbers of the chart."""
    return [] if material.reading is None else tables.scales(material.reading, HALF)


def _chart(material: Material) -> Chart | None:
    """The strength of the activations, block by block; None without maps."""
    return None if material.reading is None else charts.scales(material.reading, HALF, "rms")


STEP = Step(
    key="scales",
    **TEXT.scales.step,
    minutes=Minutes(3, 7),
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=lambda material: parts.blocks(material.blocks, HALF),
    chart=_chart,
    table=_table,
    beside=random_twice.beside,
    printed=random_twice.printed,
    needs_maps=True,
)
