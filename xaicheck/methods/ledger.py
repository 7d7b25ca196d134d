"""LRP's ledger: what becomes of the relevance that a pass starts with, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING

from xaicheck.types import LedgerEntry, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.methods.rules_lrp import Convolutions


@dataclass(frozen=True, slots=True)
class Ledger:
    """All layers of a pass, from the output to the input."""

    start: float  # relevance of the explained logit
    reaches_input: float  # the sum of the map over all channels
    rows: tuple[LedgerEntry, ...]

    @property
    def kept(self) -> float:
        """The share of the start value that reaches the input."""
        return self.reaches_input / self.start

    @property
    def lost(self) -> float:
        """The share of the start value that the layers lose."""
        return sum(row.lost for row in self.rows) / self.start

    @property
    def gap(self) -> float:
        """The share that neither reaches the input nor is lost in a layer; 0 where the ledger closes.

        Anything else is made or lost by something that has no rule, or by rounding.
        """
        return 1.0 - self.kept - self.lost


def ledger(network: Network, x: torch.Tensor, target: torch.Tensor) -> tuple[Ledger, ...]:
    """The ledgers of LRP's maps for a batch [B 3 H W] and its classes [B], one a row.

    Errors: Refused where a BatchNorm cannot be merged.
    """
    return relevance_and_ledger(network, x, target)[1]


def relevance_and_ledger(
    network: Network, x: torch.Tensor, target: torch.Tensor, convolutions: Convolutions | None = None
) -> tuple[torch.Tensor, tuple[Ledger, ...]]:
    """LRP's maps [B 3 H W], bit for bit as `lrp.attribute` gives them, and their ledgers, from one pass.

    `convolutions`: another rule for convolutions, as `rules_lrp.relevance` takes it.
    """
    import torch

    from xaicheck.batching.forks import travellers
    from xaicheck.methods.rules_lrp import convolution_rule, per_row, relevance

    # By layer [3 B]: what arrives, what is handed on, how much of that by convention.
    book: dict[str, torch.Tensor] = {}
    causes: dict[str, str] = {}

    def note(
        name: str, cause: str, arrives: torch.Tensor, handed: torch.Tensor, convention: torch.Tensor | None
    ) -> None:
        layer, mine = travellers(network.module, name, len(x))
        causes[layer] = cause
        page = book.setdefault(layer, torch.zeros(3, len(x), dtype=torch.float64, device=x.device))
        page[0, mine] += per_row(arrives)
        page[1, mine] += per_row(handed)
        if convention is not None:
            page[2, mine] += convention

    maps = relevance(network, x, target, note, convolutions or convolution_rule)
    totals = per_row(maps).tolist()
    pages = torch.stack(list(book.values())).permute(2, 0, 1).tolist()  # [B layers 3]
    return maps, tuple(
        Ledger(
            1.0,
            total,
            tuple(
                LedgerEntry(layer, a, h - c, c, causes[layer])
                for layer, (a, h, c) in zip(book, page, strict=True)
            ),
        )
        for total, page in zip(totals, pages, strict=True)
    )


def mean(ledgers: Sequence[Sequence[LedgerEntry]]) -> tuple[LedgerEntry, ...]:
    """The layers of several passes through one network, each entry the mean of theirs."""
    if len(ledgers) == 1:
        return tuple(ledgers[0])
    return tuple(
        replace(
            same[0],
            **{
                name: fmean(getattr(one, name) for one in same)
                for name in ("arrives", "passed_on", "convention")
            },
        )
        for same in zip(*ledgers, strict=True)
    )
