"""ROAD, remove and debias: single pixels go and are inpainted so that the mask itself tells nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xaicheck.errors import BadRequest
from xaicheck.faithfulness import removal
from xaicheck.faithfulness.result import Faithfulness
from xaicheck.types import Network

if TYPE_CHECKING:
    import torch

PERCENTAGES = (10, 20, 30, 40, 50, 60, 70, 80, 90)
"""Of the pixels, removed one after the other."""


def road(
    network: Network,
    x: torch.Tensor,
    maps: removal.Maps,
    target: int,
    *,
    percentages: Sequence[float] = PERCENTAGES,
    fill: str = "noisy_inpaint",
    ranking: str = "signed",
    seed: int = 0,
    image: str | None = None,
    chunk: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> tuple[Faithfulness, ...]:
    """A ROAD curve for every map of one picture: probability and right or wrong at each percentage removed.

    `percentages`: of the pixels, in [0, 100], ascending; the other arguments as in `faithfulness`. A curve's
    `fractions` are the shares really removed, `values` probabilities, `first`: is the class the answer.

    Formula: the p % most relevant pixels replaced by noisy linear inpainting; softmax_c f(x_p) and
        [argmax f(x_p) = c].
    Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022.
    Differs: the explained class in place of the label; ties between pixels are broken at random; one picture
        at a time (the mean of `first` over pictures is the accuracy curve).
    Undefined when: a map is None or has a value that is not finite; it has no curve then, and `why` says so.
    Errors: ValueError for a map of another shape; BadRequest for an unknown or impossible setting.
    """
    shares = [p / 100 for p in percentages]
    if not shares or shares != sorted(set(shares)) or not 0 <= shares[0] <= shares[-1] <= 1:
        raise BadRequest("The percentages must be between 0 and 100 and ascend, as in 10, 50, 90.")
    pixels = x.shape[-2] * x.shape[-1]
    settings = removal.Settings(
        protocol="road",
        fills=(fill,),
        orders=("morf",),
        outputs=("softmax",),
        ranking=ranking,
        region=1,
        counts=tuple(round(share * pixels) for share in shares),
        seed=seed,
        image=removal.name_of(x) if image is None else image,
        chunk=chunk,
    )
    return removal.run(network, x, maps, target, settings, check)
