"""One entry of the catalogue, whatever it describes: made from the fields of a registry's entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from xaicheck.reading.words import inside
from xaicheck.topics.methods.docstrings import Doc, doc_of, readable, shapeless, unmarked
from xaicheck.topics.methods.words import TEXT
from xaicheck.types import Param


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known of an entry."""

    label: str
    text: str
    researcher: bool = False  # shown to researchers only
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A method, a measure, a setting, a network or a formula, described in plain text."""

    section: str
    key: str  # as the command line and the links write it
    title: str
    summary: str
    tags: tuple[str, ...]
    facts: tuple[Fact, ...]

    @property
    def anchor(self) -> str:
        """The name by which a link finds the entry on the page."""
        return anchor(self.section, self.key)

    def at(self, level: str) -> tuple[Fact, ...]:
        """The facts of that level."""
        return tuple(fact for fact in self.facts if level == "researcher" or not fact.researcher)

    def found_by(self, wanted: Iterable[str]) -> bool:
        """Whether every one of these words, in lower case, stands somewhere in the entry."""
        facts = (f"{fact.label} {fact.text}" for fact in self.facts)
        text = " ".join((self.title, self.key, self.summary, *self.tags, *facts)).casefold()
        return all(word in text for word in wanted)


def anchor(section: str, key: str) -> str:
    """The name by which a link finds the entry of that key."""
    return f"{section}-{key}".replace("_", "-")


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind."""

    title: str
    caption: str
    entries: tuple[Entry, ...]


# What a registry's entry may say of itself beside key, label and summary, and whom it is for.
FIELDS: Mapping[str, Fact] = MappingProxyType(
    {
        "formula": Fact("Formula", "", researcher=True, formula=True),
        "good": Fact("What passes", ""),
        "undefined": Fact("No number when", ""),
        "loophole": Fact("How it is fooled", ""),
    }
)
# The paragraphs of a docstring: label there, label here, plain words enough for students.
PARAGRAPHS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "Formula": ("Formula", True),
        "Assumes": ("Assumes", True),
        "Source": ("Source", True),
        "Differs": ("Differs", True),
        "Undefined when": ("No number when", False),
        "Cost": ("Cost", True),
    }
)


def described(section: str, thing: Any, *more: Fact, tags: Iterable[str] = ()) -> Entry:
    """The entry of anything that has a key and a label, from the fields that it has."""
    fn = getattr(thing, "fn", None)
    ours = hasattr(fn, "__name__") and type(fn).__module__ != "numpy"  # whose text says nothing of the entry
    doc = doc_of(fn) if ours else Doc("", "", {})
    facts = [*_range(thing), *more, *_fields(thing)]
    have = {fact.label for fact in facts}
    facts += [fact for fact in _paragraphs(doc) if fact.label not in have]
    source: str = getattr(thing, "source", "")
    if source and "Source" not in {fact.label for fact in facts}:
        facts.append(Fact("Source", source, researcher=True))
    own = ("random",) if getattr(thing, "stochastic", False) else ()
    summary = getattr(thing, "summary", "") or unmarked(doc.summary)
    return Entry(section, thing.key, thing.label, summary, (*tags, *own), tuple(facts))


def function(section: str, name: str, fn: Callable[..., Any]) -> Entry:
    """The entry of a function, from its docstring."""
    doc = doc_of(fn)
    spoken = " ".join(TEXT.spoken.get(word, word) for word in name.split("_"))
    return Entry(
        section, name, spoken[0].upper() + spoken[1:], shapeless(doc.summary), (), tuple(_paragraphs(doc))
    )


def settings(params: Iterable[Param]) -> list[Fact]:
    """One fact a parameter: default, range, and what it does."""
    return [
        Fact(f"Setting: {inside(p.label)}", f"{p.default:g} ({p.low:g} to {p.high:g}). {p.help}")
        for p in params
    ]


def _fields(thing: Any) -> list[Fact]:
    texts = ((blank, str(getattr(thing, name, ""))) for name, blank in FIELDS.items())
    return [replace(blank, text=text) for blank, text in texts if text]


def _paragraphs(doc: Doc) -> list[Fact]:
    facts = [
        Fact(
            label,
            readable(doc.get(part)) if label == "Formula" else unmarked(doc.get(part)),
            researcher,
            formula=label == "Formula",
        )
        for part, (label, researcher) in PARAGRAPHS.items()
        if doc.get(part)
    ]
    if doc.text:
        facts.append(Fact("Note", unmarked(doc.text), researcher=True))
    return facts


def _range(thing: Any) -> list[Fact]:
    """The range of a measure and which end of it is the good one."""
    if not hasattr(thing, "low") or not hasattr(thing, "high"):
        return []
    span = f"{bound(thing.low)} to {bound(thing.high)}"
    if hasattr(thing, "best"):
        away = "less alike" if getattr(thing, "distance", False) else "more alike"
        return [Fact("Range", f"{span}; {bound(thing.best)} is the same map, higher is {away}.")]
    if hasattr(thing, "higher_is_better"):
        end = "higher" if thing.higher_is_better else "lower"
        return [Fact("Range", f"{span} for probabilities; {end} is more faithful.")]
    return [Fact("Range", f"{span}.")]


def bound(value: float) -> str:
    """An end of a range in few signs."""
    return f"{value:g}".replace("inf", "∞").replace("-", "−")
