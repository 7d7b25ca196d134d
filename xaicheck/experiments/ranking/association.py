"""The diagonal beside what limits it: faithfulness, controls of the same maps, families, all blocks random.

It is an association of two orders, read by the page, the story and the lesson alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.diagonal import Diagonal, Point, compared, diagonal, order_tau
from xaicheck.experiments.ranking.networks import CHANGES
from xaicheck.experiments.ranking.rank import Choice, RankingView
from xaicheck.similarity.comparisons import canonical

FAMILIES = {
    "input_x_gradient": "gradient",
    "integrated_gradients": "gradient",
    "smoothgrad": "gradient",
    "guided_grad_cam": "grad_cam",
}
"""Methods that are made of another one, by key; every other method is a family of its own."""


@dataclass(frozen=True, slots=True)
class Lift:
    """What a change of all maps does to r and b: the same methods at the same depths, without and with it."""

    change: str  # one of CHANGES
    methods: tuple[str, ...]
    r: tuple[float, ...]  # how much it adds to r, method by method
    b: tuple[float, ...]
    tau: float | None  # of the orders by r and by b of the changed maps, means over the same depths

    @property
    def together(self) -> float | None:
        """The correlation (Pearson's r) of both over methods; None where one of them is the same for all."""
        if len(self.r) < 3 or not np.ptp(self.r) or not np.ptp(self.b):
            return None
        return float(np.corrcoef(self.r, self.b)[0, 1])


@dataclass(frozen=True, slots=True, eq=False)
class Association:
    """The diagonal under a choice, with both orders of the methods beside it."""

    found: Diagonal
    view: RankingView
    whole: Diagonal | None  # with every block random, `found` itself where that is shown; None: not computed
    changed: tuple[tuple[str, Diagonal], ...]  # (change, the points of maps changed so), at fewer depths
    lifts: tuple[Lift, ...]

    @property
    def all_random(self) -> bool:
        """Whether what is shown is of networks all of whose blocks are random."""
        return self.whole is self.found

    @property
    def at_the_end(self) -> Diagonal | None:
        """The orders with every block random; None where that is what is shown, or where there are none."""
        whole = self.whole
        return None if whole is None or self.all_random or whole.tau is None or not whole.placebo else whole

    @property
    def training_tells(self) -> bool:
        """Whether, with every block random, the trained network stands apart from every random one."""
        return self.at_the_end is not None and self.at_the_end.apart

    @property
    def against_faith(self) -> tuple[float, float] | None:
        """Tau with faithfulness: of the order by r, and of the order by r less b; None where one has none."""
        view = self.view
        if view.gap is None or view.check is None or view.faith is None:
            return None
        faith = dict(zip(view.gap.first.methods, (one.estimate for one in view.faith_intervals), strict=True))
        both = [(p, own) for p in self.found.real if (own := faith.get(p.method)) is not None]
        goodness = [-own if view.faith.low_is_better else own for _, own in both]
        turn = -1.0 if view.check.low_is_better else 1.0
        raw = order_tau([turn * p.r for p, _ in both], goodness)
        rest = order_tau([turn * (p.r - (p.b.estimate or 0.0)) for p, _ in both], goodness)
        return None if raw is None or rest is None else (raw, rest)

    @property
    def families(self) -> tuple[int, float | None, float]:
        """(families of methods, tau of their means by r and by b, the least p-value that so many allow)."""
        kin: dict[str, list[Point]] = {}
        for point in self.found.real:
            kin.setdefault(FAMILIES.get(point.method, point.method), []).append(point)
        r = [float(np.mean([p.r for p in own])) for own in kin.values()]
        b = [float(np.mean([p.b.estimate or 0.0 for p in own])) for own in kin.values()]
        return len(kin), order_tau(r, b), min(1.0, 2 / math.factorial(len(kin)))

    @property
    def placebo_known(self) -> bool:
        """Whether three methods or more have an order, with the placebo too."""
        return self.found.tau is not None and self.found.pairs > 1 and self.placebo_share is not None

    @property
    def placebo_share(self) -> float | None:
        """The mean r with random networks in the trained one's place, as a share of the mean r."""
        own, *places = self.found.places
        total = sum(r for r, _ in own)
        if not places or not total:
            return None
        return float(np.mean([sum(r for r, _ in one) for one in places])) / total


def associated(data: RankingData, choice: Choice, view: RankingView) -> Association | None:
    """The diagonal under a choice; None where all networks were not compared under it.

    A comparison for which they were not is replaced by that of the same measure for which they were.
    """
    if choice.test != "similarity" or choice.variant != data.variants[0].variant.key:
        return None
    known, wanted = compared(data), canonical(choice.comparison)
    if wanted not in known:
        wanted = next((one for one in known if one.measure == wanted.measure), wanted)
    found = diagonal(data, wanted, depth=choice.depth)
    if found is None or not found.real:
        return None
    whole = None
    if not data.variants[0].variant.depths:  # all of the network's
        last = found.depths[-1]
        whole = found if choice.depth == last else diagonal(data, wanted, depth=last)
    both = diagonal(data, wanted, depth=choice.depth, changed=True)
    made = [(change, _only(both, change)) for change in CHANGES] if both is not None else []
    changed = tuple((change, own) for change, own in made if own.real)
    lifts = tuple(_lift(change, found, own) for change, own in changed)
    return Association(found, view, whole, changed, lifts)


def _only(found: Diagonal, change: str) -> Diagonal:
    """The points of maps that were changed so, under the methods' own names."""
    own = [p for p in found.points if p.method.startswith(f"{change}:")]
    return replace(found, points=tuple(replace(p, method=p.method.partition(":")[2]) for p in own))


def _lift(change: str, found: Diagonal, changed: Diagonal) -> Lift:
    """By the curves of both, at the depths that are shown and that both have."""
    shown = found.depths if found.depth is None else (found.depth,)
    depths = [depth for depth in changed.depths if depth in shown]
    before, after = ({p.method: _at(one, p, depths) for p in one.real} for one in (found, changed))
    methods = tuple(m for m in after if m in before and np.isfinite([after[m], before[m]]).all())
    r, b = (tuple(after[m][i] - before[m][i] for m in methods) for i in (0, 1))
    tau = order_tau([after[m][0] for m in methods], [after[m][1] for m in methods])
    return Lift(change, methods, r, b, tau)


def _at(found: Diagonal, point: Point, depths: Sequence[int]) -> tuple[float, float]:
    """The mean (r, b) of a point over these depths; NaN where one of them has no number."""
    rows = [point.curve[found.depths.index(depth)] for depth in depths]
    return float(np.mean([r for r, _ in rows])), float(np.mean([b for _, b in rows]))
