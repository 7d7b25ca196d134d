"""Region flipping: the most or the least relevant regions go first, step by step, until all are gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xaicheck.errors import BadRequest
from xaicheck.faithfulness import removal
from xaicheck.faithfulness.regions import regions_of, schedule
from xaicheck.faithfulness.result import Faithfulness
from xaicheck.types import Network

if TYPE_CHECKING:
    import torch


def faithfulness(
    network: Network,
    x: torch.Tensor,
    maps: removal.Maps,
    target: int,
    *,
    fills: Sequence[str] = ("mean", "inpaint"),
    orders: Sequence[str] = ("morf", "lerf"),
    outputs: Sequence[str] = ("softmax", "logit"),
    ranking: str = "signed",
    region: int = 16,
    steps: int = 28,
    seed: int = 0,
    image: str | None = None,
    chunk: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> tuple[Faithfulness, ...]:
    """The flipping curves of every map of one picture: a result for each map, fill and output, in that order.

    `x` [3 H W] is the network's input, `maps` signed maps [H W] by name (None: it could not be computed) or
    an array [M H W]. `region`: pixels, side of the squares; `steps`: K, at most the number of regions;
    `image`: names the picture's random numbers (default: its values); `chunk`: pictures a forward pass (None:
    what suits the device); `check` is called before every pass and may raise to end the run. Both outputs
    come from the same passes.

    Formula: x_0 = x; x_k has the k/K most (MoRF) or least (LeRF) relevant regions replaced by the fill; the
        curve is f_c(x_k), k = 0..K.
    Source: Samek et al., "Evaluating the Visualization of What a Deep Neural Network Has Learned", IEEE TNNLS
        28(11), 2017; both orders: Blücher et al., TMLR 2024.
    Differs: all channels of a pixel go together; the run ends when nothing is left; ties are random.
    Undefined when: a map is None or has a value that is not finite; it has no curves then, and `why` says so.
    Errors: ValueError for a map of another shape; BadRequest for an unknown or impossible setting.
    """
    height, width = x.shape[-2:]
    if region > min(height, width):
        raise BadRequest(f"A region of {region} pixels is larger than the picture of {height} × {width}.")
    count = int(regions_of(height, width, region).max()) + 1
    settings = removal.Settings(
        protocol="flipping",
        fills=tuple(fills),
        orders=tuple(orders),
        outputs=tuple(outputs),
        ranking=ranking,
        region=region,
        counts=tuple(schedule(count, steps).tolist()),
        seed=seed,
        image=removal.name_of(x) if image is None else image,
        chunk=chunk,
    )
    return removal.run(network, x, maps, target, settings, check)
