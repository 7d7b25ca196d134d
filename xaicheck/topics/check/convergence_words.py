"""Sentences of cosine similarity convergence, made from the numbers of a report. Plain text only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from xaicheck.engine.convergence import Convergence, left_out
from xaicheck.engine.convergence_run import ConvergenceReport, ConvergenceRequest, Profile
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading.captions import Verdict
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, number
from xaicheck.topics.check.captions import TEXT

CSC = TEXT.convergence
FORGOTTEN = 0.95  # median magnitude of the cosines from which on two starts count as one line
TELLING = 0.6  # unrelated directions of one or two channels are more alike: lines say nothing there


def forgotten_at(report: ConvergenceReport, profile: Profile) -> str | None:
    """The first block from which on down all starts lie on one line; None where the rule tells them apart."""
    first: str | None = None
    for block, at in known(report, profile):
        if at.absolute is None or at.absolute < FORGOTTEN or at.baseline > TELLING:
            first = None
        elif first is None:
            first = block
    return first


def known(report: ConvergenceReport, profile: Profile) -> list[tuple[str, Convergence]]:
    """The blocks that any relevance reaches, with their numbers."""
    pairs = zip(report.request.blocks, profile.blocks, strict=True)
    return [(block, at) for block, at in pairs if at.absolute is not None]


@dataclass(frozen=True)
class Rules:
    """Rules that tell starts apart, or not, at the same blocks."""

    report: ConvergenceReport
    profiles: tuple[Profile, ...]

    @property
    def last(self) -> tuple[str, Convergence]:
        """The last block that any relevance reaches, with its numbers."""
        return known(self.report, self.profiles[0])[-1]

    @property
    def forget(self) -> bool:
        """Whether all starts of each lie on one line from the same block on."""
        first = {forgotten_at(self.report, profile) for profile in self.profiles}
        return len(first) == 1 and None not in first

    @property
    def tell(self) -> bool:
        """Whether two starts of each differ in direction at its last block."""
        ends = [known(self.report, profile) for profile in self.profiles]
        return all(blocks and (blocks[-1][1].absolute or 0.0) < FORGOTTEN for blocks in ends)

    @property
    def labels(self) -> str:
        """Their names in a sentence."""
        return listed([inside(METHODS[profile.method].label) for profile in self.profiles])

    @property
    def numbers(self) -> dict[str, object]:
        """What the sentences of all of them say."""
        from_where = forgotten_at(self.report, self.profiles[0])
        last = self.last[0]
        where = _from(from_where, last) if from_where else ""
        return {"rules": self.labels, "from": where, "last": _at(last)}


FINDING = (
    Sentence[Rules](
        "csc.forgets", CSC.forgets, lambda r: r.forget and len(r.profiles) == 1, lambda r: r.numbers
    ),
    Sentence[Rules](
        "csc.forget", CSC.forget, lambda r: r.forget and len(r.profiles) > 1, lambda r: r.numbers
    ),
    Sentence[Rules]("csc.tells", CSC.tells, lambda r: r.tell and len(r.profiles) == 1, lambda r: r.numbers),
    Sentence[Rules]("csc.tell", CSC.tell, lambda r: r.tell and len(r.profiles) > 1, lambda r: r.numbers),
)


def _lines_say_nothing(report: ConvergenceReport) -> bool:
    """Whether rules have relevance left, and each ends where unrelated directions are nearly one line too."""
    ends = [blocks[-1][1] for p in report.profiles if (blocks := known(report, p))]
    return bool(ends) and all((at.absolute or 0.0) >= FORGOTTEN and at.baseline > TELLING for at in ends)


UNSAID = (
    Sentence[ConvergenceReport](
        "csc.nothing", CSC.nothing, lambda report: not any(known(report, p) for p in report.profiles)
    ),
    Sentence[ConvergenceReport](
        "csc.few_channels", CSC.few_channels, lambda report: _lines_say_nothing(report)
    ),
)


def finding(report: ConvergenceReport) -> str:
    """Which rules forget their start, from which block on, and which do not."""
    alike: dict[tuple[str | None, str], list[Profile]] = {}
    for profile in report.profiles:
        if blocks := known(report, profile):
            alike.setdefault((forgotten_at(report, profile), blocks[-1][0]), []).append(profile)
    groups = sorted(alike.items(), key=lambda group: group[0][0] is None)  # those that forget come first
    told = "; ".join(filter(None, (say(FINDING, Rules(report, tuple(these))) for _, these in groups)))
    return f"{told[0].upper()}{told[1:]}." if told else say(UNSAID, report)


def _from(first: str, last: str) -> str:
    return f"at {_at(first)}" if first == last else f"from {first} on"


def _at(block: str) -> str:
    """The block in a sentence: numbered ones have no article."""
    return block if any(letter.isdigit() for letter in block) else f"the {block}"


def numbers_line(report: ConvergenceReport) -> str:
    """The medians at the last block, beside that of unrelated directions, and how far signs agree."""
    last = report.request.blocks[-1]
    said = []
    for profile in report.profiles:
        at, name = profile.blocks[-1], inside(METHODS[profile.method].label)
        if at.absolute is None:
            said.append(f"{name} has none ({at.why})")
        else:
            said.append(f"{name} {cosine(at.absolute)}{_direction(at)}")
    at = report.profiles[0].blocks[-1]
    return (
        f"Median |cosine| of two starts at {_at(last)}: {listed(said)}. Unrelated directions of "
        f"{count(at.channels, 'channel')} have {number(at.baseline)}."
    )


def _direction(at: Convergence) -> str:
    """What the signs of a line do; nothing where there is no line."""
    if at.absolute is None or at.middle is None or at.absolute < FORGOTTEN:
        return ""
    low, high = at.middle
    return " (one direction)" if low > 0 else " (opposite ones)" if high < 0 else " (of either sign)"


def alt(report: ConvergenceReport, *, signed: bool) -> str:
    """What the chart shows, for those who do not see it."""
    what = CSC.signed.axis if signed else CSC.magnitude.axis
    lines = []
    for profile in report.profiles:
        blocks = known(report, profile)
        if blocks:
            (first, a), (last, b) = blocks[0], blocks[-1]
            ends = (a.median, b.median) if signed else (a.absolute, b.absolute)
            lines.append(
                f"{METHODS[profile.method].label}: {cosine(ends[0])} at {first}, {cosine(ends[1])} at {last}"
            )
    return f"{what}, block by block from {report.request.start} down. {'; '.join(lines)}."


def rest(request: ConvergenceRequest) -> Iterator[str]:
    """The methods that were not asked, a sentence for each reason."""
    spec = MODELS[request.model]
    reasons: dict[str, list[str]] = {}
    for key, method in METHODS.items():
        why = left_out(method, spec)
        if why is not None:
            reasons.setdefault(why, []).append(method.label)
        elif key not in request.methods:
            reasons.setdefault("not chosen", []).append(method.label)
    for why, labels in reasons.items():
        yield f"{CSC.left_out}: {listed(labels)} ({why})."


def _below_first(rules: Rules) -> list[Convergence]:
    """The blocks from which on down all starts lie on one line."""
    blocks, first = known(rules.report, rules.profiles[0]), forgotten_at(rules.report, rules.profiles[0])
    names = [block for block, _ in blocks]
    return [at for _, at in blocks[names.index(first) :]] if first is not None else []


def _one_way(rules: Rules) -> bool:
    """Whether three quarters of the pairs or more point in one direction at all of these blocks."""
    return all(at.middle is not None and at.middle[0] > 0 for at in _below_first(rules))


def _may_numbers(rules: Rules) -> dict[str, object]:
    least = min((at.absolute for at in _below_first(rules) if at.absolute is not None), default=0.0)
    label = METHODS[rules.profiles[0].method].label
    start = _at(rules.report.request.start)
    return rules.numbers | {
        "rule": label,
        "least": _floor(least),
        "start": start,
        "median": cosine(rules.last[1].absolute),
        "bound": FORGOTTEN,
    }


MAY = (
    Sentence[Rules]("csc.only_size", CSC.may.only_size, lambda r: r.forget and _one_way(r), _may_numbers),
    Sentence[Rules]("csc.sign", CSC.may.sign, lambda r: r.forget and not _one_way(r), _may_numbers),
    Sentence[Rules]("csc.differ", CSC.may.differ, lambda r: r.tell, _may_numbers),
)


def verdict(report: ConvergenceReport) -> Verdict:
    """What may and may not be concluded; each claim stands only where its numbers carry it."""
    request = report.request
    rules = [Rules(report, (profile,)) for profile in report.profiles if known(report, profile)]
    may = filter(None, (say(MAY, one) for one in rules))
    texts = CSC.may_not
    same = texts.same_why.format(n=request.vectors, seed=request.seed)
    pairs = ((texts.wrong, texts.wrong_why), (texts.right, texts.right_why), (texts.same, same))
    return Verdict(tuple(may), pairs)


def _floor(value: float) -> str:
    """Two digits that claim no more than the value."""
    return number(math.floor(100 * value) / 100)


def cosine(value: float | None) -> str:
    """A cosine in two digits; in more where it is below the bound and two would say that it is there."""
    reaches = value is not None and round(abs(value), 2) >= FORGOTTEN > abs(value)
    return number(value, end=FORGOTTEN) if reaches else number(value)


def settings_line(report: ConvergenceReport) -> str:
    """What was asked, in one line."""
    request = report.request
    picture = samples.display(report.image_name, request.image)
    return (
        f"{MODELS[request.model].label}, {picture}: {request.vectors} starts at {_at(request.start)}, "
        f"seed {request.seed}; {number(report.seconds, 1)} s on {report.device}."
    )
