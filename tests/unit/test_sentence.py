"""A sentence is said where its premise holds, is found again, and a premise that is taken away is missed."""

from __future__ import annotations

from tests.premises import Shown, found, judge, plain, sentences_of, without_premise
from xaicheck.reading.sentence import Sentence, say

HIGH = Sentence[int]("high", "the number is high: {n}.", lambda n: n > 5, lambda n: {"n": n})
LOW = Sentence[int]("low", "It is low, at {n} of {most}", lambda n: n <= 5, lambda n: {"n": n, "most": 9})
BOTH = {one.key: one for one in (HIGH, LOW)}
RESTATED = {
    "high": lambda n, match: n in (6, 7, 8, 9) and match["n"] == str(n),
    "low": lambda n, match: n in range(6) and (match["n"], match["most"]) == (str(n), "9"),
}


def shown() -> list[Shown[int]]:
    return [Shown(f"{n}", say((HIGH, LOW), n), n) for n in range(10)]


def test_a_sentence_is_said_where_its_premise_holds_and_nowhere_else() -> None:
    assert (HIGH(7), HIGH(5), say((HIGH, LOW), 3)) == ("the number is high: 7.", "", "It is low, at 3 of 9")


def test_a_sentence_is_found_with_its_numbers_wherever_it_stands() -> None:
    match = HIGH.pattern.search(plain("<p>So <b>the</b> number is\nhigh: 7.</p><p>More: 8.</p>"))
    assert match is not None and match["n"] == "7"
    match = HIGH.pattern.search("Here the number is high: 1.5. And on.")
    assert match is not None and match["n"] == "1.5"
    match = LOW.pattern.search("x it is low, at 3 of 9\nnext")
    assert match is not None and match.groupdict() == {"n": "3", "most": "9"}
    twice = Sentence[int]("twice", "a {n} and {n}.", lambda n: True)
    assert twice.pattern.fullmatch("a 1 and 1.") and not twice.pattern.search("a 1 and 2.")


def test_a_premise_that_is_taken_away_is_missed() -> None:
    assert not list(judge(BOTH, shown(), RESTATED)) and found(BOTH, shown()) == {"high", "low"}
    for sentence in BOTH.values():
        with without_premise(sentence):
            assert list(judge(BOTH, shown(), RESTATED))
        assert not list(judge(BOTH, shown(), RESTATED))


def test_sentences_of_a_room_are_all_that_its_modules_hold() -> None:
    assert not sentences_of("storage")
    said = sentences_of("reading", "topics.story")
    assert {"finding.noise", "verdict.along", "story.here"} <= set(said) and "cli.done" not in said
