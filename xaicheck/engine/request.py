"""What to compute: a validated request, and the parts it is cut into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from numbers import Integral
from typing import Any

from xaicheck.errors import BadRequest, Refused
from xaicheck.methods import DEFAULT_PANEL, METHODS, refusal
from xaicheck.models.labels import LABELS
from xaicheck.models.registry import DEFAULT_MODEL, spec_of
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import DEFAULT, DEFAULT_SIGN, checked
from xaicheck.types import ImageInput, Method, MethodChoice, ModelSpec, Request

DEFAULT_MEASURES = ("spearman", "spearman_abs", "ssim", "mse")
MOST_SEEDS = 50
MOST_COPIES = 300


def panel_for(spec: ModelSpec) -> tuple[str, ...]:
    """The default panel without the methods that the model refuses."""
    return tuple(key for key in DEFAULT_PANEL if refusal(METHODS[key], spec) is None)


def choice_of(method: Method, values: Mapping[str, int | float] | None = None) -> MethodChoice:
    """The method with all its declared parameters; a BadRequest if a value is not allowed."""
    values = dict(values or {})
    settled = []
    for param in method.params:
        value = values.pop(param.key, param.default)
        kind = int if isinstance(param.default, int) else float
        if not param.low <= value <= param.high:  # not-a-number fails this too
            raise BadRequest(
                f"{param.key} of {method.key} lies between {param.low} and {param.high}, not at {value}."
            )
        if kind is int and value != int(value):
            raise BadRequest(f"{param.key} of {method.key} is a whole number, not {value}.")
        settled.append((param.key, kind(value)))
    if values:
        known = ", ".join(p.key for p in method.params) or "none"
        raise BadRequest(f"{method.key} has no parameter {', '.join(values)}; its parameters: {known}.")
    return MethodChoice(method.key, tuple(settled))


def _choices(methods: Sequence[str | MethodChoice], spec: ModelSpec) -> tuple[MethodChoice, ...]:
    chosen: dict[str, MethodChoice] = {}
    for entry in methods:
        key, values = (entry, None) if isinstance(entry, str) else (entry.key, dict(entry.params))
        if key not in METHODS:
            raise BadRequest(f"There is no method {key!r}; choose from {', '.join(METHODS)}.")
        reason = refusal(METHODS[key], spec)
        if reason is not None:
            raise Refused(f"{METHODS[key].label} is refused on {spec.label}: {reason}.")
        chosen[key] = choice_of(METHODS[key], values)
    if not chosen:
        raise BadRequest("No method is chosen; choose at least one.")
    return tuple(chosen.values())


def _whole_numbers(values: Iterable[Any], low: int, high: int, what: str) -> tuple[int, ...]:
    given = list(values)
    wrong = [
        v for v in given if isinstance(v, bool) or not isinstance(v, Integral) or not low <= int(v) <= high
    ]
    if wrong or not given:
        shown = repr(wrong[0]) if wrong else "none"
        raise BadRequest(f"{what} {shown} is not allowed; choose whole numbers from {low} to {high}.")
    return tuple(sorted({int(v) for v in given}))


def _seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    settled = _whole_numbers(seeds, 0, 2**31 - 1, "Seed")
    if len(settled) > MOST_SEEDS:  # every seed keeps all its maps in memory
        raise BadRequest(f"{len(settled)} seeds are too many for one run; choose 1 to {MOST_SEEDS}.")
    return settled


def request_for(
    image: ImageInput,
    *,
    model: str = DEFAULT_MODEL,
    methods: Sequence[str | MethodChoice] | None = None,
    mode: str = "cascade",
    law: str = "he_normal",
    batchnorm: str = "recalibrate",
    seeds: Sequence[int] = (0,),
    depths: Sequence[int] | None = None,
    measures: Sequence[str] | None = None,
    target: int | None = None,
    normalisation: str = DEFAULT,
    sign: str = DEFAULT_SIGN,
    copies: int = 1,
) -> Request:
    """A request in its one canonical form: equal settings give equal requests.

    Errors: BadRequest names the allowed values; Refused says why a method is wrong on the model.
    """
    spec = spec_of(model)
    wanted = DEFAULT_MEASURES if measures is None else tuple(dict.fromkeys(measures))
    for key in wanted:
        if key not in SIMILARITIES:
            raise BadRequest(f"There is no measure {key!r}; choose from {', '.join(SIMILARITIES)}.")
    if not wanted:
        raise BadRequest("No measure is chosen; choose at least one.")
    if target is not None:
        _whole_numbers((target,), 0, len(LABELS) - 1, "Class")
    checked(normalisation, sign)
    (copies,) = _whole_numbers((copies,), 1, MOST_COPIES, "Number of noisy copies")
    count = len(spec.blocks)
    chosen = range(count + 1) if depths is None else (0, *_whole_numbers(depths, 0, count, "Depth"))
    return Request(
        image=image.sha256,
        model=model,
        methods=_choices(panel_for(spec) if methods is None else methods, spec),
        mode=MODES.chosen(mode).key,
        law=LAWS.chosen(law).key,
        batchnorm=BATCHNORM.chosen(batchnorm).key,
        seeds=_seeds(seeds),
        depths=tuple(sorted(set(chosen))),
        measures=wanted,
        target=target,
        normalisation=normalisation,
        sign=sign,
        copies=copies,
    )


class Pace:
    """How many depths to explain at once, and how long what is left should take, measured on the way."""

    def __init__(self, most_rows: int) -> None:
        self.most_rows = most_rows
        self._spent = 0.0
        self._done = 0.0

    def parts(self, depths: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """The depths in neighbouring parts of about one size, none larger than fits."""
        count = -(-len(depths) // self.most_rows)
        edges = [len(depths) * i // count for i in range(count + 1)] if count else [0]
        return tuple(tuple(depths[a:b]) for a, b in pairwise(edges))

    def no_room_for(self, rows: int) -> None:
        """Take note that so many rows did not fit."""
        self.most_rows = max(1, min(self.most_rows, rows // 2))

    def learn(self, passes: float, seconds: float) -> None:
        """Take note of a step: rows times passes, and how long it took; the last hundred count most."""
        kept = 1 / (1 + passes / 100)
        self._spent = self._spent * kept + seconds
        self._done = self._done * kept + passes

    def seconds_for(self, passes: float) -> float | None:
        """The time that many passes should take; None while nothing was measured."""
        return passes * self._spent / self._done if self._done > 2 else None
