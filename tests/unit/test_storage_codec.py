"""The codec of all small files: what goes in comes out, what is damaged is None and a line in the log."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaicheck.experiments.first_visit import store as first_visit
from xaicheck.experiments.noise import store as noise
from xaicheck.experiments.ranking import store as ranking
from xaicheck.experiments.scales import store as scales
from xaicheck.storage import archive
from xaicheck.storage.codec import (
    UNPACKED,
    Packing,
    Store,
    byte_planes,
    eight_bits,
    in_full,
    sixteen_bits,
    whole_steps,
)


@dataclass(frozen=True, slots=True)
class Row:
    """Plain values only."""

    name: str
    number: int
    share: float | None
    sure: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A value with arrays, one of which there may be none of."""

    key: str
    values: np.ndarray  # float32
    map: np.ndarray | None  # float32


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A value of every kind that is stored."""

    title: str
    pair: tuple[int, float]
    mixed: tuple[tuple[str, int | float], ...]
    row: Row | None
    rows: tuple[Row, ...]
    loose: dict  # what has a JSON form of its own
    picture: np.ndarray  # uint8
    parts: tuple[Part, ...]
    half: np.ndarray  # float32


ARRAYS = {
    Whole: {"picture": in_full("picture", "|u1"), "half": whole_steps("half", 0.01)},
    Part: {"values": byte_planes("values{}"), "map": eight_bits("map{}")},
}
STORE = Store(Whole, "facts.json", ARRAYS, most=100_000)
NPZ = replace(STORE, together=True)
NUMBERED = {
    Whole: {"picture": in_full("a{}", "|u1"), "half": sixteen_bits("a{}")},
    Part: {"values": in_full("a{}"), "map": eight_bits("a{}")},
}
TAGGED = replace(STORE, arrays=NUMBERED, together=True, tagged=True)
STORES = {"members": STORE, "npz": NPZ, "tagged": TAGGED}


def whole() -> Whole:
    g = np.random.default_rng(0)
    row = Row("a", 3, 0.1)
    maps = [g.standard_normal((6, 5)).astype(np.float32), None, np.zeros((2, 2), np.float32)]
    values = [g.standard_normal((4, 3)).astype(np.float32) for _ in maps]
    values[0][1, 1] = np.nan
    return Whole(
        "titel – «ü»", (2, 3.5), (("a", 1), ("b", 0.25)), None, (row, replace(row, share=None, sure=False)),
        {"a": [1, {"b": None}]}, g.integers(0, 256, (4, 4, 3), dtype=np.uint8),
        tuple(Part(f"part {i}", v, m) for i, (v, m) in enumerate(zip(values, maps, strict=True))),
        np.linspace(-1, 1, 12).astype(np.float32).reshape(3, 4),
    )  # fmt: skip


def leaves(value: Any) -> Iterator[Any]:
    """Everything in a value, in order."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, tuple):
        yield len(value)
        for one in value:
            yield from leaves(one)
    else:
        yield value


def same(a: Any, b: Any, *, within: float = 0.0) -> bool:
    pairs = list(zip(leaves(a), leaves(b), strict=True))
    return all(
        x.shape == y.shape and x.dtype == y.dtype and np.allclose(x, y, rtol=0, atol=within, equal_nan=True)
        if isinstance(x, np.ndarray)
        else x == y and type(x) is type(y)
        for x, y in pairs
    )


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store[Whole]:
    return STORES[request.param]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "file.zip"


# --- what goes in comes out ---------------------------------------------------------------------------


def test_every_value_comes_back_with_its_type_and_arrays_within_their_packing(
    store: Store[Whole], path: Path
) -> None:
    before = whole()
    assert store.save(before, path) == path.stat().st_size
    after = store.load(path)
    assert after is not None and same(before, after, within=0.02)  # eight bits: 1 % of the largest pixel
    for old, new in zip(before.parts, after.parts, strict=True):
        assert np.array_equal(old.values, new.values, equal_nan=True)
    assert np.array_equal(before.picture, after.picture) and after.picture.flags.writeable


def test_equal_values_make_equal_files_and_what_is_loaded_saves_as_it_was(
    store: Store[Whole], path: Path, tmp_path: Path
) -> None:
    store.save(whole(), path)
    store.save(whole(), tmp_path / "b.zip")
    assert path.read_bytes() == (tmp_path / "b.zip").read_bytes()
    loaded = store.load(path)
    store.save(loaded, tmp_path / "c.zip")
    assert path.read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_a_field_that_an_older_file_does_not_have_takes_its_default(path: Path) -> None:
    STORE.save(whole(), path)
    altered(path, lambda facts: facts["rows"][0].pop("sure"))
    loaded = STORE.load(path)
    assert loaded is not None and loaded.rows[0].sure


def test_infinity_and_parts_of_a_value_come_back(path: Path) -> None:
    rows = (Row("a", 1, float("inf")), Row("b", 2, None))
    TAGGED.save(rows, path)
    assert TAGGED.load(path, tuple[Row, ...]) == rows  # type: ignore[comparison-overlap]


SHIPPED: dict[str, Store[Any]] = {
    "gallery.zip": ranking.STORE,
    "noise.zip": noise.STORE,
    "scales.zip": scales.STORE,
    "first.zip": first_visit.STORE,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_is_read_and_saving_it_again_gives_its_bytes(name: str, tmp_path: Path) -> None:
    path, kept = first_visit.FOLDER / name, SHIPPED[name]
    value = kept.load(path)
    assert isinstance(value, kept.kind)
    kept.save(value, tmp_path / name)
    assert (tmp_path / name).read_bytes() == path.read_bytes()


# --- packings -----------------------------------------------------------------------------------------


def through(packing: Packing, values: np.ndarray) -> np.ndarray:
    """The values as they come back from a file that keeps them in one row."""
    stored, beside = packing.pack(values)
    assert stored.dtype == packing.kind
    return packing.unpack(stored.ravel(), beside).reshape(values.shape)


def test_twelve_bits_keep_what_is_exact_and_what_is_no_number() -> None:
    packing = byte_planes("a", bits=12)
    exact = np.array([0, 1, -1, 2, 0.5, 4, np.nan, np.inf, -np.inf], np.float32)
    assert np.array_equal(through(packing, exact), exact, equal_nan=True)
    values = np.random.default_rng(0).uniform(-4, 4, 10_000).astype(np.float32)
    assert np.abs(through(packing, values) - values).max() < 0.0005
    assert (np.abs(through(packing, values) - values) <= 0.000125 * np.abs(values)).all()
    assert np.array_equal(through(byte_planes("a"), values), values)


def test_steps_are_off_by_half_of_one_and_a_number_too_large_is_refused(path: Path) -> None:
    packing = whole_steps("a", 0.01)
    values = np.append(np.random.default_rng(0).uniform(-4, 4, 1000), np.nan).astype(np.float32)
    assert np.allclose(through(packing, values), values, rtol=0, atol=0.0051, equal_nan=True)
    large = replace(whole(), half=np.full((1, 1), 1000, np.float32))
    STORE.save(whole(), path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="can be stored"):
        STORE.save(large, path)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_sixteen_bits_are_relative_to_the_largest_number() -> None:
    values = np.random.default_rng(0).standard_normal((9, 9)).astype(np.float32) * 1e-20
    assert np.abs(through(sixteen_bits("a"), values) - values).max() <= 5e-4 * np.abs(values).max()
    assert not through(sixteen_bits("a"), np.zeros((2, 2), np.float32)).any()


def test_eight_bits_keep_the_weak_pixels_of_a_heavy_tailed_map() -> None:
    values = np.random.default_rng(5).standard_t(2, (224, 224)).astype(np.float32)
    back = through(eight_bits("a"), values)
    assert np.sqrt(np.mean(back**2)) == pytest.approx(np.sqrt(np.mean(values**2)), rel=0.01)
    weak = np.abs(values) > 0.02 * np.abs(values).max()
    assert (np.sign(back[weak]) == np.sign(values[weak])).all()


def test_zero_and_broken_maps_stay_what_they_are() -> None:
    assert not through(eight_bits("a"), np.zeros((3, 3), np.float32)).any()
    broken = np.array([[np.nan, 1.0]], np.float32)
    assert np.array_equal(through(eight_bits("a"), broken), broken, equal_nan=True)


# --- what cannot be read ------------------------------------------------------------------------------


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def put(path: Path, contents: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in contents.items():
            opened.writestr(name, data)


def altered(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the facts of a file."""
    contents = members(path)
    facts = json.loads(contents["facts.json"])
    change(facts)
    put(path, {**contents, "facts.json": json.dumps(facts).encode()})


def refused(store: Store[Any], path: Path, caplog: pytest.LogCaptureFixture) -> str:
    """The reason in the log why a file cannot be read."""
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert store.load(path) is None
    (line,) = caplog.messages
    before, _, reason = line.partition(f"{path} cannot be read: ")
    assert (before, bool(reason)) == ("", True)
    return reason


def test_no_file_and_another_format_are_none_without_a_word(
    store: Store[Whole], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert store.load(path) is None
    store.save(whole(), path)
    assert replace(store, format=2).load(path) is None
    put(path, {"facts.json": b'{"format": 7}'})
    assert store.load(path) is None
    assert not caplog.messages


def test_a_file_that_ends_early_is_refused_wherever_it_ends(
    store: Store[Whole], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(whole(), path)
    data = path.read_bytes()
    for length in range(0, len(data), 17):
        path.write_bytes(data[:length])
        refused(store, path, caplog)


def test_a_file_with_wrong_bytes_is_none_or_whole_but_never_an_exception(
    store: Store[Whole], path: Path
) -> None:
    store.save(whole(), path)
    data, g = path.read_bytes(), np.random.default_rng(1)
    outcomes = set()
    for _ in range(300):
        wrong = bytearray(data)
        for place in g.integers(0, len(data), 3):
            wrong[place] = g.integers(0, 256)
        path.write_bytes(wrong)
        loaded = store.load(path)
        outcomes.add(loaded is None)
        assert loaded is None or same(whole(), loaded, within=0.02)  # the CRC holds what is read
    assert True in outcomes


def test_a_file_larger_than_any_is_not_even_opened(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    size = STORE.save(whole(), path)
    monkeypatch.setattr(zipfile, "ZipFile", pytest.fail)
    assert "larger" in refused(replace(STORE, most=size - 1), path, caplog)


def test_what_would_unpack_to_too_much_is_refused_before_it_is_unpacked(
    store: Store[Whole], path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(whole(), path)
    contents = members(path)
    put(path, {**contents, "zeros": bytes(UNPACKED * store.most)})
    assert path.stat().st_size < store.most
    monkeypatch.setattr(zipfile.ZipFile, "read", pytest.fail)
    assert "than this program" in refused(store, path, caplog)


def test_members_that_nobody_asked_for_are_refused_and_written_nowhere(
    store: Store[Whole], path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(whole(), path)
    contents = members(path)
    for name in ("../evil", "/tmp/evil", "extra"):
        put(path, {**contents, name: b"1234"})
        assert "is asked for" in refused(store, path, caplog)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


def test_two_members_of_one_name_are_refused(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    STORE.save(whole(), path)
    document = members(path)["facts.json"]
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as opened:
        opened.writestr("facts.json", document)
    assert "one name" in refused(STORE, path, caplog)


def test_a_packing_of_other_programs_is_refused(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    STORE.save(whole(), path)
    contents = members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as opened:
        for name, data in contents.items():
            opened.writestr(name, data)
    assert "packed in" in refused(STORE, path, caplog)


def test_a_value_that_says_it_is_another_is_refused(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    TAGGED.save(whole(), path)
    altered(path, lambda facts: facts["value"]["rows"][0].update({"is": "Part"}))
    assert "where Row belongs" in refused(TAGGED, path, caplog)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.update(title=1),
        lambda f: f.update(title=None),
        lambda f: f.update(pair=[1]),
        lambda f: f.update(pair=[1.5, 1.5]),
        lambda f: f.update(pair={"0": 1}),
        lambda f: f.update(row="row"),
        lambda f: f.update(loose=[]),
        lambda f: f.update(rows=[[]]),
        lambda f: f.update(rows={}),
        lambda f: f["rows"][0].update(number=True),
        lambda f: f["rows"][0].update(sure=1),
        lambda f: f["rows"][0].update(share="0.1"),
        lambda f: f["rows"][0].update(surprise=1),
        lambda f: f["rows"][0].pop("name"),
        lambda f: f["parts"][0].update(peak="1"),
        lambda f: f["parts"][0].pop("peak"),
        lambda f: f["parts"].pop(),
        lambda f: f["shapes"].update(values0=[10**9, 10**9]),
        lambda f: f["shapes"].update(values0=[-1, 3]),
        lambda f: f["shapes"].update(values0=[4.0, 3.0]),
        lambda f: f["shapes"].update(values0="43"),
        lambda f: f["shapes"].pop("values0"),
        lambda f: f.pop("shapes"),
    ],
)
def test_what_is_not_of_the_declared_type_is_refused(
    path: Path, change: Callable[[dict[str, Any]], object], caplog: pytest.LogCaptureFixture
) -> None:
    STORE.save(whole(), path)
    altered(path, change)
    refused(STORE, path, caplog)


@pytest.mark.parametrize("text", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000, b'{"format": 1}'])
def test_a_document_that_is_none_is_refused(
    text: bytes, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    put(path, {"facts.json": text})
    refused(STORE, path, caplog)


def npy(array: np.ndarray, **how: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array, **how)
    return out.getvalue()


HEADER = npy(np.zeros((2, 2), np.float32))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        HEADER[:-1],
        HEADER + b"1",
        HEADER.replace(b"(2, 2)", b"(9, 9)"),
        HEADER.replace(b"(2, 2)", b"(-2,2)"),
        HEADER.replace(b"<f4", b"|O4"),
        b"\x93NUMPY\x09\x00" + HEADER[8:],
        npy(np.array([{"a": 1}], dtype=object), allow_pickle=True),
        npy(np.array(["text"])),
    ],
)
def test_an_array_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, EOFError)):
        archive.npy(data)


def test_an_array_comes_back_whatever_its_order() -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    for one in (values, values.T, np.asfortranarray(values), values[:, ::2]):
        assert np.array_equal(archive.npy(npy(one)), one)


def test_an_array_of_another_type_than_declared_is_refused(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    NPZ.save(whole(), path)
    contents = members(path)
    arrays = archive.npz(contents["arrays.npz"])
    wrong = {**arrays, "values0": arrays["values0"].astype(np.uint16)}
    put(path, {**contents, "arrays.npz": archive.as_npz(wrong)})
    assert "uint16" in refused(NPZ, path, caplog)
    del wrong["values0"]
    put(path, {**contents, "arrays.npz": archive.as_npz(wrong)})
    assert "missing" in refused(NPZ, path, caplog)


def test_one_array_of_an_npz_may_not_be_larger_than_it_may() -> None:
    data = archive.as_npz({"a": np.zeros(1000, np.float32)})
    assert archive.npz(data, each=5000)["a"].shape == (1000,)
    with pytest.raises(archive.TooLarge):
        archive.npz(data, each=4000)


def test_a_file_is_there_as_a_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a"
    archive.whole(path, lambda file: file.write(b"before"))

    def fail(file: Any) -> None:
        file.write(b"half of it")
        raise OSError("no space left")

    with suppress(OSError):
        archive.whole(path, fail)
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]
