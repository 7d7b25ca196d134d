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
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.checks import checks
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.reading import certificates
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics.methods.docstrings import doc_of, unmarked
from xaicheck.topics.methods.entries import Entry, Fact, Group, anchor, described, function, settings
from xaicheck.topics.methods.words import TEXT
from xaicheck.types import Method, ModelSpec


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the catalogue; its groups are made from the registries whenever it is looked at."""

    key: str
    make: Callable[[str], tuple[Group, ...]]

    @property
    def label(self) -> str:
        """What stands on the switch between the sections."""
        return str(TEXT[self.key].label)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Its entries, those of one kind together."""
        return self.make(self.key)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all its groups."""
        return tuple(entry for group in self.groups for entry in group.entries)


def refusals(method: Method) -> dict[str, tuple[ModelSpec, ...]]:
    """The networks on which the method is refused, by reason."""
    refused: dict[str, list[ModelSpec]] = {}
    for spec in MODELS.values():
        reason = refusal(method, spec)
        if reason is not None:
            refused.setdefault(reason, []).append(spec)
    return {reason: tuple(specs) for reason, specs in refused.items()}


def anchor_of(method: Method) -> str:
    """The name by which a link finds the method's entry."""
    return anchor("controls" if method.control else "methods", method.key)


def _method(section: str, method: Method) -> Entry:
    refused = [
        Fact("Refused on", f"{', '.join(spec.label for spec in specs)}: {reason}.")
        for reason, specs in refusals(method).items()
    ]
    doc = doc_of(method.fn)
    tags = ["signed" if method.signed else "unsigned", cost(method)]
    return described(
        section,
        method,
        *settings(method.params),
        *(refused or [Fact("Refused on", "no network of this program.")]),
        *(Fact("Certificate", certificates.about(kind)) for kind in method.certificates),
        Fact("What is computed", unmarked(doc.summary), researcher=True),
        Fact("Source", _sources(method.source, doc.get("Source")), researcher=True),
        tags=tags,
    )


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


def _methods(section: str) -> tuple[Group, ...]:
    control = section == "controls"
    chosen = (method for method in METHODS.values() if method.control == control)
    return (Group("", TEXT[section].caption, tuple(_method(section, method) for method in chosen)),)


def _group(section: str, kind: str, registry: Mapping[str, Any]) -> Group:
    """The entries of a registry; `kind` names the title and the caption above them."""
    title, caption = TEXT[section][kind]
    return Group(title, caption, tuple(described(section, entry) for entry in registry.values()))


def _functions(section: str, kind: str, module: ModuleType) -> Group:
    """The module's public functions that have a formula, a source or a limit."""
    named = ((name, getattr(module, name)) for name in module.__all__)
    chosen = ((name, fn) for name, fn in named if inspect.isfunction(fn) and doc_of(fn).parts)
    title, caption = TEXT[section][kind]
    return Group(title, caption, tuple(function(section, name, fn) for name, fn in chosen))


def _similarity(section: str) -> tuple[Group, ...]:
    return (
        _group(section, "measures", SIMILARITIES),
        _group(section, "normalisations", NORMALISATIONS),
        _group(section, "signs", SIGNS),
    )


def _tests(section: str) -> tuple[Group, ...]:
    return (_group(section, "checks", checks()),)


def _faithfulness(section: str) -> tuple[Group, ...]:
    return (
        _group(section, "measures", FAITHFULNESS),
        _group(section, "fills", FILLS),
        _group(section, "orders", ORDERS),
        _group(section, "rankings", RANKINGS),
        _group(section, "outputs", OUTPUTS),
    )


def _randomization(section: str) -> tuple[Group, ...]:
    return (
        _group(section, "modes", MODES),
        _group(section, "laws", LAWS),
        _group(section, "batchnorm", BATCHNORM),
        _functions(section, "closed_forms", theory),
    )


def _statistics(section: str) -> tuple[Group, ...]:
    return (_functions(section, "functions", statistics),)


def _networks(section: str) -> tuple[Group, ...]:
    return (Group("", "", tuple(_network(section, spec) for spec in MODELS.values())),)


def _network(section: str, spec: ModelSpec) -> Entry:
    refused = [
        Fact("Refuses", f"{method.label}: {reason}.")
        for method in METHODS.values()
        if (reason := refusal(method, spec)) is not None
    ]
    here = spec.source == "embedded"
    return described(
        section,
        spec,
        Fact("Input", f"{spec.size} × {spec.size} pixels"),
        Fact("Blocks", f"{len(spec.blocks)}, from {spec.blocks[0].name} to {spec.blocks[-1].name}"),
        Fact("Non-linearities", ", ".join(spec.activations), researcher=True),
        *(refused or [Fact("Refuses", "no method.")]),
        Fact("Licence", spec.licence),
        tags=("comes with the program" if here else "downloaded on first use",),
    )


SECTIONS: Mapping[str, Section] = MappingProxyType(
    {
        section.key: section
        for section in (
            Section("methods", _methods),
            Section("controls", _methods),
            Section("similarity", _similarity),
            Section("tests", _tests),
            Section("faithfulness", _faithfulness),
            Section("randomization", _randomization),
            Section("statistics", _statistics),
            Section("networks", _networks),
        )
    }
)
"""The sections by key; the first one is the default."""


def search(text: str) -> dict[str, tuple[Entry, ...]]:
    """The entries in which every word of the text stands, by section; sections without one are left out."""
    wanted = text.casefold().split()
    hits = {
        key: tuple(entry for entry in section.entries if entry.found_by(wanted))
        for key, section in SECTIONS.items()
    }
    return {key: entries for key, entries in hits.items() if entries}
