"""What the page on noise says of the contest, each with the premise without which it is not said."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xaicheck.experiments.noise.contest import Entry, Standings
from xaicheck.methods import METHODS
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, listed, method_name
from xaicheck.topics.noise.words import TEXT, contest_number, faith_number, fill_name, names, spread

NOISE, FLIP, EDGES, FIXED = "fresh_noise", "sign_flip", "sobel", "fixed_noise"
UNCHANGED = 1 - 1e-6  # a rank correlation from which a map is called the same
Fought = tuple[Standings, str]  # and the fill


def _contest(
    name: str, premise: Callable[[Standings], bool], numbers: Callable[[Standings, str], Mapping[str, object]]
) -> Sentence[Fought]:
    return Sentence(
        f"noise.{name}", TEXT.say[name], lambda seen: premise(seen[0]), lambda seen: numbers(seen[0], seen[1])
    )


def fill_of(standings: Standings, fill: str) -> str:
    """The fill, or the contest's first one where it does not have it."""
    return fill if fill in standings.faithful else next(iter(standings.faithful))


def _entry(standings: Standings, method: str) -> Entry | None:
    return next((entry for entry in standings.entries if entry.method == method), None)


def _score(standings: Standings, method: str, measure: str) -> float | None:
    entry = _entry(standings, method)
    return None if entry is None or measure not in entry.scores else entry.scores[measure].mean


def _own(standings: Standings, method: str) -> dict[str, object]:
    entry = standings.entry(method)
    return {measure: contest_number(score.mean) for measure, score in entry.scores.items()}


def _won(standings: Standings) -> list[tuple[str, ...]]:
    """The winners of each column that a control wins, alone or among others."""
    return [who for who in standings.winners.values() if any(METHODS[method].control for method in who)]


def _by_control(standings: Standings) -> str:
    """Each control with the number of columns that it wins, and how many of these it shares."""
    names = []
    for method in dict.fromkeys(m for who in _won(standings) for m in who if METHODS[m].control):
        columns = [who for who in _won(standings) if method in who]
        shared = sum(len(who) > 1 for who in columns)
        names.append(f"{method_name(METHODS, method)} ({len(columns)}{f', {shared} shared' * bool(shared)})")
    return listed(names)


CONTROLS_WIN = _contest(
    "controls_win",
    lambda s: bool(_won(s)),
    lambda s, _: {
        "won": len(_won(s)), "columns": len(s.winners), "names": _by_control(s),
    },
)  # fmt: skip
IN_EVERY = _contest(
    "in_every",
    lambda s: _in_every(s) < len(_won(s)),
    lambda s, _: {"sure": _in_every(s)},
)
NO_CONTROL_WINS = _contest("no_control_wins", lambda s: not _won(s), lambda s, _: {"columns": len(s.winners)})


def _in_every(standings: Standings) -> int:
    """How many columns a control wins by the mean and in every random network."""
    return sum(
        standings.held[measure] == standings.seeds
        for measure, who in standings.winners.items()
        if any(METHODS[method].control for method in who)
    )


def contest_title(standings: Standings) -> str:
    """Who wins how many columns of the check."""
    return say((CONTROLS_WIN, IN_EVERY, NO_CONTROL_WINS), (standings, ""), "")


def _similarities(standings: Standings, method: str) -> list[float]:
    scores = standings.entry(method).scores
    return [s.mean for measure, s in scores.items() if measure != "mse" and s.mean is not None]


def _ranges(standings: Standings) -> str:
    return listed(
        [
            f"{fill_name(fill)} {faith_number(interval.estimate)} ({spread(interval)})"
            for fill, interval in standings.entry(NOISE).faithfulness.items()
        ]
    )


HONEST = _contest(
    "honest_why",
    lambda s: _score(s, NOISE, "mse") is not None,
    lambda s, _: _own(s, NOISE)
    | {
        "least": contest_number(min(_similarities(s, NOISE))),
        "most": contest_number(max(_similarities(s, NOISE))),
        "ranges": _ranges(s),
    },
)  # fmt: skip


def _flipped(standings: Standings) -> bool:
    """Whether the cheater turned its sign on every random network: then its magnitudes stay."""
    magnitudes, distance = (_score(standings, FLIP, key) for key in ("spearman_abs", "mse"))
    return magnitudes is not None and magnitudes >= UNCHANGED and distance is not None and distance > 2


CHEATER = _contest("cheater_why", _flipped, lambda s, _: _own(s, FLIP))


def _same(standings: Standings) -> bool:
    scores = [_score(standings, method, "spearman") for method in (EDGES, FIXED)]
    return all(score is not None and score >= UNCHANGED for score in scores)


UNCHANGING = _contest(
    "unchanging_why",
    _same,
    lambda s, fill: (
        _own(s, EDGES)
        | {
            "fill": fill_name(fill_of(s, fill)),
            "edges": faith_number(s.entry(EDGES).faithfulness[fill_of(s, fill)].estimate),
            "noise": faith_number(s.entry(FIXED).faithfulness[fill_of(s, fill)].estimate),
        }
    ),
)


def contest_notes(standings: Standings, fill: str = "") -> tuple[tuple[str, str], ...]:
    """(Who, what its numbers mean): the honest empty map, the cheater, the two that never change."""
    notes = (
        (TEXT.honest, HONEST((standings, fill))),
        (TEXT.cheater, CHEATER((standings, fill))),
        (TEXT.unchanging, UNCHANGING((standings, fill))),
    )
    return tuple(note for note in notes if note[1])


def _beaten(standings: Standings) -> tuple[int, int]:
    """(attribution methods that change less than noise in every network, all), by squared distance."""
    noise = _entry(standings, NOISE)
    real = [e.scores["mse"].values for e in standings.entries if not METHODS[e.method].control]
    known = [values for values in real if values]
    own = noise.scores["mse"].values if noise is not None and "mse" in noise.scores else ()
    firm = [bool(own) and all(a < b for a, b in zip(values, own, strict=True)) for values in known]
    return sum(firm), len(known)


def _noise(standings: Standings, fill: str) -> dict[str, object]:
    faith = standings.entry(NOISE).faithfulness[fill_of(standings, fill)]
    holds = faith.low is not None and faith.high is not None and faith.low <= 0 <= faith.high
    beaten, real = _beaten(standings)
    return {
        "distance": contest_number(_score(standings, NOISE, "mse")),
        "beaten": beaten, "methods": count(real, "attribution method"),
        "faith": faith_number(faith.estimate),
        "where": "an interval that holds 0" if holds else "an interval that does not hold 0",
    }  # fmt: skip


NOISE_SCORES = _contest("noise_scores", lambda s: _beaten(s)[0] > 0, _noise)


def _most_changed(standings: Standings, fill: str) -> dict[str, object]:
    first, best = standings.winners["spearman_abs"], standings.faithful[fill_of(standings, fill)]
    return {
        "first": names(first),
        "change": "changes" if len(first) == 1 else "change",
        "best": names(best),
        "held": standings.held["spearman_abs"],
        "networks": count(standings.seeds, "random network"),
        "fill": fill_name(fill_of(standings, fill)),
        "score": contest_number(_score(standings, first[0], "spearman_abs")),
        "faith": faith_number(standings.entry(best[0]).faithfulness[fill_of(standings, fill)].estimate),
    }  # fmt: skip


MOST_CHANGED = Sentence[Fought](
    "noise.most_changed_why",
    TEXT.say.most_changed_why,
    lambda seen: (
        "spearman_abs" in seen[0].winners
        and not set(seen[0].winners["spearman_abs"]) & set(seen[0].faithful[fill_of(*seen)])
    ),
    lambda seen: _most_changed(*seen),
)
MOST_FAITHFUL = Sentence[Fought](
    "noise.most_faithful_why",
    TEXT.say.most_faithful_why,
    lambda seen: all(METHODS[m].control for m in seen[0].faithful[fill_of(*seen)]),
    lambda seen: _most_changed(*seen),
)
ZERO_IS_WORST = _contest(
    "zero_is_worst_why",
    lambda s: (
        (_score(s, FLIP, "cs") or 0.0) < 0
        and _flipped(s)
        and (_score(s, FLIP, "mse") or 0.0) > (_score(s, NOISE, "mse") or 2.0)
    ),
    lambda s, _: {
        "distance": contest_number(_score(s, FLIP, "mse")),
        "cs": contest_number(_score(s, FLIP, "cs")),
    },
)
