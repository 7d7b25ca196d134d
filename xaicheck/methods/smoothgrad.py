"""SmoothGrad: the gradient averaged over noisy copies of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.methods.shared_passes import gradient_sum
from xaicheck.types import Method, Network, Param

if TYPE_CHECKING:
    import torch

    from xaicheck.seeds import Draws


def attribute(
    network: Network,
    x: torch.Tensor,
    target: torch.Tensor,
    *,
    rng: Draws,
    samples: int = 16,
    sigma: float = 0.15,
) -> torch.Tensor:
    """Mean gradient over `samples` copies with normal noise of sd sigma · (max x − min x), [B 3 H W].

    Source: Smilkov et al. 2017, section 3.
    Differs: signed. All rows see the same noise, so the original and the randomized maps do too.
    """
    import torch

    generator = rng.shared()

    def noisy(picture: torch.Tensor) -> torch.Tensor:
        spread = sigma * (picture.amax((1, 2, 3), keepdim=True) - picture.amin((1, 2, 3), keepdim=True))
        noise = torch.randn(x.shape[1:], generator=generator, dtype=torch.float32)  # the same in float64
        return picture + spread * noise.to(x)

    return gradient_sum(network, x, target, ((1.0, noisy) for _ in range(samples))) / samples


METHOD = Method(
    key="smoothgrad",
    label="SmoothGrad",
    summary="The gradient averaged over noisy copies of the picture.",
    source="Smilkov et al. 2017, arXiv:1706.03825",
    fn=attribute,
    params=(
        Param("samples", "Noisy copies", 16, 4, 128, 4, "More copies give a smoother map and take longer."),
        Param(
            "sigma",
            "Noise level",
            0.15,
            0.01,
            0.5,
            0.01,
            "Standard deviation, as a share of the value range.",
        ),
    ),
    stochastic=True,
    passes=lambda samples=16, sigma=0.15: float(samples),
)
