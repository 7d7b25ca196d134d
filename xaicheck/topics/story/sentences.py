"""Every sentence of the story that depends on the numbers of a report: its premise and its numbers.

A network is "the program", a block a "part", a method a "way", a map a "colouring", a seed a "break".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import Formatter

from xaicheck.experiments.ranking.association import Association
from xaicheck.experiments.ranking.diagonal import Diagonal
from xaicheck.randomization.modes import MODES
from xaicheck.reading.network_sentences import spread
from xaicheck.reading.sentence import Sentence
from xaicheck.reading.texts import beside
from xaicheck.reading.words import each_time, inside, listed, number
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.story.facts import HARDLY, LITTLE, Facts, Way

TEXT = beside(__file__)
TIE = 0.02  # similarities closer than this are called equal


def _sentence(key: str, words: str, premise: Callable[[Facts], bool]) -> Sentence[Facts]:
    """A sentence of the story; the names in its words stand for the numbers of that name."""
    names = [name for _, name, _, _ in Formatter().parse(words) if name]
    return Sentence(f"story.{key}", words, premise, lambda known: {n: NUMBERS[n](known) for n in names})


NUMBERS: dict[str, Callable[[Facts], object]] = {
    "answer": lambda known: known.target.label,
    "sure": lambda known: of_hundred(known.target.share),
    "now": lambda known: known.broken and known.broken.label,
    "now_sure": lambda known: known.broken and of_hundred(known.broken.share),
    "blocks": lambda known: known.blocks,
    "depth": lambda known: known.depth,
    "order": lambda known: MODES[known.mode].plain,
    "random": lambda _: TEXT.random_numbers,
    "n": lambda known: len(known.ways),
    "measure": lambda known: measure(known),
    "stable": lambda known: known.stable.label,
    "the_stable": lambda known: inside(known.stable.label),
    "most": lambda known: number(known.stable.alike),
    "least": lambda known: number(known.ways[-1].alike),
    "scale": lambda known: scale(known),
    "breaks": lambda known: breaks(known),
    "each_break": lambda known: breaks(known, TEXT.each_break),
    "counts": lambda known: _counts(known),
    "noise": lambda known: known.noise and number(known.noise.alike),
    "contest": lambda known: known.noise and contest(known, known.noise),
    "verb": lambda known: known.noise and contest(known, known.noise).partition(" 1")[0],
    "by": lambda known: TEXT.by.one if known.breaks[1] == 1 else TEXT.by.mean,
    "where": lambda known: _where(known),
    "whose": lambda known: (
        _where(known) + TEXT.by.mean_of.format(breaks=_how_many(known)) * (known.breaks[1] > 1)
    ),
    "strengths": lambda known: known.strengths and spread(known.strengths),
    "times": lambda known: "once" if known.seeds == 1 else f"{known.seeds} times",
}
"""What the names in the texts stand for."""

MARKS_TITLE = (
    _sentence("asked_title", TEXT.marks.asked_title, lambda known: known.asked),
    _sentence("says_title", TEXT.marks.says_title, lambda known: not known.asked),
)
MARKS = (
    _sentence("asked", TEXT.marks.asked, lambda known: known.asked),
    _sentence("says", TEXT.marks.says, lambda known: not known.asked),
)


def _kept(known: Facts) -> str:
    """How much the steadiest colouring kept: one of three."""
    return "much" if known.stable.alike >= HARDLY else "some" if known.stable.alike >= LITTLE else "little"


BROKEN_TITLE = (
    _sentence("hardly", TEXT.broken.hardly, lambda known: _kept(known) == "much"),
    _sentence(
        "even_part", TEXT.broken.even_part, lambda known: _kept(known) == "some" and len(known.ways) > 1
    ),
    _sentence("part", TEXT.broken.part, lambda known: _kept(known) == "some" and len(known.ways) == 1),
    _sentence(
        "even_little", TEXT.broken.even_little, lambda known: _kept(known) == "little" and len(known.ways) > 1
    ),
    _sentence("little", TEXT.broken.little, lambda known: _kept(known) == "little" and len(known.ways) == 1),
)


def _cumulative(known: Facts) -> bool:
    return MODES[known.mode].cumulative


def _same(known: Facts) -> bool:
    """Whether the broken program's surest answer is the explained one."""
    return known.broken is not None and known.broken.index == known.target.index


def _other(known: Facts) -> bool:
    return known.broken is not None and known.broken.index != known.target.index


BROKEN = (
    _sentence("one_part", TEXT.broken.one, lambda known: not _cumulative(known)),
    _sentence("all_parts", TEXT.broken.all, lambda known: _cumulative(known) and known.depth == known.blocks),
    _sentence(
        "some_parts", TEXT.broken.some, lambda known: _cumulative(known) and known.depth < known.blocks
    ),
    _sentence("still", TEXT.broken.still, lambda known: _same(known) and not known.asked),
    _sentence("no_longer", TEXT.broken.no_longer, lambda known: _other(known) and not known.asked),
    _sentence("surest", TEXT.broken.surest, lambda known: known.broken is not None and known.asked),
)
STEADIEST = (
    _sentence("steadiest", TEXT.broken.steadiest, lambda known: len(known.ways) > 1 and known.surely),
    _sentence("one_of", TEXT.broken.one_of, lambda known: len(known.ways) > 1 and not known.surely),
    _sentence("only_way", TEXT.broken.only, lambda known: len(known.ways) == 1),
)
WAYS_TITLE = (
    _sentence("one_way", TEXT.ways.one_title, lambda known: len(known.ways) == 1),
    _sentence("ways", TEXT.ways.title, lambda known: len(known.ways) > 1),
)


def _differ(known: Facts) -> bool:
    return number(known.ways[-1].alike) != number(known.stable.alike)


ENDS = _sentence("ends", TEXT.ways.ends, _differ)


def _noise(known: Facts) -> float | None:
    return None if known.noise is None else known.noise.alike


def _unlike(known: Facts) -> bool:
    """Whether noise is scored as an unrelated picture."""
    noise = _noise(known)
    return noise is not None and abs(noise) < LITTLE


def _none_better(known: Facts) -> bool:
    """Whether no way changes clearly more than noise does."""
    noise = _noise(known)
    return noise is not None and all(way.alike >= noise - TIE for way in known.ways)


NOISE_TITLE = (
    _sentence("no_noise", TEXT.noise.none_title, lambda known: known.noise is None),
    _sentence(
        "noise_scores", TEXT.noise.scores_title, lambda known: known.noise is not None and not _unlike(known)
    ),
    _sentence("none_better", TEXT.noise.none_better, lambda known: _unlike(known) and _none_better(known)),
    _sentence("noise_passes", TEXT.noise.passes, lambda known: _unlike(known) and not _none_better(known)),
)
NOISE = (
    _sentence("noise_lent", TEXT.noise.lent, lambda known: known.lent),
    _sentence("noise_none", TEXT.noise.none, lambda known: known.noise is None),
    _sentence("noise_own", TEXT.noise.own, lambda known: known.noise is not None),
)
CONTEST = (
    _sentence("contest", TEXT.noise.contest, lambda known: known.noise is not None and len(known.ways) > 1),
    _sentence(
        "contest_one", TEXT.noise.contest_one, lambda known: known.noise is not None and len(known.ways) == 1
    ),
)
GOOD_FOR = (
    _sentence("leading", TEXT.good_for.leading, lambda known: known.below),
    _sentence("photo_stays", TEXT.good_for.photo_stays, lambda known: not known.below),
    _sentence("strengths", TEXT.good_for.strengths, lambda known: bool(known.strengths)),
)
HERE = (
    _sentence("here", TEXT.good_for.here, lambda known: _kept(known) == "much"),
    _sentence(
        "here_not", TEXT.good_for.here_not, lambda known: _kept(known) != "much" and len(known.ways) > 1
    ),
    _sentence(
        "here_not_one", TEXT.good_for.here_one, lambda known: _kept(known) != "much" and len(known.ways) == 1
    ),
)
RIGHT = (
    _sentence("noise_changes", TEXT.good_for.noise, lambda known: _unlike(known) and not known.lent),
    _sentence("noise_changes_lent", TEXT.good_for.noise_lent, lambda known: _unlike(known) and known.lent),
)
BEST = _sentence("no_marks", TEXT.good_for.no_marks, _differ)


def _of_two(
    key: str,
    premise: Callable[[Association], bool],
    numbers: Callable[[Association], Mapping[str, object]] = lambda _: {},
) -> Sentence[Association]:
    """A sentence of the card on two broken programs."""
    return Sentence(f"story.two_{key}", TEXT.shared[key], premise, numbers)


def _pairs(found: Diagonal) -> Mapping[str, object]:
    same, *placebo = found.alike
    return {"same": same, "pairs": found.pairs, "placebo": each_time(placebo or [same], str)}


def _at_the_end(seen: Association) -> Mapping[str, object]:
    whole = seen.at_the_end
    return {} if whole is None else _pairs(whole)


def _ordered(seen: Association) -> bool:
    return seen.placebo_known


def _follows(seen: Association) -> bool:
    return _ordered(seen) and seen.found.same_order


SHARED_TITLE = _of_two("title", _ordered, lambda seen: _pairs(seen.found))
SHARED = (
    _of_two("in_place", _ordered, lambda seen: _pairs(seen.found)),
    _of_two("follow", lambda seen: _follows(seen) and not seen.training_tells),
    _of_two("follow_mean", lambda seen: _follows(seen) and seen.training_tells),
    _of_two("differ", lambda seen: _ordered(seen) and not seen.found.same_order),
)
SHARED_LIMITS = (
    _of_two("whole", lambda seen: _ordered(seen) and seen.at_the_end is not None, _at_the_end),
    _of_two("learned", lambda seen: _ordered(seen) and seen.training_tells),
    _of_two("not_shown", _ordered),
    _of_two("no_cause", _ordered),
)
OTHERS = _sentence("others", TEXT.good_for.others, lambda _: True)


def scale(known: Facts) -> str:
    """What the ends of the scale are, and whether the two colours are told apart."""
    return f"{TEXT.scale}, {TEXT.sides[known.sides]}"


def breaks(known: Facts, more: str = "") -> str:
    """Over how many breaks a number is the mean, and more on them; empty for one."""
    return "" if known.breaks[1] == 1 else f" (mean of {_how_many(known)} breaks{more})"


def _where(known: Facts) -> str:
    return str(TEXT.where.sample if known.lent else TEXT.where.here)


def _how_many(known: Facts) -> str:
    few, many = known.breaks
    return f"{many}" if few == many else f"{few} to {many}"


def measure(known: Facts) -> str:
    """What the similarity compares, in plain words where there are some."""
    return TEXT.measures.get(known.measure) or inside(SIMILARITIES[known.measure].label)


def contest(known: Facts, noise: Way) -> str:
    """How noise would fare against the ways, by the mean, and how many of these in every break."""
    beaten = [way for way in known.ways if way.alike > noise.alike + TIE]
    lost = [way for way in known.ways if way.alike < noise.alike - TIE]
    tied = len(known.ways) - len(beaten) - len(lost)
    always = (_always(beaten, noise, 1), _always(lost, noise, -1))
    said = (
        f"beat {len(beaten)}{always[0]}" * bool(beaten),
        f"tie with {tied}" * bool(tied),
        f"lose to {len(lost)}{always[1]}" * bool(lost),
    )
    return listed(list(filter(None, said)))


def _always(ways: Sequence[Way], noise: Way, side: int) -> str:
    """How many of the ways are on that side of noise in every break, where these are not all."""
    n = sum(
        all(side * (value - noise.each.get(seed, noise.alike)) > TIE for seed, value in way.each.items())
        for way in ways
    )
    return "" if n == len(ways) else f" ({n} in every break)"


def of_hundred(share: float) -> str:
    """A share in words: "39 %"; small ones with one digit more."""
    percent = 100 * share
    return f"{number(percent, 0 if percent >= 9.5 else 1, end=100.0)}\u00a0%"


def _counts(known: Facts) -> str:
    """How many ways changed how much."""
    part = len(known.ways) - known.hardly - known.little - known.turned
    said = (
        (known.hardly, "hardly changed"),
        (part, "changed in part"),
        (known.little, "kept little or nothing"),
        (known.turned, "turned towards the opposite"),
    )
    return listed([f"{n} {what}" for n, what in said if n])
