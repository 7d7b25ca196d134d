"""Shared rows: the numbers of rows of their own, one row where all are equal, and no mode left behind."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable

import xaicheck  # noqa: F401  # isort: skip

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import _get_current_function_mode_stack as modes

from xaicheck.batching.shared_autograd import is_shared
from xaicheck.batching.shared_rows import SharedRows, alike, share_rows
from xaicheck.seeds import generator

ROWS = 3
EXACT = 1e-12  # in float64, where sums of a few hundred terms round by 1e-14

Batch = Callable[..., torch.Tensor]


def values(*shape: int, name: str = "x") -> torch.Tensor:
    return torch.randn(shape, generator=generator("shared", name), dtype=torch.float64)


def same(name: str = "x") -> torch.Tensor:
    """A batch of equal rows, kept as one."""
    return values(1, 4, 9, 9, name=name).expand(ROWS, -1, -1, -1)


def apart(name: str = "x") -> torch.Tensor:
    """A batch of rows that differ."""
    return values(ROWS, 4, 9, 9, name=name)


def both_ways(fn: Batch, *inputs: torch.Tensor) -> torch.Tensor:
    """What `fn` gives on shared rows; it and its gradients are those on rows of their own."""
    found, grads = [], []
    for shares in (True, False):
        leaves = [x.detach() if shares else x.detach().clone() for x in inputs]
        leaves = [x.requires_grad_() for x in leaves]
        if shares:
            with SharedRows():
                y = fn(*(alike(x) if is_shared(x) else x for x in leaves))
        else:
            y = fn(*(x.clone() for x in leaves))  # a leaf cannot be written to
        signal = values(*y.shape, name="signal")  # another for every row
        found.append(y)
        grads.append(torch.autograd.grad(y, leaves, signal))
    assert torch.allclose(found[0], found[1], rtol=EXACT, atol=EXACT)
    for ours, plain in zip(*grads, strict=True):
        assert plain.any() and torch.allclose(ours, plain, rtol=EXACT, atol=EXACT)
    return found[0]


def weight(*shape: int) -> torch.Tensor:
    return values(*shape, name="weight")


def norm(x: torch.Tensor) -> torch.Tensor:
    mean, var, scale, shift = (values(4, name=n) for n in ("mean", "var", "scale", "shift"))
    return F.batch_norm(x, mean, var.abs() + 0.1, scale, shift)


def in_place(x: torch.Tensor) -> torch.Tensor:
    y = x + x
    y += x
    return y


RULES: dict[str, Batch] = {
    "convolution": lambda x: F.conv2d(x, weight(5, 4, 3, 3), weight(5)),
    "strided convolution": lambda x: F.conv2d(x, weight(5, 4, 3, 3), None, 2, 1),
    "depthwise convolution": lambda x: F.conv2d(x, weight(8, 1, 3, 3), None, (1, 2), (0, 1), 2, 4),
    "one-by-one convolution": lambda x: F.conv2d(x, weight(2, 4, 1, 1)),
    "dense layer of a vector": lambda x: F.linear(x.flatten(1), weight(6, 324), weight(6)),
    "dense layer of channels": lambda x: F.linear(x.permute(0, 2, 3, 1), weight(6, 4)),
    "batch norm": norm,
    "layer norm": lambda x: F.layer_norm(x, (9,), weight(9), weight(9)),
    "relu": F.relu,
    "relu6": lambda x: F.relu6(x + x + x + x),
    "relu6 in place": lambda x: nn.ReLU6(inplace=True)(x + x + x),
    "relu in place": lambda x: F.relu_(x + x),
    "relu method in place": lambda x: (x + x).relu_(),
    "norm, relu in place": lambda x: nn.ReLU(inplace=True)(norm(x)),
    "norm, relu6 in place": lambda x: nn.ReLU6(inplace=True)(norm(x)),
    "a norm that is read behind its relu": lambda x: (lambda y: F.relu(y) + y)(norm(x)),
    "hardswish": F.hardswish,
    "hardsigmoid": F.hardsigmoid,
    "silu in place": lambda x: F.silu(x + x, inplace=True),
    "gelu": F.gelu,
    "sigmoid": torch.sigmoid,
    "clamp": lambda x: x.clamp(min=0.1),
    "max pool": lambda x: F.max_pool2d(x, 3, 2, 1),
    "max pool of a whole number": lambda x: nn.MaxPool2d(2, ceil_mode=True)(x),
    "average pool": lambda x: F.avg_pool2d(x, 2),
    "global pool": lambda x: F.adaptive_avg_pool2d(x, (1, 1)),
    "frame": lambda x: F.pad(x, (1, 2, 0, 3), value=0.5),
    "sum": lambda x: x + norm(x),
    "sum in place": in_place,
    "gate": lambda x: x * torch.sigmoid(F.adaptive_avg_pool2d(x, 1)),
    "scale a channel": lambda x: x * weight(4, 1, 1),
    "scale from the left": lambda x: weight(4, 1, 1) * x,
    "channels side by side": lambda x: torch.cat([x, norm(x)], 1),
    "stack": lambda x: torch.stack([x, norm(x)], -1),
    "sum over an axis": lambda x: torch.sum(x, -1),
    "permutation": lambda x: x.permute(0, 2, 3, 1),
    "copy": lambda x: x.clone() + x,
    "contiguous": lambda x: x.contiguous(),
    "no dropout": lambda x: F.dropout(x, 0.5, training=False) + x,
}


@pytest.mark.parametrize("name", RULES)
def test_an_operation_with_a_rule_keeps_one_row_and_gives_the_plain_numbers(name: str) -> None:
    assert is_shared(both_ways(RULES[name], same()))


@pytest.mark.parametrize("name", RULES)
def test_the_same_operation_on_rows_that_differ_gives_the_plain_numbers(name: str) -> None:
    assert not is_shared(both_ways(RULES[name], apart()))


@pytest.mark.parametrize("name", RULES)
def test_the_same_operation_on_a_batch_of_one_gives_the_plain_numbers(name: str) -> None:
    assert not is_shared(both_ways(RULES[name], values(1, 4, 9, 9)))


NO_RULE: dict[str, Batch] = {
    "mirror": lambda x: x.flip(-1),
    "tanh": torch.tanh,
    "exponential": lambda x: x.exp(),
    "softmax": lambda x: x.softmax(1),
    "matrix product": lambda x: x @ x.transpose(-1, -2),
    "mean over an axis": lambda x: x.mean((2, 3)),
    "sum over the batch": lambda x: x.sum(0) + torch.sum(x, 0),
    "rows side by side": lambda x: torch.cat([x, norm(x)]),
    "difference": lambda x: 1 - x,
    "batch norm of the batch": lambda x: F.batch_norm(x, None, None, weight(4), weight(4), training=True),
    "mirrored frame": lambda x: F.pad(x, (1, 1, 1, 1), mode="reflect"),
    "max pool with places": lambda x: F.max_pool2d(x, 2, return_indices=True)[0],
    "convolution with named padding": lambda x: F.conv2d(x, weight(5, 4, 3, 3), padding="same"),
    "hardtanh around zero": lambda x: F.hardtanh(x, -0.5, 0.5),
    "sum with a factor": lambda x: torch.add(x, norm(x), alpha=2),
    "selected rows": lambda x: x[1:],
    "a rule behind it": lambda x: F.relu(F.conv2d(torch.tanh(x), weight(5, 4, 3, 3))),
}


@pytest.mark.parametrize("name", NO_RULE)
@pytest.mark.parametrize("batch", [same, apart])
def test_an_operation_without_a_rule_gives_the_plain_numbers(batch: Batch, name: str) -> None:
    both_ways(NO_RULE[name], batch())


MIXED: dict[str, Batch] = {
    "sum": lambda a, b: a + b,
    "sum in place": lambda a, b: (a + a).add_(b),
    "gate": lambda a, b: a * b,
    "gate in place": lambda a, b: (a + a).mul_(b),
    "side by side": lambda a, b: torch.cat([a, b], 1),
    "stack": lambda a, b: torch.stack([a, b], -1),
    "matrix product": lambda a, b: a @ b,
    "choice": lambda a, b: torch.where(a > 0, a, b),
    "sum behind two norms": lambda a, b: F.relu(norm(a) + norm(b)),
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", MIXED)
def test_shared_rows_meet_rows_that_differ(name: str, first: bool) -> None:
    pair = (same("a"), apart("b")) if first else (apart("a"), same("b"))
    assert not is_shared(both_ways(MIXED[name], *pair))


def test_rows_that_differ_are_not_written_into_one_row() -> None:
    with SharedRows(), pytest.raises(RuntimeError, match="single memory location"):
        alike(same("a")).clone().sub_(apart("b"))


# --- whole modules


class Tiny(nn.Module):
    """A network that tells whether its rows were shared when they came and when they left."""

    def __init__(self, middle: Callable[[torch.Tensor], torch.Tensor] = lambda x: x) -> None:
        super().__init__()
        self.convolution, self.norm, self.head = nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6), nn.Linear(6, 5)
        self.relu = nn.ReLU(inplace=True)
        for name, value in self.named_parameters():
            value.data = values(*value.shape, name=name)
        self.middle = middle
        self.double().eval().requires_grad_(False)
        self.seen: list[bool] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append(is_shared(x))
        x = self.middle(self.relu(self.norm(self.convolution(x))))
        y: torch.Tensor = self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))
        self.seen.append(is_shared(y))
        return y


@pytest.mark.parametrize(
    ("x", "seen"),
    [
        (same(), [True, True]),
        (same().clone(), [True, True]),  # equal rows, whoever made them
        (apart(), [False, False]),
        (torch.cat([same(), apart()]), [False, False]),
        (values(1, 4, 9, 9), [False, False]),
    ],
)
def test_a_module_shares_what_is_equal_in_all_rows_and_nothing_else(
    x: torch.Tensor, seen: list[bool]
) -> None:
    plain = Tiny()
    module = copy.deepcopy(plain)
    share_rows(module)
    x = x.detach().requires_grad_()
    ours, theirs = module(x), plain(x)
    assert module.seen == seen and not any(plain.seen[1:])
    assert torch.allclose(ours, theirs, rtol=EXACT, atol=EXACT)
    signal = values(*ours.shape, name="signal")
    one, other = (torch.autograd.grad(y, x, signal)[0] for y in (ours, theirs))
    assert torch.allclose(one, other, rtol=EXACT, atol=EXACT)


def test_one_pixel_that_differs_in_one_row_ends_the_sharing() -> None:
    module = Tiny()
    share_rows(module)
    x = same().clone()
    x[1, 2, 3, 4] += 1e-9
    assert not torch.equal(*module(x)[:2])
    assert module.seen == [False, False]


def test_a_module_is_still_its_own_class_and_copies_share_too() -> None:
    module = Tiny()
    names = set(module.state_dict())
    share_rows(module)
    assert isinstance(module, Tiny) and type(module).__name__ == "Tiny" and set(module.state_dict()) == names
    other = copy.deepcopy(module)
    other(same())
    assert other.seen == [True, True] and module.seen == []


def raises(error: type[BaseException]) -> Callable[[torch.Tensor], torch.Tensor]:
    def middle(x: torch.Tensor) -> torch.Tensor:
        assert modes(), "the mode is not on: the test would say nothing"
        raise error("no luck")

    return middle


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_in_a_layer_leaves_no_mode_behind(error: type[BaseException]) -> None:
    module = Tiny(raises(error))
    share_rows(module)
    with pytest.raises(error):
        module(same())
    assert modes() == []


def test_an_error_in_a_hook_before_or_behind_the_module_leaves_no_mode_behind() -> None:
    def hook(*_: object) -> None:
        raise RuntimeError("no luck")

    for place in ("register_forward_pre_hook", "register_forward_hook"):
        module = Tiny()
        share_rows(module)
        getattr(module, place)(hook)
        with pytest.raises(RuntimeError):
            module(same())
        assert modes() == []


def test_a_mode_is_that_of_one_thread() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def waits(x: torch.Tensor) -> torch.Tensor:
        inside.set()
        assert go_on.wait(10)
        return x

    module, other = Tiny(waits), Tiny()
    share_rows(module)
    thread = threading.Thread(target=module, args=(same(),))
    thread.start()
    try:
        assert inside.wait(10)
        assert modes() == []
        other(same())
    finally:
        go_on.set()
        thread.join()
    assert module.seen == [True, True]
    assert other.seen == [True, False]  # torch's own operations give rows of their own
    assert modes() == []
