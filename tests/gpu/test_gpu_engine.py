"""A GPU gives the CPU's report, gives its memory back, waits once a part, and says how it computed.

What is marked `gpu` needs a device; the same checks run on the CPU beside it, so that they are known to work.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest

import xaicheck  # noqa: F401  (before torch: it sets how torch's threads wait)

import torch  # isort: skip

from xaicheck.batching.depth_batch import Cascade
from xaicheck.engine import run as engine
from xaicheck.errors import Cancelled
from xaicheck.methods import METHODS
from xaicheck.methods.explain import explain_together
from xaicheck.models import samples
from xaicheck.models.device import arithmetic, resolve, undisturbed
from xaicheck.models.registry import load
from xaicheck.report.files import as_json
from xaicheck.types import Method, MethodChoice, Network, Progress, Report

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
CAT = samples.load("chelsea")
MODEL = "efficientnet_lite0"
READERS = tuple(key for key, method in METHODS.items() if method.derive is not None)
FAMILY = (
    *("gradient", "input_x_gradient", "guided_backprop", "grad_cam", "lrp"),
    MethodChoice("smoothgrad", (("samples", 4),)),
    MethodChoice("integrated_gradients", (("steps", 4),)),
)
SHORT = {"methods": ("gradient", "grad_cam", "sobel"), "depths": (0, 2, 19), "measures": ("mse",)}

# float32 sums in another order round by 1e-6. Where that flips a ReLU at its kink, a gradient changes by 1e-2
# and says nothing about the arithmetic: one map of a method in five may lie beyond the first bound.
CLOSE, FLIPPED, SHARE = 1e-3, 5e-2, 0.8


@pytest.fixture(scope="module")
def on_cpu() -> Report:
    return whole("cpu")


def whole(device: str) -> Report:
    depths = (0, 1, 4, 8, 12, 16, 19) if torch.cuda.is_available() else (0, 4)  # enough to know the test
    measures = ("spearman", "ssim")
    return engine.check(CAT, methods=(*FAMILY, "sobel"), depths=depths, measures=measures, device=device)


@pytest.mark.parametrize("device", DEVICES)
def test_maps_and_scores_are_those_of_the_cpu(device: str, on_cpu: Report) -> None:
    found = whole(device)
    assert found.device == device and found.target.index == on_cpu.target.index
    gaps: dict[tuple[str, int], float] = {}
    for one, other in zip(found.attributions, on_cpu.attributions, strict=True):
        assert (one.method, one.depth) == (other.method, other.depth)
        gap, size = np.linalg.norm(one.values - other.values), np.linalg.norm(other.values)
        gaps[one.method, one.depth] = float(gap / size) if size else float(gap)
    for method in {method for method, _ in gaps}:
        own = [gap for (key, _), gap in gaps.items() if key == method]
        assert max(own) < FLIPPED, (method, own)
        assert sum(gap < CLOSE for gap in own) >= SHARE * len(own), (method, own)
    for one, other in zip(found.scores, on_cpu.scores, strict=True):
        flipped = gaps[one.method, one.depth] >= CLOSE or gaps[one.method, 0] >= CLOSE
        assert one.score.value == pytest.approx(other.score.value, abs=FLIPPED if flipped else CLOSE), one


# --- memory


def held(device: str) -> int:
    """Bytes of tensors that are alive."""
    gc.collect()
    if device == "cpu":
        found = [t for t in gc.get_objects() if issubclass(type(t), torch.Tensor)]
        tensors = [t for t in found if t.layout is torch.strided]  # a sparse one has no storage
        return sum({t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}.values())
    torch.cuda.synchronize()
    return torch.cuda.memory_allocated()


class Leaves:
    """Cancels a run at the given check."""

    def __init__(self, at: int) -> None:
        self.left = at

    def update(self, progress: Progress) -> None:
        """Nothing to do."""

    def check(self) -> None:
        self.left -= 1
        if not self.left:
            raise Cancelled("nobody listens")


def finished(device: str) -> None:
    assert engine.check(CAT, device=device, **SHORT).complete


def cancelled(device: str) -> None:
    try:
        engine.check(CAT, device=device, listener=Leaves(7), **SHORT)
    except Cancelled:
        return
    raise AssertionError("it was not cancelled")


def failing(device: str) -> None:
    report = engine.check(CAT, device=device, **SHORT | {"methods": ("broken", "gradient")})
    assert {a.why for a in report.attributions if a.method == "broken"} == {"RuntimeError: no luck"}


def without_room(device: str) -> None:
    report = engine.check(CAT, device=device, **SHORT | {"methods": ("hungry", "gradient")})
    assert all(a.values is not None for a in report.attributions)


def breaks(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: object) -> torch.Tensor:
    network.module(x.requires_grad_()).sum().backward()
    raise RuntimeError("no luck")


def hungers(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: object) -> torch.Tensor:
    kept = network.module(x.requires_grad_())
    if len(x) > 1:
        torch.empty(2**58, device=x.device)  # an exabyte: the device's own words
    return torch.autograd.grad(kept[:, 0].sum(), x)[0]


@pytest.mark.parametrize(
    ("device", "way"),
    [
        ("cpu", without_room),
        *(
            pytest.param("cuda", way, marks=pytest.mark.gpu)
            for way in (finished, cancelled, failing, without_room)
        ),
    ],
)
def test_a_job_gives_all_its_memory_back(device: str, way: Callable[[str], None]) -> None:
    with ExitStack() as stack:
        for key, fn in (("broken", breaks), ("hungry", hungers)):
            stack.enter_context(METHODS.with_entry(Method(key, key, "A test's own.", "none", fn)))
        way(device)  # what is loaded once stays: the network, the gallery, the libraries' workspaces
        before = held(device)
        way(device)
        assert held(device) == before


# --- waiting


@contextmanager
def no_waiting(device: str) -> Iterator[None]:
    """Any synchronisation with a CUDA device raises."""
    if device == "cpu":
        yield
        return
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("device", DEVICES)
def test_a_part_is_explained_without_waiting_for_the_device(device: str) -> None:
    """Nothing is waited for until the maps are fetched, which is the one synchronisation of a part."""
    network, depths = load(MODEL, resolve(device)), (1, 4, 8, 19)
    x = network.preprocess(CAT)[None].to(device).expand(len(depths), -1, -1, -1)
    randomized = Cascade(network, depths=depths).at(depths)
    methods = [METHODS[key] for key in READERS]
    for subject in (network, randomized):
        first = explain_together(methods, subject, x, 282)  # the norms' factors are gathered, once a part
        with no_waiting(device):
            again = explain_together(methods, subject, x, 282)
        assert again.device.type == device and torch.equal(first, again)


# --- what a report says


@pytest.mark.gpu
def test_a_gpu_computes_in_full_float32() -> None:
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    assert resolve("cuda") == "cuda"
    a, b = (torch.randn(512, 512, generator=torch.Generator().manual_seed(i)) for i in (0, 1))
    exact = a.double() @ b.double()
    with undisturbed():
        assert dict(arithmetic("cuda"))["tf32"] == "off"
        gap = ((a.cuda() @ b.cuda()).cpu().double() - exact).norm() / exact.norm()
    assert gap < 1e-5  # TensorFloat-32: 3e-4
    assert torch.backends.cuda.matmul.allow_tf32 and torch.backends.cudnn.allow_tf32


@pytest.mark.parametrize("device", DEVICES)
def test_a_report_names_the_gpu_and_its_arithmetic(device: str) -> None:
    report = engine.check(CAT, methods=("sobel",), depths=(0,), measures=("mse",), device=device)
    said = as_json(report)
    assert said["device"] == device
    capability = torch.backends.cpu.get_cpu_capability()
    here = {"cpu": capability, "threads": str(torch.get_num_threads())}
    extra = {"gpu": torch.cuda.get_device_name(), "tf32": "off"} if device == "cuda" else here
    assert said["versions"] == dict(engine.versions()) | extra | {"weights": load(MODEL).weights}


@pytest.mark.parametrize("tf32", [True, False])
def test_the_manifest_says_what_the_arithmetic_is_and_not_what_it_should_be(
    tf32: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "A device")
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", tf32)
    assert arithmetic("cuda") == (("gpu", "A device"), ("tf32", "on" if tf32 else "off"))
    assert "tf32" not in dict(arithmetic("cpu"))
