"""Where the arithmetic runs: `auto` takes a GPU where there is one, always in full float32."""

from __future__ import annotations

from typing import Any

from xaicheck.arguments import Argument, OneEntry
from xaicheck.errors import BadRequest

DEVICES = ("auto", "cpu", "cuda")


class _Name(OneEntry):
    """One of DEVICES, or torch's own word for it."""

    __slots__ = ()

    def converted(self, value: Any, spec: Any = None) -> str:
        """The name."""
        return super().converted(str(value) if type(value).__module__ == "torch" else value)


DEVICE = Argument("device", "Device", _Name(dict.fromkeys(DEVICES)), "auto", option="where to compute")


def resolve(name: Any) -> str:
    """`cpu` or `cuda`; a BadRequest if the name is unknown or there is no GPU to be had."""
    name = DEVICE.converted(name)
    import torch

    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise BadRequest("There is no CUDA device on this machine; choose cpu or auto.")
    if name == "cpu" or not there:
        return "cpu"
    # TensorFloat-32 keeps 10 bits of the mantissa: enough to change gradient maps.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    return "cuda"


def arithmetic(device: str) -> tuple[tuple[str, str], ...]:
    """What a number depends on beside the versions: a GPU's name, and whether TensorFloat-32 is off."""
    if device == "cpu":
        return ()
    import torch

    short = torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32
    return ("gpu", torch.cuda.get_device_name(device)), ("tf32", "on" if short else "off")
