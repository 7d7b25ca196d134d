"""Whether maps tell two classes of one picture apart, under the trained network. Plain text only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from xaicheck.reading import certificates
from xaicheck.reading.numbers import Reading
from xaicheck.reading.seen import HARDLY
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import TEXT, alike, listed, method_name, reach, scores
from xaicheck.similarity.comparisons import unrelated
from xaicheck.similarity.measures import SIMILARITIES, Measure
from xaicheck.types import Comparison, Method

SAYS = TEXT.classes


@dataclass(frozen=True, eq=False)
class Classes:
    """A report's maps of two classes, by a measure, with the scores that a sentence may lean on."""

    reading: Reading
    measure: Measure
    methods: Mapping[str, Method]
    depth: int = 0

    @property
    def how(self) -> Comparison:
        """What the scores are, normalisation and sign included."""
        return self.reading.comparison(self.measure.key)

    @cached_property
    def scores(self) -> dict[str, float]:
        """By method, controls included; of maps without a mark."""
        usable = [key for key in self.reading.methods if not mark(self.reading, key, self.depth)]
        found = {key: self.reading.second_class(key, self.measure.key, self.depth).value for key in usable}
        return {key: value for key, value in found.items() if value is not None}

    @property
    def names(self) -> dict[str, object]:
        """The explained class and the second one."""
        return dict(zip("ab", labels(self.reading, self.depth), strict=True))

    @property
    def same(self) -> list[str]:
        """The methods and controls with exactly the score of equal maps."""
        return [key for key, value in self.scores.items() if value == self.measure.best]

    @property
    def real(self) -> list[str]:
        """The attribution methods with a score to go by."""
        return [key for key in self.scores if not self.methods[key].control]

    @property
    def alike(self) -> list[str]:
        """The attribution methods whose two maps are nearly, and not exactly, the same."""
        near = [key for key in self.real if alike(self.how, self.scores[key]) >= HARDLY]
        return [key for key in near if key not in self.same]

    @property
    def has_zero(self) -> bool:
        """Whether independent maps have a score of their own, so that scores can be put in words."""
        return unrelated(self.how) is not None

    @cached_property
    def number(self) -> Callable[[float | None], str]:
        """How a score at this depth is written, wherever it stands."""
        return _written(self.reading, self.measure, self.depth)

    def named(self, keys: list[str]) -> str:
        """Methods in words."""
        return listed([method_name(self.methods, key) for key in keys])


def _alike(these: Classes) -> dict[str, object]:
    found = sorted(these.scores[key] for key in these.alike)
    ends = reach(found[0], found[-1], these.number)
    return these.names | {"methods": these.named(these.alike), "scores": ends}


CLASSES = (
    Sentence[Classes](
        "classes.no_number",
        SAYS.no_number,
        lambda these: not these.scores and these.reading.report.complete,
        lambda these: {"why": _why(these)},
    ),
    Sentence[Classes](
        "classes.alike", SAYS.alike, lambda these: these.has_zero and bool(these.alike), _alike
    ),
    Sentence[Classes](
        "classes.apart",
        SAYS.apart,
        lambda these: (
            these.has_zero
            and these.reading.report.complete
            and bool(these.real)
            and not {*these.alike, *these.same} & {*these.real}
        ),
        lambda these: these.names,
    ),
    Sentence[Classes](
        "classes.same",
        SAYS.same,
        lambda these: bool(these.same),
        lambda these: {"methods": _capital(these.named(these.same))},
    ),
    Sentence[Classes](
        "classes.none_named",
        SAYS.none_named,
        lambda these: bool(these.real) and not these.has_zero,
    ),
    Sentence[Classes]("classes.caution", SAYS.caution, lambda these: len(these.real) > len(these.same)),
)
BESIDE = Sentence[tuple[Reading, str, str, str]](
    "classes.beside",
    SAYS.beside,
    lambda of: of[0].second_class(of[1], of[2]).value is not None,
    lambda of: {
        "line": of[3],
        "score": _written(of[0], SIMILARITIES[of[2]])(of[0].second_class(of[1], of[2]).value),
        **dict(zip("ab", labels(of[0]), strict=True)),
    },
)


def labels(reading: Reading, depth: int = 0) -> tuple[str, str]:
    """The class that is explained at a depth and the second one; empty where there is none."""
    report = reading.report
    first = report.explained(depth, report.request.seeds[0])
    return "" if first is None else first.label, "" if report.against is None else report.against.label


def title(reading: Reading, depth: int = 0) -> str:
    """The question of the two classes."""
    a, b = labels(reading, depth)
    return _capital(SAYS.title.format(a=a, b=b))


def line(reading: Reading, measure: Measure, methods: Mapping[str, Method], depth: int = 0) -> str:
    """Which maps tell the classes apart at a depth and which do not."""
    return say(CLASSES, Classes(reading, measure, methods, depth))


def beside(reading: Reading, method: str, measure: str, line: str) -> str:
    """A score's line with the score of the two classes behind it, where there is one."""
    return BESIDE((reading, method, measure, line)) or line


def mark(reading: Reading, method: str, depth: int = 0) -> str:
    """The words of the mark where one of a method's two maps carries one; else empty."""
    pair = (reading.first_map(method, depth), reading.second_map(method, depth))
    return str(certificates.SAYS.mark) if any(one is not None and one.marked for one in pair) else ""


def _written(reading: Reading, measure: Measure, depth: int = 0) -> Callable[[float | None], str]:
    values = (reading.second_class(key, measure.key, depth).value for key in reading.methods)
    return scores(values, distance=measure.distance)


def _why(these: Classes) -> str:
    whys = (
        these.reading.second_class(key, these.measure.key, these.depth).why for key in these.reading.methods
    )
    return "; ".join(filter(None, dict.fromkeys(whys))) or TEXT.marked


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
