"""How many rows fit: at least one, never above the caps, and what counts as no room."""

from __future__ import annotations

import dataclasses

import xaicheck  # noqa: F401  # isort: skip

import pytest
import torch

from xaicheck.batching import memory
from xaicheck.batching.memory import CPU_ROWS, GPU_ROWS, HELD, SHARE, out_of_memory, rows_that_fit
from xaicheck.models.registry import MODELS
from xaicheck.types import Network

FREE = 8 * 2**30
FREE_HERE = memory._free_here  # before the tests' own stands in its place


def network(device: str = "cpu", row_bytes: int = 10**6, row_work: int = 10**9) -> Network:
    return Network(
        MODELS["resnet18"], torch.nn.Identity(), (), device, row_bytes=row_bytes, row_work=row_work
    )


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind of device, with as much free memory as `free` says."""
    monkeypatch.setattr(memory, "_free_here", lambda: FREE)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (FREE, 10 * FREE))
    return request.param


def test_without_free_memory_there_is_one_row(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_free_here", lambda: 0.0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (0, FREE))
    assert rows_that_fit(network(device)) == 1


@pytest.mark.parametrize("row_bytes", [0, 1, 10**9, 10**15])
@pytest.mark.parametrize("row_work", [0, 1, 10**9, 10**15])
def test_the_rows_lie_between_one_and_the_devices_cap(device: str, row_bytes: int, row_work: int) -> None:
    cap = CPU_ROWS[1] if device == "cpu" else GPU_ROWS
    assert 1 <= rows_that_fit(network(device, row_bytes, row_work)) <= cap


def test_rows_take_their_share_of_the_free_memory_and_no_more(device: str) -> None:
    row_bytes = int(SHARE * FREE / HELD / 3.5)
    assert rows_that_fit(network(device, row_bytes)) == 3


def test_a_heavier_network_never_gets_more_rows(device: str) -> None:
    for name in ("row_bytes", "row_work"):
        rows = [
            rows_that_fit(dataclasses.replace(network(device), **{name: 10**power})) for power in range(16)
        ]
        assert rows == sorted(rows, reverse=True)


def test_what_the_system_would_give_up_at_once_counts_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    class Memory:  # a machine that keeps files in nearly all of its memory
        free, available = 2**20, 2**34

    monkeypatch.setattr(memory, "_free_here", FREE_HERE)
    monkeypatch.setattr(memory.psutil, "virtual_memory", Memory)
    assert rows_that_fit(network(row_bytes=10**7)) == CPU_ROWS[1]
    Memory.available = 2**20
    assert rows_that_fit(network(row_bytes=10**7)) == 1


def cpu_words() -> RuntimeError:
    """What torch really says on a CPU, of a tensor of an exabyte."""
    try:
        torch.empty(2**58)
    except RuntimeError as error:
        return error
    raise AssertionError("there was room")


def test_no_room_is_told_from_other_failures() -> None:
    assert out_of_memory(cpu_words())
    assert out_of_memory(torch.OutOfMemoryError("CUDA out of memory.")) and out_of_memory(MemoryError())
    assert not out_of_memory(RuntimeError("shapes cannot be multiplied"))
    assert not out_of_memory(ValueError("no memory of that"))
