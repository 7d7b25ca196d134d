"""Odd values of arguments: what somebody may give in Python, and may write on a command line or in a link."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xaicheck.types import MethodChoice


class Word(str):
    """A text of somebody's own class, which says something else of itself."""

    def __str__(self) -> str:
        return "something else"

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)


class Named(str, Enum):  # noqa: UP042 (its own text differs from that of a StrEnum)
    """A text that is a member of an enumeration."""

    MODE = "independent"


class Broken:
    """A value that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


def itself() -> list[Any]:
    endless: list[Any] = []
    endless.append(endless)
    return endless


ODD: dict[str, Callable[[], Any]] = dict((
        *((repr(v)[:40], lambda v=v: v) for v in (
            None, True, False, 0, 1, 2, -1, -5, 1000, 10**9, 10**20, 1.0, 1.5, math.nan, math.inf, 1j,
            "", "3", "all", "tabby", "x\ny", "<script>", b"ab", bytearray(b"a"), [], (), [3, 3, 0], [0, True],
            [None], [[0]], [1.5], [math.nan], ["1"], {}, {0: 1}, {"ssim": 1}, range(3), range(10**12),
            Decimal(2), Fraction(2), Fraction(1, 3), Path("cascade"), int, len, Ellipsis,
        )),
        *((f"numpy {v!r}", lambda v=v: v) for v in (
            np.True_, np.int64(2), np.uint8(1), np.float32(2), np.float64("nan"), np.longdouble(3),
            np.str_("cascade"), np.array(3), np.array("ssim"), np.array([3, 0]), np.array([0.0, 3.0]),
            np.array([[0]]), np.array([]), np.array(["ssim", "mse"]), np.array([True]), np.datetime64("2020"),
        )),
        *((f"torch {v!r}", lambda v=v: v) for v in (
            torch.tensor(2), torch.tensor(True), torch.tensor([1, 2]), torch.device("cpu"), torch.float32,
        )),
        *((f"set {sorted(v)}", lambda v=v: v) for v in (set(), {0, 3}, frozenset({"ssim", "mse"}))),
        ("huge", lambda: 10**5000), ("long text", lambda: "a" * 100_000), ("nothing", object),
        ("own text", lambda: Word("cascade")), ("enumerated", lambda: Named.MODE), ("broken", Broken),
        ("generator", lambda: (n for n in (2, 0))), ("endless", itertools.count), ("itself", itself),
        ("iterator of names", lambda: iter(("ssim", "mse"))),
        ("choice", lambda: MethodChoice("gradient")), ("class name", lambda: "Tabby"),
))  # fmt: skip

TEXTS = (
    "", " ", "0", "-1", "1", "2", "+2", "7,", "3,0", "1.5", "2.0", "1e3", "nan", "inf", "True", "None",
    "all", "9" * 400, "9" * 5000,
    "٣", "²", "1_000", "0x10", "a,b", ",", "1,,2",
    "\udcff", "<script>", "é" * 300, "../..", "tabby", "-x", "cascade",
    "bottom-up", "ssim,mse", "gradient",
    "smoothgrad:samples=8", "smoothgrad:samples=x", "smoothgrad:=", ":", "lrp:a:b=1",
)  # fmt: skip


def is_a_sentence(text: str, name: str) -> None:
    """Fails where this is not one line that names the argument and ends with a full stop."""
    assert text.startswith(f"{name}: ") and text.endswith(".") and "\n" not in text, text
    assert "is not allowed; choose " in text and len(text) < 900, text
    assert not re.search(r"Traceback|<class|object at 0x|<function", text), text
