"""Where and how the arithmetic runs: on a GPU where there is one, in full float32 whatever the caller set."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from xaicheck.arguments import Argument, OneEntry
from xaicheck.errors import BadRequest

DEVICES = ("auto", "cpu", "cuda")
_DENORMAL = 1e-40  # too small for a float32 with all its digits

_lock = threading.Lock()
_inside = 0  # calls of `undisturbed` that are going on, in all threads
_give_back = ExitStack()  # what the first of them changed for the whole process


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
    return "cuda" if there and name != "cpu" else "cpu"


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within it torch computes as after its import and in full float32; what the caller has set comes back.

    Inference mode, switched-off gradients, autocast, a default device, detected anomalies, denormals that are
    flushed and numpy's errors are undone for this thread alone; reduced precision and a switched-off oneDNN,
    which torch knows only for the whole process, until the last such call has ended. Modes that see every
    function or operation of torch, transforms of torch.func, hooks on all modules and on what autograd saves
    are a BadRequest: one that counts cannot be told from one that gives back other values. torch.profiler has
    none of them.
    """
    import torch

    _refuse_other_modes()
    with ExitStack() as stack:
        stack.enter_context(np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"))
        stack.enter_context(torch.autograd.set_detect_anomaly(False))
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        if not torch.tensor(_DENORMAL, dtype=torch.float32) * 1:
            torch.set_flush_denormal(False)
            stack.callback(torch.set_flush_denormal, True)
        stack.enter_context(_full_float32())
        yield


def _refuse_other_modes() -> None:
    from torch._C import _functorch
    from torch._C._autograd import _top_saved_tensors_default_hooks
    from torch.nn.modules import module
    from torch.overrides import _get_current_function_mode_stack
    from torch.utils._device import DeviceContext
    from torch.utils._python_dispatch import _get_current_dispatch_mode_stack

    ours = __name__.partition(".")[0]
    for mode in (*_get_current_function_mode_stack(), *_get_current_dispatch_mode_stack()):
        if not isinstance(mode, DeviceContext) and type(mode).__module__.partition(".")[0] != ours:
            raise BadRequest(
                f"{type(mode).__name__} is active and could change every number: leave that mode of torch "
                "first, then run it again."
            )
    if _functorch.peek_interpreter_stack() is not None:
        raise BadRequest(
            "A transform of torch.func, such as grad or vmap, is active and could change every number: leave "
            "it first, then run it again."
        )
    hooks = (known for name, known in vars(module).items() if re.fullmatch("_global_.*_hooks", name))
    for hook in (hook for known in hooks for hook in known.values()):
        raise BadRequest(
            f"{getattr(hook, '__qualname__', type(hook).__name__)} is a hook on all modules and could change "
            "every number: remove it first, then run it again."
        )
    if _top_saved_tensors_default_hooks(False) is not None:
        raise BadRequest(
            "Hooks on the tensors that torch saves are active and could change every gradient: leave "
            "saved_tensors_hooks first, then run it again."
        )


@contextmanager
def threads(count: int | None) -> Iterator[None]:
    """Within it torch computes on the CPU with so many threads: sums depend on it; None: as it is."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _full_float32() -> Iterator[None]:
    """TensorFloat-32 keeps 10 bits of the mantissa, bfloat16 7: enough to change gradient maps."""
    global _inside, _give_back
    with _lock:
        if not _inside:
            _give_back = _reduced_precision_off()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _give_back.close()


def _reduced_precision_off() -> ExitStack:
    """Switches it off, and oneDNN on; the stack, closed, makes them what they were."""
    import torch
    from torch import backends

    before, parts = ExitStack(), (backends.mkldnn.conv,)
    if not backends.mkldnn.enabled:
        backends.mkldnn.enabled = True
        before.callback(setattr, backends.mkldnn, "enabled", False)
    try:
        precision, tf32 = torch.get_float32_matmul_precision(), backends.cudnn.allow_tf32
        if precision != "highest":
            torch.set_float32_matmul_precision("highest")
            before.callback(torch.set_float32_matmul_precision, precision)
        if tf32:
            backends.cudnn.allow_tf32 = False
            before.callback(setattr, backends.cudnn, "allow_tf32", tf32)
    except RuntimeError:  # the caller uses the newer of torch's two interfaces: then only that one answers
        parts = (*parts, backends.mkldnn.matmul, *_on_gpu())
    for part in parts:
        if part.fp32_precision not in ("ieee", "none"):
            before.callback(setattr, part, "fp32_precision", part.fp32_precision)
            part.fp32_precision = "ieee"
    return before


def _on_gpu() -> tuple[Any, ...]:
    from torch import backends

    return backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn


def arithmetic(device: str) -> tuple[tuple[str, str], ...]:
    """What a number depends on beside versions and weights: a GPU, or a CPU's instructions and threads."""
    import torch

    if device == "cpu":
        capability = torch.backends.cpu.get_cpu_capability()
        return ("cpu", capability), ("threads", str(torch.get_num_threads()))
    short = any(backend.fp32_precision == "tf32" for backend in _on_gpu())
    return ("gpu", torch.cuda.get_device_name(device)), ("tf32", "on" if short else "off")
