"""What may and may not be concluded from one view of the ranking gap: each claim with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.models.registry import MODELS
from xaicheck.reading.captions import Verdict
from xaicheck.reading.words import alike, count, inside, number
from xaicheck.topics.ranking.numbers import ENTROPY, Reading
from xaicheck.topics.ranking.words import CHANCE, capital, ordinal, percent, tau_text

if TYPE_CHECKING:
    from xaicheck.experiments.ranking.rank import FlipView

UNRELATED = 0.5  # flip rate of two orders that have nothing to do with each other


def verdict(reading: Reading, flips: FlipView | None) -> Verdict:
    """The conclusion of the page."""
    may = [_agreement(reading), _insensitive(reading), _settings(flips)]
    may_not = [_best(reading), _fails(reading), _noise(reading), _elsewhere(reading), _truth(flips)]
    return Verdict(tuple(text for text in may if text), tuple(pair for pair in may_not if pair))


def scope(reading: Reading) -> str:
    """What the numbers are about: these methods, pictures, seeds and this network."""
    data = reading.data
    network = MODELS[data.model].label if data.model in MODELS else data.model
    return (
        f"these {count(reading.n, 'method')}, {count(len(reading.images), 'picture')} and "
        f"{count(len(data.seeds), 'seed')}, on {network} and with these settings"
    )


def _agreement(reading: Reading) -> str:
    tau, null = reading.gap.tau, reading.gap.null
    if tau.estimate is None:
        return f"For {scope(reading)} there is no τ. {tau.warning}".strip()
    text = (
        f"For {scope(reading)}, the order of the check and the order of {reading.faith_label} have "
        f"{tau_text(tau)}."
    )
    if null.p_value is None:
        return text
    chance = f"Unrelated orders are as far from 0 in {percent(null.p_value)} of cases"
    ends = (
        ", so these numbers do not tell the two orders from unrelated ones." if null.p_value > CHANCE else "."
    )
    return f"{text} {chance}{ends}"


def _insensitive(reading: Reading) -> str:
    """The network's methods whose maps keep most: what a randomization check can say."""
    if reading.choice.test == ENTROPY:
        return ""
    real = [p for p in reading.places if not p.control and p.check.estimate is not None]
    if not real:
        return ""
    last = real[-1]
    value = last.check.estimate
    assert value is not None
    kept = alike(reading.choice.comparison, value)
    label = inside(last.label)
    if kept < 0.2:
        return f"Every method’s map changes under this measure; {label} keeps most ({number(value)})."
    return (
        f"{capital(label)} changes least when weights are randomized ({number(value)}): under this measure "
        "it is the least sensitive to them."
    )


def _settings(flips: FlipView | None) -> str:
    if flips is None or flips.all.rate is None:
        return ""
    winners = [m for m, share in zip(flips.all.methods, flips.all.wins, strict=True) if share > 0]
    return (
        f"Over {count(len(flips.all.settings), 'setting')} of the check, {count(len(winners), 'method')} "
        f"{'comes' if len(winners) == 1 else 'come'} first in at least one; two settings put "
        f"{percent(flips.all.rate)} of the pairs of methods in another order."
    )


def _best(reading: Reading) -> tuple[str, str] | None:
    first, best = reading.places[0], reading.by_faith[0]
    if first.key == best.key:
        return (
            f"“{first.label} is best because it comes first in the check.”",
            f"It is first in both here, but the check does not look at faithfulness: τ over all methods is "
            f"{number(reading.gap.tau.estimate)}.",
        )
    return (
        f"“{first.label} is the best method: it comes first in the check.”",
        f"It comes {ordinal(first.faith_place)} of {reading.n} in faithfulness "
        f"({reading.faith_label} {number(first.faith.estimate)}; the first, {inside(best.label)}, has "
        f"{number(best.faith.estimate)}). Passing shows nothing about faithfulness.",
    )


def _fails(reading: Reading) -> tuple[str, str] | None:
    real = [p for p in reading.places if not p.control]
    if not real:
        return None
    last = real[-1]
    why = (
        f"It changes least of the {count(len(real), 'method')} that look at the network, and comes "
        f"{ordinal(last.faith_place)} of {reading.n} in faithfulness ({number(last.faith.estimate)})."
    )
    if reading.variant.mode == "cascade":
        why += (
            " Randomizing from the top preserves the scales of activations with high probability, so maps "
            "can only be expected to differ to a certain extent."
        )
    return (f"“{last.label} fails the check, so its maps are wrong.”", why)


def _noise(reading: Reading) -> tuple[str, str] | None:
    noise = reading.of("fresh_noise")
    if noise is None:
        return None
    beaten = [p for p in reading.places if not p.control and p.check_place > noise.check_place]
    real = sum(not p.control for p in reading.places)
    return (
        "“A good score in the check takes a good map.”",
        f"Fresh noise never looks at the network, and beats {len(beaten)} of {count(real, 'method')} in the "
        f"check (score {number(noise.check.estimate)}); its {reading.faith_label} is "
        f"{number(noise.faith.estimate)}.",
    )


def _elsewhere(reading: Reading) -> tuple[str, str]:
    tau = reading.gap.tau
    if tau.low is None or tau.high is None:
        why = tau.warning or "There is no interval for these numbers."
    else:
        why = (
            f"With other seeds and pictures like these τ could lie between {number(tau.low)} and "
            f"{number(tau.high)}."
        )
    few = " ".join(reading.gap.warnings)
    return ("“It is like this for other pictures and networks.”", f"{why} {few}".strip())


def _truth(flips: FlipView | None) -> tuple[str, str]:
    why = (
        "Faithfulness is a test with settings of its own: another fill, output or order of removal may give "
        "another order."
    )
    if flips is not None and flips.faithfulness.rate is not None:
        why += (
            f" Two of its {len(flips.faithfulness.settings)} settings put {percent(flips.faithfulness.rate)} "
            f"of the pairs of methods in another order (unrelated orders: {percent(UNRELATED)})."
        )
    return (
        "“Then the order of faithfulness is the true one.”",
        f"{why} Neither test ranks methods by itself; this page is our re-implementation of the argument of "
        "Binder et al., CVPR 2023.",
    )
