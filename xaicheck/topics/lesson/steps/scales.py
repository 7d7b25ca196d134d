"""Step 6: why. Randomizing from the top leaves the scales of activations, and those shape the map."""

from __future__ import annotations

from xaicheck.reading import charts
from xaicheck.reading.captions import Caption
from xaicheck.reading.charts import Chart
from xaicheck.reading.network_sentences import scales_line
from xaicheck.reading.words import number
from xaicheck.topics.lesson import parts
from xaicheck.topics.lesson.material import HALF, Material
from xaicheck.topics.lesson.model import Minutes, Question, Step, options
from xaicheck.topics.lesson.words import TEXT
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
    near, right, because = {SAME: 1.0, HALVED: 0.5, GONE: 0.0}, None, ""
    if below is not None:
        blocks, same, ratio = below
        right = min(near, key=lambda key: abs(near[key] - ratio))
        because = TEXT.scales.because_below.format(same=same, blocks=blocks, ratio=number(ratio))
    shares = {str(value): TEXT.scales.about.format(share=value) for value in SHARES}
    nearest = min(SHARES, key=lambda value: abs(value - 100 * predicted()))
    ask = TEXT.scales.below.format(blocks=material.blocks - HALF)
    return (
        Question("below", ask, options(TEXT.scales.options), right, because),
        Question("order", TEXT.scales.order, options(shares), str(nearest), _because_order(material)),
    )


def _because_order(material: Material) -> str:
    said = TEXT.scales.computed.format(share=100 * predicted())
    if material.twice is None or material.twice[0].kept.mean is None:
        return said
    near, seeds, block = material.twice
    measured = TEXT.scales.measured.format(
        seeds=seeds, pairs=near.pairs, block=block, share=100 * (near.kept.mean or 0.0)
    )
    return f"{said} {measured}"


def _reveal(material: Material) -> Caption:
    line = "" if material.reading is None else scales_line(material.reading, HALF)
    return TEXT.scales.reveal.format(line=f"{line} " if line else "", share=number(predicted()), times=TIMES)


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
    needs_maps=True,
)
