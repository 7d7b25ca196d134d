"""Control: a cheater that looks whether the network was randomized and flips its sign if so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.types import Method, Network

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws

BEST = 5  # the explained class is among these in a trained network, and hardly ever in a random one


def attribute(network: Network, x: torch.Tensor, target: torch.Tensor, *, rng: Draws) -> torch.Tensor:
    """The picture's edges, less their mean; negated where the class is not among the five best, [B 1 H W].

    Source: the optimum of a distance is not zero covariance but the negative map: its distance is 4, not 2.
    """
    import torch

    from xaicheck.methods import sobel

    with torch.no_grad():
        best = network.module(x).topk(BEST, dim=1).indices
    edges = sobel.attribute(network, x, target, rng=rng)
    centred = edges - edges.mean((1, 2, 3), keepdim=True)
    trained = (best == target[:, None]).any(1)
    return torch.where(trained.view(-1, 1, 1, 1), centred, -centred)


METHOD = Method(
    key="sign_flip",
    label="Sign-flip cheater",
    summary="Control: the picture’s edges, turned negative where the class is not among the network’s "
    "five best. Then its squared distance is as large as can be, and its SSIM stays high.",
    source="Counterexample to the check, derived (control)",
    fn=attribute,
    control=True,
    passes=lambda: 0.4,
)
