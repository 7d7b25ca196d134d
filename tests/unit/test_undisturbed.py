"""What the caller has set up in torch changes no number, and no check changes it."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager as Context, ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest

import xaicheck  # before torch: it sets how torch's threads wait

import torch  # isort: skip
from torch import nn  # isort: skip
from torch._subclasses.fake_tensor import FakeTensorMode  # isort: skip
from torch.utils._python_dispatch import TorchDispatchMode  # isort: skip
from torch.utils.flop_counter import FlopCounterMode  # isort: skip
from torch.utils.hooks import RemovableHandle  # isort: skip

from tests.unit.test_randomization_entry import MODEL_ENTRY
from xaicheck.engine import convergence_run
from xaicheck.engine.convergence import along, convergence
from xaicheck.errors import BadRequest, ModelUnavailable
from xaicheck.methods import METHODS
from xaicheck.models import device, registry, samples
from xaicheck.models.device import undisturbed
from xaicheck.models.registry import MODELS, load
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.weights import randomized
from xaicheck.types import Method, Report

STATE = MODEL_ENTRY.weights()
TOY = dataclasses.replace(MODEL_ENTRY, weights=lambda: STATE)


@pytest.fixture(autouse=True)
def loaded_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each check loads the toy itself: that too must not depend on the caller."""
    monkeypatch.setattr(registry, "_loaded", {})
    with MODELS.with_entry(TOY):
        yield


def check() -> Report:
    """A whole check of the toy network: every method, every BatchNorm recalibrated."""
    return xaicheck.check(
        samples.load("clock"),
        model="toy",
        methods=tuple(METHODS),
        depths=(0, 1, 4),
        measures=("mse",),
        device="cpu",
    )


def numbers(report: Report) -> list[object]:
    maps = [a.values.tobytes() for a in report.attributions if a.values is not None]
    assert len(maps) == len(report.attributions) == 3 * len(METHODS)
    certificates = [a.certificates for a in report.attributions]
    measured = (*report.scores, *report.activations, *report.liveness)
    return [*maps, *certificates, *measured, report.target, report.versions]


@pytest.fixture(scope="module")
def known() -> list[object]:
    with MODELS.with_entry(TOY):
        return numbers(check())


@contextmanager
def setting(read: Callable[[], object], write: Callable[[object], object], value: object) -> Iterator[None]:
    """A setting of the process for the length of the context; it must be there unchanged at its end."""
    before = read()
    write(value)
    try:
        yield
        assert read() == value
    finally:
        write(before)


def default_device(name: str) -> Context[None]:
    def write(device: object) -> None:
        torch.set_default_device(None if device == "cpu" else device)  # "cpu" would leave a mode behind

    return setting(lambda: torch.get_default_device().type, write, name)


@contextmanager
def denormals_flushed() -> Iterator[None]:
    torch.set_flush_denormal(True)
    try:
        assert not torch.tensor(1e-40) * 1
        yield
        assert not torch.tensor(1e-40) * 1
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def other_backends() -> Iterator[None]:
    """What else torch's backends can be set to, on a CPU too; it must be there unchanged at the end."""
    backends = torch.backends
    flags = [
        (backends.cudnn, name, value)
        for name, value in (("enabled", False), ("benchmark", True), ("deterministic", True))
    ]
    flags += [(backends.mkldnn, "deterministic", True), (backends.opt_einsum, "enabled", False)]
    with ExitStack() as stack:
        for holder, name, value in flags:
            read = partial(getattr, holder, name)
            stack.enter_context(setting(read, partial(setattr, holder, name), value))
        for name in ("flash", "mem_efficient", "cudnn"):
            read = getattr(backends.cuda, f"{name}_sdp_enabled")
            stack.enter_context(setting(read, getattr(backends.cuda, f"enable_{name}_sdp"), False))
        read = backends.mha.get_fastpath_enabled
        stack.enter_context(setting(read, backends.mha.set_fastpath_enabled, False))
        yield


CALLERS: dict[str, Callable[[], Context[object]]] = {
    "inference mode": torch.inference_mode,
    "without gradients": torch.no_grad,
    "gradients switched off": lambda: setting(torch.is_grad_enabled, torch.set_grad_enabled, False),
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "double by default": lambda: setting(torch.get_default_dtype, torch.set_default_dtype, torch.float64),
    "half by default": lambda: setting(torch.get_default_dtype, torch.set_default_dtype, torch.float16),
    "a default device": lambda: default_device("meta"),
    "a device for a while": lambda: torch.device("meta"),
    "reduced precision": lambda: setting(
        torch.get_float32_matmul_precision, torch.set_float32_matmul_precision, "medium"
    ),
    "without oneDNN": lambda: setting(
        lambda: torch.backends.mkldnn.enabled,
        lambda on: setattr(torch.backends.mkldnn, "enabled", on),
        False,
    ),
    "anomalies detected": lambda: torch.autograd.set_detect_anomaly(True),
    "one thread of autograd": lambda: torch.autograd.set_multithreading_enabled(False),
    "denormal numbers are zero": denormals_flushed,
    "numpy raises": lambda: np.errstate(all="raise"),
    "other backends": other_backends,
    "a profiler": lambda: torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]),
    "deterministic algorithms": lambda: setting(
        torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms, True
    ),
}


def others() -> list[object]:
    """What a check does not reach: convergence, and networks of every law."""
    clock = samples.load("clock")
    request = convergence_run.request_for(clock, model="toy", start=1)
    known: list[object] = list(convergence_run.run(request, clock, device="cpu").profiles)
    for law in LAWS:
        twin = randomized(load("toy"), depth=4, law=law)
        known += [tensor.numpy().tobytes() for tensor in twin.module.state_dict().values()]
    return known


@pytest.fixture(scope="module")
def other_numbers() -> list[object]:
    with MODELS.with_entry(TOY):
        return others()


@pytest.mark.parametrize("caller", CALLERS)
def test_convergence_and_randomized_networks_are_the_same_too(
    caller: str, other_numbers: list[object]
) -> None:
    with CALLERS[caller]():
        assert others() == other_numbers


@pytest.mark.parametrize("caller", CALLERS)
def test_a_check_gives_the_same_whatever_the_caller_has_set_and_later_checks_too(
    caller: str, known: list[object]
) -> None:
    with CALLERS[caller]():
        assert numbers(check()) == known
        assert numbers(check()) == known
    assert numbers(check()) == known
    twin = xaicheck.load_model("toy").module
    assert not any(t.is_inference() for t in twin.parameters())


@pytest.mark.parametrize("caller", CALLERS)
def test_convergence_that_is_asked_for_directly_is_the_same_too(caller: str) -> None:
    pixels = np.random.default_rng(3).standard_normal((1, 3, 64, 64)).astype(np.float32)

    def asked() -> tuple[object, ...]:
        network = load("toy")
        top, *_, bottom = (block.name for block in network.blocks)
        x = torch.from_numpy(pixels)
        one = convergence(network, x, "gradient", start=top, end=bottom)
        return one, along(network, x, "gradient", start=top, ends=(bottom,))

    known = asked()
    assert known[1] == (known[0],) and known[0].median is not None  # type: ignore[attr-defined]
    with CALLERS[caller]():
        assert asked() == known


def test_inference_mode_is_the_callers_again_after_a_check() -> None:
    with torch.inference_mode():
        check()
        assert torch.is_inference_mode_enabled() and not torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled() and torch.is_grad_enabled()


def test_global_generators_neither_leak_in_nor_out(known: list[object]) -> None:
    def draws() -> tuple[object, ...]:
        return float(torch.rand(1)), float(np.random.rand()), random.random()  # noqa: NPY002

    def seeded(between: Callable[[], object]) -> tuple[object, ...]:
        torch.manual_seed(0)  # noqa: TID251
        np.random.seed(0)  # noqa: NPY002, TID251
        random.seed(0)  # noqa: TID251
        between()
        return draws()

    def lite() -> None:
        registry._loaded.clear()
        load("efficientnet_lite0")

    assert seeded(check) == seeded(lite) == seeded(lambda: None)
    torch.manual_seed(99)  # noqa: TID251
    assert numbers(check()) == known


def test_threads_are_the_callers_and_are_named() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        assert dict(check().versions)["threads"] == "1"
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def precisions() -> list[str]:
    backends = torch.backends
    parts = (backends.cuda.matmul, backends.cudnn.conv, backends.mkldnn.matmul, backends.mkldnn.conv)
    return [part.fp32_precision for part in parts]


def by_the_older_interface() -> None:
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.allow_tf32 = True


def by_the_newer_interface() -> None:
    torch.backends.mkldnn.matmul.fp32_precision = "bf16"
    torch.backends.mkldnn.conv.fp32_precision = "bf16"
    torch.backends.cuda.matmul.fp32_precision = "tf32"


@pytest.fixture
def fresh_precision() -> Iterator[None]:
    """What a test does to the precision of the whole process is undone."""
    backends = torch.backends
    parts = (*(backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn), backends.mkldnn.matmul)
    yield
    for part in (*parts, backends.mkldnn.conv):
        part.fp32_precision = "ieee"
    torch.set_float32_matmul_precision("highest")
    backends.cudnn.allow_tf32 = True


@pytest.mark.parametrize("reduce", [by_the_older_interface, by_the_newer_interface])
def test_reduced_precision_is_off_within_and_back_when_the_last_of_several_is_through(
    reduce: Callable[[], None], fresh_precision: None
) -> None:
    reduce()
    before = precisions()
    assert {"bf16", "tf32"} <= set(before)
    with ExitStack() as first:
        first.enter_context(undisturbed())
        second = ExitStack()
        second.enter_context(undisturbed())
        assert set(precisions()) <= {"ieee", "none"}
        first.close()  # the first ends while the second is still computing
        assert set(precisions()) <= {"ieee", "none"}
        second.close()
        assert precisions() == before


def test_runs_at_once_give_what_one_gives(known: list[object]) -> None:
    with torch.inference_mode(), ThreadPoolExecutor(3) as pool:
        assert all(numbers(report) == known for report in pool.map(lambda _: check(), range(3)))


class Doubles(torch.overrides.TorchFunctionMode):
    """Somebody's mode that changes what torch's functions give."""

    def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        found = func(*args, **(kwargs or {}))
        return 2 * found if func is torch.nn.functional.relu else found


class DoublesOperations(TorchDispatchMode):
    """The same below autograd."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        found = func(*args, **(kwargs or {}))
        return 2 * found if func is torch.ops.aten.relu.default else found


def doubles_outputs(module: nn.Module, args: object, output: torch.Tensor) -> torch.Tensor:
    return 2 * output if isinstance(module, nn.ReLU) else output


@contextmanager
def hooked(register: Callable[..., RemovableHandle], hook: Callable[..., object]) -> Iterator[None]:
    handle = register(hook)
    try:
        yield
    finally:
        handle.remove()


REGISTER = [fn for name, fn in vars(nn.modules.module).items() if name.startswith("register_module_")]


@pytest.mark.parametrize("register", REGISTER)
def test_every_hook_on_all_modules_is_refused_by_its_name(
    register: Callable[..., RemovableHandle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nn.modules.module, "_global_is_full_backward_hook", None)  # torch never resets it
    assert len(REGISTER) == 8
    for hook in (doubles_outputs, partial(doubles_outputs), lambda *_: None):
        said = "is a hook on all modules and could change every number: remove it first, then run it again."
        with hooked(register, hook), pytest.raises(BadRequest, match=f"^[^ ]+ {said}$"), undisturbed():
            pass
    with undisturbed():
        pass


def test_a_hook_that_is_refused_would_have_changed_the_maps(
    known: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for mode in (
        DoublesOperations,
        partial(hooked, nn.modules.module.register_module_forward_hook, doubles_outputs),
    ):
        with mode(), pytest.raises(BadRequest, match="could change every number"):
            check()
        with monkeypatch.context() as patch, mode():
            patch.setattr(device, "_refuse_other_modes", lambda: None)
            assert numbers(check()) != known
    assert numbers(check()) == known


@pytest.mark.parametrize(
    ("mode", "named"),
    [
        (Doubles, "Doubles"),
        (DoublesOperations, "DoublesOperations"),
        (lambda: FlopCounterMode(display=False), "FlopCounterMode"),
        (lambda: FakeTensorMode(allow_non_fake_inputs=True), "FakeTensorMode"),
        (
            lambda: torch.autograd.graph.saved_tensors_hooks(lambda t: 2 * t, lambda t: t),
            "saved_tensors_hooks",
        ),
        (torch.autograd.graph.save_on_cpu, "saved_tensors_hooks"),
    ],
)
def test_what_could_change_the_numbers_unseen_is_refused_in_one_sentence(
    mode: Callable[[], Context[object]], named: str
) -> None:
    with mode(), pytest.raises(BadRequest, match=named), undisturbed():
        pass
    with undisturbed():
        pass


@pytest.mark.parametrize("transform", [torch.func.grad, torch.func.vmap, torch.func.jacrev])
def test_within_a_transform_of_functions_nothing_is_computed(transform: Callable[..., Any]) -> None:
    def inside(x: torch.Tensor) -> torch.Tensor:
        with undisturbed():
            return x.sum()

    with pytest.raises(BadRequest, match="A transform of torch.func, such as grad or vmap, is active"):
        transform(inside)(torch.ones(3, dtype=torch.float32))


@pytest.mark.parametrize("caller", ["anomalies detected", "denormal numbers are zero", "numpy raises"])
def test_what_moves_no_number_of_this_network_is_undone_within_all_the_same(caller: str) -> None:
    with CALLERS[caller](), undisturbed():
        assert not torch.is_anomaly_enabled()
        assert float(torch.tensor(1e-40) * 1) > 0
        assert "raise" not in np.geterr().values()


def test_a_call_that_fails_gives_the_settings_back() -> None:
    with torch.inference_mode():
        with pytest.raises(ZeroDivisionError), undisturbed():
            assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
            _ = 1 / 0
        assert torch.is_inference_mode_enabled()


def test_a_method_that_writes_into_the_network_ends_the_run_and_no_later_one_sees_it(
    known: list[object],
) -> None:
    def writes(network, x, target, *, rng):  # type: ignore[no-untyped-def]
        network.module[3][2].weight.data.mul_(2)
        return x

    method = Method("writes", "Writes", "It changes what it explains.", "this test", writes)
    with METHODS.with_entry(method), pytest.raises(ModelUnavailable, match="changed while it was explained"):
        xaicheck.check(samples.load("clock"), model="toy", methods=("writes",), depths=(0,))
    assert numbers(check()) == known
