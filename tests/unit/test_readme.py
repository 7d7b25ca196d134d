"""What README and CHANGELOG count and name is what the program has."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from tools import pictures
from xaicheck.experiments.first_visit import results
from xaicheck.experiments.ranking import store
from xaicheck.faithfulness import FILLS
from xaicheck.methods import METHODS
from xaicheck.reading.captions import Caption
from xaicheck.reading.numbers import Reading
from xaicheck.reading.texts import Texts, beside
from xaicheck.similarity.comparisons import comparisons
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS
from xaicheck.topics import PAGES
from xaicheck.topics.story.facts import facts

ROOT = Path(__file__).resolve().parents[2]
WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
COMMANDS = dict(re.findall(r"^\| `python -m ([\w.]+)` \|[^|]*\| `([\w.]+)` \|$", README, re.M))
FILES = {
    "xaicheck.experiments.first_visit.results": "xaicheck.experiments.first_visit.results",
    "xaicheck.experiments.first_visit.examples": "xaicheck.experiments.first_visit.examples",
    "xaicheck.experiments.ranking": "xaicheck.experiments.ranking.store",
    "xaicheck.experiments.noise": "xaicheck.experiments.noise.store",
    "xaicheck.experiments.repairs": "xaicheck.experiments.repairs.store",
    "xaicheck.experiments.scales": "xaicheck.experiments.scales.store",
}


def test_methods_and_measures_are_counted_as_they_are() -> None:
    controls = sum(method.control for method in METHODS.values())
    methods = len(METHODS) - controls
    assert f"{WORDS[methods]} methods and {WORDS[controls]} controls" in README
    assert f"{WORDS[methods].capitalize()} attribution methods and {WORDS[controls]} controls" in CHANGELOG
    assert f"{WORDS[len(SIMILARITIES)].capitalize()} similarity measures" in CHANGELOG
    assert f"{WORDS[len(NORMALISATIONS)]} normalisations, {WORDS[len(SIGNS)]} ways to treat" in CHANGELOG
    assert f"{len(comparisons())} comparisons" in CHANGELOG
    assert f"over {WORDS[len(FILLS)]} fills" in CHANGELOG


def test_every_page_of_the_navigation_is_described() -> None:
    before, _, rest = README.partition("<!-- bench: begin -->")  # the benchmarks' rows are no pages
    titles = re.findall(r"^\| ([A-Z][\w ]+) \| ", before + rest.partition("<!-- bench: end -->")[2], re.M)
    assert titles == [page.title for page in PAGES]


def test_the_readme_shows_the_pictures_that_are_taken_for_it() -> None:
    assert pictures.shown() == set(pictures.PICTURES)
    for name in pictures.PICTURES:
        assert (pictures.SHOTS / f"{name}.png").is_file()


@pytest.mark.parametrize("command", FILES)
def test_every_command_that_makes_a_file_is_named_with_it(command: str) -> None:
    module = importlib.import_module(FILES[command])
    assert COMMANDS[command] == module.FILE.name
    package = ROOT / Path(*command.split("."))
    assert (package / "__main__.py").is_file() or package.with_suffix(".py").is_file()


def test_the_time_of_the_gallery_is_that_of_its_file() -> None:
    data = store.load()
    assert data is not None
    hours = re.search(r"ranking gap \(([\d.]+) hours for the file of today", README)
    assert hours is not None and float(hours[1]) == round(data.seconds / 3600, 1)


def test_the_captions_of_the_pages_with_charts_have_two_levels() -> None:
    """The README names the one that has not: the story."""
    two = {
        topic
        for topic in ("check", "ranking", "noise", "scales", "methods", "lesson", "story")
        if any(isinstance(one, Caption) for one in _texts(topic))
    }
    assert "those of the story have one" in " ".join(README.split())
    assert two == {"check", "ranking", "noise", "scales", "methods", "lesson"}


def _texts(topic: str) -> list[object]:
    texts = beside(str(ROOT / "xaicheck" / "topics" / topic / "texts.toml"))
    return [
        one for value in texts.values() for one in (value.values() if isinstance(value, Texts) else (value,))
    ]


def test_no_command_is_named_that_there_is_not() -> None:
    assert set(COMMANDS) == set(FILES)


def test_the_pictures_are_described_by_the_numbers_that_they_show() -> None:
    pictured = re.findall(r"!\[([^\]]*)\]\(assets/screenshots/(\w+)\.png\)", README)
    alts = {name: alt for alt, name in pictured}
    report = results.load()
    assert report is not None
    known = facts(Reading(report), METHODS)
    assert known is not None
    part = len(known.ways) - known.hardly - known.little - known.turned
    said = (WORDS[n] for n in (len(known.ways), known.hardly, part, known.little))
    assert "{} ways to colour {} hardly changed, {} changed in part and {}".format(*said) in alts["story"]
    shown = [choice.key for choice in report.request.methods if not METHODS[choice.key].control]
    assert f"{WORDS[len(shown)]} methods" in alts["check"]
    assert f"{len(report.depths) - 1} depths" in alts["check"]
    assert "made a network answer" not in README and "often not the same" not in README
