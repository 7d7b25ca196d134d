"""What the page Methods says of its numbers, each with the premise without which it is not said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from xaicheck.methods import METHODS
from xaicheck.reading.captions import Verdict
from xaicheck.reading.compared import normalisation_name
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, listed, method_name, number, share, verb
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.methods.numbers import Moved, Scores, Worked, distinct_orders, name
from xaicheck.topics.methods.words import TEXT, control, counted, refused_line, times
from xaicheck.types import Comparison

Chosen = tuple[Scores, Comparison, Comparison]  # and the default


def _of(
    key: str, premise: Callable[[Scores], bool], numbers: Callable[[Scores], Mapping[str, object]]
) -> Sentence[Scores]:
    return Sentence(f"methods.{key}", TEXT.say[key], premise, numbers)


def _numbers(scores: Scores) -> dict[str, object]:
    """All that the sentences on the orders need."""
    firsts = scores.firsts()
    key, won = firsts[0]
    first = method_name(METHODS, key) + control(key)
    return {
        "n": len(firsts), "first": first, "times": times(won), "ways": scores.ways,
        "maps": count(len(firsts), "different map"),
        "orders": distinct_orders(scores), "rate": share(scores.flips.rate or 0.0),
        "others": count(len(firsts) - 1, "other"),
    }  # fmt: skip


def _several(scores: Scores) -> bool:
    return len(scores.firsts()) > 1


ORDERS = _of(
    "orders",
    lambda scores: True,
    lambda scores: (
        _numbers(scores)
        | {"maps": len(scores.methods), "orders": count(distinct_orders(scores), "different order")}
    ),
)
SOME_FIRST = _of("some_first", _several, _numbers)
ONE_FIRST = _of("one_first", lambda scores: not _several(scores), _numbers)
FIRSTS = _of(
    "firsts",
    lambda scores: True,
    lambda scores: _numbers(scores) | {"first": _capital(method_name(METHODS, scores.firsts()[0][0]))},
)
OTHERS = _of("others", _several, _numbers)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def opening(scores: Scores | None) -> str:
    """The finding: how the order of the same maps depends on the way to compare them."""
    if scores is None:
        methods, controls = counted()
        return TEXT.without_maps.format(methods=methods, controls=controls, measures=len(SIMILARITIES))
    return say((ORDERS, SOME_FIRST, ONE_FIRST), scores, "")


def firsts_title(scores: Scores) -> str:
    """Who comes first most often, and how many come first at all."""
    return say((FIRSTS, OTHERS), scores, "")


def _at(seen: Chosen, end: Callable[[Iterable[float]], float]) -> str:
    """Who has the first or the last rank; methods that tie share it."""
    ranks = seen[0].ranks(seen[1])
    return listed([method_name(METHODS, key) for key, rank in ranks.items() if rank == end(ranks.values())])


MOST_AND_LEAST = Sentence[Chosen](
    "methods.most_and_least",
    TEXT.say.most_and_least,
    lambda seen: len(set(seen[0].ranks(seen[1]).values())) > 1,
    lambda seen: {"how": name(seen[1]), "first": _at(seen, min), "last": _at(seen, max)},
)
SWAPPED = Sentence[Chosen](
    "methods.swapped",
    TEXT.say.swapped,
    lambda seen: seen[0].place(seen[1]) != seen[0].place(seen[2]),
    lambda seen: {
        "default": inside(name(seen[2])),
        "swapped": times(seen[0].swapped(seen[1], seen[2])[0]),
        "pairs": count(seen[0].swapped(seen[1], seen[2])[1], "pair"),
        "change": verb(seen[0].swapped(seen[1], seen[2])[0], "changes", "change"),
    },
)


def order_line(scores: Scores, chosen: Comparison, default: Comparison) -> str:
    """What the chosen comparison does to the order, against the default one."""
    return say((MOST_AND_LEAST, SWAPPED), (scores, chosen, default))


DECIDES = _of("decides", lambda scores: distinct_orders(scores) > 1, _numbers)
BEST_METHOD = _of("best_method_why", _several, _numbers)


def _fixed(moved: Moved) -> dict[str, object]:
    first, second = (method_name(METHODS, key) for key in moved.first)
    return {
        "measure": SIMILARITIES[moved.measure].label,
        "one": normalisation_name(moved.one.normalisation),
        "other": normalisation_name(moved.other.normalisation),
        "swapped": times(moved.swapped),
        "pairs": count(moved.pairs, "pair"),
        "change": verb(moved.swapped, "changes", "change"),
        "who": f"{first} comes first in both" if first == second else f"first {first}, then {second} leads",
    }


FIXED_ORDER = Sentence[Moved](
    "methods.fixed_order_why", TEXT.say.fixed_order_why, lambda moved: moved.swapped > 0, _fixed
)
APART = 0.5  # between two measures of one pair of maps: they disagree


def _negative(worked: Worked) -> tuple[float, float] | None:
    """(SSIM, structure term) of a map and its negative; None where one of them is missing."""
    values = [worked.scores.get(key, {}).get("flipped") for key in ("ssim", "cs")]
    found = [score.value for score in values if score is not None and score.value is not None]
    return (found[0], found[1]) if len(found) == 2 else None


def _disagree(worked: Worked) -> bool:
    found = _negative(worked)
    return found is not None and found[0] - found[1] >= APART


SAME_EXPLANATION = Sentence[Worked](
    "methods.same_explanation_why",
    TEXT.say.same_explanation_why,
    _disagree,
    lambda worked: dict(zip(("ssim", "cs"), map(number, _negative(worked) or ()), strict=False)),
)


def verdict(scores: Scores | None, moved: Moved | None, worked: Worked | None) -> Verdict:
    """What may and may not be concluded from this page."""
    claims = TEXT.claims
    may = (TEXT.looked_up.format(refused=refused_line()), DECIDES(scores) if scores else "")
    may_not = (
        (claims.best_method, BEST_METHOD(scores) if scores else ""),
        (claims.fixed_order, FIXED_ORDER(moved) if moved else ""),
        (claims.same_explanation, SAME_EXPLANATION(worked) if worked else ""),
        (claims.all_pictures, claims.all_pictures_why),
    )
    return Verdict(tuple(filter(None, may)), tuple(pair for pair in may_not if pair[1]))
