"""SETTINGS: all that a run depends on beside its picture, its network and its methods, one entry a setting.

The entry is the whole edit. From it come the field of the request and its conversion, the parameter of the
link, the option of the command line, the widget, the row in the table of settings and the words for what
differs. Whatever computes reads the value as `request.<key>`.

A setting has two forms: the value that a request holds, and the plain form that a link, an option and a
widget hold. Most are the same; a choice of seeds is a tuple in a request and their number elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

from xaicheck.arguments import (
    Argument,
    Domain,
    OneEntry,
    SomeEntries,
    Unfit,
    WholeNumber,
    Words,
    items,
    number,
    parts,
    scalar,
)
from xaicheck.engine.classes import AGAINST_AT, TARGET_POLICIES, ClassIndex
from xaicheck.methods import POOLINGS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.randomization.smooth_mprt import SIGMA
from xaicheck.seeds import MOST_SEED
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, NORMALISATIONS, SIGNS
from xaicheck.types import Option, Registry, Request

DEFAULT_MEASURES = ("spearman", "spearman_abs", "ssim", "mse")
MOST_SEEDS = 50  # their maps, of all methods at all depths, are at most what a report's file may hold
MOST_COPIES = 300


@dataclass(frozen=True, slots=True)
class SeedCount(Domain):
    """Seeds of random networks, or how many; links, options and widgets count them from 0."""

    offered: tuple[int, ...] = (1, 2, 3, 5, 10)
    metavar: ClassVar[str] = "N|4,7"

    def converted(self, value: Any, spec: Any = None) -> tuple[int, ...]:
        """The seeds, sorted, each once."""
        if isinstance(scalar(value), Real):
            return tuple(range(WholeNumber(1, MOST_SEEDS).converted(value)))
        seed = WholeNumber(0, MOST_SEED)
        seeds = {seed.converted(item) for item in items(value)}
        if not seeds:
            raise Unfit(value)
        if len(seeds) > MOST_SEEDS:
            raise Unfit(Words(f"a list of {len(seeds)}"))
        return tuple(sorted(seeds))

    def allowed(self, spec: Any = None) -> str:
        """Both ways."""
        return f"how many, 1 to {MOST_SEEDS}, or a list of as many whole numbers from 0 to {MOST_SEED}"

    def read(self, written: str) -> Any:
        """How many, or the members of a list with commas."""
        return [number(part) for part in parts(written)] if "," in written else number(written)

    def plain(self, value: tuple[int, ...], spec: Any) -> int:
        """How many; ValueError where they are not counted from 0."""
        if value != tuple(range(len(value))):
            raise ValueError("These seeds are not counted from 0.")
        return len(value)


@dataclass(frozen=True, slots=True)
class Depths(Domain):
    """Numbers of blocks, counted from the output, from `first` on; None, or "all", is all of them.

    Depth 0, where nothing is randomized, is always among them where it can be.
    """

    first: int = 0
    metavar: ClassVar[str] = "all|0,3,7"

    @property
    def none(self) -> str:
        """All of them."""
        return "all"

    def converted(self, value: Any, spec: Any = None) -> tuple[int, ...]:
        """The depths, sorted, each once."""
        count = len(spec.blocks)
        if value is None or isinstance(value, str) and value == self.none:
            return tuple(range(self.first, count + 1))
        depth = WholeNumber(self.first, count)
        depths = {depth.converted(item) for item in items(value)}
        if not depths:
            raise Unfit(value)
        return tuple(sorted(depths | {0} if self.first == 0 else depths))

    def allowed(self, spec: Any = None) -> str:
        """Both ways."""
        last = "the number of the network’s blocks" if spec is None else len(spec.blocks)
        return f"all, or whole numbers from {self.first} to {last}"

    def read(self, written: str) -> Any:
        """ "all", or the numbers of a list with commas."""
        return self.none if written.strip() == self.none else [number(part) for part in parts(written)]

    def plain(self, value: tuple[int, ...], spec: Any) -> tuple[int, ...] | None:
        """The depths; None where they are all."""
        return None if value in ((), self.converted(None, spec)) else value


@dataclass(frozen=True, slots=True)
class Setting(Argument):
    """All that is known of a setting."""

    spoken: str = ""  # what differs between two requests, in words: "the order"
    group: str = ""  # a key of GROUPS: where its widget stands; empty: it has none, and no link holds it
    help: str = ""  # of its widget, beside the summaries of a registry's entries
    needs: str = ""  # a setting that must not be None: without it this one has no widget
    shown: Callable[[Any], str] | None = None  # its row in the table of settings; None: it has none

    def __post_init__(self) -> None:
        """ValueError for a key that a request, or the command line, has for something else."""
        if not self.key.isidentifier() or hasattr(Request, self.key) or self.key in _TAKEN:
            raise ValueError(f"{self.key!r} cannot be the key of a setting; choose another name.")


_TAKEN = ("picture", "device", "out", "report", "address", "run")  # of the command `check`
GROUPS = ("randomization", "comparison", "picture", "class", "certificates")
"""The groups of widgets in their order on the page."""


def _normalisation(key: str) -> str:
    return f"{NORMALISATIONS[key].label}: {NORMALISATIONS[key].formula}"


def _sign(key: str) -> str:
    return f"{SIGNS[key].label}: {SIGNS[key].summary}"


def _copies(count: int) -> str:
    if count == 1:
        return "none: the picture as it is"
    return (
        f"{count}, standard deviation {SIGMA:g} of the range of the network’s input, the last without noise"
    )


CERTIFY = Registry(
    "choice of certificates",
    (
        Option("off", "Quick", "Only certificates that cost next to nothing; the others are not measured."),
        Option(
            "on",
            "All",
            "Every map is computed again in float64 and held against that. On a CPU a run then takes about "
            "eight times as long.",
        ),
    ),
)


BAND = Registry(
    "choice of the band",
    (
        Option(
            "on",
            "On",
            "The maps of random networks are compared with each other. A run with one seed explains a second "
            "random network for it, at a seventh of the depths.",
        ),
        Option("off", "Off", "Each random network is compared with the trained one only."),
    ),
)


def _policy(key: str) -> str:
    return TARGET_POLICIES[key].label


def _certify(key: str) -> str:
    return "all" if key == "on" else "those that cost next to nothing"


def _band(key: str) -> str:
    return "compared with each other" if key == "on" else "not compared with each other"


def _seeds(seeds: tuple[int, ...]) -> str:
    return ", ".join(map(str, seeds))


SETTINGS: Registry[Setting] = Registry(
    "setting",
    (
        Setting(
            "mode", "Order", OneEntry(MODES, compact=True), "cascade", "the order",
            option="order of the blocks", group="randomization", shown=str,
        ),
        Setting(
            "law", "New weights", OneEntry(LAWS), "he_normal", "the new weights",
            option="what the weights are replaced by", group="randomization", shown=str,
        ),
        Setting(
            "batchnorm", "BatchNorm", OneEntry(BATCHNORM), "recalibrate", "BatchNorm",
            option="statistics of BatchNorm", group="randomization", shown=str,
        ),
        Setting(
            "seeds", "Seeds", SeedCount(), 1, "the seeds",
            option="random networks", group="randomization", shown=_seeds,
            help="Each seed is another random network. One seed shows no spread.",
        ),
        Setting(
            "depths", "Depths", Depths(), None, "the choice of depths",
            option="blocks randomized",
        ),
        Setting(
            "measures", "Similarity measures", SomeEntries(SIMILARITIES, DEFAULT_MEASURES), None,
            "the measures", option="similarities (`xaicheck measures` tells of them)", group="comparison",
        ),
        Setting(
            "target", "Explained class", ClassIndex(), None, "the explained class",
            option="class to explain", group="class",
        ),
        Setting(
            "target_policy", "Class in the randomized networks", OneEntry(TARGET_POLICIES, compact=True),
            "original", "the class in the randomized networks",
            option="class that each randomized network explains", group="class", shown=_policy,
        ),
        Setting(
            "against", "Second class", ClassIndex("none", "None"), None, "the second class",
            option="class whose maps are held against those of the explained class", group="class",
            help="Maps of both classes side by side, and how alike they are: the random-logit test of Sixt "
            "et al. 2020, with a class of your choice.",
        ),
        Setting(
            "against_at", "Second class in", OneEntry(AGAINST_AT, compact=True), "trained",
            "the networks that explain the second class",
            option="networks that explain the second class", group="class", needs="against",
        ),
        Setting(
            "pooling", "Pooling of channels", OneEntry(POOLINGS), "sum", "the pooling",
            option="how the channels of a map become one", shown=str,
        ),
        Setting(
            "normalisation", "Normalisation of each map", OneEntry(NORMALISATIONS), DEFAULT,
            "the normalisation", option="normalisation of each map", group="comparison", shown=_normalisation,
        ),
        Setting(
            "sign", "Sign of the maps", OneEntry(SIGNS, compact=True), DEFAULT_SIGN,
            "the sign", option="sign of the maps’ values", group="comparison", shown=_sign,
        ),
        Setting(
            "copies", "Noisy copies of the picture", WholeNumber(1, MOST_COPIES), 1,
            "the noisy copies", group="picture", shown=_copies,
            option="noisy copies of the picture that each map is the mean of (sMPRT; 1 is none)",
            help="1: off. N: each map is the mean over N copies of the picture with noise, the same for the "
            "trained and every randomized network (sMPRT; its authors take 50 and start at the input). A "
            "noisy method then no longer looks more changed than it is. It takes N times as long.",
        ),
        Setting(
            "certify", "Certificates of the maps", OneEntry(CERTIFY, compact=True),
            "off", "the certificates", option="certificates of each map (on: float64 too)",
            group="certificates", shown=_certify,
        ),
        Setting(
            "band", "Two random networks", OneEntry(BAND, compact=True), "on",
            "the comparison of random networks", group="comparison", shown=_band,
            option="whether random networks are compared with each other too",
            help="How alike the maps of two random networks are, which share the method and the architecture "
            "and no training: the band behind each curve.",
        ),
    ),
)  # fmt: skip
"""The settings by key, in the order in which a request lists them."""


def offered() -> tuple[Setting, ...]:
    """The settings that a page offers and a link holds, in the order of their widgets."""
    return tuple(setting for group in GROUPS for setting in SETTINGS.values() if setting.group == group)
