"""Classes in a request: one by its number or its name, and whose class a randomized network explains."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar

from xaicheck.arguments import Domain, Unfit, WholeNumber, number, scalar, text
from xaicheck.errors import ModelUnavailable
from xaicheck.models import labels
from xaicheck.types import Network, Option, Registry, Target

if TYPE_CHECKING:
    import torch

NO_CLASS = -1  # what links and widgets hold for None, which a widget cannot


@dataclass(frozen=True, slots=True)
class ClassIndex(Domain):
    """One of the classes, by its number or by its name, or None."""

    none: str = "the network’s own answer"  # what None means
    without: str = "What the trained network sees"  # the same in a widget
    metavar: ClassVar[str] = "CLASS"

    def converted(self, value: Any, spec: Any = None) -> int | None:
        """The number, also of a text that is one."""
        if value is None:
            return None
        if isinstance(scalar(value), str):
            value = number(text(value))
            if isinstance(value, str):
                return _class_named(value)
        return WholeNumber(0, len(labels.LABELS) - 1).converted(value)

    def allowed(self, spec: Any = None) -> str:
        """Both ways."""
        return f"a class by its number from 0 to {len(labels.LABELS) - 1} or by its name"

    def plain(self, value: int | None, spec: Any) -> int:
        """The number, or NO_CLASS."""
        return NO_CLASS if value is None else value


def _class_named(name: str) -> int:
    """The number of the one class that is called so; Unfit tells of names that are near."""
    wanted = name.strip().casefold()
    known = [label.casefold() for label in labels.LABELS]
    exact = [i for i, label in enumerate(labels.LABELS) if name.strip() in (label, labels.display(i))]
    found = exact or [i for i, label in enumerate(known) if label == wanted]
    if len(found) == 1:
        return found[0]
    near = found or [i for i, label in enumerate(known) if wanted and wanted in label.split()]
    near = near or [known.index(label) for label in get_close_matches(wanted, known, 5)]
    hint = f"; nearest by name: {', '.join(map(labels.display, near[:5]))}" if near else ""
    raise Unfit(name, hint=hint)


TARGET_POLICIES = Registry(
    "target policy",
    (
        Option(
            "original",
            "The same",
            "Every network explains the same class: the one that the trained network gives, or your own.",
        ),
        Option(
            "randomized",
            "Each its own",
            "Each randomized network explains the class that it gives itself, as in the code of Adebayo et "
            "al. 2018: maps may then differ because the classes do.",
        ),
    ),
)


AGAINST_AT = Registry(
    "choice of networks",
    (
        Option("trained", "Trained network", "One more map a method."),
        Option("every", "Every depth", "One more map a method and depth, of the first seed."),
    ),
)


def targets_of(network: Network, x: torch.Tensor, *indices: int | None) -> tuple[Target, ...]:
    """These classes, None being the network's first; each with its probability, in float64.

    `x` [1 3 H W]: the picture. Errors: ModelUnavailable where the network does not answer to it.
    """
    import torch

    with torch.no_grad():
        logits = network.module(x)[0].double()
    known = bool(logits.isfinite().all())
    found = "" if known else "are not all numbers"
    if known and logits.max() - logits.min() <= 1e-6 * logits.abs().max():  # less is rounding
        found = "are all equal"
    elif known:
        noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(0)).to(x)
        with torch.no_grad():
            if torch.equal(network.module(noise)[0].double(), logits):
                found = "are the same for random noise"
    if found:
        raise ModelUnavailable(
            f"{network.spec.label} gives no answer to this picture: its {len(logits)} outputs {found}, so "
            "there is nothing to explain; give it trained weights, or choose another network."
        )
    shares = logits.softmax(0)
    first = int(shares.argmax())
    chosen = (first if index is None else index for index in indices)
    return tuple(Target(one, labels.LABELS[one], float(shares[one])) for one in chosen)
