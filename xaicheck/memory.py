"""How many rows a pass takes at once: what fits, and what is quick."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xaicheck.types import Network

CPU_ROWS = 20  # that share what lies below them; each costs less, until their gradients crowd the memory
APART_ROWS = 8  # that share nothing
GPU_ROWS = 256
HELD = 2  # times what the layers give: gradients and copies
SHARE = 0.5  # of the memory that is free


def rows_that_fit(network: Network) -> int:
    """The rows of a forward and backward pass through a network, at least 1, that its device has room for."""
    if network.device.startswith("cuda"):
        import torch

        free, most = torch.cuda.mem_get_info(network.device)[0], GPU_ROWS
    else:
        free, most = _free_here(), CPU_ROWS
    return max(1, min(most, int(SHARE * free / (HELD * max(network.row_bytes, 1)))))


def _free_here() -> float:
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):  # not on every system
        return float("inf")


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was no room; fewer rows may then do."""
    import torch

    # On a CPU torch says so in words only.
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error)
