"""LRP: the class score handed back layer by layer, each unit paying its inputs by their share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, ModelSpec, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """Relevance by the z⁺ rule in convolutions and the ε rule in dense layers, started at 1, [B 3 H W].

    Source: Bach et al. 2015; Montavon et al. 2017; zennit's rules.
    Differs: biases take no relevance; BatchNorm is merged into the layer before it; in a convolution that no
        rectifier follows, a unit to which nothing contributes positively pays by its negative contributions.
    The sum is 1 on a network without biases. A unit that only a bias drives loses what reaches it: nearly all
        on the trained EfficientNet-Lites, next to nothing on ResNets; `ledger` says how much, and where.
    """
    from xaicheck.methods.rules_lrp import relevance

    return relevance(network, x, target)


def _refuses(spec: ModelSpec) -> str | None:
    return spec.lrp_refusal


METHOD = Method(
    key="lrp",
    label="LRP (ε, z⁺)",
    summary="The class score handed back layer by layer, each unit paying its inputs by their share.",
    source="Bach et al. 2015, doi:10.1371/journal.pone.0130140",
    fn=attribute,
    refuses=_refuses,
    passes=lambda: 4.0,
)
