"""Step 6: why. Randomizing from the top leaves the scales of activations, and those shape the map."""

from __future__ import annotations

from xaicheck.reading.captions import Caption
from xaicheck.reading.sentences import scales_line
from xaicheck.reading.words import number
from xaicheck.topics.lesson import pictures
from xaicheck.topics.lesson.material import HALF, Material
from xaicheck.topics.lesson.model import Minutes, Option, Question, Step, Teaching
from xaicheck.topics.scales import PAGE

SAME, HALVED, GONE = "same", "half", "gone"
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
    below = material.blocks - HALF
    return Caption(
        f"The last {HALF} blocks have random weights; the {below} blocks below them have not been touched. "
        "Inside "
        "a block many channels light up, some strongly, some weakly. Guess what becomes of that.",
        f"Cascading randomization of {HALF} of {material.blocks} blocks. A channel of activation x "
        "contributes "
        "w·x to the next layer, w i.i.d. symmetric. Guess what becomes of the scales and of their order.",
    )


def _questions(material: Material) -> tuple[Question, ...]:
    below = _below(material)
    ratio = None if below is None else below[2]
    near = {SAME: 1.0, HALVED: 0.5, GONE: 0.0}
    share = 100 * predicted()
    return (
        Question(
            "below",
            f"How large are the activations in the {material.blocks - HALF} untouched blocks now?",
            (
                Option(GONE, "Nearly zero: the network is broken."),
                Option(HALVED, "About half as large."),
                Option(SAME, "Exactly as large as before."),
            ),
            None if ratio is None else min(near, key=lambda key: abs(near[key] - ratio)),
            _because_below(material),
        ),
        Question(
            "order",
            "One channel is twice as active as another. In how many of 100 random networks does it still "
            "contribute more?",
            tuple(Option(str(value), f"About {value}.") for value in SHARES),
            str(min(SHARES, key=lambda value: abs(value - share))),
            _because_order(material),
        ),
    )


def _because_below(material: Material) -> str:
    known = _below(material)
    if known is None:
        return ""
    count, same, ratio = known
    return (
        f"{same} of {count} untouched blocks keep their activations to the last digit shown (mean ratio "
        f"{number(ratio)}): what lies below the random blocks never notices them."
    )


def _because_order(material: Material) -> str:
    said = f"Computed: {100 * predicted():.0f} of 100, for weights drawn from a normal distribution."
    if material.twice is None or material.twice[0].kept.mean is None:
        return said
    near, seeds, block = material.twice
    return (
        f"{said} Measured on the cat, over {seeds} random networks and {near.pairs:,} pairs of channels in "
        "front of "
        f"the {block}: {100 * (near.kept.mean or 0.0):.0f} of 100. Blind chance would be 50."
    )


def _reveal(material: Material) -> Caption:
    line = "" if material.reading is None else scales_line(material.reading, HALF)
    return Caption(
        f"{line} A channel that was large before is likely to matter afterwards, too, whatever the new "
        "weights are. "
        "So a map can only be expected to differ to a certain extent.".strip(),
        f"{line} Scales of forward activations are preserved with high probability: P(|w₁x₁| ≥ |w₂x₂|) = "
        "(2/π)"
        f"·arctan(x₁/x₂) = {number(predicted())} for a ratio of {TIMES} and Gaussian weights. Explanations "
        "can "
        "only be expected to differ to a certain extent.".strip(),
    )


def _teaching(material: Material) -> Teaching:
    return Teaching(
        aim="Understand why a randomized network’s map is not a random map.",
        expect=(),
        pitfalls=(
            "“With high probability”, not always: the law is about many channels and many random networks.",
            "In the random blocks the scale does change; the argument is about what enters them.",
        ),
        ask=(
            "Why does a loud channel stay loud when its weight is thrown by dice?",
            "What does this say about a method whose map hardly changes: is the method bad, or is the check "
            "weak?",
        ),
    )


STEP = Step(
    key="scales",
    short="Why",
    title="Why? Scales survive",
    minutes=Minutes(3, 7),
    act="Show the scales",
    remember="Randomizing from the top preserves the scales of activations with high probability, so maps "
    "can only "
    "be expected to differ to a certain extent.",
    page=PAGE,
    task=_task,
    questions=_questions,
    reveal=_reveal,
    shown=lambda material: pictures.blocks(material.blocks, HALF),
    revealed=lambda material: "",
    teaching=_teaching,
    needs_maps=True,
)
