"""Sentences about the randomized network: is it alive, how large are its activations, what was changed.

Plain text only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xaicheck.randomization.efficient_mprt import BINS
from xaicheck.reading.numbers import Reading, ScaleRow
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.sentences import where
from xaicheck.reading.words import TEXT, UNIFORM_ENTROPY, listed, method_name, number, percents, scored, short
from xaicheck.types import Coverage, Liveness, Method

SAME = 1e-3  # a ratio as near to 1 is written 1.00


# Whether the networks are alive.


def alive_word(alive: Liveness) -> str:
    """Whether a network still says anything about this picture, in one word."""
    if not (math.isfinite(alive.logit_std) and math.isfinite(alive.entropy)):
        return "broken"
    if alive.logit_std == 0:
        return "dead"
    if alive.entropy > 0.995 * UNIFORM_ENTROPY:
        return "nearly silent"
    return "saturated" if alive.entropy < 0.01 else "alive"


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a depth, one a seed."""

    all: Sequence[Liveness]

    @property
    def states(self) -> Counter[str]:
        """How many are in which state."""
        return Counter(map(alive_word, self.all))


def _in_one_state(word: str) -> Sentence[Networks]:
    def who(these: Networks) -> dict[str, object]:
        n = len(these.all)
        return {"networks": f"All {n} randomized networks are" if n > 1 else "The randomized network is"}

    return Sentence(f"alive.{word}", TEXT.alive[word], lambda these: set(these.states) == {word}, who)


ALIVE = (
    *map(_in_one_state, TEXT.alive),
    Sentence[Networks](
        "alive_mixed",
        TEXT.alive_mixed,
        lambda these: len(these.states) > 1,
        lambda these: {
            "n": len(these.all),
            "states": listed([f"{n} {'is' if n == 1 else 'are'} {w}" for w, n in these.states.items()]),
        },
    ),
)


def alive_title(networks: Sequence[Liveness]) -> str:
    """The state of the randomized networks in one sentence; empty where none is known."""
    return say(ALIVE, Networks(networks))


def mean(networks: Sequence[Liveness], what: str) -> float | None:
    """The mean over the seeds of `logit_std` or `entropy`; None where no network is known."""
    return sum(getattr(one, what) for one in networks) / len(networks) if networks else None


def alive_line(networks: Sequence[Liveness], trained: Sequence[Liveness]) -> str:
    """The numbers behind the state of the randomized networks, means over the seeds."""
    spread, entropy = (
        f" (trained: {number(mean(trained, w))})" * bool(trained) for w in ("logit_std", "entropy")
    )
    return (
        f"Spread of the logits {short(mean(networks, 'logit_std'))}{spread}, "
        f"entropy {number(mean(networks, 'entropy'))}{entropy} of at most {number(UNIFORM_ENTROPY)} nats"
        f"{f', means over {len(networks)} seeds' * (len(networks) > 1)}."
    )


# How large the activations are.


@dataclass(frozen=True)
class Scales:
    """The blocks of a depth that were measured, with and without random weights."""

    reading: Reading
    depth: int

    def rows(self, *, touched: bool) -> list[ScaleRow]:
        """Those that are randomized, or those that are not, where both sides are finite numbers."""
        names = set(self.reading.touched(self.depth))
        rows = [row for row in self.reading.scales(self.depth) if (row.block in names) == touched]
        return [row for row in rows if row.ratio is not None and math.isfinite(row.ratio)]

    @property
    def kept(self) -> int:
        """How many blocks below the randomized ones have the activations that they had."""
        return len(self.rows(touched=False)) * (self.reading.mode.end == "output" and self.depth > 0)

    @property
    def ratios(self) -> list[float]:
        """Randomized over original RMS of each randomized block."""
        return [row.ratio for row in self.rows(touched=True) if row.ratio is not None]


def _kept(at: Scales) -> int:
    """How many blocks below keep what they had; 0 where one does not."""
    return at.kept if all(abs((row.ratio or 0.0) - 1) < SAME for row in at.rows(touched=False)) else 0


SCALES = (
    Sentence[Scales]("scales.kept", TEXT.scales.kept, lambda at: _kept(at) > 1, lambda at: {"n": at.kept}),
    Sentence[Scales]("scales.kept_one", TEXT.scales.kept_one, lambda at: _kept(at) == 1),
    Sentence[Scales](
        "scales.drawn",
        TEXT.scales.drawn,
        lambda at: len(at.ratios) > 1,
        lambda at: {"times": spread(at.ratios)},
    ),
    Sentence[Scales](
        "scales.drawn_one",
        TEXT.scales.drawn_one,
        lambda at: len(at.ratios) == 1,
        lambda at: {"times": spread(at.ratios)},
    ),
)


def spread(values: Sequence[float]) -> str:
    """The smallest to the largest of some numbers; one number where both are written the same."""
    low, high = short(min(values)), short(max(values))
    return low if low == high else f"{low} to {high}"


def scales_line(reading: Reading, depth: int) -> str:
    """What randomization did to the activations' scale at a depth, block by block, in numbers."""
    said = say(SCALES, Scales(reading, depth), " and ")
    return f"With {where(reading, depth)}, {said}." if said else ""


def scales_alt(reading: Reading, depth: int, what: str) -> str:
    """The alternative text of the activation figure."""
    return f"{what}, block by block, original against randomized. {scales_line(reading, depth)}".strip()


# The entropies of the maps.


@dataclass(frozen=True)
class Rises:
    """By which share the entropy of each attribution method's maps rises, network by network."""

    reading: Reading
    methods: Mapping[str, Method]

    @property
    def asked(self) -> list[str]:
        """The attribution methods of the run; none where eMPRT has no number."""
        every = () if self.reading.no_entropy else self.reading.methods
        return [key for key in every if not self.methods[key].control]

    @property
    def known(self) -> list[str]:
        """Those with a number that a sentence may lean on."""
        deepest = self.reading.report.depths[-1]
        usable = [key for key in self.asked if self.reading.usable(key, deepest)]
        return [key for key in usable if not all(map(math.isnan, self.of(key)))]

    def of(self, key: str) -> list[float]:
        """The rises of a method, one a network; not-a-number where there is none."""
        rises = [score.value for score in self.reading.rises(key)]
        return [math.nan if rise is None else rise for rise in rises]

    @property
    def up(self) -> list[str]:
        """Those for which it rises in every network."""
        return [key for key in self.known if all(rise > 0 for rise in self.of(key))]

    @property
    def some(self) -> list[str]:
        """Those for which it rises in some networks, and in others not or without a number."""
        return [key for key in self.known if key not in self.up and any(rise > 0 for rise in self.of(key))]

    @property
    def most(self) -> str | None:
        """The method of several for which it rises most in every network, marked maps counted too."""
        for key in self.up if len(self.up) > 1 else ():
            others = [self.of(other) for other in self.asked if other != key]
            pairs = [pair for other in others for pair in zip(self.of(key), other, strict=True)]
            if all(mine > its or math.isnan(its) for mine, its in pairs):
                return key
        return None

    @property
    def numbers(self) -> dict[str, object]:
        """What the title says."""
        networks = len(self.reading.report.request.seeds)
        several = "both" if networks == 2 else f"all {networks}"
        named = self.most or (self.up or self.some or self.known)[0]
        return {
            "blocks": self.reading.blocks,
            "up": len(self.up),
            "of": scored(len(self.known), len(self.asked)),
            "every": f" in {several} random networks" * (networks > 1),
            "any": " in any random network" * (networks > 1),
            "n": networks,
            "methods": listed([method_name(self.methods, key) for key in self.some]),
            "most": method_name(self.methods, named),
            "rise": percents(self.reading.entropy(named).rise),
        }


def _rise(key: str, premise: Callable[[Rises], bool]) -> Sentence[Rises]:
    return Sentence(f"entropy.{key}", TEXT.rises[key], premise, lambda rises: rises.numbers)


ENTROPY = (
    _rise("methods", lambda r: len(r.known) > 1 and bool(r.up)),
    _rise("open", lambda r: len(r.known) > 1 and not r.up and bool(r.some)),
    _rise("most", lambda r: r.most is not None),
    _rise("only", lambda r: len(r.known) > 1 and len(r.up) == 1),
    _rise("some", lambda r: len(r.known) > 1 and bool(r.some)),
    _rise("falls", lambda r: len(r.known) > 1 and not (r.up or r.some)),
    _rise("one", lambda r: len(r.known) == 1 and bool(r.up)),
    _rise("one_some", lambda r: len(r.known) == 1 and bool(r.some)),
    _rise("one_falls", lambda r: len(r.known) == 1 and not (r.up or r.some)),
)


def entropy_title(reading: Reading, methods: Mapping[str, Method]) -> str:
    """The finding of eMPRT: for how many methods the entropy rises in every network, and for which most."""
    return say(ENTROPY, Rises(reading, methods), "; ") or str(TEXT.titles.entropy)


def entropy_line(reading: Reading, level: str = "researcher") -> str:
    """What the entropies are, and the loophole; or why there are none."""
    most = number(math.log(BINS))
    return reading.no_entropy or str(TEXT.entropy.at(level).format(bins=BINS, most=most))


# What randomizing changed.

AUDIT = (
    Sentence[Coverage](
        "audit.all", TEXT.audit.all, lambda c: not c.untouched, lambda c: {"share": _share(c.changed_share)}
    ),
    Sentence[Coverage](
        "audit.rest",
        TEXT.audit.rest,
        lambda c: bool(c.untouched),
        lambda c: {
            "share": _share(c.changed_share),
            "tensors": "1 tensor stays" if len(c.untouched) == 1 else f"{len(c.untouched)} tensors stay",
            "names": ", ".join(c.untouched[:3]) + ", …" * (len(c.untouched) > 3),
        },
    ),
)


def _share(share: float) -> str:
    """A share in percent that says 100 only where it is."""
    return f"{math.floor(1e4 * share + 1e-9) / 100:g} %" if math.isfinite(share) else number(None)


def audit_line(reading: Reading) -> str:
    """What randomizing everything changed, counted in parameters."""
    return say(AUDIT, reading.report.coverage)
