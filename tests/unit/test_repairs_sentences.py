"""The sentence of the repair bench holds where it is said: its premises said again from verdicts alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.premises import Restated, Shown, found, judge, missed, sentences_of
from xaicheck.experiments.repairs import store
from xaicheck.experiments.repairs.bench import BEATS, GATE, NONE, OPEN, STOPPED, Cell, matrix
from xaicheck.experiments.repairs.exploits import EXPLOITS
from xaicheck.experiments.repairs.setting import REPAIRS
from xaicheck.statistics import Interval
from xaicheck.topics.noise import repairs

SAYS = {key: one for key, one in sentences_of("topics.noise").items() if key.startswith("repairs.")}
Cells = tuple[Cell, ...]


def cells(**verdicts: str) -> Cells:
    """A verdict a repair for each of fresh, keyed and edges, as letters."""
    letters = {"b": BEATS, "s": STOPPED, "g": GATE, "o": OPEN, "n": NONE}
    margin = Interval(-0.02, -0.03, -0.01, 0.95, 8, 8, "t")
    return tuple(
        Cell(repair, exploit, letters[letter], margin, "lrp", "it is zero")
        for repair, row in verdicts.items()
        for exploit, letter in zip(("fresh", "keyed", "edges"), row, strict=True)
    )


CASES = {
    "one is left": cells(raw="bbs", memory="gog", signed="bbb"),
    "none is left": cells(raw="bbs", memory="gog", signed="bsb"),
    "two repairs": cells(raw="bbb", memory="gog", smprt="bss"),
    "nothing stops": cells(raw="bbs", memory="oog", signed="bbn"),
    "no winner": cells(raw="oss", memory="gog", signed="bbb"),
    "nothing passes": cells(raw="bbs", memory="ggg", signed="sbb"),
}  # fmt: skip


def by(seen: Cells, *verdicts: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in seen:
        found.setdefault(one.repair, set())
        if one.verdict in verdicts:
            found[one.repair].add(one.exploit)
    return found


def won(seen: Cells) -> set[str]:
    return by(seen, BEATS)["raw"]


def caught(seen: Cells) -> dict[str, set[str]]:
    return {
        repair: names & won(seen) for repair, names in by(seen, STOPPED, GATE).items() if names & won(seen)
    }


def named(text: str) -> set[str]:
    """The exploits in a text; longer names first, because some hold others."""
    keys, text = set(), text.casefold()
    for key in sorted(EXPLOITS, key=lambda key: -len(EXPLOITS[key].label)):
        if EXPLOITS[key].label.casefold() in text:
            keys.add(key)
            text = text.replace(EXPLOITS[key].label.casefold(), "")
    return keys


def some(seen: Cells, match: re.Match[str]) -> bool:
    said = dict(part.split(": ") for part in match["lists"].split("; by "))
    keys = {REPAIRS[key].label.casefold(): key for key in REPAIRS}
    return {keys[where.casefold()]: named(names) for where, names in said.items()} == caught(seen) != {}


def left(seen: Cells) -> set[str]:
    return won(seen) - set().union(*caught(seen).values())


def opened(seen: Cells, match: re.Match[str]) -> bool:
    said = set()
    for part in match["lists"].split("; "):
        name, where = part.removesuffix(")").split(" (")
        said |= {(*named(name), key) for key in REPAIRS if REPAIRS[key].label.casefold() in where}
    won_elsewhere = {(name, key) for key, names in by(seen, BEATS).items() for name in names - won(seen)}
    return said == won_elsewhere != set()


RESTATED: Restated = {
    "repairs.no_winner": lambda seen, m: not won(seen),
    "repairs.left": lambda seen, m: named(m["names"]) == left(seen) != set(),
    "repairs.none_left": lambda seen, m: bool(won(seen)) and not left(seen),
    "repairs.some": some,
    "repairs.passed": lambda seen, m: named(m["names"]) == by(seen, OPEN)["memory"] != set(),
    "repairs.opened": opened,
}


def shown() -> Iterator[Shown[Cells]]:
    for name, seen in CASES.items():
        yield Shown(name, repairs.finding(seen), seen)
        yield Shown(name, "\n".join(repairs.details(seen)), seen)


def test_every_sentence_holds_where_it_is_said() -> None:
    assert list(judge(SAYS, shown(), RESTATED)) == []


def test_every_sentence_is_said_somewhere() -> None:
    assert found(SAYS, shown()) == set(SAYS) == set(RESTATED)


@pytest.mark.parametrize("key", sorted(SAYS))
def test_a_sentence_without_its_premise_is_missed(key: str) -> None:
    assert missed(SAYS[key], shown(), RESTATED)


def test_what_is_heard_names_who_wins_and_who_clearly_does_not() -> None:
    text = repairs.alt(CASES["one is left"])
    assert "Signed: beaten by fresh noise, noise keyed by weights and edges; clearly not by none." in text
    assert "Gate and memory: beaten by none; clearly not by fresh noise and edges." in text


def test_a_cell_that_had_nothing_to_win_is_not_said_to_be_stopped() -> None:
    for one in CASES["one is left"]:
        said = repairs.verdict(one)
        assert "stop" not in said.casefold() and "still" not in said.casefold()
        assert said.startswith("Does not win") == (one.verdict in (STOPPED, GATE))
        assert ("gate" in said) == (one.repair == "memory" and one.verdict == OPEN)


def test_no_name_holds_an_and_that_reads_like_the_next_in_a_list() -> None:
    assert not [one.label for one in EXPLOITS.values() if " and " in one.label or "," in one.label]


def test_the_shipped_bench_says_what_its_verdicts_say() -> None:
    data = store.load()
    assert data is not None
    seen = matrix(data)
    assert repairs.finding(seen).startswith("No repair clearly stops LRP with noise once random, ahead of")
    stopped, passed, opened = repairs.details(seen)
    assert "by gate and memory: fresh noise and smoothed fresh noise; by eMPRT: " in stopped
    assert passed.endswith(": noise keyed by weights, edges plus keyed noise and LRP with noise once random.")
    assert opened.endswith(": sign-flip cheater (signed); edges plus keyed noise (independent).")


def test_the_figure_and_the_table_have_every_cell_in_words_and_signs() -> None:
    seen = CASES["one is left"]
    fig = repairs.figure(seen)
    assert [text[0] for text in fig.data[1].text] == list("▲■▲▲○▲▼■▲")  # exploit by exploit
    assert len(repairs.table(seen)) == len(seen)
    assert {row["Verdict"] for row in repairs.table(seen)} == {repairs.verdict(one) for one in seen}


def test_the_setting_says_how_little_so_few_networks_and_pictures_tell() -> None:
    data = store.load()
    assert data is not None
    said = repairs.setting_line(data)
    assert len(data.pictures) < 20 and "8 pictures: with fewer than 20" in said
    assert min(len(one.seeds) for one in data.scores) < 5 and "3 seeds: with fewer than 5" in said
