"""Cosine similarity convergence: whether a backward rule still knows what it was started from.

Random relevance is put in at a block's output and handed down by the method's own rule. A rule that turns
whatever comes from above into one and the same direction cannot tell the blocks above apart, random or not.
No randomization is needed, and no target.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from xaicheck.arguments import Argument, WholeNumber
from xaicheck.errors import BadRequest, Refused
from xaicheck.methods import METHODS, refusal
from xaicheck.models.device import undisturbed
from xaicheck.seeds import MOST_SEED
from xaicheck.types import Method, ModelSpec, Network

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from torch import nn

VECTORS = 5
MOST_VECTORS = 10  # the vectors of all places and starts are held at once, in double precision
STARTS = Argument("vectors", "Starts", WholeNumber(2, MOST_VECTORS), VECTORS, option="starts")
SEED = Argument("seed", "Seed", WholeNumber(0, MOST_SEED), 0, option="seed of the starts")


@dataclass(frozen=True, slots=True)
class Rule:
    """A method's backward rule: within `context(network)`, autograd hands relevance down by it."""

    method: str  # a key of METHODS
    context: Callable[[Network], AbstractContextManager[nn.Module]]
    serves: tuple[str, ...] = ()  # other methods whose maps are made by this rule


@dataclass(frozen=True, slots=True)
class Convergence:
    """How alike the relevance of different starts is at a block; None where there is no relevance left."""

    median: float | None  # of the cosines, over places and pairs of starts
    mean: float | None
    absolute: float | None  # median of their magnitudes: 1 = one line, whatever the sign
    baseline: float  # median |cosine| of random vectors of as many channels
    channels: int
    empty: float  # share of places and pairs at which no relevance arrives, left out above
    why: str = ""
    middle: tuple[float, float] | None = None  # quartiles of the cosines
    middle_absolute: tuple[float, float] | None = None  # quartiles of their magnitudes


@contextmanager
def _guided(network: Network) -> Iterator[nn.Module]:
    from xaicheck.methods.rules_guided import GuidedRectifiers

    with GuidedRectifiers():
        yield network.module


@contextmanager
def _relevance(network: Network) -> Iterator[nn.Module]:
    from xaicheck.methods.rules_lrp import composite, merged

    with composite().context(merged(network)) as module:
        yield module


_RULES = (
    Rule(
        "gradient",
        lambda network: nullcontext(network.module),
        ("input_x_gradient", "integrated_gradients", "smoothgrad"),
    ),
    Rule("guided_backprop", _guided, ("guided_grad_cam",)),
    Rule("lrp", _relevance),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.method: rule for rule in _RULES})
"""The backward rules by their method's key."""


def left_out(method: Method, spec: ModelSpec) -> str | None:
    """Why a method is not asked on a model, in a few words; None where its rule can be."""
    if method.key in RULES:
        return refusal(method, spec)
    for rule in RULES.values():
        if method.key in rule.serves:
            return f"made by the rule of {METHODS[rule.method].label}"
    return "no rule that takes any start"


def rule_of(method: str, spec: ModelSpec) -> Rule:
    """The rule of a method's key. Errors: BadRequest where there is none; Refused where the method is."""
    if method not in RULES:
        raise BadRequest(f"There is no backward rule of {method!r}; choose from {', '.join(RULES)}.")
    reason = refusal(METHODS[method], spec)
    if reason is not None:
        raise Refused(f"{METHODS[method].label} is refused on {spec.label}: {reason}.")
    return RULES[method]


def convergence(
    network: Network,
    x: torch.Tensor,
    method: str,
    *,
    start: str,
    end: str,
    vectors: int = VECTORS,
    seed: int = 0,
) -> Convergence:
    """How alike random relevances from block `start` are at the output of block `end`, for x [1 3 H W].

    Formula: v_1, ..., v_n ~ N(0, I) at the output of `start`; r_i = what the rule makes of v_i at the output
        of `end`; cos(r_i, r_j) of the channel vectors at each place, for all pairs; median and mean of those.
    Source: Sixt, Granz and Landgraf, "When Explanations Lie: Why Many Modified BP Attributions Fail", ICML
        2020.
    Differs: signed cosines of all pairs, and their magnitudes beside them: a rule that hands all starts down
        one line, only with the sign of their sum, has cosines of -1 and 1. A place where a vector is zero is
        left out and counted. Blocks of the whole network, shortcuts included.
    Undefined when: no place has relevance of both starts.
    Errors: BadRequest for unknown blocks, or an `end` that is not below `start`; Refused where the method is.
    """
    return along(network, x, method, start=start, ends=(end,), vectors=vectors, seed=seed)[0]


@undisturbed()
def along(
    network: Network,
    x: torch.Tensor,
    method: str,
    *,
    start: str,
    ends: Sequence[str],
    vectors: int = VECTORS,
    seed: int = 0,
) -> tuple[Convergence, ...]:
    """`convergence` at each block of `ends`, from one forward and one backward pass of all starts."""
    import torch

    from xaicheck.models.graph import private_copy
    from xaicheck.seeds import generator

    outputs = [_below(network, start, end) for end in ends]
    top, bottoms = outputs[0][0], [bottom for _, bottom in outputs]
    rule = rule_of(method, network.spec)
    vectors, seed = STARTS.converted(vectors), SEED.converted(seed)
    own = replace(network, module=private_copy(network.module))
    for part in own.module.modules():
        if hasattr(part, "inplace"):
            part.inplace = False  # else a block's output is what the next rectifier made of it
    kept: dict[str, torch.Tensor] = {}
    with rule.context(own) as module, torch.enable_grad():
        for name in (top, *bottoms):
            module.get_submodule(name).register_forward_hook(_keeper(kept, name))
        module(x.expand(vectors, -1, -1, -1).contiguous().requires_grad_())
        random = torch.randn(kept[top].shape, generator=generator("csc", seed, start), dtype=x.dtype)
        relevance = torch.autograd.grad(kept[top], [kept[name] for name in bottoms], random.to(kept[top]))
    return tuple(_summary(one.detach()) for one in relevance)


def _below(network: Network, start: str, end: str) -> tuple[str, str]:
    """The modules whose outputs are those of the two blocks."""
    names = [block.name for block in network.blocks]  # output to input
    for name in (start, end):
        if name not in names:
            raise BadRequest(f"There is no block {name!r}; choose from {', '.join(names)}.")
    if names.index(end) <= names.index(start):
        raise BadRequest(f"{end} is not below {start}: relevance goes from the output to the input.")
    outputs = {block.name: block.output for block in network.blocks}
    return outputs[start], outputs[end]


def _keeper(kept: dict[str, torch.Tensor], name: str) -> Callable[..., None]:
    def hook(_module: nn.Module, _args: object, output: torch.Tensor) -> None:
        kept[name] = output

    return hook


def _summary(relevance: torch.Tensor) -> Convergence:
    """The cosines of relevances [n C ...] at each place, or [n T C] of tokens."""
    import torch

    from xaicheck.theory.convergence import median_absolute_cosine

    if relevance.ndim == 3:
        relevance = relevance.transpose(1, 2)
    count, channels = relevance.shape[:2]
    rows = relevance.double().reshape(count, channels, -1).permute(2, 0, 1)  # [place n C]
    # Rules may divide by small numbers: the largest value first, then the norm, so that nothing overflows.
    largest = rows.abs().amax(2, keepdim=True)
    alive = (largest > 0) & torch.isfinite(largest)
    rows = torch.where(alive, rows / largest.where(alive, torch.ones_like(largest)), 0.0)
    rows = torch.nn.functional.normalize(rows, dim=2)
    first, second = torch.triu_indices(count, count, 1)
    cosines = (rows @ rows.transpose(1, 2))[:, first, second]
    there = (alive[:, first, 0] & alive[:, second, 0]).squeeze(-1)
    known = cosines[there].clamp(-1, 1)  # rounding alone leads beyond
    baseline = float(median_absolute_cosine(channels))
    empty = float((~there).double().mean())
    if known.numel() == 0:
        return Convergence(
            None, None, None, baseline, channels, empty, "no relevance arrives from two starts"
        )
    median, mean, absolute = (float(v) for v in (known.median(), known.mean(), known.abs().median()))
    return Convergence(
        median,
        mean,
        absolute,
        baseline,
        channels,
        empty,
        middle=_quartiles(known),
        middle_absolute=_quartiles(known.abs()),
    )


def _quartiles(values: torch.Tensor) -> tuple[float, float]:
    """Values below which a quarter and three quarters lie, each one of those that are given."""
    ordered = values.cpu().numpy()
    low, high = np.quantile(ordered, 0.25, method="lower"), np.quantile(ordered, 0.75, method="higher")
    return float(low), float(high)
