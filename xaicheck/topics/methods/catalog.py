"""The catalogue: every registry of the program as sections of entries. A new entry there is one here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any

from xaicheck import statistics, theory
from xaicheck.faithfulness import FAITHFULNESS, FILLS, ORDERS, OUTPUTS, RANKINGS
from xaicheck.methods import METHODS, refusal
from xaicheck.models.registry import MODELS
from xaicheck.randomization import weights as randomize
from xaicheck.randomization.checks import CHECKS
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.methods.docstrings import doc_of
from xaicheck.topics.methods.entries import Entry, Fact, Group, described, function, settings
from xaicheck.topics.methods.formulas import unmarked
from xaicheck.types import Method, ModelSpec


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the catalogue; its groups are made when it is looked at."""

    key: str
    label: str
    make: Callable[[], tuple[Group, ...]]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all its groups."""
        return tuple(entry for group in self.make() for entry in group.entries)


def refusals(method: Method) -> dict[str, tuple[ModelSpec, ...]]:
    """The networks on which the method is refused, by reason."""
    found: dict[str, list[ModelSpec]] = {}
    for spec in MODELS.values():
        reason = refusal(method, spec)
        if reason is not None:
            found.setdefault(reason, []).append(spec)
    return {reason: tuple(specs) for reason, specs in found.items()}


def _method(section: str, method: Method) -> Entry:
    refused = [
        Fact("Refused on", f"{', '.join(spec.label for spec in specs)}: {reason}.")
        for reason, specs in refusals(method).items()
    ]
    doc = doc_of(method.fn)
    tags = ["signed" if method.signed else "unsigned", cost(method)]
    entry = described(
        section,
        method,
        *settings(method.params),
        *(refused or [Fact("Refused on", "no network of this program.")]),
        Fact("What is computed", unmarked(doc.summary), researcher=True),
        Fact("Source", _sources(method.source, doc.get("Source")), researcher=True),
        tags=tags,
    )
    return entry


def _sources(short: str, long: str) -> str:
    """The registry's source and the docstring's as one text; what both begin with is said once."""
    head = short.split(",")[0]
    return f"{short}; {long.removeprefix(head).lstrip(',;. ')}" if long else f"{short}."


def cost(method: Method) -> str:
    """What a map costs with the default settings, in passes (forward and backward) through the network."""
    passes = method.passes(**{param.key: param.default for param in method.params})
    if passes < 0.1:
        return "no pass"
    return "1 pass" if passes == 1 else f"{passes:.3g} passes"


CAPTIONS = {
    False: "A pass is once through the network and back, for one map. A signed method tells what speaks for "
    "the class from what speaks against it.",
    True: "A control explains nothing, and we know so beforehand: what it scores is what a score is worth.",
}


def _methods(*, control: bool) -> Callable[[], tuple[Group, ...]]:
    section = "controls" if control else "methods"

    def make() -> tuple[Group, ...]:
        chosen = (method for method in METHODS.values() if method.control == control)
        return (Group("", CAPTIONS[control], tuple(_method(section, method) for method in chosen)),)

    return make


def _group(section: str, title: str, caption: str, registry: Mapping[str, Any]) -> Group:
    return Group(title, caption, tuple(described(section, entry) for entry in registry.values()))


def _functions(section: str, title: str, caption: str, module: ModuleType) -> Group:
    """The module's public functions that have a formula, a source or a limit."""
    named = ((name, getattr(module, name)) for name in module.__all__)
    chosen = ((name, fn) for name, fn in named if inspect.isfunction(fn) and doc_of(fn).parts)
    return Group(title, caption, tuple(function(section, name, fn) for name, fn in chosen))


def _similarity() -> tuple[Group, ...]:
    return (
        _group("similarity", "Measures", "How alike are the original and the randomized map?", SIMILARITIES),
        _group(
            "similarity", "Normalisations", "What is done to each map, by its own values, before they meet.",
            NORMALISATIONS,
        ),
        _group("similarity", "Signs", "What becomes of the sign of a pixel.", SIGNS),
    )  # fmt: skip


def _faithfulness() -> tuple[Group, ...]:
    return (
        _group(
            "faithfulness", "Measures", "Does the class go when the pixels that the map marks go?",
            FAITHFULNESS,
        ),
        _group("faithfulness", "Fills", "What stands where pixels were removed.", FILLS),
        _group("faithfulness", "Orders", "Which pixels go first.", ORDERS),
        _group("faithfulness", "Rankings", "What counts as a relevant pixel.", RANKINGS),
        _group("faithfulness", "Outputs", "What is read off at the network's end.", OUTPUTS),
    )  # fmt: skip


def _randomization() -> tuple[Group, ...]:
    return (
        _group("randomization", "Orders", "Which blocks are randomized at a depth.", randomize.MODES),
        _group("randomization", "New weights", "From where the new weights are drawn.", randomize.LAWS),
        _group("randomization", "BatchNorm", "What becomes of a BatchNorm layer.", randomize.BATCHNORM),
        _functions(
            "randomization", "Closed forms",
            "What is to be expected of unrelated maps and of random weights; tests compare each with a "
            "simulation.",
            theory,
        ),
    )  # fmt: skip


def _statistics() -> tuple[Group, ...]:
    caption = "What may be said of scores over seeds and pictures. Pictures alone never make an interval."
    return (_functions("statistics", "", caption, statistics),)


def _networks() -> tuple[Group, ...]:
    return (Group("", "", tuple(_network(spec) for spec in MODELS.values())),)


def _network(spec: ModelSpec) -> Entry:
    refused = [
        Fact("Refuses", f"{method.label}: {reason}.")
        for method in METHODS.values()
        if (reason := refusal(method, spec)) is not None
    ]
    here = spec.source == "embedded"
    return described(
        "networks",
        spec,
        Fact("Input", f"{spec.size} × {spec.size} pixels"),
        Fact("Blocks", f"{len(spec.blocks)}, from {spec.blocks[0].name} to {spec.blocks[-1].name}"),
        Fact("Non-linearities", ", ".join(spec.activations), researcher=True),
        *(refused or [Fact("Refuses", "no method.")]),
        Fact("Licence", spec.licence),
        tags=("comes with the program" if here else "downloaded on first use",),
    )


def _tests() -> tuple[Group, ...]:
    return (_group("tests", "", "What is asked of a map once there is a random network.", CHECKS),)


SECTIONS: Mapping[str, Section] = MappingProxyType(
    {
        section.key: section
        for section in (
            Section("methods", "Methods", _methods(control=False)),
            Section("controls", "Controls", _methods(control=True)),
            Section("similarity", "Similarity", _similarity),
            Section("tests", "Tests", _tests),
            Section("faithfulness", "Faithfulness", _faithfulness),
            Section("randomization", "Randomization", _randomization),
            Section("statistics", "Statistics", _statistics),
            Section("networks", "Networks", _networks),
        )
    }
)
"""The sections by key; the first one is the default."""


def search(text: str) -> dict[str, tuple[Entry, ...]]:
    """The entries in which every word of the text stands, by section; sections without one are left out."""
    wanted = text.casefold().split()
    found = {
        key: tuple(entry for entry in section.entries if entry.found_by(wanted))
        for key, section in SECTIONS.items()
    }
    return {key: entries for key, entries in found.items() if entries}
