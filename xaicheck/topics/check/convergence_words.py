"""Sentences of cosine similarity convergence, made from the numbers of a report. Plain text only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from xaicheck.engine.convergence import Convergence, left_out
from xaicheck.engine.convergence_run import ConvergenceReport, ConvergenceRequest, Profile
from xaicheck.methods import METHODS
from xaicheck.models import samples
from xaicheck.models.registry import MODELS
from xaicheck.reading.captions import Verdict
from xaicheck.reading.words import inside, listed, number
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


def finding(report: ConvergenceReport) -> str:
    """Which rules forget their start, from which block on, and which do not."""
    forget: dict[str, list[str]] = {}
    keep: dict[str, list[str]] = {}
    for profile in report.profiles:
        if blocks := known(report, profile):
            first, last, name = forgotten_at(report, profile), blocks[-1][0], METHODS[profile.method].label
            if first is not None:
                forget.setdefault(_from(first, last), []).append(inside(name))
            elif _apart(blocks[-1][1]):
                keep.setdefault(last, []).append(inside(name))
    said = [f"{_do(names, 'forget')} start {where}" for where, names in forget.items()]
    said += [f"{_do(names, 'still tell')} starts apart at {_at(last)}" for last, names in keep.items()]
    told = "; ".join(said)
    return f"{told[0].upper()}{told[1:]}." if told else CSC.nothing


def _apart(at: Convergence) -> bool:
    """Whether two starts are told apart; where lines say nothing they neither are nor are not."""
    return at.absolute is not None and at.absolute < FORGOTTEN


def _do(names: Sequence[str], verb: str) -> str:
    return f"{listed(names)} {verb} their" if len(names) > 1 else f"{names[0]} {verb}s its"


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
            said.append(f"{name} {number(at.absolute)}{_direction(at)}")
    at = report.profiles[0].blocks[-1]
    return (
        f"Median |cosine| of two starts at {_at(last)}: {listed(said)}. Unrelated directions of "
        f"{at.channels} channels have {number(at.baseline)}."
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
                f"{METHODS[profile.method].label}: {number(ends[0])} at {first}, {number(ends[1])} at {last}"
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


def verdict(report: ConvergenceReport) -> Verdict:
    """What may and may not be concluded; each claim stands only where its numbers carry it."""
    request = report.request
    may = []
    for profile in report.profiles:
        label, blocks = METHODS[profile.method].label, known(report, profile)
        first = forgotten_at(report, profile)
        if first is not None:
            below = [at for _, at in blocks[[block for block, _ in blocks].index(first) :]]
            least = _floor(min(at.absolute for at in below if at.absolute is not None))
            left = "its size" if all(at.middle and at.middle[0] > 0 for at in below) else "its sign and size"
            may.append(
                f"{label}: {_from(first, blocks[-1][0])} two random starts lie on one line (median |cosine| "
                f"{least} or more). On this picture, the random start at {_at(request.start)} hardly "
                f"changes that direction, only {left}."
            )
        elif blocks and _apart(blocks[-1][1]):
            block, at = blocks[-1]
            may.append(
                f"{label}: at {_at(block)} two random starts still differ in direction (median |cosine| "
                f"{_below(at.absolute or 0.0)}; from {FORGOTTEN} on they count as one line)."
            )
    texts = CSC.may_not
    same = texts.same_why.format(n=request.vectors, seed=request.seed)
    pairs = ((texts.wrong, texts.wrong_why), (texts.right, texts.right_why), (texts.same, same))
    return Verdict(tuple(may), pairs)


def _floor(value: float) -> str:
    """Two digits that claim no more than the value."""
    return number(math.floor(100 * value) / 100)


def _below(value: float) -> str:
    """Two digits that stay below the bound where the value does."""
    return _floor(value) if round(value, 2) >= FORGOTTEN else number(value)


def settings_line(report: ConvergenceReport) -> str:
    """What was asked, in one line."""
    request = report.request
    picture = samples.display(report.image_name, request.image)
    return (
        f"{MODELS[request.model].label}, {picture}: {request.vectors} starts at {_at(request.start)}, "
        f"seed {request.seed}; {report.seconds:.1f} s on {report.device}."
    )
