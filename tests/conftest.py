"""Tests marked `gpu` are left out, not skipped, where torch sees no CUDA device."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that need a device, where there is none."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked or _has_device():
        return
    config.hook.pytest_deselected(items=marked)
    items[:] = [item for item in items if item not in set(marked)]


@pytest.fixture(scope="session", autouse=True)
def plenty_of_memory() -> Iterator[None]:
    """Let no test depend on how full the machine is: the rows of a pass are then the same everywhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xaicheck.batching.memory._free_here", lambda: 2**36)
        yield


def _has_device() -> bool:
    import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

    import torch  # isort: skip

    return torch.cuda.is_available()
