"""A rule for LRP that hands on what today's loses: the candidate that `lrp_rules` judges."""

from __future__ import annotations

import torch
from torch import nn

from xaicheck.methods.rules_lrp import BySign, Convolutions, Noted, convolution_rule, per_row

_TINY = 1e-12  # as in z-plus


class SamePlace(Noted, BySign):
    """Units to which nothing contributes hand their relevance to the other units of their place.

    A unit pays by z-plus where P > 1e-3 |N|, else by z-minus. L, the relevance of the units of a place that
    can do neither, goes to the others, R' = K + L |K| / sum |K| with K theirs; else it is lost.
    """

    signs = ((1, 1), (-1, -1), (1, -1), (-1, 1))
    positive_alone = False

    def shares(
        self, relevance: torch.Tensor, plus: torch.Tensor, minus: torch.Tensor
    ) -> dict[int, torch.Tensor]:
        """Relevance per unit of positive contribution, or of negative where there is none."""
        some = plus > 1e-3 * minus.abs()
        below = torch.zeros_like(some) if self.positive_alone else ~some & (minus != 0)
        own = torch.where(some | below, relevance, 0.0)
        handed = own
        if not self.positive_alone:
            weight = own.abs()
            total = weight.sum(1, keepdim=True)
            lone = torch.where(some | below, 0.0, relevance).sum(1, keepdim=True)
            handed = own + weight * torch.where(total > 0, lone / torch.where(total > 0, total, 1.0), 0.0)
        if self.note is not None:
            self.convention = per_row(handed - torch.where(some, own, 0.0))
        up = torch.where(some, handed / (plus + _TINY), 0.0)
        down = torch.where(below, handed / torch.where(minus == 0, 1.0, minus), 0.0)
        return {1: up, -1: down}


class PositiveAlone(SamePlace):
    """What the rule above pays by positive contributions; the rest is lost: no convention."""

    positive_alone = True


RULES: dict[str, Convolutions] = {
    "today": convolution_rule,
    "same_place": lambda _: SamePlace(),
}
"""The rules of convolutions by the names they have in `lrp_rules.md`; the first one is the default."""


def positive_alone(_module: nn.Module) -> BySign:
    """The rule of which nothing is convention."""
    return PositiveAlone()
