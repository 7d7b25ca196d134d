"""The certificates of maps: what each is held against is measured where it is made, before it is pooled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xaicheck.errors import Cancelled
from xaicheck.methods.ledger import mean
from xaicheck.types import Certificate, CertificateKind, LedgerEntry, Method, MethodChoice, Network

if TYPE_CHECKING:
    import torch

PRECISION = CertificateKind(
    key="precision",
    label="Distance to float64",
    summary="The map beside the same one computed with 53 instead of 24 binary digits. Beyond the bound the "
    "arithmetic shows in the map: a rectifier close to its kink opens in one precision and not in the other.",
    line="distance to float64: {value}",
    bound=0.01,
    why_bound="a map that is off by 1 % of its size moves a cosine by at most 0.01, the last digit shown",
    costly=True,
)
"""Of every method: the relative distance of the map to that in float64, root mean square over the pixels."""


def kinds(method: Method) -> tuple[CertificateKind, ...]:
    """The certificates that a method's maps can carry."""
    return (*method.certificates, PRECISION)


def certificate(kind: CertificateKind, found: float, due: float) -> Certificate:
    """How far what is found is from what is due, as a share of that; no number where either is none."""
    known = math.isfinite(found), math.isfinite(due) and due != 0
    if not all(known):
        why = kind.nothing_due if known[0] else "what is found is no finite number"
        finite = [v if math.isfinite(v) else None for v in (found, due)]
        return Certificate(kind.key, None, kind.bound, why, found=finite[0], due=finite[1])
    return Certificate(kind.key, abs(found - due) / abs(due), kind.bound, "", found, due)


class Evidence:
    """What a pass's certificates need, taken from raw maps [B C H W] and summed over noisy copies."""

    def __init__(self, *, costly: bool) -> None:
        """`costly`: also what takes about as long as the map itself."""
        self._costly = costly
        self._sums: dict[tuple[str, str], torch.Tensor] = {}  # (method, kind) -> [B 2]
        self._failed: dict[tuple[str, str], str] = {}
        self._layers: dict[str, list[Sequence[tuple[LedgerEntry, ...]]]] = {}  # method -> [copies][B]

    def take(
        self,
        method: Method,
        params: MethodChoice,
        network: Network,
        x: torch.Tensor,
        target: torch.Tensor,
        maps: torch.Tensor,
        layers: Sequence[tuple[LedgerEntry, ...]] = (),
    ) -> None:
        """Measures what the method's maps of one copy can be held against; a failure costs no map.

        `layers`: of each map, where the method tells them.
        """
        self._layers.setdefault(method.key, []).append(layers)
        for kind in method.certificates:
            if kind.measure is None or (kind.costly and not self._costly):
                continue
            place = method.key, kind.key
            settings = dict(params.params) | ({"layers": layers} if kind.layered else {})
            try:
                pair = kind.measure(network, x, target, maps.detach(), **settings).double().cpu()
            except Cancelled:
                raise
            except Exception as error:
                self._failed[place] = f"{type(error).__name__}: {error}"
            else:
                self._sums[place] = self._sums[place] + pair if place in self._sums else pair

    def certificates(self, method: Method, rows: int, copies: int) -> list[tuple[Certificate, ...]]:
        """What was measured of each of the rows: their means over the copies."""
        return [tuple(self._of_row(method, row, copies)) for row in range(rows)]

    def _of_row(self, method: Method, row: int, copies: int) -> Iterable[Certificate]:
        for kind in method.certificates:
            place = method.key, kind.key
            if place in self._failed:
                yield Certificate(kind.key, None, kind.bound, self._failed[place])
            elif place in self._sums:
                found, due = (self._sums[place][row] / copies).tolist()
                one = certificate(kind, found, due)
                if kind.layered:
                    passes = [copy[row] for copy in self._layers[method.key]]
                    one = replace(one, layers=mean(passes))
                yield one


def distances(maps: torch.Tensor, exact: torch.Tensor) -> list[Certificate]:
    """PRECISION of each map [N H W] beside the same in float64."""
    gaps = (maps.to(exact) - exact).flatten(1).norm(dim=1).tolist()
    sizes = exact.flatten(1).norm(dim=1).tolist()
    return [_distance(gap, size) for gap, size in zip(gaps, sizes, strict=True)]


def _distance(gap: float, size: float) -> Certificate:
    if gap == 0:
        return Certificate(PRECISION.key, 0.0, PRECISION.bound)
    share = gap / size if size else math.inf
    if math.isfinite(share):
        return Certificate(PRECISION.key, share, PRECISION.bound)
    return not_measured("the map has no finite size in float64")


def not_measured(why: str) -> Certificate:
    """PRECISION of a map that could not be computed in float64."""
    return Certificate(PRECISION.key, None, PRECISION.bound, why)
