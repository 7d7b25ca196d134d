"""The contest in words: who wins, and what the controls' numbers mean. Plain text only."""

from __future__ import annotations

from xaicheck.experiments.noise.contest import Standings
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.reading.captions import Caption
from xaicheck.reading.words import count, listed, method_name, number
from xaicheck.topics.noise.words import faith_number, interval

LOOK = Caption(
    "Four maps that explain nothing compete with real methods. A star marks the winner of a column: the map "
    "that changed most, or the most faithful one.",
    "Each measure in its own direction; the small numbers are the extremes over the networks and ≈ is "
    "within 0.05 of the winner's. Faithfulness: ABPC / SRG of the original map, signed ranking, probability.",
)


def title(found: Standings) -> str:
    """Who wins how many columns of the check."""
    wins: dict[str, list[str]] = {}
    for measure, method in found.winners.items():
        wins.setdefault(method, []).append(measure)
    controls = sum(len(won) for method, won in wins.items() if METHODS[method].control)
    names = listed(
        [f"{method_name(METHODS, m)} ({len(won)})" for m, won in wins.items() if METHODS[m].control]
    )
    total = len(found.winners)
    if not controls:
        return f"No empty map wins one of the {total} similarity columns here"
    return f"Maps that explain nothing win {controls} of {total} similarity columns: {names}"


def line(found: Standings) -> str:
    """The contest's setting, and who is the most faithful."""
    fills = {
        m: [FILLS[f].label.lower() for f, n in found.faithful.items() if n == m]
        for m in found.faithful.values()
    }
    best = listed([f"{method_name(METHODS, m)} ({listed(names)})" for m, names in fills.items()])
    return (
        f"{samples.SAMPLES[found.picture].label}, {count(found.depth, 'block')} randomized, means over "
        f"{count(found.seeds, 'random network')}; below each mean its lowest and highest. Most faithful: "
        f"{best}."
    )


def notes(found: Standings) -> tuple[tuple[str, str], ...]:
    """(Who, what its numbers mean): the honest empty map, the cheater, the two that never change."""
    notes = []
    known = {entry.method for entry in found.entries}

    def score(method: str, measure: str) -> str:
        return number(found.entry(method).scores[measure].mean)

    if "fresh_noise" in known:
        faith = found.entry("fresh_noise").faithfulness
        ranges = listed(
            [
                f"{FILLS[fill].label.lower()} {faith_number(i.estimate)} ({interval(i)})"
                for fill, i in faith.items()
            ]
        )
        notes.append(
            (
                "Honest but empty: fresh noise",
                f"Its two maps share nothing, so the squared distance is {score('fresh_noise', 'mse')} "
                f"(expected: exactly 2) and every similarity is near 0. Its faithfulness: {ranges}.",
            )
        )
    if "sign_flip" in known:
        notes.append(
            (
                "The cheater: flip the sign once the network looks random",
                f"Squared distance {score('sign_flip', 'mse')} of at most 4, twice what noise gets. SSIM "
                f"cannot see it: {score('sign_flip', 'ssim')}, while its structure term alone says "
                f"{score('sign_flip', 'cs')}. Magnitudes do not change: "
                f"{score('sign_flip', 'spearman_abs')}.",
            )
        )
    if {"sobel", "fixed_noise"} <= known:
        fill = next(iter(found.faithful))
        edges, noise = (found.entry(m).faithfulness[fill] for m in ("sobel", "fixed_noise"))
        notes.append(
            (
                "Never changing: edges and fixed noise",
                f"Both score {score('sobel', 'spearman')} and come last, alike in the check; their "
                f"faithfulness is {faith_number(edges.estimate)} and {faith_number(noise.estimate)}.",
            )
        )
    return tuple(notes)
