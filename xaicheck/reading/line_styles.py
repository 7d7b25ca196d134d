"""How lines look on every page: each method and each side of a comparison has one colour, dash and marker.

The colours read on white and on near-black. Lines differ in colour, dash and marker, never in colour alone.
Names of dashes and markers are plotly's; the other ways to draw translate them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from xaicheck.methods import METHODS
from xaicheck.types import Method

# Hues after Okabe and Ito, brought to a middle lightness.
COLOURS = (
    "#2f82c4", "#d97b0f", "#12976f", "#c95fa0", "#c8452b", "#7a6fd0", "#1f9fb5", "#8c8400", "#a0694c",
)  # fmt: skip
DASHES = ("solid", "dash", "dashdot", "longdash", "solid", "dash", "dashdot", "longdashdot", "longdash")
MARKERS = (
    "circle", "square", "diamond", "triangle-up", "x", "triangle-down", "hexagon", "star", "pentagon",
)  # fmt: skip
CONTROL = "#8a8f98"
CONTROL_MARKERS = ("circle-open", "square-open", "diamond-open", "cross-open")
ORIGINAL, RANDOMIZED = COLOURS[:2]


@dataclass(frozen=True, slots=True)
class LineStyle:
    """The look of one line and its points."""

    colour: str  # #rrggbb
    dash: str = "solid"
    marker: str = "circle"

    @property
    def shape(self) -> str:
        """The marker, filled or not."""
        return self.marker.removesuffix("-open")

    @property
    def hollow(self) -> bool:
        """Whether the marker is an outline only."""
        return self.marker.endswith("-open")


def styles_of(methods: Iterable[Method]) -> dict[str, LineStyle]:
    """The style by method key; it belongs to the method's place in METHODS.

    So a method looks the same on every page, whatever stands beside it. Controls are grey and dotted, and
    differ in the marker.
    """
    places = _places()
    return {m.key: _style(places.get(m.key, 0), control=m.control) for m in methods}


def _style(place: int, *, control: bool) -> LineStyle:
    if control:
        return LineStyle(CONTROL, "dot", CONTROL_MARKERS[place % len(CONTROL_MARKERS)])
    count = len(COLOURS)
    return LineStyle(COLOURS[place % count], DASHES[place % count], MARKERS[(place + place // count) % count])


@cache
def _places() -> dict[str, int]:
    """A method's place among those of its kind, by key."""
    kinds = (
        [key for key, m in METHODS.items() if not m.control],
        [key for key, m in METHODS.items() if m.control],
    )
    return {key: place for kind in kinds for place, key in enumerate(kind)}
