"""Every sentence of the check and of its report holds: judged by premises said again from raw numbers."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests import report_cases as cases
from tests.premises import Shown, found, judge, missed, number_of, plain, sentences_of
from xaicheck.cli import check_text
from xaicheck.methods import METHODS
from xaicheck.reading import (
    certificates,
    charts,
    class_sentences,
    ledger,
    network_sentences,
    sentences,
    tables,
    verdict,
)
from xaicheck.reading.numbers import Reading
from xaicheck.reading.sentence import say
from xaicheck.reading.words import inside
from xaicheck.report import page, page_parts, page_tables
from xaicheck.similarity.comparisons import against
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.check import captions
from xaicheck.types import Liveness, Report
from xaicheck.viewer import TEXT as VIEWER
from xaicheck.viewer.build import scene

ROOMS = sentences_of("reading", "report", "viewer", "cli", "topics.check")
SAID = {
    key: one
    for key, one in ROOMS.items()
    if not key.startswith(
        ("bands.", "csc.", *(f"certificates.{own}" for own in ("not_held", "steps", "marked_too")))
    )
}  # those have a test of their own
CONTROLS = {"sobel", "fresh_noise", "fixed_noise", "sign_flip"}
RANKS = [(key, sign) for key in ("spearman", "spearman_abs") for sign in ("signed", "magnitude", "either")]
ENDS = dict.fromkeys(RANKS, (0.0, 1.0))
"""Of maps of independent pixels, whatever their values, and of equal ones: a distance has no such number."""
NAMES = {METHODS[key].label.casefold(): key for key in METHODS}


@dataclass(frozen=True)
class At:
    """A report, the measure and the depth that a piece is about; None: more than one."""

    report: Report
    measure: str | None = None
    depth: int | None = None

    @property
    def methods(self) -> list[str]:
        return [choice.key for choice in self.report.request.methods]

    @property
    def real(self) -> list[str]:
        return [key for key in self.methods if key not in CONTROLS]

    @property
    def top_down(self) -> bool:
        return str(self.report.request.mode) == "cascade"

    def shown(self, method: str, depth: int | None = None, measure: str | None = None) -> list[float]:
        """The scores that have a number, one a seed."""
        where = (method, measure or self.measure, self.depth if depth is None else depth)
        rows = [r.score.value for r in self.report.scores if (r.method, r.measure, r.depth) == where]
        return [value for value in rows if value is not None]

    def marked(self, method: str, depth: int | None) -> bool:
        marked = {(a.method, a.depth) for a in self.report.attributions if a.marked}
        return bool(marked & {(method, 0), (method, depth)})

    def values(self, method: str, depth: int | None = None) -> list[float]:
        """The scores to go by: those of maps without a mark."""
        marked = self.marked(method, self.depth if depth is None else depth)
        return [] if marked else self.shown(method, depth)

    def mean(self, method: str, depth: int | None = None) -> float | None:
        values = self.values(method, depth)
        return sum(values) / len(values) if values else None

    def scored(self, depth: int | None = None) -> list[str]:
        return [key for key in self.real if self.values(key, depth)]

    def alike(self, value: float | None) -> float | None:
        """1 the same map, 0 independent pixels; None where those have no number of their own."""
        ends = ENDS.get((str(self.measure), self.report.request.sign))
        return None if ends is None or value is None else (value - ends[0]) / (ends[1] - ends[0])

    def why(self, method: str) -> set[str]:
        if self.shown(method):
            return {"the map is marked: a certificate is beyond its bound"}
        rows = self.report.scores
        whys = {
            r.score.why
            for r in rows
            if (r.method, r.measure, r.depth) == (method, self.measure, self.depth) and r.score.value is None
        }
        return whys or {"not computed yet"}


# --- What is said again ------------------------------------------------------------------------------------


def place(report: Report, depth: int) -> str:
    total, mode = len(report.blocks), report.request.mode
    inward = mode == "bottom_up"
    name = report.blocks[total - depth if inward else depth - 1] if depth else ""
    if depth == 0:
        return "nothing randomized"
    if mode == "independent":
        return f"only block {depth} of {total} randomized ({name})"
    if depth == total:
        return f"all {total} blocks randomized"
    if depth == 1:
        return f"only the {name} randomized"
    return f"the {'first' if inward else 'last'} {depth} of {total} blocks randomized"


def depth_before(at: At, match: re.Match[str]) -> int | None:
    """The depth that the words before a match name last."""
    before = match.string[: match.end() if "place" in match.re.groupindex else match.start()]
    named = [(before.rfind(f"With {place(at.report, d)},"), d) for d in at.report.depths]
    spot, depth = max(named)
    return depth if spot >= 0 else None


def is_(text: str, value: float | None, digits: int = 2) -> bool:
    """Whether a text is the number, rounded; the name of its measure is judged by a test of its own."""
    for name in sorted((inside(measure.label) for measure in SIMILARITIES.values()), key=len, reverse=True):
        text = text.removeprefix(f"{name} ").removesuffix(f" by {name}")
    if value is None or math.isnan(value):
        return text == "–"
    return abs(number_of(re.split(r"[ ;)]", text)[0]) - value) <= 0.5001 * 10**-digits


def near(text: str, low: float, high: float) -> bool:
    """Whether "0.3 to 1.1", or one number, is this span, in three digits."""
    ends = [number_of(part) for part in text.split(" to ")]
    return math.isclose(ends[0], low, rel_tol=6e-3) and math.isclose(ends[-1], high, rel_tol=6e-3)


def method_of(text: str) -> str:
    return NAMES[re.split(r"\bthe ", text)[-1].casefold()]


def methods_in(text: str) -> set[str]:
    left, found = text.casefold(), set()
    for name in sorted(NAMES, key=len, reverse=True):  # "gradient" is inside "integrated gradients"
        if name in left:
            left = left.replace(name, "")
            found.add(NAMES[name])
    return found


def band(alike: float) -> str:
    if alike >= 0.2:
        return "hardly changed" if alike >= 0.9 else "partly changed" if alike >= 0.5 else "largely changed"
    if alike < -0.2:
        return "inverted" if alike < -0.5 else "partly inverted"
    return f"{'nearly ' * (not -0.05 <= alike < 0.05)}uncorrelated with its original"


def worded(at: At, m: re.Match[str]) -> bool:
    value = at.mean(method_of(m["method"]))
    alike = at.alike(value)
    return at.depth != 0 and alike is not None and m["word"] == band(alike) and is_(m["score"], value)


def numbered(at: At, m: re.Match[str]) -> bool:
    value = at.mean(method_of(m["method"]))
    return at.depth != 0 and value is not None and at.alike(value) is None and is_(m["score"], value)


def unscored(at: At, m: re.Match[str]) -> bool:
    whys = set().union(*(at.why(key) for key in at.real)) if at.real else set()
    done = at.report.complete and at.depth != 0 and bool(at.real) and not at.scored()
    return done and set(m["why"].split("; ")) == whys


def noise(at: At, m: re.Match[str], *, unrelated: bool | None = None) -> bool:
    value = at.mean("fresh_noise")
    if value is None or not is_(m["score"], value):
        return False
    near_zero = (alike := at.alike(value)) is not None and abs(alike) < 0.2
    return unrelated is None or near_zero == unrelated


def controls(at: At, m: re.Match[str], *, one: bool) -> bool:
    said = re.findall(r"(−?\d+\.\d+|–) \((.+?)\)", m["scores"])
    shown = {NAMES[name.casefold()]: score for score, name in said}
    right = set(shown) == set(at.methods) and all(is_(shown[key], at.mean(key)) for key in shown)
    return (
        right and not at.real and bool(at.depth) and (at.report.complete or any(map(at.values, at.methods)))
    ) and (len(at.methods) == 1) == one


def unknown(at: At, m: re.Match[str]) -> bool:
    return at.depth != 0 and not at.report.complete and not any(at.values(key) for key in at.methods)


def counted(at: At, text: str, depth: int) -> bool:
    """Whether "3 methods", or that so many have a score to go by, is how many have one."""
    n = len(at.scored(depth))
    return text == f"{n} method{'s' * (n != 1)}" + " with a score to go by" * (n < len(at.real))


def below(at: At, m: re.Match[str]) -> bool:
    deep = [d for d in at.report.depths if d and m["place"].startswith(place(at.report, d))]
    if len(deep) != 1 or at.alike(0.0) is None:
        return False
    values = [at.alike(at.mean(key, deep[0])) for key in at.scored(deep[0])]
    low = sum(value is not None and value < 0.5 for value in values)
    if "method" in m.re.groupindex:
        one = at.scored(deep[0]) == [method_of(m["method"])]
        return one and f"{m['side']} {m['half']}" == ("less than 0.5" if low else "at least 0.5")
    number, of = re.findall(r"(\d+) of (.+)$", f"{m['low']} of {m['of']}")[-1]
    return len(values) > 1 and int(number) == low and counted(at, of, deep[0]) and " 0.5 " in m.group()


def stable(at: At) -> set[str]:
    values = {key: at.alike(at.mean(key)) for key in at.scored()}
    return {key for key, value in values.items() if value is not None and value >= 0.9}


def judged(at: At) -> bool:
    return bool(at.depth) and bool(at.scored())


def none_stable(at: At, m: re.Match[str]) -> bool:
    known = judged(at) and at.alike(0.0) is not None and not stable(at)
    if "method" in m.re.groupindex:
        return known and at.scored() == [method_of(m["method"])]
    return known and len(at.scored()) > 1 and counted(at, m["methods"], at.depth or 0)


def centred(at: At) -> str:
    """What the simulation below gives for independent maps of which one has mean 0; else empty."""
    plain = at.report.request.sign == "signed" and at.report.request.normalisation == "second_moment"
    return {"mse": "2.00", "cosine": "0.00"}.get(str(at.measure), "") if plain else ""


def has_trained_below(at: At) -> bool:
    return at.top_down and any(0 < d < len(at.report.blocks) for d in at.report.depths)


def ranges(at: At, m: re.Match[str]) -> bool:
    values = at.values(method_of(m["method"]))
    fair = bool(at.depth) and len(values) > 1 and m["low"] != m["high"]
    widest = max(
        (max(v) - min(v) for k in at.methods if k != "fresh_noise" and (v := at.values(k))), default=0
    )
    right = bool(values) and is_(m["low"], min(values)) and is_(m["high"], max(values))
    return fair and right and math.isclose(max(values) - min(values), widest)


def ratios(at: At, depth: int, *, touched: bool, what: str = "rms") -> list[float]:
    """Randomized over original of each block, means over the seeds."""
    total, mode = len(at.report.blocks), at.report.request.mode
    chosen = {
        "cascade": range(depth),
        "bottom_up": range(total - depth, total),
        "independent": range(depth - 1, depth),
    }
    names = {at.report.blocks[i] for i in chosen[mode]} if depth else set()
    out = []
    for block in at.report.blocks:
        rows = {d: [a for a in at.report.activations if (a.block, a.depth) == (block, d)] for d in (0, depth)}
        if (block in names) != touched or not rows[0] or not rows[depth]:
            continue
        before, after = (sum(_size(a, what) for a in rows[d]) / len(rows[d]) for d in (0, depth))
        out.append(after / before)
    return [ratio for ratio in out if math.isfinite(ratio)]


def _size(scale: object, what: str) -> float:
    quantiles = getattr(scale, "quantiles")  # noqa: B009
    return quantiles[4] - quantiles[0] if what == "width" else float(getattr(scale, what))


def kept(at: At, m: re.Match[str], *, one: bool) -> bool:
    depth = depth_before(at, m)
    if not depth or not at.top_down:
        return False
    values = ratios(at, depth, touched=False)
    right = len(values) == 1 if one else len(values) == int(m["n"]) > 1
    return bool(values) and right and all(abs(value - 1) < 5e-3 for value in values)


def drawn(at: At, m: re.Match[str], what: str = "rms", *, one: bool | None = None) -> bool:
    depth = depth_before(at, m)
    values = ratios(at, depth, touched=True, what=what) if depth else []
    fits = one is None or one == (len(values) == 1)
    return bool(values) and fits and near(m["times"], min(values), max(values))


def dead(at: At, m: re.Match[str]) -> bool:
    depth = depth_before(at, m)
    if not depth or not at.report.activations:
        return False
    before, after = (float(m[side].removesuffix(" %")) for side in ("before", "after"))
    return before == 20 and after in (20, 40)  # what the cases have, a ratio of 1 apart


def networks(at: At) -> list[Liveness]:
    return [one for one in at.report.liveness if one.depth == at.depth]


def state(one: Liveness) -> str:
    return next(
        name
        for name, (spread, entropy) in cases.ALIVE.items()
        if (spread, entropy) == (one.logit_std, one.entropy) or math.isnan(spread) and math.isnan(one.entropy)
    )


def alive(word: str) -> Callable[[At, re.Match[str]], bool]:
    def holds(at: At, m: re.Match[str]) -> bool:
        here = networks(at)
        n = f"All {len(here)} randomized networks are" if len(here) > 1 else "The randomized network is"
        return bool(at.depth) and {state(one) for one in here} == {word} and m["networks"].endswith(n)

    return holds


def mixed(at: At, m: re.Match[str]) -> bool:
    states = [state(one) for one in networks(at)]
    pairs = re.findall(r"(\d+) (?:is|are) ([a-z ]+?)(?: and|,|$)", m["states"])
    said = {word: int(n) for n, word in pairs}
    right = {word: states.count(word) for word in states}
    return len(right) > 1 and said == right and int(m["n"]) == len(states)


def rises(at: At) -> dict[str, list[float]]:
    """Relative rises of the entropy of each method with all blocks randomized, one a seed; nan: no number."""
    full = len(at.report.blocks)
    if at.report.request.mode == "independent" or at.report.depths[-1] != full:
        return {}
    entropy = {(e.method, e.depth, e.seed): e.score.value for e in at.report.entropies}
    pairs = {
        key: [(entropy.get((key, 0, s)), entropy.get((key, full, s))) for s in at.report.request.seeds]
        for key in at.real
    }
    return {
        key: [math.nan if None in (a, b) else b / a - 1 for a, b in each]  # type: ignore[operator]
        for key, each in pairs.items()
    }


def networks_in(n: int, before: str) -> str:
    return f" in {before or ('both' if n == 2 else f'all {n}')} random network{'s' * (not before)}" * (n > 1)


def entropy(at: At, m: re.Match[str], which: str) -> bool:
    """Whether a clause of the title holds; the seeds are counted one by one."""
    every, seeds = rises(at), len(at.report.request.seeds)
    unmarked = {key: values for key, values in every.items() if not at.marked(key, len(at.report.blocks))}
    known = {key: values for key, values in unmarked.items() if not all(map(math.isnan, values))}
    up = {key for key, values in known.items() if all(v > 0 for v in values)}
    some = {key for key, values in known.items() if any(v > 0 for v in values)} - up
    said = m.groupdict()
    one = method_of(said["most"]) if "most" in said else ""
    if "rise" in said:
        values = [v for v in every[one] if not math.isnan(v)]
        ends = [number_of(end.strip(" %").replace("+", "")) / 100 for end in said["rise"].split(" to ")]
        if abs(ends[0] - min(values)) > 0.00501 or abs(ends[-1] - max(values)) > 0.00501:
            return False
    whole = " with a score to go by" * (len(known) < len(at.real))
    numbers = {
        "every": networks_in(seeds, ""), "any": networks_in(seeds, "any"), "n": str(seeds),
        "of": f"{len(known)} methods{whole}", "up": str(len(up)),
    }  # fmt: skip
    if any(said[name] != text for name, text in numbers.items() if name in said):
        return False
    if which in ("one", "one_some", "one_falls"):
        return (
            {one} == {"one": up, "one_some": some, "one_falls": set(known) - up - some}[which] == set(known)
        )
    best = [
        max((v for v in its if not math.isnan(v)), default=math.nan)
        for its in zip(*every.values(), strict=True)
    ]
    return (
        len(known) > 1
        and {
            "methods": bool(up),
            "open": not up and bool(some),
            "falls": not up | some,
            "most": len(up) > 1 and one in up and every[one] == best,
            "only": up == {one},
            "some": methods_in(said.get("methods") or "") == some != set(),
        }[which]
    )


def audit(at: At, m: re.Match[str]) -> bool:
    left = at.report.coverage.untouched
    said = m.groupdict()
    if not left:
        return "names" not in said and said["share"] == "100 %"
    n = "1 tensor stays" if len(left) == 1 else f"{len(left)} tensors stay"
    return said.get("tensors") == n and said["share"] == "75 %" and said["names"].startswith(left[0])


def many_seeds(at: At) -> bool:
    return any(
        len(at.shown(*each)) > 1
        for each in itertools.product(at.methods, at.report.depths, at.report.request.measures)
    )


def gaps(at: At) -> bool:
    each = itertools.product(at.methods, at.report.depths, at.report.request.measures)
    return any(not at.shown(*one) for one in each)


def left_out(at: At) -> set[str]:
    """The methods with a marked map at this depth or at depth 0."""
    return {a.method for a in at.report.attributions if a.depth in (0, at.depth) and a.marked}


def certified(at: At) -> tuple[int, int]:
    """How many maps have a certificate beyond its bound, of how many that have any."""
    values = [[c.value > c.bound for c in a.certificates] for a in at.report.attributions if a.certificates]
    return sum(map(any, values)), len(values)


def marked_of(m: re.Match[str]) -> tuple[int, int]:
    """How many maps are said to be marked, and of how many."""
    numbers = [int(n) for n in re.findall(r"\d+", m["marked"])] or [1]
    return numbers[0], numbers[-1]


def ledger_sum(at: At, m: re.Match[str]) -> bool:
    for a in at.report.attributions:
        for c in a.certificates if a.depth == at.depth else ():
            lost = sum(one.arrives - one.passed_on - one.convention for one in c.layers)
            numbers = c.layers and is_(m["lost"], lost) and is_(m["kept"], c.found - lost)
            if numbers and m["layers"] == f"{len(c.layers)} layers" and c.value <= c.bound:
                return True
    return False


def cli_done(at: At, m: re.Match[str]) -> bool:
    maps = sum(a.values is not None for a in at.report.attributions)
    scores = sum(r.score.value is not None for r in at.report.scores)
    return (m["maps"].split()[0], m["scores"].split()[0]) == (str(maps), str(scores))


RESTATED: dict[str, Callable[[At, re.Match[str]], bool]] = {
    "finding.word": worded,
    "finding.score": numbered,
    "finding.no_number": unscored,
    "finding.unknown": unknown,
    "finding.noise": lambda at, m: at.depth != 0 and bool(at.real) and noise(at, m),
    "finding.controls": lambda at, m: controls(at, m, one=False),
    "finding.control": lambda at, m: controls(at, m, one=True),
    "finding.begin": lambda at, m: at.depth == 0 and len(at.report.depths) > 1,
    "finding.nothing": lambda at, m: at.depth == 0 and len(at.report.depths) == 1,
    "curves.below": below,
    "curves.one": below,
    "verdict.nothing": lambda at, m: at.depth == 0,
    "verdict.no_number": unscored,
    "verdict.unknown": lambda at, m: (
        at.depth != 0 and bool(at.real) and not at.scored() and not at.report.complete
    ),
    "verdict.controls": lambda at, m: at.depth != 0 and not at.real,
    "verdict.insensitive": lambda at, m: judged(at),
    "verdict.stable": lambda at, m: bool(at.depth) and methods_in(m["methods"]) == stable(at) != set(),
    "verdict.none_stable": none_stable,
    "verdict.not_stable": none_stable,
    "verdict.other_order": lambda at, m: bool(at.depth) and not at.top_down,
    "verdict.none_named": lambda at, m: judged(at) and at.alike(0.0) is None and not centred(at),
    "verdict.none_named_centred": lambda at, m: judged(at) and centred(at) == m["score"],
    "verdict.along": lambda at, m: along(at, m, "original"),
    "verdict.along_own": lambda at, m: along(at, m, "randomized"),
    "classes.no_number": lambda at, m: not class_scores(at) and m["why"] != "",
    "classes.alike": lambda at, m: at.alike(0.0) is not None and classes_named(at, m),
    "classes.apart": lambda at, m: (
        of_classes(at, m)
        and at.alike(0.0) is not None
        and class_scores(at, "real") != set()
        and not class_scores(at, "alike")
        and not class_scores(at, "same") & class_scores(at, "real")
    ),
    "classes.same": lambda at, m: methods_in(m["methods"]) == class_scores(at, "same") != set(),
    "classes.none_named": lambda at, m: bool(class_scores(at, "real")) and at.alike(0.0) is None,
    "classes.caution": lambda at, m: bool(class_scores(at, "real") - class_scores(at, "same")),
    "classes.beside": lambda at, m: (
        of_classes(at, m)
        and any(
            is_(m["score"], row.score.value) for row in at.report.class_scores if row.measure == at.measure
        )
    ),
    "verdict.noise_unrelated": lambda at, m: bool(at.depth) and noise(at, m, unrelated=True),
    "verdict.noise_other": lambda at, m: bool(at.depth) and noise(at, m, unrelated=False),
    "verdict.noise_missing": lambda at, m: "fresh_noise" not in at.methods,
    "verdict.scales_stay": lambda at, m: bool(at.depth) and has_trained_below(at),
    "verdict.picture_stays": lambda at, m: bool(at.depth) and not has_trained_below(at),
    "verdict.ranges": ranges,
    "scales.kept": lambda at, m: kept(at, m, one=False),
    "scales.kept_one": lambda at, m: kept(at, m, one=True),
    "scales.drawn": lambda at, m: drawn(at, m, one=False),
    "scales.drawn_one": lambda at, m: drawn(at, m, one=True),
    "check.quantiles": lambda at, m: drawn(at, m, "width"),
    "check.gradient": lambda at, m: drawn(at, m, "gradient_rms"),
    "check.dead": dead,
    **{f"alive.{word}": alive(word) for word in cases.ALIVE},
    "alive_mixed": mixed,
    **{key: partial(entropy, which=key[8:]) for key in SAID if key.startswith("entropy.")},
    "certificates.left_out": lambda at, m: bool(at.depth) and methods_in(m["methods"]) == left_out(at),
    "certificates.marked": lambda at, m: (
        marked_of(m) == certified(at)
        and (m["are"] == "is") == (certified(at)[0] == 1)
        and set() != methods_in(m["methods"]) == {a.method for a in at.report.attributions if a.marked}
    ),
    "certificates.none_marked": lambda at, m: certified(at)[0] == 0 < certified(at)[1],
    "ledger.sum": ledger_sum,
    "audit.all": audit,
    "audit.rest": audit,
    "report.band": lambda at, m: many_seeds(at),
    "report.missing": lambda at, m: gaps(at),
    "report.cell": lambda at, m: many_seeds(at),
    "cli.failed": lambda at, m: (
        int(m["maps"].split()[0]) == sum(a.values is None for a in at.report.attributions) > 0
    ),
    "cli.no_number": lambda at, m: all(r.score.value is None for r in at.report.scores),
    "cli.done": cli_done,
}


def along(at: At, m: re.Match[str], policy: str) -> bool:
    seeds = int(m["seeds"].split()[0]) == len(at.report.request.seeds)
    return judged(at) and seeds and at.report.request.target_policy == policy


def of_classes(at: At, m: re.Match[str]) -> bool:
    """Whether both classes are named as they are."""
    second = at.report.against
    return second is not None and (m["a"], m["b"]) == (at.report.target.label, second.label)


def class_scores(at: At, which: str = "") -> set[str]:
    """The methods whose two maps have a score by this measure, none of them marked; or those of a kind."""
    report, maps = at.report, {}
    for row in report.class_scores:
        first = [a for a in report.attributions if a.method == row.method and a.depth == 0]
        second = [a for a in report.class_maps if a.method == row.method]
        marks = [a.marked for a in (*first, *second)]
        if row.measure == at.measure and row.score.value is not None and not any(marks):
            maps[row.method] = (row.score.value, first[0].values, second[0].values)
    same = {key for key, (_, a, b) in maps.items() if np.array_equal(a, b)}
    if which == "same":
        return same
    real = {key for key in maps if key not in CONTROLS}
    if which == "real":
        return real
    if which == "alike":
        return {key for key in real - same if (at.alike(maps[key][0]) or 0.0) >= 0.9}
    return set(maps)


def classes_named(at: At, m: re.Match[str]) -> bool:
    """Whether the methods that are said to be alike are, from the lowest to the highest score."""
    alike = class_scores(at, "alike")
    rows = [r for r in at.report.class_scores if r.measure == at.measure and r.method in alike]
    values = sorted(r.score.value for r in rows)
    ends = m["scores"].split(" to ")
    right = bool(values) and is_(ends[0], values[0]) and is_(ends[-1], values[-1])
    return of_classes(at, m) and methods_in(m["methods"]) == alike and right


# --- What is shown -----------------------------------------------------------------------------------------


def pieces(report: Report) -> Iterator[Shown[At]]:
    """Every text of the check about these numbers, piece by piece, made by the functions that pages call."""
    reading = Reading(report)
    for key, depth in itertools.product(report.request.measures, report.depths):
        measure, at = SIMILARITIES[key], At(report, key, depth)
        yield Shown("finding", sentences.finding(reading, key, depth, METHODS), at)
        yield Shown("verdict", plain(verdict.verdict_card(reading, measure, depth, METHODS, ())), at)
    for key in report.request.measures:
        at = At(report, key)
        yield Shown("curves", sentences.curves_title(reading, SIMILARITIES[key], METHODS), at)
        yield Shown("table", page_tables.CELL((reading, SIMILARITIES[key])), at)
        if report.against is not None:
            yield Shown("classes", class_sentences.line(reading, SIMILARITIES[key], METHODS), at)
        for method in at.methods:
            yield Shown("beside", class_sentences.beside(reading, method, key, "one seed"), at)
    for depth in report.depths:
        at = At(report, None, depth)
        for what in charts.SCALES:
            yield Shown(f"scales of {what}", captions.scales_title(reading, depth, what), at)
        networks = reading.liveness(depth) if depth else []
        yield Shown("alive", network_sentences.alive_title(networks), at)
        yield Shown("ledger", plain(ledger.tables(reading, METHODS, depth)), at)
        yield Shown("left out", certificates.left_out(reading, depth, METHODS), at)
    yield Shown("certificates", certificates.summary(reading, METHODS), At(report))
    yield Shown("lines", say(page_parts.CURVES, reading), At(report))
    if report.complete:
        at = At(report)
        yield Shown("entropy", network_sentences.entropy_title(reading, METHODS), at)
        yield Shown("audit", network_sentences.audit_line(reading), at)
        for line in check_text.lines(report, [Path("out")]):
            yield Shown("command line", line, at)


def pages(report: Report) -> Iterator[Shown[At]]:
    """The viewer's texts, the alternative texts of the charts, and the page that is taken away."""
    reading = Reading(report)
    measures = report.request.measures
    shown = scene(reading, measures, methods=METHODS)
    for scale in shown.measures:
        yield Shown("viewer", scale.title, At(report, scale.key))
        for depth, finding in zip(report.depths, scale.findings, strict=True):
            yield Shown("viewer", finding, At(report, scale.key, depth))
    for one in shown.states:
        yield Shown("viewer", f"{one.alive}\n{one.blocks}\n{one.left_out}", At(report, None, one.depth))
    depth = shown.start.depth
    for key in measures:
        for chart in charts.every(reading, depth, [SIMILARITIES[key]], METHODS):
            yield Shown(chart.key, f"{chart.title}\n{chart.alt}", At(report, key, depth))
    if report.complete:
        html = page.build(report)
        first = html.index("<section")  # the viewer and its payload stand before
        sections = html[first:].split('<section class="xr-sheet">')
        view = page.start(report)
        yield Shown("report", plain(sections[0]), At(report, view.measure, view.depth))
        rest = sections[1].split("</section>", 1)
        for line in plain(rest[0]).splitlines():
            named = [key for key in measures if line.startswith(f"{SIMILARITIES[key].label}: ")]
            yield Shown("report", line, At(report, named[0] if named else measures[0], view.depth))
        yield Shown("report", plain(rest[1]), At(report, view.measure, view.depth))


ALL = [*cases.CASES, *range(40)]


def made(name: str | int) -> Report:
    return cases.CASES[name]() if isinstance(name, str) else cases.drawn(name)


def test_every_sentence_is_said_again() -> None:
    assert set(SAID) == set(RESTATED)


@pytest.mark.parametrize("name", ALL)
def test_every_sentence_that_is_shown_has_its_premise(name: str | int) -> None:
    report = made(name)
    assert not list(judge(SAID, [*pieces(report), *pages(report)], RESTATED))


@pytest.mark.parametrize("name", ["usual", "bottom-up", "independent", "depth 0 only", "all blocks only"])
def test_a_finding_begins_with_its_place(name: str) -> None:
    report = made(name)
    for piece in pieces(report):
        if piece.place in ("finding", "scales of rms") and piece.about.depth:
            assert piece.text.startswith(f"With {place(report, piece.about.depth)}, ")


@pytest.mark.parametrize(
    "name", ["usual", "failed cells", "zero maps", "one depth", "depth 0 only", "controls only"]
)
def test_the_alternative_texts_have_the_raw_numbers(name: str) -> None:
    report = made(name)
    for key, depth in itertools.product(report.request.measures, report.depths):
        alt = sentences.curves_alt(Reading(report), SIMILARITIES[key], depth, METHODS)
        span, scores = alt.split(f" of 19 blocks. At depth {depth}: ")
        assert span.endswith(f"against depth, 0 to {report.depths[-1]}")
        for method in At(report).methods:
            said = re.search(rf"{re.escape(METHODS[method].label)} (–|−?\d+\.\d\d)", scores)
            values = At(report, key, depth).shown(method)
            assert said is not None and is_(said[1], sum(values) / len(values) if values else None)


def test_the_seed_whose_maps_are_shown_is_named() -> None:
    for name, seed in (("usual", 0), ("a seed failed", 1)):
        assert f"Maps of seed {seed}," in sentences.done_line(Reading(made(name)), precomputed=False)
        assert f"Maps of seed {seed} only" in page.build(made(name))


def test_the_numbers_of_random_networks_are_means_over_the_seeds() -> None:
    reading = Reading(made("networks of two minds"))  # spreads of 1.2, 0 and 0
    said = network_sentences.alive_line(reading.liveness(9), reading.liveness(0))
    assert "logits 0.4 (trained: 1.20)" in said and "means over 3 seeds" in said
    assert "1.2 trained, 0.4 with" in captions.alive_chart_title(reading, 9, "logit_std")


def test_every_sentence_is_shown_somewhere() -> None:
    shown = [piece for name in cases.CASES for piece in pieces(made(name))]
    assert set(SAID) - found(SAID, shown) == set()


ALWAYS = {"cli.done"}  # a run that is done has nothing to presuppose


@pytest.mark.parametrize("key", sorted(set(SAID) - ALWAYS))
def test_a_premise_that_is_taken_away_is_missed(key: str) -> None:
    shown = (piece for name in cases.CASES for piece in pieces(made(name)))
    assert missed(SAID[key], shown, RESTATED), "no report shows the difference: add one that does"


def test_a_marked_map_has_its_mark_beside_its_entropies_and_a_reason_stands_in_words() -> None:
    marked = made("entropy rises most for a marked one")
    rows = {row["Method"]: row for row in tables.entropies(Reading(marked), METHODS)}
    words_of = {METHODS[key].label: rows[METHODS[key].label]["In words"] for key in At(marked).real}
    mark = certificates.SAYS.mark
    assert words_of == {label: mark if label == METHODS["lrp"].label else "" for label in words_of}
    table = plain(page_tables.rows_table(list(rows.values()), "entropies"))
    assert table.count(mark) == 1 and "Original (nats)" in table
    head = [name for name in tables.filled(list(rows.values()))[0] if name != "In words"]
    assert '<th scope="col">Over the seeds</th>' in page_tables.rows_table(list(rows.values()), "e")
    assert head == ["Method", "Original (nats)", "Randomized (nats)", "Rise", "Over the seeds"]
    bare = tables.entropies(Reading(made("usual")), METHODS)
    assert "In words" not in tables.filled(bare)[0]  # a column of nothing is left out


@pytest.mark.parametrize("measure", ["mse", "cosine"])
def test_independent_maps_score_on_average_what_the_conclusion_says(measure: str) -> None:
    rng = np.random.default_rng(8)
    skewed = rng.exponential(1, (400, 16, 16))
    centred_ones = (skewed - 1, rng.standard_normal((400, 16, 16)), rng.laplace(0, 1, (400, 16, 16)) ** 3)
    due = float(centred(At(cases.CASES["a distance"](), measure)))

    def mean(first: np.ndarray, second: np.ndarray) -> float:
        pairs = zip(first.astype(np.float32), second.astype(np.float32), strict=True)
        return float(np.mean([against(measure, a)(b).value for a, b in pairs]))

    for other in centred_ones:
        assert abs(mean(skewed[::-1], other) - due) < 0.03  # 3 standard errors of 400 pairs are 0.02
    assert abs(mean(skewed[::-1], skewed) - due) > 0.4  # both lean to one side


@pytest.mark.parametrize("name", ALL)
def test_a_finding_names_its_measure_once_and_identical_maps_are_unchanged(name: str | int) -> None:
    report = made(name)
    reading, shown = Reading(report), scene(Reading(report), report.request.measures, methods=METHODS)
    for key, (i, depth) in itertools.product(report.request.measures, enumerate(report.depths)):
        label, said = inside(SIMILARITIES[key].label), sentences.finding(reading, key, depth, METHODS)
        numbers = re.findall(r"\d\.\d", said.partition(", ")[2])
        assert said.count(label) == bool(numbers), said
        for panel in shown.panels:
            mark, change = panel.scores[key][i], panel.changes[i]
            same = change.why == VIEWER.no_difference
            assert not (same and mark.word == "hardly changed") and (depth or not mark.word)
            assert (mark.word == "unchanged") == (same and mark.mean is not None and depth > 0)
        for row in tables.scores(reading, SIMILARITIES[key], METHODS):
            assert row[reading.mode.counted] or "changed" not in row["In words"]
    assert shown.states[0].blocks not in shown.measures[0].findings[0]
    assert "original" not in shown.states[0].blocks  # the finding says it
