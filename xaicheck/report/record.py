"""What a report file carries so that a program can read it: numbers, settings, picture, maps' digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from xaicheck.report import files, picture
from xaicheck.storage.int8 import quantised, restored
from xaicheck.types import Attribution, Report
from xaicheck.viewer.scene import View

FORMAT = 1
FULL, EIGHT_BIT = "float32", "8 bit"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a report is shown, beside what it holds: a page made again with it has the same bytes."""

    view: View
    base: str  # address of the dashboard that links lead to


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A report file as it was read: plain data that nobody has vouched for yet."""

    facts: Mapping[str, Any]  # as `facts` writes them
    view: np.ndarray | None  # uint8 [S S 3]; None: the file holds no picture
    maps: Mapping[str, np.ndarray]  # float32 [H W] by `files.map_name`; empty: the file holds none
    changed: tuple[str, ...]  # what was changed after the file was written, in words
    drawn: bool = False  # the maps are those that the page draws: smaller perhaps, and with 8 bits a pixel
    page: str | None = None  # the page's text; None: the file holds no page
    members: Mapping[str, bytes] | None = None  # of a zip, by name; None: the file is none
    beside: tuple[str, ...] = ()  # what else lies in a folder, which may be the owner's


def facts(report: Report, setting: Setting) -> dict[str, Any]:
    """Everything of a report but the maps, JSON-ready; numbers come back exactly."""
    return {
        "format": FORMAT,
        "report": files.as_json(report),
        "name": report.image_name,
        "sample": picture.sample_of(report.image_name, report.request.image),
        "picture": picture.data_url(report),
        "setting": asdict(setting),
        "stored": stored(report),
        "maps": files.digests(kept(report)),
    }


def kept(report: Report) -> tuple[Attribution, ...]:
    """The maps that a page carries: those of the first seed."""
    first = report.request.seeds[0]
    return tuple(a for a in report.every_map if a.seed == first)


def stored(report: Report) -> str:
    """How exact the maps are: "8 bit" where they came out of a file that keeps them for drawing."""
    maps = [a.values for a in report.every_map if a.values is not None][:5]  # all have one origin
    coarse = bool(maps) and all(np.array_equal(values, eight_bit(values), equal_nan=True) for values in maps)
    return EIGHT_BIT if coarse else FULL


def eight_bit(values: np.ndarray) -> np.ndarray:
    """A map as it comes back from being stored with 8 bits a pixel, float32 [H W]."""
    return restored(*quantised(values))
