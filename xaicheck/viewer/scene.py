"""What the viewer shows, before it is encoded: every text and number is made in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

SCALES = ("own", "shared")
MODES = ("side", "blink", "swipe")


@dataclass(frozen=True, slots=True)
class View:
    """How the results are looked at; it changes no result."""

    depth: int  # of a state
    measure: str
    scale: str = "own"  # one of SCALES: each map its own colour range, or one for both
    mode: str = "side"  # one of MODES: how original and randomized are compared
    opacity: int = 100  # strength of the map over the photograph, 0 to 100; 100 = the map alone


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of the viewer are drawn."""

    heading: bool = True
    picture: bool = True
    scores: bool = True
    curve: bool = True
    controls: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A class that a network names, with its probability in words."""

    label: str
    share: str
    explained: bool


@dataclass(frozen=True, slots=True)
class State:
    """One position of the scrubber."""

    depth: int
    tick: str  # the block that is randomized last
    position: str  # "9 of 19 blocks"
    place: str  # as the beginning of a sentence
    blocks: str  # the names of the randomized blocks
    answers: tuple[Answer, ...] = ()
    alive: str = ""
    left_out: str = ""  # on which maps no sentence leans


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """One map as 8-bit levels, or the reason why there is none to see."""

    levels: np.ndarray | None  # int8 [H W]; None: see `why` and `state`
    peak: float = 0.0  # the value of level 127
    limit: float | None = None  # where its own colour range ends
    rms: float | None = None
    state: str = "map"  # "map", "why" (there is none), "waiting" (being computed), "away" (not carried)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of a state's map to the original one: its colour range, or why there is none."""

    limit: float | None = None  # in units of the root mean square
    state: str = "map"  # as in Map
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A score as it is shown: the mean over the seeds, its spread, and what it says."""

    mean: float | None
    low: float | None
    high: float | None
    text: str
    word: str
    line: str  # the spread over the seeds, or why there is no number
    share: float | None  # 0 an unrelated map, 1 the same map; None where unrelated has no value of its own


@dataclass(frozen=True, slots=True)
class Between:
    """How alike the maps of two random networks are at a state: what stands behind a score."""

    mean: float | None  # over the pairs of networks; None: no pair there
    low: float | None
    high: float | None
    text: str  # the mean, as the scores are written
    line: str  # with E and D, or why there is none


@dataclass(frozen=True, slots=True)
class Check:
    """What the maps of a state are held against."""

    line: str = ""  # what was found
    mark: str = ""  # where it is beyond its bound
    why: str = ""  # what the mark means


@dataclass(frozen=True, slots=True)
class Panel:
    """One method: its maps, one a state, and its scores."""

    key: str
    label: str
    control: bool
    signed: bool
    colour: str
    dash: str
    marker: str
    maps: tuple[Map, ...]
    changes: tuple[Change, ...]
    badges: tuple[str, ...]  # how large the randomized map is, one a state
    scores: Mapping[str, tuple[Mark, ...]]  # by measure, one a state
    checks: tuple[Check, ...] = ()  # one a state; a page of an earlier version has none
    between: Mapping[str, tuple[Between, ...]] = field(default_factory=dict)  # as `scores`; {} = no pairs


@dataclass(frozen=True, slots=True)
class Scale:
    """A measure: its axis, and what it finds at each state."""

    key: str
    label: str
    name: str  # with what was compared
    axis: str
    line: str  # what the scores compare
    best: float
    unrelated: float | None
    distance: bool
    title: str  # the finding of its curves
    findings: tuple[str, ...]  # one a state


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the viewer shows."""

    size: tuple[int, int]  # of the maps: H, W
    pooled: int  # pixels of the network's input a side of one pixel of the maps
    photo: bytes  # PNG
    photo_alt: str
    kicker: str
    explained: str  # which class the maps explain
    counted: str  # what a depth is: the name of the slider
    axis: str  # what the depth counts
    states: tuple[State, ...]
    panels: tuple[Panel, ...]
    measures: tuple[Scale, ...]
    captions: tuple[str, ...]
    start: View
    parts: Parts
    words: Mapping[str, str] = field(default_factory=dict)  # in place of those in texts.toml
