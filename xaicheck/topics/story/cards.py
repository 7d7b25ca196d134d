"""The cards: what each says and shows, typed; its words stand in words.py, its drawing in drawing.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from xaicheck.experiments.ranking.association import Association
from xaicheck.experiments.ranking.diagonal import Diagonal
from xaicheck.reading import heatmap
from xaicheck.reading.numbers import Reading
from xaicheck.topics.check import PAGE as CHECK_PAGE
from xaicheck.topics.noise import PAGE as NOISE_PAGE
from xaicheck.topics.ranking import PAGE as RANKING_PAGE
from xaicheck.topics.story import words
from xaicheck.topics.story.facts import Facts, Way, facts
from xaicheck.topics.story.words import TEXT
from xaicheck.types import Method
from xaicheck.web import Page


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of a figure; `values` None: the photograph."""

    name: str
    alt: str
    rgb: np.ndarray | None = None  # uint8 [H W 3]
    values: np.ndarray | None = None  # float32 [H W]
    limit: float = 0.0  # where the colours end
    signed: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Pictures side by side."""

    pictures: tuple[Picture, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a name, a number from below 0 to 1, and whether it is no way at all but a control."""

    name: str
    value: float
    control: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from an unrelated picture (0) to the same one (1)."""

    bars: tuple[Bar, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Dots:
    """Positive numbers on one line; 1 is marked."""

    values: tuple[float, ...]
    caption: str
    alt: str


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """A dot a way: how alike two broken programs are, against the whole and a broken one."""

    found: Diagonal
    caption: str
    alt: str


Figure = Pictures | Bars | Dots | Scatter


@dataclass(frozen=True, slots=True)
class Link:
    """Where the numbers of a card are: a page, its parameters, and what it is called."""

    page: Page
    params: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One card of the story."""

    number: int
    title: str
    said: tuple[str, ...]  # paragraphs
    figure: Figure | None
    link: Link
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (heading, its points)


def story(
    reading: Reading,
    methods: Mapping[str, Method],
    sample: Reading | None,
    shared: Association | None = None,
) -> tuple[Card, ...] | None:
    """The cards of a report, or None: nothing to tell. `sample` lends its noise to one without.

    `shared`: what two broken programs share, over other photographs; without it there is no card on that.
    """
    known = facts(reading, methods)
    if known is None:
        return None
    lent = facts(sample, methods) if sample is not None and known.noise is None else None
    noise = (reading, known)
    if sample is not None and lent is not None and lent.noise:
        noise = (sample, replace(lent, lent=True))
    two = None if shared is None else _shared(shared)
    return (
        _marks(reading, known),
        _broken(reading, known),
        _ways(known),
        _noise(*noise),
        *filter(None, (two,)),
        _good_for(known, noise[1], 5 if two is None else 6),
    )


def _marks(reading: Reading, known: Facts) -> Card:
    photo = Picture(TEXT.photo, words.photo_alt(known), rgb=reading.report.view)
    pictures = (photo, _map(reading, known.stable, 0, TEXT.first))
    figure = Pictures(pictures, words.marks_caption(known))
    return Card(1, words.marks_title(known), words.marks(known), figure, _check(known, TEXT.to_maps))


def _broken(reading: Reading, known: Facts) -> Card:
    pictures = tuple(
        _map(reading, known.stable, depth, name)
        for depth, name in ((0, TEXT.before), (known.depth, TEXT.after))
    )
    figure = Pictures(pictures, words.broken_caption(known))
    return Card(2, words.broken_title(known), words.broken(known), figure, _check(known, TEXT.to_maps))


def _ways(known: Facts) -> Card:
    bars = [Bar(way.label, way.alike) for way in known.ways]
    others = [way for way in (*known.controls, known.noise) if way is not None]
    bars += [Bar(TEXT.ways.control.format(way=way.label), way.alike, control=True) for way in others]
    figure = Bars(tuple(bars), words.ways_caption(known))
    return Card(3, words.ways_title(known), words.ways(known), figure, _check(known, TEXT.to_scores))


def _noise(reading: Reading, known: Facts) -> Card:
    link = Link(NOISE_PAGE, (), TEXT.to_noise)
    if known.noise is None:
        return Card(4, words.noise_title(known), words.noise(known), None, link)
    pictures = tuple(
        _map(reading, known.noise, depth, name)
        for depth, name in ((0, TEXT.before), (known.depth, TEXT.after))
    )
    figure = Pictures(pictures, words.noise_caption(known))
    return Card(4, words.noise_title(known), words.noise(known), figure, link)


def _shared(seen: Association) -> Card | None:
    """What two broken programs share; None where that has no order to speak of."""
    title = words.shared_title(seen)
    if not title:
        return None
    figure = Scatter(seen.found, words.shared_caption(seen), words.shared_alt(seen))
    link = Link(RANKING_PAGE, (("ranking_placebo", "true"), ("level", "researcher")), TEXT.to_shared)
    return Card(5, title, words.shared(seen), figure, link)


def _good_for(known: Facts, noise: Facts, number: int) -> Card:
    figure = None
    if known.strengths:
        figure = Dots(known.strengths, TEXT.good_for.strengths_caption, words.strengths_alt(known))
    lists = (
        (TEXT.good_for.may, words.may(known)),
        (TEXT.good_for.may_not, words.may_not(known, noise)),
    )
    link = Link(RANKING_PAGE, (), TEXT.to_ranking)
    return Card(number, TEXT.good_for.title, words.good_for(known), figure, link, lists)


def _check(known: Facts, text: str) -> Link:
    return Link(
        CHECK_PAGE, (("depth", str(known.depth)), ("measure", known.measure), ("level", "researcher")), text
    )


def _map(reading: Reading, way: Way, depth: int, name: str) -> Picture:
    attribution = reading.map(way.key, depth)
    values = None if attribution is None else attribution.values
    limit = heatmap.map_range(values) or 0.0
    alt = words.map_alt(way, name, values, limit)
    return Picture(name, alt, values=values, limit=limit, signed=way.signed)
