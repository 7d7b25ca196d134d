"""SETTINGS: all that a run depends on beside its picture, its network and its methods, one entry a setting.

The entry is the whole edit. From it come the field of the request and its check, the parameter of the link,
the option of the command line, the widget, the row in the table of settings and the words for what differs.
Whatever computes reads the value as `request.<key>`.

A setting has two forms: the value that a request holds, and the plain form that a link, an option and a
widget hold. Most are the same; a choice of seeds is a tuple in a request and their number elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Protocol

from xaicheck.errors import BadRequest
from xaicheck.methods import POOLINGS
from xaicheck.models.labels import LABELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.randomization.smooth_mprt import SIGMA
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS
from xaicheck.types import ModelSpec, Registry, Request

DEFAULT_MEASURES = ("spearman", "spearman_abs", "ssim", "mse")
MOST_SEEDS = 50  # every seed keeps all its maps in memory
MOST_COPIES = 300


def whole_numbers(values: Iterable[Any], low: int, high: int, what: str) -> tuple[int, ...]:
    """The numbers, sorted, each once; BadRequest names the limits where one is not whole or beyond them."""
    given = list(values)
    wrong = [
        v for v in given if isinstance(v, bool) or not isinstance(v, Integral) or not low <= int(v) <= high
    ]
    if wrong or not given:
        shown = repr(wrong[0]) if wrong else "none"
        raise BadRequest(f"{what} {shown} is not allowed; choose whole numbers from {low} to {high}.")
    return tuple(sorted({int(v) for v in given}))


class Domain(Protocol):
    """Which values a setting has."""

    def checked(self, value: Any, spec: ModelSpec) -> Any:
        """The value in its one canonical form; BadRequest names the allowed ones."""

    def plain(self, value: Any, spec: ModelSpec) -> Any:
        """The value as links, options and widgets hold it; ValueError where they cannot."""


class _Same:
    """The plain form is the value."""

    def plain(self, value: Any, spec: ModelSpec) -> Any:
        """The value itself."""
        return value


@dataclass(frozen=True, slots=True)
class OneEntry(_Same):
    """A key of a registry, or of any mapping. `compact`: a widget has room for all of them side by side."""

    entries: Mapping[str, Any]
    what: str
    compact: bool = False

    def checked(self, value: Any, spec: ModelSpec) -> str:
        """The key."""
        if value not in self.entries:
            raise BadRequest(f"There is no {self.what} {value!r}; choose one of {', '.join(self.entries)}.")
        return str(value)


@dataclass(frozen=True, slots=True)
class SomeEntries:
    """Keys of a registry, at least one; None is the usual ones."""

    entries: Mapping[str, Any]
    what: str
    usual: tuple[str, ...]

    def checked(self, value: Sequence[str] | None, spec: ModelSpec) -> tuple[str, ...]:
        """The keys, each once, in the order in which they are given."""
        keys = self.usual if value is None else tuple(dict.fromkeys(value))
        for key in keys:
            if key not in self.entries:
                raise BadRequest(f"There is no {self.what} {key!r}; choose from {', '.join(self.entries)}.")
        if not keys:
            raise BadRequest(f"No {self.what} is chosen; choose at least one.")
        return keys

    def plain(self, value: Sequence[str], spec: ModelSpec) -> list[str]:
        """The keys as a list."""
        return list(value)


@dataclass(frozen=True, slots=True)
class WholeNumber(_Same):
    """A whole number from `low` to `high`."""

    low: int
    high: int
    what: str

    def checked(self, value: Any, spec: ModelSpec) -> int:
        """The number."""
        return whole_numbers((value,), self.low, self.high, self.what)[0]


OWN_ANSWER = -1  # what links and widgets hold for None, which a widget cannot


@dataclass(frozen=True, slots=True)
class ClassIndex:
    """One of the classes, or None: the one that the trained network gives."""

    def checked(self, value: Any, spec: ModelSpec) -> int | None:
        """The index."""
        return None if value is None else whole_numbers((value,), 0, len(LABELS) - 1, "Class")[0]

    def plain(self, value: int | None, spec: ModelSpec) -> int:
        """The index, or OWN_ANSWER."""
        return OWN_ANSWER if value is None else value


@dataclass(frozen=True, slots=True)
class SeedCount:
    """Seeds of random networks; links, options and widgets hold how many, counted from 0."""

    offered: tuple[int, ...] = (1, 2, 3, 5, 10)

    def checked(self, value: Sequence[int], spec: ModelSpec) -> tuple[int, ...]:
        """The seeds, sorted."""
        seeds = whole_numbers(value, 0, 2**31 - 1, "Seed")
        if len(seeds) > MOST_SEEDS:
            raise BadRequest(f"{len(seeds)} seeds are too many for one run; choose 1 to {MOST_SEEDS}.")
        return seeds

    def plain(self, value: tuple[int, ...], spec: ModelSpec) -> int:
        """How many."""
        if value != tuple(range(len(value))):
            raise ValueError("These seeds are not counted from 0.")
        return len(value)


@dataclass(frozen=True, slots=True)
class Depths:
    """Numbers of randomized blocks, 0 always among them; None is all of them."""

    def checked(self, value: Sequence[int] | None, spec: ModelSpec) -> tuple[int, ...]:
        """The depths, sorted."""
        count = len(spec.blocks)
        chosen = range(count + 1) if value is None else (0, *whole_numbers(value, 0, count, "Depth"))
        return tuple(sorted(set(chosen)))

    def plain(self, value: tuple[int, ...], spec: ModelSpec) -> tuple[int, ...] | None:
        """The depths; None where they are all."""
        return None if value in ((), self.checked(None, spec)) else value


@dataclass(frozen=True, slots=True)
class Setting:
    """All that is known of a setting."""

    key: str
    label: str  # of its widget, and of its row in the table of settings
    domain: Domain
    default: Any  # as `domain.checked` takes it
    spoken: str  # what differs between two requests, in words: "the order"
    option: str = ""  # of the command line, in words; empty: it has none
    group: str = ""  # a key of GROUPS: where its widget stands; empty: it has none, and no link holds it
    help: str = ""  # of its widget, beside the summaries of a registry's entries
    shown: Callable[[Any], str] | None = None  # its row in the table of settings; None: it has none

    def __post_init__(self) -> None:
        """ValueError for a key that a request, or the command line, has for something else."""
        if not self.key.isidentifier() or hasattr(Request, self.key) or self.key in _TAKEN:
            raise ValueError(f"{self.key!r} cannot be the key of a setting; choose another name.")


_TAKEN = ("picture", "device", "out", "report", "address", "run")  # of the command `check`
GROUPS = ("randomization", "comparison", "picture", "class")
"""The groups of widgets in their order on the page."""


def _normalisation(key: str) -> str:
    return f"{NORMALISATIONS[key].label}: {NORMALISATIONS[key].formula}"


def _sign(key: str) -> str:
    return f"{SIGNS[key].label}: {SIGNS[key].summary}"


def _copies(count: int) -> str:
    if count == 1:
        return "none: the picture as it is"
    return (
        f"{count}, standard deviation {SIGMA:g} of the range of the network's input, the last without noise"
    )


def _seeds(seeds: tuple[int, ...]) -> str:
    return ", ".join(map(str, seeds))


SETTINGS: Registry[Setting] = Registry(
    "setting",
    (
        Setting(
            "mode", "Order", OneEntry(MODES, "mode", compact=True), "cascade", "the order",
            option="order of the blocks", group="randomization", shown=str,
        ),
        Setting(
            "law", "New weights", OneEntry(LAWS, "law"), "he_normal", "the new weights",
            option="what the weights are replaced by", group="randomization", shown=str,
        ),
        Setting(
            "batchnorm", "BatchNorm", OneEntry(BATCHNORM, "BatchNorm policy"), "recalibrate", "BatchNorm",
            option="the statistics of BatchNorm", group="randomization", shown=str,
        ),
        Setting(
            "seeds", "Seeds", SeedCount(), (0,), "the seeds",
            option="seeds 0 to N-1", group="randomization", shown=_seeds,
            help="Each seed is another random network. One seed shows no spread.",
        ),
        Setting(
            "depths", "Depths", Depths(), None, "the choice of depths",
            option="blocks randomized",
        ),
        Setting(
            "measures", "Similarity measures", SomeEntries(SIMILARITIES, "measure", DEFAULT_MEASURES), None,
            "the measures", option="similarities; `xaicheck measures` lists them", group="comparison",
        ),
        Setting(
            "target", "Explained class", ClassIndex(), None, "the explained class",
            option="class; default: the network's own answer", group="class",
        ),
        Setting(
            "pooling", "Pooling of channels", OneEntry(POOLINGS, "pooling"), "sum", "the pooling",
            shown=str,
        ),
        Setting(
            "normalisation", "Normalisation of each map", OneEntry(NORMALISATIONS, "normalisation"), DEFAULT,
            "the normalisation", option="of each map", group="comparison", shown=_normalisation,
        ),
        Setting(
            "sign", "Sign of the maps", OneEntry(SIGNS, "treatment of the sign", compact=True), DEFAULT_SIGN,
            "the sign", option="of the maps' values", group="comparison", shown=_sign,
        ),
        Setting(
            "copies", "Noisy copies of the picture", WholeNumber(1, MOST_COPIES, "Number of noisy copies"), 1,
            "the noisy copies", group="picture", shown=_copies,
            option="noisy copies of the picture that each map is the mean of (sMPRT); 1 is none",
            help="1: off. N: each map is the mean over N copies of the picture with noise, the same for the "
            "trained and every randomized network (sMPRT; its authors take 50 and start at the input). A "
            "noisy method then no longer looks more changed than it is. It takes N times as long.",
        ),
    ),
)  # fmt: skip
"""The settings by key, in the order in which a request lists them."""


def offered() -> tuple[Setting, ...]:
    """The settings that a page offers and a link holds, in the order of their widgets."""
    return tuple(setting for group in GROUPS for setting in SETTINGS.values() if setting.group == group)
