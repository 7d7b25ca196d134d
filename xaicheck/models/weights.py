"""Trained tensors: read from files that are the known ones, their digest, and what does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


class OtherFile(Exception):
    """The file does not have the SHA-256 that it should have."""


def read(path: Path, sha256: str) -> Any:
    """What a file holds, as plain data: no code in it is run. `sha256`: its digest, or how that begins.

    Errors: OtherFile before anything of another file is read; whatever torch raises for a broken one.
    """
    import torch

    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
        if not actual.startswith(sha256):
            raise OtherFile(f"its SHA-256 begins with {actual[: min(len(sha256), 16)]}, not {sha256[:16]}")
        file.seek(0)
        return torch.load(file, map_location="cpu", weights_only=True)


def digest(state: Mapping[str, torch.Tensor]) -> str:
    """SHA-256 of the tensors' names, kinds of numbers, shapes and values.

    Order, device and memory format do not matter.
    """
    import torch

    whole = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu()
        whole.update(f"{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        whole.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy())
    return whole.hexdigest()


def misfit(state: object, wanted: Mapping[str, torch.Tensor]) -> str:
    """Why something is no state of this architecture, as part of a sentence; empty where it is one.

    `wanted`: a state that fits. What BatchNorm counts may be missing: older files have no such tensors.
    """
    import torch

    if not isinstance(state, Mapping):
        return f"a {type(state).__name__} instead of names with their tensors"
    for name, tensor in state.items():
        if name not in wanted:
            return f"{name!r}, which is not in it"
        if not isinstance(tensor, torch.Tensor):
            return f"a {type(tensor).__name__} instead of a tensor for {name}"
        if (tensor.dtype, tensor.shape) != (wanted[name].dtype, wanted[name].shape):
            found, right = (f"{t.dtype} {list(t.shape)}" for t in (tensor, wanted[name]))
            return f"{found} instead of {right} for {name}"
    missing = [name for name in wanted if name not in state and not name.endswith("num_batches_tracked")]
    return f"nothing for {missing[0]}" if missing else ""
