"""Two sets of results beside each other: what is the same to the last bit, what is close, what differs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaicheck.errors import BadRequest
from xaicheck.report.files import QUANTILES, SHARES

# Scores: their difference; other numbers: relative. On one machine with as many threads all bits are the
# same; another set of instructions (ATen's default, oneDNN's SSE 4.1) moved scores by 4e-4 at most and a
# ledger's shares by 3.2e-4, over seven runs of six networks.
CLOSE = 1e-3
CLOSE_BOUND = 0.1  # certificates: of the bound, or where that is more of a hundredth of the number
CLOSE_MAP = 1e-2  # root mean square of the difference over that of the map; 8 bits alone give half of it


@dataclass(frozen=True, slots=True)
class Table:
    """A list of report.json: what names a row and what its numbers are."""

    name: str
    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    relative: bool = True
    words: tuple[str, ...] = ()  # fields that are compared as text
    close: float = CLOSE
    floor: float = 0.0  # relative to this where both numbers are smaller
    since: tuple[str, ...] = ()  # numbers that earlier versions did not write
    later: str = ""  # the setting that came with it: without either there is nothing to compare
    scaled: bool = False  # a certificate: numbers are relative to its bound


TABLES = (
    Table("target", ("index", "label"), ("probability",)),
    Table("blocks", ("name",), ()),
    Table("coverage", ("untouched",), ("changed_share",)),
    Table("scores", ("method", "measure", "depth", "seed"), ("value",), relative=False, words=("why",)),
    Table(
        "pairs",
        ("method", "measure", "depth", "kind", "first", "second"),
        ("value",),
        relative=False,
        words=("why",),
        later="band",
    ),
    Table("entropies", ("method", "depth", "seed"), ("value",), words=("why",)),
    Table(
        "activations",
        ("block", "depth", "seed"),
        ("rms", "dead", "gradient_rms", *QUANTILES),
        since=QUANTILES,
    ),
    Table("liveness", ("depth", "seed"), ("logit_std", "entropy")),
    Table("top5", ("depth", "seed", "rank"), ("probability",), words=("index", "label")),
    Table(
        "certificates",
        ("method", "depth", "seed", "key"),
        ("value", "found", "due"),
        words=("why", "bound", "marked"),
        close=CLOSE_BOUND,
        later="certify",
        scaled=True,
    ),
    Table(
        "ledger",
        ("method", "depth", "seed", "certificate", "layer"),
        SHARES,
        words=("cause",),
        floor=1.0,  # a share of rounding is itself rounding
        later="certify",
    ),
    Table("explained", ("depth", "seed"), (), words=("index", "label"), later="against"),
    Table("against", ("index", "label"), ("probability",), later="against"),
    Table(
        "class_scores",
        ("method", "measure", "depth"),
        ("value",),
        relative=False,
        words=("why",),
        later="against",
    ),
    Table("failed", ("method", "depth", "seed"), (), words=("why",)),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one kind of result."""

    name: str
    count: int  # of numbers or maps that there are, then or now
    same: int  # of them bit for bit
    largest: float = 0.0  # difference; infinite where one is missing or the words differ
    where: str = ""  # of the largest
    close: float = CLOSE

    @property
    def holds(self) -> bool:
        """Whether the results are the same but for rounding."""
        return self.largest <= self.close

    @property
    def exact(self) -> bool:
        """Whether every bit is the same."""
        return self.same == self.count


def tables(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """One difference for each list of two report.json. BadRequest where a list names a row twice."""
    known = [table for table in TABLES if not table.later or knows(then, table.later)]
    return [_table(table, rows(table, then), rows(table, now)) for table in known]


def knows(report: Mapping[str, Any], setting: str) -> bool:
    """Whether the version that wrote a report.json had a setting and its lists: some part of it says so."""
    request = report.get("request")
    asked = isinstance(request, dict) and setting in request
    return asked or any(table.name in report for table in TABLES if table.later == setting)


def maps(then: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray], name: str = "maps") -> Difference:
    """The difference of two sets of maps by their names, each relative to the map of now."""
    apart = []
    for key in sorted({*then, *now}):
        before, after = then.get(key), now.get(key)
        if before is None or after is None or before.shape != after.shape:
            apart.append((math.inf, key))
        elif np.array_equal(before, after, equal_nan=True):
            apart.append((0.0, key))
        else:
            apart.append((_relative_rms(before, after), key))
    return _worst(name, apart, CLOSE_MAP)


def digests(then: Mapping[str, Any], now: Mapping[str, str]) -> int:
    """How many maps have the same digest then and now."""
    return sum(then.get(key) == value for key, value in now.items())


def texts(then: Any, now: Any) -> list[tuple[str, str, str]]:
    """(name, then, now) of every entry of two mappings that differs."""
    before, after = (side if isinstance(side, Mapping) else {} for side in (then, now))
    names = list(dict.fromkeys((*before, *after)))
    return [
        (name, str(before.get(name, "none")), str(after.get(name, "none")))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _table(table: Table, then: Mapping[Any, Any], now: Mapping[Any, Any]) -> Difference:
    apart = []
    missing = {name for name in table.since if not any(name in row for row in then.values())}
    numbers = [name for name in table.numbers if name not in missing]
    for key in dict.fromkeys((*then, *now)):
        place = ", ".join(f"{name} {value}" for name, value in zip(table.keys, key, strict=True))
        before, after = then.get(key), now.get(key)
        if before is None or after is None:
            apart.append((math.inf, place))
            continue
        sizes = (
            _apart(before.get(n, "none"), after.get(n), table, _scale(n, after) if table.scaled else None)
            for n in numbers
        )
        size = max([0.0, *sizes])
        if any(before.get(word) != after.get(word) for word in table.words):
            size = math.inf
        apart.append((size, place))
    return _worst(table.name, apart, table.close)


def _scale(name: str, after: Mapping[str, Any]) -> float:
    """What a certificate's number may move by, ten times: its bound, and of a sum so much of what is due."""
    bound, due = after.get("bound"), after.get("due")
    bound = CLOSE_BOUND if bound is None else float(bound)
    if name == "value":
        return max(bound, 0.01 * abs(after.get("value") or 0.0))
    return max(bound, 0.01) * max(abs(due or 0.0), CLOSE)


def rows(table: Table, facts: Mapping[str, Any]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """The rows by their keys; BadRequest where there are two of one, or one is no row."""
    given = _top5(facts) if table.name == "top5" else facts.get(table.name)
    listed = given if isinstance(given, list) else [] if given is None else [given]
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in listed:
        row = {"name": row} if isinstance(row, str) else row
        key = tuple(str(row.get(key)) for key in table.keys) if isinstance(row, dict) else ()
        if not isinstance(row, dict) or key in found:
            raise BadRequest(
                f"The report’s {table.name} cannot be read: each row must say what it is of, and only one."
            )
        found[key] = row | {"marked": _well_marked(row)} if table.scaled else row
    return found


def _top5(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the networks answered, one row a class."""
    networks = facts.get("liveness")
    return [
        {"depth": row.get("depth"), "seed": row.get("seed"), "rank": rank, **named}
        for row in (networks if isinstance(networks, list) else ())
        if isinstance(row, dict) and isinstance(row.get("top5"), list)
        for rank, named in enumerate(row["top5"], 1)
        if isinstance(named, dict)
    ]


def _well_marked(row: Mapping[str, Any]) -> bool:
    """Whether a certificate is marked as its own value and bound say."""
    value, bound = row.get("value"), row.get("bound")
    known = all(isinstance(number, (int, float)) for number in (value, bound))
    return row.get("marked") is (known and float(value or 0) > float(bound or 0))


def _apart(before: Any, after: Any, table: Table, scale: float | None) -> float:
    """How far two numbers are apart; infinite where one of them is none."""
    if before == after:
        return 0.0
    if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in (before, after)):
        return math.inf
    size = abs(float(before) - float(after))
    if scale is not None:
        return size / scale
    return size / max(table.floor, abs(before), abs(after)) if table.relative else size


def _relative_rms(before: np.ndarray, after: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        gap = np.sqrt(np.mean(np.square(before.astype(np.float64) - after)))
        size = np.sqrt(np.mean(np.square(after, dtype=np.float64)))
        share = float(gap / size)
    return share if math.isfinite(share) else math.inf


def _worst(name: str, apart: Sequence[tuple[float, str]], close: float) -> Difference:
    largest, where = max(apart, default=(0.0, ""))
    return Difference(name, len(apart), sum(size == 0 for size, _ in apart), largest, where, close)
