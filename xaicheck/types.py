"""The values that pass between the packages: frozen, typed, free of torch and of Streamlit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from xaicheck.arguments import Unfit, frozen, items, kept_plain, plain, shown, text
from xaicheck.errors import BadRequest

if TYPE_CHECKING:
    import torch
    from PIL import Image


class Keyed(Protocol):
    """Whatever a registry holds: it knows the name by which it is chosen."""

    @property
    def key(self) -> str:
        """The name, as it stands in a request and in a link."""


Entry = TypeVar("Entry", bound=Keyed)


class Registry(Mapping[str, Entry]):
    """Entries by key, in their order; read only. `what` says in messages what one of them is.

    Errors: ValueError where two entries have one key.
    """

    def __init__(self, what: str, entries: Iterable[Entry]) -> None:
        self.what = what
        self._entries = self._by_key(entries)

    def _by_key(self, entries: Iterable[Entry]) -> dict[str, Entry]:
        by_key: dict[str, Entry] = {}
        for entry in entries:
            if entry.key in by_key:
                raise ValueError(f"There are two entries {entry.key!r} for a {self.what}.")
            by_key[entry.key] = entry
        return by_key

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def __setitem__(self, key: str, entry: object) -> None:
        raise TypeError(f"No {self.what} can be replaced; `with_entry` adds one for a while.")

    def __delitem__(self, key: str) -> None:
        raise TypeError(f"No {self.what} can be taken away.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Registry({self.what!r}, {list(self._entries)})"

    def chosen(self, key: str) -> Entry:
        """The entry of that key; BadRequest names the allowed ones."""
        try:
            return self._entries[key]
        except (KeyError, TypeError):  # TypeError: what cannot be a key at all
            raise BadRequest(
                f"There is no {self.what} {shown(key)}; choose one of {', '.join(self)}."
            ) from None

    @contextmanager
    def with_entry(self, entry: Entry) -> Iterator[Registry[Entry]]:
        """Adds one more entry, the last, for as long as the context lasts: for tests and notebooks."""
        before = self._entries
        self._entries = self._by_key((*before.values(), entry))
        try:
            yield self
        finally:
            self._entries = before


@dataclass(frozen=True, slots=True)
class Option:
    """One of a few choices that is its key and words alone."""

    key: str
    label: str
    summary: str


@dataclass(frozen=True, slots=True, eq=False)
class ImageInput:
    """A decoded picture and the digest of the bytes it came from."""

    sha256: str
    name: str  # for display only: never a path, never markup
    rgb: np.ndarray  # uint8 [H W 3], read-only
    notes: tuple[str, ...] = ()  # what was done to it that nobody could guess, each a phrase

    def __post_init__(self) -> None:
        object.__setattr__(self, "rgb", frozen(self.rgb))


@dataclass(frozen=True, slots=True)
class Block:
    """The unit of depth: neighbouring layers that are randomized together."""

    name: str
    modules: tuple[str, ...]  # leaf modules with parameters, in execution order
    parameters: tuple[str, ...]  # every parameter, loose ones included
    output: str  # the module whose output is the block's activation


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """A block as a model's literal names it: prefixes of module or parameter names."""

    name: str
    prefixes: tuple[str, ...]
    output: str = ""  # default: the last prefix


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """All that is known of a model before it is loaded."""

    key: str
    label: str
    source: str  # "embedded": weights inside an installed package; "torchvision": downloaded on first use
    licence: str
    size: int  # pixels, height = width of the network's input
    resize: int  # pixels, shorter side before the centre crop
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str  # "bilinear" or "bicubic"
    activations: tuple[str, ...]  # class names of the non-linearities, sorted
    blocks: tuple[BlockSpec, ...]  # output to input
    cam_layer: str | None  # last convolutional map; None: there is none
    lrp_refusal: str | None  # why no ledger of LRP closes here; None: relevance is only lost in its layers
    build: Callable[[], torch.nn.Module]  # the architecture without weights
    weights: Callable[[], Mapping[str, torch.Tensor]]  # trained state, names as in build()


def _no_input(picture: Image.Image | ImageInput, spec: ModelSpec) -> torch.Tensor:
    raise ValueError("This network was made without a way to prepare pictures; give it `prepare`.")


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A loaded model, trained or randomized: parameters frozen, in evaluation mode."""

    spec: ModelSpec
    module: torch.nn.Module
    blocks: tuple[Block, ...]  # output to input
    device: str
    merges: tuple[tuple[str, str], ...] = ()  # (layer, the BatchNorm that reads only it)
    units: frozenset[str] = frozenset()  # modules that run once and turn one batch into one batch
    row_bytes: int = 0  # of all that the innermost modules give for one picture
    row_work: int = 0  # multiplications in a forward pass of one picture

    prepare: Callable[[Image.Image | ImageInput, ModelSpec], torch.Tensor] = _no_input
    weights: str = ""  # SHA-256 of the trained tensors, whatever the module holds by now; "": not known

    def preprocess(self, picture: Image.Image | ImageInput) -> torch.Tensor:
        """The network's input of a picture, float32 [3 H W]."""
        return self.prepare(picture, self.spec)


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """What one backward pass from the target logit leaves behind, for each row of a batch [B 3 H W]."""

    x: torch.Tensor
    gradient: torch.Tensor | None = None  # d logit / dx, [B 3 H W]
    guided: torch.Tensor | None = None  # the same with every rectifier guided, [B 3 H W]
    activation: torch.Tensor | None = None  # the output of the last convolutional map, [B C h w]
    slopes: torch.Tensor | None = None  # d logit / d activation, [B C h w]


@dataclass(frozen=True, slots=True)
class Param:
    """A setting that a method declares; the widgets and the command line are made from it."""

    key: str
    label: str
    default: int | float
    low: int | float
    high: int | float
    step: int | float
    help: str


@dataclass(frozen=True, slots=True)
class CertificateKind:
    """What a method's raw maps can be held against: a sum that is due, or the same map made otherwise."""

    key: str
    label: str
    summary: str  # what it tells, and what a mark means: plain words, one or two sentences
    line: str  # beside the map; in braces: found, due, value (in percent) and the method's parameters
    bound: float | None = None  # on the certificate's value, above which a map is marked; None: never
    why_bound: str = ""  # where the bound comes from
    nothing_due: str = "nothing is due"  # why there is no number where `due` is zero or not finite
    costly: bool = False  # takes about as long as the map: measured where the request certifies
    layered: str = ""  # what the table of the pass's layers is called; `measure` is given them as layers=
    causes: tuple[tuple[str, str], ...] = ()  # of a loss: key, and a sentence; in braces: share
    # fn(network, x [B 3 H W], target [B], maps [B C H W], **params) -> [B 2] float64: found, due;
    # None: the engine measures it
    measure: Callable[..., torch.Tensor] | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One layer of a pass: sums over its units of what is handed back, of which the explained logit has 1."""

    layer: str  # the module's name in the network
    arrives: float  # at the layer's output
    passed_on: float  # to its inputs, by the contributions that the rule speaks of
    convention: float  # to its inputs, by units to which nothing contributes as the rule wants it
    cause: str = ""  # of a loss here: a key of the kind's `causes`

    @property
    def lost(self) -> float:
        """What arrives and is not handed on; negative: what is handed on and never arrived."""
        return self.arrives - self.passed_on - self.convention


@dataclass(frozen=True, slots=True)
class Certificate:
    """How far one map is from what its kind says is due; None and the reason where that has no number."""

    key: str  # of the kind
    value: float | None  # |found - due| / |due|, or a relative distance
    bound: float | None = None  # the kind's
    why: str = ""
    found: float | None = None
    due: float | None = None
    layers: tuple[LedgerEntry, ...] = ()  # from the output to the input, where the kind is layered

    @property
    def holds(self) -> bool | None:
        """Whether the value is within its bound; None where it has no number or no bound."""
        return None if self.value is None or self.bound is None else self.value <= self.bound


@dataclass(frozen=True, slots=True)
class Method:
    """An attribution method: fn(network, x [B 3 H W], target [B], *, rng, **params) -> [B C H W]."""

    key: str
    label: str
    summary: str  # one sentence, plain words
    source: str
    fn: Callable[..., torch.Tensor]
    params: tuple[Param, ...] = ()
    signed: bool = True
    stochastic: bool = False  # the map depends on the seed
    control: bool = False  # does not explain the network, by construction
    passes: Callable[..., float] = lambda **_: 1.0  # forward + backward passes per map, by parameters
    refuses: Callable[[ModelSpec], str | None] = lambda spec: None  # the reason, or None
    reads: tuple[str, ...] = ()  # what `derive` wants of the passes that methods share; () = it shares none
    derive: Callable[[Passes], torch.Tensor] | None = None  # the maps from shared passes, as fn gives them
    certificates: tuple[CertificateKind, ...] = ()  # that every map of the method carries
    # as `fn`, and from the same pass the ledger of each map: (the same maps, B tuples of LedgerEntry)
    with_layers: Callable[..., tuple[torch.Tensor, Sequence[tuple[LedgerEntry, ...]]]] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A number, or None and the reason why there is none."""

    value: float | None
    why: str = ""

    def __float__(self) -> float:
        """The value; an undefined one is not-a-number, so that it cannot pass for 0."""
        return float("nan") if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure with what is done to both maps before: a score is only complete with all three."""

    measure: str  # a key of SIMILARITIES
    normalisation: str = "second_moment"  # a key of NORMALISATIONS; each map by its own values
    sign: str = "signed"  # a key of SIGNS

    def __post_init__(self) -> None:
        """BadRequest for what is no text; whether there is such a key says `similarity.comparisons`."""
        for name in self.__slots__:
            object.__setattr__(self, name, kept_plain(name, getattr(self, name), text))


@dataclass(frozen=True, slots=True)
class Target:
    """A class and its probability; that of a report is chosen once, on the trained network."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """A method and the values of its declared parameters, in declared order."""

    key: str
    params: tuple[tuple[str, int | float], ...] = ()

    def __post_init__(self) -> None:
        """BadRequest for what is no text, or no list of names with their values; they are not checked."""
        params = self.params.items() if isinstance(self.params, Mapping) else self.params
        try:
            pairs = tuple((text(key), plain(value)) for key, value in params)
            object.__setattr__(self, "key", text(self.key))
        except (Unfit, TypeError, ValueError) as error:
            raise BadRequest(
                f"methods: {shown(self.params)} of {shown(self.key)} is not allowed; "
                "give the key of a method and its parameters by name."
            ) from error
        object.__setattr__(self, "params", pairs)


@dataclass(frozen=True, slots=True, init=False)
class Request:
    """Everything a run depends on: strings and numbers only. `request.<key>` is the value of a setting.

    `engine.request.request_for` makes one, with a value for each entry of `engine.settings.SETTINGS`.
    """

    image: str  # sha256 of the picture's bytes
    model: str
    methods: tuple[MethodChoice, ...]
    settings: tuple[tuple[str, Any], ...]  # (key, value), in the order of SETTINGS

    def __init__(
        self,
        image: str,
        model: str,
        methods: tuple[MethodChoice, ...],
        settings: Iterable[tuple[str, Any]] = (),
        **changes: Any,
    ) -> None:
        """`changes`: other values of settings that `settings` has.

        The values are kept as plain texts, numbers and tuples of them; `engine.request.checked` says whether
        they are allowed. Errors: TypeError for a key that is none of them; BadRequest for what is not plain.
        """
        try:
            values = dict(settings)
        except (TypeError, ValueError) as error:
            raise BadRequest(
                f"settings: {shown(settings)} is not allowed; give the key of each setting with its value."
            ) from error
        unknown = [key for key in changes if key not in values]
        if unknown:
            raise TypeError(f"The request has no setting {unknown[0]!r}.")
        values |= changes
        for name, value in (("image", image), ("model", model)):
            object.__setattr__(self, name, kept_plain(name, value, text))
        values = {name: kept_plain(name, value) for name, value in values.items()}
        given = kept_plain("methods", methods, items)
        chosen = (one if isinstance(one, MethodChoice) else MethodChoice(one) for one in given)
        object.__setattr__(self, "methods", tuple(chosen))
        object.__setattr__(self, "settings", tuple(values.items()))

    def __getattr__(self, key: str) -> Any:
        """The value of a setting; AttributeError where the request has none of that key."""
        if not key.startswith("_") and key != "settings":  # while it is unpickled it has no fields yet
            for name, value in self.settings:
                if name == key:
                    return value
        raise AttributeError(f"The request has no setting {key!r}.")

    def changed(self, **changes: Any) -> Request:
        """The request with other fields, or other values of settings that it has, as dataclasses.replace."""
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict, settings beside the fields; `from_json` gives an equal request back."""
        methods = [asdict(choice) for choice in self.methods]
        return {"image": self.image, "model": self.model, "methods": methods, **dict(self.settings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Request:
        """The request that `to_json` wrote, with the settings that it names."""
        plain = dict(data)
        image, model = plain.pop("image"), plain.pop("model")
        methods = tuple(
            MethodChoice(m["key"], tuple((k, v) for k, v in m["params"])) for m in plain.pop("methods")
        )
        settings = ((k, tuple(v) if isinstance(v, list) else v) for k, v in plain.items())
        return cls(image, model, methods, tuple(settings))

    def key(self) -> str:
        """SHA-256 of the canonical JSON: equal requests have equal keys in every process."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """One raw map: signed, never normalised; or None and the reason."""

    method: str
    depth: int  # blocks randomized; 0 = original
    seed: int
    values: np.ndarray | None  # float32 [H W], read-only
    why: str = ""
    seconds: float = 0.0
    certificates: tuple[Certificate, ...] = ()  # those that were measured
    target: int | None = None  # the class that it explains; None: the one of `Report.explained`

    def __post_init__(self) -> None:
        if self.values is not None:
            object.__setattr__(self, "values", frozen(self.values))

    @property
    def marked(self) -> bool:
        """Whether a certificate is beyond its bound: nothing that is said may lean on the map."""
        return any(certificate.holds is False for certificate in self.certificates)

    @property
    def rms(self) -> float | None:
        """Root mean square of the map, computed in float64."""
        if self.values is None:
            return None
        return float(np.sqrt(np.mean(np.square(self.values, dtype=np.float64))))


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The similarity of a method's randomized map to its original one."""

    method: str
    measure: str
    depth: int
    seed: int
    score: Score


@dataclass(frozen=True, slots=True)
class PairRow:
    """The similarity of two maps of one method that share no random number: they are of two seeds.

    `kind`: "between", two random networks; and where a method draws random numbers "again", the trained
    network twice, and "trained", the random network of `first` and the trained one under those of `second`.
    """

    method: str
    measure: str
    depth: int  # of the random networks; 0 = again
    kind: str
    first: int  # seed
    second: int  # seed
    score: Score


@dataclass(frozen=True, slots=True)
class ActivationScale:
    """How large a block's activations and gradients are at one depth, for one picture."""

    block: str
    depth: int
    seed: int
    rms: float
    quantiles: tuple[float, float, float, float, float]  # 5, 25, 50, 75, 95 %
    dead: float  # share of the block's rectified values that are exactly zero
    gradient_rms: float  # of d(target logit) / d(activation)


@dataclass(frozen=True, slots=True)
class Liveness:
    """Whether a randomized network still answers to its input."""

    depth: int
    seed: int
    logit_std: float  # spread over the classes
    entropy: float  # of the softmax, in nats; log(1000) = 6.91 says nothing
    top5: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What randomizing every block changes, counted in parameters."""

    changed_share: float  # share of the parameters whose tensor differs from the trained one
    untouched: tuple[str, ...]  # tensors equal to the trained ones
    by_depth: tuple[tuple[int, float], ...]  # (depth, share changed at that depth)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The whole answer to a request; `complete` is False while it is still being computed."""

    request: Request
    image_name: str
    view: np.ndarray  # uint8 [S S 3], read-only: what the network sees
    target: Target
    blocks: tuple[str, ...]  # output to input
    depths: tuple[int, ...]  # those computed, 0 first
    attributions: tuple[Attribution, ...]
    scores: tuple[ScoreRow, ...]
    activations: tuple[ActivationScale, ...]
    liveness: tuple[Liveness, ...]
    coverage: Coverage
    versions: tuple[tuple[str, str], ...]
    device: str
    seconds: float
    complete: bool = True
    entropies: tuple[ScoreRow, ...] = ()  # of each map's values, nats, at depth 0 and the greatest depth
    image_notes: tuple[str, ...] = ()  # what was done to the picture when it was read
    unkept: tuple[Attribution, ...] = ()  # of a stored report, without values: maps that it does not keep
    against: Target | None = None  # the second class, with the trained network's probability
    class_maps: tuple[Attribution, ...] = ()  # of the second class: trained network, first seed
    class_scores: tuple[ScoreRow, ...] = ()  # of each with the map of the explained class
    pairs: tuple[PairRow, ...] = ()  # of random networks, and of trained maps that were drawn anew
    _maps: dict[tuple[str, int, int], Attribution] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "view", frozen(self.view))
        for name in _LISTS:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        maps = {(a.method, a.depth, a.seed): a for a in self.attributions}
        object.__setattr__(self, "_maps", maps)

    @property
    def certified(self) -> tuple[Attribution, ...]:
        """The maps that carry a certificate, also those that a stored report does not keep."""
        return tuple(a for a in (*self.attributions, *self.unkept) if a.certificates)

    @property
    def every_map(self) -> tuple[Attribution, ...]:
        """All maps, those of the second class last."""
        return (*self.attributions, *self.class_maps)

    def explained(self, depth: int, seed: int) -> Target | None:
        """The class that the maps of a depth and seed explain; None while it is not known.

        Its probability is that of the network whose answer it is.
        """
        if not depth or self.request.target_policy == "original":
            return self.target
        first = (one.top5[0] for one in self.liveness if (one.depth, one.seed) == (depth, seed))
        return next(first, None)

    def attribution(self, method: str, depth: int, seed: int) -> Attribution | None:
        """The map of a method at a depth and seed; None while it is not computed."""
        return self._maps.get((method, depth, seed))


_LISTS = tuple(one.name for one in fields(Report) if str(one.type).startswith("tuple"))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands after a step of about a second."""

    done: int  # maps computed
    total: int  # maps in the whole run
    note: str  # what is being computed, in words
    seconds_left: float | None  # None: not known yet
    report: Report | None  # all that is known so far; its `complete` is False


class Listener(Protocol):
    """Whoever waits for a run; the default listens to nothing."""

    def update(self, progress: Progress) -> None:
        """Called after each step."""

    def check(self) -> None:
        """Called before each pass through the network; raises Cancelled to end the run."""
