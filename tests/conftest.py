"""Tests marked `gpu` are left out, not skipped, where torch sees no CUDA device."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that need a device, where there is none."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked or _has_device():
        return
    config.hook.pytest_deselected(items=marked)
    items[:] = [item for item in items if item not in set(marked)]


def _has_device() -> bool:
    import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

    import torch  # isort: skip

    return torch.cuda.is_available()
