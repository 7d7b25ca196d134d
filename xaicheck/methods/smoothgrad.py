"""SmoothGrad: the gradient averaged over noisy copies of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaicheck.memory import APART_ROWS
from xaicheck.methods.gradient import input_gradient
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
    spread = sigma * (x[0].max() - x[0].min())
    rows, total = x.shape[0], torch.zeros_like(x)
    # One copy at a time, the same in all rows: what lies below the first random layer is shared. A single
    # row has nobody to share with.
    at_once = 1 if rows > 1 else APART_ROWS
    for first in range(0, samples, at_once):
        count = min(at_once, samples - first)
        draws = [torch.randn(x.shape[1:], generator=generator, dtype=x.dtype) for _ in range(count)]
        noise = torch.stack(draws).to(x.device)
        copies = (x[:1] + spread * noise).expand(max(rows, count), -1, -1, -1)
        gradients = input_gradient(network, copies, target[:1].expand(len(copies)))
        total += gradients if rows > 1 else gradients.sum(0, keepdim=True)
    return total / samples


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
