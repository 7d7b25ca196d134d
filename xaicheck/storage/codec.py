"""A dataclass in one small file: JSON for what is plain, packed arrays beside it, nothing executable.

A `Store` says what is kept and how each array is packed. Its file is a zip with fixed dates: equal values
make equal bytes. Reading is bounded, and takes nothing that is not of the type that the dataclass declares.
"""

from __future__ import annotations

import json
import logging
import math
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from typing import IO, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from xaicheck.storage.archive import DAMAGED, as_npz, entry, members, npz, whole
from xaicheck.storage.int8 import quantised, restored

log = logging.getLogger(__name__)
UNPACKED = 8  # a file unpacks to at most so many times its greatest size
_NPZ = "arrays.npz"
_INFINITE = {"is": "inf"}
_PLAIN: Mapping[object, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (float, int),
    type(None): (type(None),),
    dict: (dict,),  # what has a JSON form of its own
}

T = TypeVar("T")


# How arrays are packed


@dataclass(frozen=True, slots=True)
class Packing:
    """How an array is stored, and under which name."""

    name: str  # {} stands for a number: 0 for the first array of that name, 1 for the next
    kind: str  # numpy's name for the type of the stored numbers
    pack: Callable[[np.ndarray], tuple[np.ndarray, float]]  # (what is stored, one number beside it)
    unpack: Callable[[np.ndarray, float], np.ndarray]  # of what `pack` gave, or of the same numbers in a row
    beside: str = ""  # what the number beside it is called; "": there is none


def in_full(name: str, kind: str = "<f4") -> Packing:
    """Every number as it is."""
    return Packing(name, kind, lambda values: (np.ascontiguousarray(values, kind), 0), lambda a, _: a.copy())


def byte_planes(name: str, *, bits: int = 23) -> Packing:
    """float32 with so many bits behind the leading one: all first bytes, then all second ones, and so on.

    Neighbours are alike in that order, which packs well. With 12 bits each number is off by less than
    0.0125 % of itself. What is no finite number stays what it is.
    """
    drop = 23 - bits

    def pack(values: np.ndarray) -> tuple[np.ndarray, float]:
        kept = np.array(values, "<f4", order="C")
        if drop:
            number, half = kept.view("<u4"), np.uint32(1 << (drop - 1))
            near = (number + half) >> np.uint32(drop) << np.uint32(drop)
            number[...] = np.where(np.isfinite(kept), near, number)
        return np.ascontiguousarray(np.moveaxis(kept[..., None].view(np.uint8), -1, 0)), 0

    def unpack(planes: np.ndarray, _: float) -> np.ndarray:
        rows = planes if planes.ndim > 1 else planes.reshape(4, -1)
        return np.ascontiguousarray(np.moveaxis(rows, 0, -1)).view("<f4")[..., 0].astype(np.float32)

    return Packing(name, "|u1", pack, unpack)


def whole_steps(name: str, step: float) -> Packing:
    """16-bit multiples of a step, and one number for not-a-number. ValueError where a number is too large."""
    hole = -(2**15)

    def pack(values: np.ndarray) -> tuple[np.ndarray, float]:
        steps = np.rint(np.nan_to_num(values.astype(np.float64)) / step)
        if np.abs(steps).max(initial=0) >= -hole:
            raise ValueError(f"Only numbers below {-hole * step:.1f} can be stored in steps of {step}.")
        return np.where(np.isfinite(values), steps, hole).astype("<i2"), 0

    def unpack(steps: np.ndarray, _: float) -> np.ndarray:
        return np.where(steps == hole, np.nan, steps * step).astype(np.float32)

    return Packing(name, "<i2", pack, unpack)


def eight_bits(name: str) -> Packing:
    """For drawing: 8 bits a number, spaced by the square root of the value (`storage.int8`)."""
    return Packing(name, "|i1", quantised, restored, "peak")


def sixteen_bits(name: str) -> Packing:
    """16 bits a number, relative to the largest one."""

    def pack(values: np.ndarray) -> tuple[np.ndarray, float]:
        scale = float(np.abs(values).max(initial=0.0)) or 1.0
        return (values / scale).astype("<f2"), scale

    def unpack(half: np.ndarray, scale: float) -> np.ndarray:
        return half.astype(np.float32) * np.float32(scale)

    return Packing(name, "<f2", pack, unpack, "scale")


# The file


@dataclass(frozen=True, slots=True)
class Store(Generic[T]):
    """What a file keeps and how; a file that was written once can be read for ever."""

    kind: type[T]  # a dataclass
    document: str  # the zip's member with everything that is no array
    arrays: Mapping[type, Mapping[str, Packing]]  # the fields that are arrays, by the class that has them
    most: int  # bytes of the file
    format: int = 1  # a file of another format is as good as none
    together: bool = False  # all arrays in one npz; else one member each, and their shapes in the document
    tagged: bool = False  # every dataclass and array in the document says what it is

    def save(self, value: object, path: Path) -> int:
        """The size in bytes of the file that was written; it appears whole or not at all.

        `value`: of the store's kind, or any part of such a value.
        """
        writer = _Writer(self)
        content = writer.plain(value)
        facts = {"format": self.format, **({"value": content} if self.tagged else content)}
        if not self.together:
            facts["shapes"] = writer.shapes
        parts: dict[str, str | bytes] = {self.document: json.dumps(facts, separators=(",", ":"))}
        if self.together:
            parts[_NPZ] = as_npz(writer.arrays)
        else:
            parts |= {name: array.tobytes() for name, array in writer.arrays.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        return whole(path, partial(_write, parts)).stat().st_size

    def load(self, path: Path, kind: Any = None) -> T | None:
        """What the file holds: the store's kind, or the part of such a value that `kind` says.

        None when there is no file, when it has another format, and when it is damaged or too large: that is
        said in the log.
        """
        if not path.is_file():
            return None
        try:
            return self._read(path, kind or self.kind)
        except (*DAMAGED, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("%s cannot be read: %s", path, error)
            return None

    def _read(self, path: Path, kind: Any) -> Any:
        if path.stat().st_size > self.most:
            raise ValueError("it is larger than this program ever writes it")
        parts = members(path, most=UNPACKED * self.most)
        facts = json.loads(parts.pop(self.document))
        if not isinstance(facts, dict):
            raise ValueError("it does not say what it holds")
        if facts.pop("format", None) != self.format:
            return None
        shapes = {} if self.together else facts.pop("shapes")
        arrays = npz(parts.pop(_NPZ)) if self.together else {}
        reader = _Reader(self, arrays, parts, shapes)
        value = reader.value(kind, facts.pop("value") if self.tagged else facts)
        if arrays or parts:
            raise ValueError("it holds more than is asked for")
        return value


def _write(parts: Mapping[str, str | bytes], file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in parts.items():
            archive.writestr(entry(name), data)


class _Writer:
    """Makes a value JSON-ready and lays its arrays aside."""

    def __init__(self, store: Store[Any]) -> None:
        self.store = store
        self.arrays: dict[str, np.ndarray] = {}  # as they are stored
        self.shapes: dict[str, tuple[int, ...]] = {}  # as they were
        self.numbers: Counter[str] = Counter()

    def plain(self, value: Any) -> Any:
        if is_dataclass(value):
            return self._fields(value)
        if isinstance(value, tuple):
            return [self.plain(one) for one in value]
        if self.store.tagged and value == math.inf:
            return dict(_INFINITE)
        return value

    def _fields(self, value: Any) -> dict[str, Any]:
        kind: Any = type(value)
        tagged = self.store.tagged
        content: dict[str, Any] = {"is": kind.__name__} if tagged else {}
        packings = self.store.arrays.get(kind, {})
        for name in _hints(kind):
            held = getattr(value, name)
            if name not in packings:
                content[name] = self.plain(held)
            elif tagged:
                mark = {"is": "array", "at": self.numbers[packings[name].name]}
                content[name] = mark | self._packed(packings[name], held)
            else:
                content |= self._packed(packings[name], held)
        return content

    def _packed(self, packing: Packing, values: np.ndarray | None) -> dict[str, float]:
        """What must be known beside the array, by its name."""
        name = _numbered(packing, self.numbers)
        if values is None:
            return {}
        self.arrays[name], beside = packing.pack(values)
        self.shapes[name] = values.shape
        return {packing.beside: beside} if packing.beside else {}


class _Reader:
    """Makes values out of JSON and arrays, and takes nothing that is not of the declared type."""

    def __init__(
        self, store: Store[Any], arrays: dict[str, np.ndarray], raw: dict[str, bytes], shapes: dict[str, Any]
    ) -> None:
        self.store, self.arrays, self.raw, self.shapes = store, arrays, raw, shapes
        self.numbers: Counter[str] = Counter()

    def value(self, kind: Any, plain: Any) -> Any:
        if type(plain) in _taken(kind):
            return plain
        if is_dataclass(kind):
            return self._fields(kind, plain)
        origin, kinds = _parts(kind)
        if origin is tuple:
            return self._tuple(kind, kinds, plain)
        if kinds:  # a union: at most one of its kinds is not plain
            return self.value([one for one in kinds if one is not type(None)][-1], plain)
        if kind is float and self.store.tagged and plain == _INFINITE:
            return math.inf
        raise _unlike(kind, plain)

    def _tuple(self, kind: Any, kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise _unlike(kind, plain)
        if kinds[-1] is ...:
            return tuple([self.value(kinds[0], one) for one in plain])
        return tuple([self.value(one, item) for one, item in zip(kinds, plain, strict=True)])

    def _fields(self, kind: Any, plain: Any) -> Any:
        if not isinstance(plain, dict) or (self.store.tagged and plain.get("is") != kind.__name__):
            raise _unlike(kind, plain)
        left = {name: held for name, held in plain.items() if name != "is"}
        content: dict[str, Any] = {}
        packings = self.store.arrays.get(kind, {})
        for name, hint in _hints(kind).items():
            if name in packings:
                content[name] = self._array(packings[name], left.pop(name) if self.store.tagged else left)
                if content[name] is None and type(None) not in _parts(hint)[1]:
                    raise ValueError(f"the array {name} of {kind.__name__} is missing")
            elif name in left:
                content[name] = self.value(hint, left.pop(name))
        return kind(**content, **left)

    def _array(self, packing: Packing, notes: dict[str, Any]) -> np.ndarray | None:
        name = _numbered(packing, self.numbers)
        if name in self.arrays:
            stored = self.arrays.pop(name)
            if stored.dtype != packing.kind:
                raise _unlike(packing.kind, stored.dtype)
        elif name in self.raw:
            stored = np.frombuffer(self.raw.pop(name), packing.kind)
        else:
            return None
        beside = self.value(float, notes.pop(packing.beside)) if packing.beside else 0.0
        values = packing.unpack(stored, beside)
        return values if self.store.together else values.reshape(self._shape(name))

    def _shape(self, name: str) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.value(tuple[int, ...], self.shapes[name])
        if min(shape, default=0) < 0:
            raise ValueError(f"the array {name} has no size")
        return shape


def _numbered(packing: Packing, numbers: Counter[str]) -> str:
    """The name of the next array that is packed in this way."""
    numbers[packing.name] += 1
    return packing.name.format(numbers[packing.name] - 1)


def _unlike(kind: Any, plain: object) -> ValueError:
    return ValueError(f"{str(plain)[:60]!r} stands where {getattr(kind, '__name__', kind)} belongs")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of a dataclass's fields, in their order."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


@cache
def _taken(kind: Any) -> frozenset[type]:
    """The types of JSON that stand for themselves where this one is declared."""
    origin, kinds = _parts(kind)
    own = _PLAIN.get(kind, ())
    return frozenset(own).union(*map(_taken, () if origin is tuple else kinds))


@cache
def _parts(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """(tuple or union, what it is made of)."""
    return get_origin(kind), get_args(kind)
