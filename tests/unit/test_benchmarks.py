"""The benchmarks run, and say what they measured: the numbers themselves are not asserted."""

from __future__ import annotations

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import json  # isort: skip
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import clock, contest, device, fresh, report
from benchmarks.__main__ import SECTIONS, main
from benchmarks.networks import at_leaves, network, spaced
from benchmarks.profile import PARTS, Profile
from benchmarks.rows import Row, Section, missing, row
from benchmarks.setting import SMALL_CHECK, Setting

pytestmark = pytest.mark.slow

QUICK = Setting("cpu", quick=True)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a quick run writes."""
    out = tmp_path_factory.mktemp("bench") / "below" / "run.json"
    assert main(["--quick", "--device", "cpu", "--out", str(out)]) == 0
    read: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return read


def test_a_run_writes_every_section_and_where_it_was_taken(found: dict[str, Any]) -> None:
    assert set(found) == {"schema", "date", "quick", "seconds", "machine", "sections"}
    assert found["schema"] == report.SCHEMA and found["quick"] is True
    assert len(found["sections"]) == len(SECTIONS)
    assert {"processor", "cores", "device", "torch", "captum", "quantus"} <= set(found["machine"])


def test_every_row_has_a_unit_and_a_number_or_a_reason(found: dict[str, Any]) -> None:
    rows = [Row(**entry) for section in found["sections"] for entry in section["rows"]]
    assert len(rows) > 30
    for entry in rows:
        assert entry.what and entry.unit
        assert entry.note if entry.value is None else np.isfinite(entry.value), entry
    timed = [entry for entry in rows if entry.value is not None and entry.unit.startswith(("u", "s"))]
    assert all(entry.value is not None and entry.value > 0 for entry in timed)


def test_on_the_same_weights_captum_gives_our_maps(found: dict[str, Any]) -> None:
    rows = [Row(**entry) for section in found["sections"] for entry in section["rows"]]
    notes = [entry.note for entry in rows if entry.what.endswith("Gradient: captum")]
    assert len(notes) == 3
    assert all(note.startswith("same maps") for note in notes)


def test_readme_has_one_place_for_a_run_and_takes_it_again_and_again(found: dict[str, Any]) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    once = report.readme(text, found)
    assert report.readme(once, found) == once
    before, after = text.split(report.BEGIN)[0], text.split(report.END)[1]
    assert once.startswith(before) and once.endswith(after)
    assert found["date"] in once and "| u / depth |" not in once
    assert once.count("| import xaicheck |") == 1


def test_the_table_shows_what_is_missing_and_why() -> None:
    section = Section("A title", (row("fast", [1.0, 3.0, 2.0], "s"), missing("slow", "s", "not installed")))
    lines = report.table([section]).splitlines()
    assert lines[0] == "**A title**"
    assert lines[-2:] == ["| fast | 2 s | 1–3 |  |", "| slow | n/a |  | not installed |"]


@pytest.mark.parametrize(
    ("value", "shown"), [(0.8512, "0.851"), (1234.5, "1234"), (99.96, "100"), (0.000654, "0.000654")]
)
def test_numbers_are_short_and_plain(value: float, shown: str) -> None:
    assert report.number(value) == shown


def test_a_cost_is_divided_by_the_unit_timed_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def step() -> None:
        """Something to be timed."""

    def other() -> None:
        """Something else to be timed."""

    clocked = iter([8.0, 3.0, 16.0, 4.0, 16.0])  # unit, step, unit, other, unit: the machine slows down
    monkeypatch.setattr(clock, "seconds", lambda call: next(clocked))
    costs = clock.in_units(lambda: None, 8, {"step": step, "other": other}, 1)
    assert costs == {"step": (2.0,), "other": (2.0,)}


def test_contenders_take_turns_and_every_other_round_goes_backwards() -> None:
    order: list[str] = []
    times = clock.interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert [len(found) for found in times.values()] == [3, 3]


@pytest.mark.parametrize(
    ("count", "most", "depths"), [(3, 9, (1, 2, 3)), (99, 3, (33, 66, 99)), (4, 1, (4,))]
)
def test_depths_are_spaced_up_to_the_last(count: int, most: int, depths: tuple[int, ...]) -> None:
    assert spaced(count, most) == depths


def test_every_layer_becomes_a_block() -> None:
    net = network("efficientnet_lite0", QUICK)
    leaves = at_leaves(net)
    assert len(leaves.blocks) == 99
    assert all(len(block.modules) == 1 for block in leaves.blocks)
    assert sum(len(block.parameters) for block in leaves.blocks) == len(list(net.module.parameters()))


def test_two_maps_of_zeros_do_not_differ_and_one_of_them_does() -> None:
    zeros, ones = np.zeros((1, 2, 2)), np.ones((1, 2, 2))
    assert contest.relative(zeros, zeros) == 0
    assert contest.relative(ones, 2 * ones) == 0.5
    assert not contest.relative(ones, zeros) < contest.AGREES


def test_a_profile_counts_every_second_once_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("benchmarks.profile.time", SimpleNamespace(perf_counter=lambda: now[0]))

    class Parts:
        @staticmethod
        def outer() -> str:
            now[0] += 2
            said = Parts.inner()
            now[0] += 3
            return said

        @staticmethod
        def inner() -> str:
            now[0] += 10
            return "done"

    monkeypatch.setattr("benchmarks.parts", Parts, raising=False)
    names = ("outer", "inner", "gone")
    monkeypatch.setattr(
        "benchmarks.profile.PARTS", tuple(("benchmarks", f"parts.{n}", lambda n=n: n) for n in names)
    )
    with Profile() as profile:
        assert Parts.outer() == "done"
    assert profile.seconds == {"inner": 10, "outer": 5}
    before = dict(profile.seconds)
    Parts.outer()
    assert profile.seconds == before


def test_the_profiled_parts_are_there() -> None:
    import importlib

    for module, path, _ in PARTS:
        owner: Any = importlib.import_module(module)
        for part in path.split("."):
            owner = getattr(owner, part)
        assert callable(owner)


def test_the_devices_figures_come_from_any_device() -> None:
    net = network("efficientnet_lite0", QUICK)
    rows = {entry.what: entry for entry in device.figures(net, seeds=2, size=128)}
    share = rows["Share of the measured float32 limit"].value
    assert share is not None and 0 < share < 100
    assert rows["Device memory kept by the job"].value == 0
    assert rows["Limit: matrix product"].unit == "TFLOP/s"


def test_a_check_that_fails_in_its_own_process_is_not_waited_for() -> None:
    with pytest.raises(RuntimeError, match="failed"):
        fresh.check(QUICK, **{**SMALL_CHECK, "methods": ("no such method",)})
