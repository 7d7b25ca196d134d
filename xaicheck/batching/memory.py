"""How many rows a pass takes at once: what fits, and what is quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from xaicheck.types import Network

APART_ROWS = 8  # on a CPU, of a batch that shares nothing
CPU_ROWS = (4, 20)  # on a CPU, of depths that share what lies below them: fewest and most
CPU_WORK = 24e9  # multiplications forward in such a batch: a second or two on two cores, and back
GPU_ROWS = 256
HELD = 2  # times what the layers give: gradients and copies
SHARE = 0.5  # of the memory that is free


def rows_that_fit(network: Network) -> int:
    """The rows of a forward and backward pass through a network, at least 1, that are quick and have room.

    Rows that share their prefix cost less each the more there are; but a run can be cancelled only between
    two passes, and the heavier a network, the less of its time goes into what is shared.
    """
    if network.device.startswith("cuda"):
        import torch

        free, most = torch.cuda.mem_get_info(network.device)[0], GPU_ROWS
    else:
        fewest, most = CPU_ROWS
        free, most = _free_here(), max(fewest, min(most, int(CPU_WORK / max(network.row_work, 1))))
    return max(1, int(min(most, SHARE * free / (HELD * max(network.row_bytes, 1)))))


def _free_here() -> int:
    # What the system calls free leaves out the files it keeps in memory and would give up at once.
    return int(psutil.virtual_memory().available)


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was no room; fewer rows may then do."""
    import torch

    # On a CPU torch says so in words only.
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error)
