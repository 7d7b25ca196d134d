"""The catalogue and the numbers of the page Methods: made from the registries, true for them."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from xaicheck import faithfulness
from xaicheck.experiments.first_visit import examples, results
from xaicheck.experiments.first_visit.examples import Examples, Pair
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.checks import checks
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.reading import heatmap
from xaicheck.reading.words import colour_end
from xaicheck.similarity import normalise
from xaicheck.similarity.comparisons import compare, comparisons
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.topics.methods import cards, catalog, numbers, sentences, words
from xaicheck.topics.methods.catalog import SECTIONS
from xaicheck.topics.methods.docstrings import LABELS, doc_of, readable, shapeless
from xaicheck.topics.methods.entries import Entry, Fact
from xaicheck.topics.methods.words import TEXT
from xaicheck.types import Comparison, Method, Registry

ENTRIES = [entry for section in SECTIONS.values() for entry in section.entries]
ABOUT = {
    "tests": list(checks()),
    "methods": [m.key for m in METHODS.values() if not m.control],
    "controls": [m.key for m in METHODS.values() if m.control],
    "similarity": [*SIMILARITIES, *normalise.NORMALISATIONS, *normalise.SIGNS],
    "faithfulness": [
        *faithfulness.FAITHFULNESS, *faithfulness.FILLS, *faithfulness.ORDERS, *faithfulness.RANKINGS,
        *faithfulness.OUTPUTS,
    ],
    "networks": list(MODELS),
}  # fmt: skip


@pytest.fixture(scope="module")
def shown() -> Examples:
    stored = examples.load()
    assert stored is not None
    return stored


@pytest.fixture(scope="module")
def scores(shown: Examples) -> numbers.Scores:
    computed = numbers.scores(shown)
    assert computed is not None
    return computed


@pytest.fixture(scope="module")
def small(shown: Examples) -> dict[str, Markup]:
    return {key: cards.small(METHODS[key], pair) for key, pair in shown.pairs.items()}


# The catalogue


@pytest.mark.parametrize("section", ABOUT)
def test_a_section_has_every_entry_of_its_registries_in_their_order(section: str) -> None:
    assert [entry.key for entry in SECTIONS[section].entries] == ABOUT[section]


def test_the_orders_laws_and_policies_of_randomization_are_there() -> None:
    keys = [entry.key for entry in SECTIONS["randomization"].entries]
    wanted = [*MODES, *LAWS, *BATCHNORM]
    assert keys[: len(wanted)] == wanted
    assert {"order_kept", "observed_mse", "shared_zeros_spearman"} <= set(keys)


@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_is_empty(section: str) -> None:
    assert SECTIONS[section].entries


def test_every_entry_says_what_it_is_and_has_a_place_of_its_own() -> None:
    anchors = [entry.anchor for entry in ENTRIES]
    assert len(set(anchors)) == len(anchors)
    for entry in ENTRIES:
        assert entry.title and (entry.summary or entry.section == "networks"), entry.anchor
        assert all(fact.label and fact.text for fact in entry.facts), entry.anchor
        assert "`" not in "".join(fact.text for fact in entry.facts) + entry.summary, entry.anchor


def test_a_method_that_is_added_appears_with_its_settings_and_refusals() -> None:
    def attribute(network: object, x: object, target: object, *, rng: object, width: int = 3) -> object:
        """Nothing in particular, [B 1 H W].

        Source: nobody 2099, section 4.
        Differs: in every respect.
        """

    added = Method(
        "brand_new", "Brand new", "It does nothing.", "Nobody et al. 2099", attribute,
        params=(METHODS["occlusion"].params[0],), stochastic=True,
        refuses=lambda spec: "long name" if spec.key == "vit_b_16" else None,
    )  # fmt: skip
    with METHODS.with_entry(added):
        (entry,) = (e for e in SECTIONS["methods"].entries if e.key == "brand_new")
        said = {fact.label: fact.text for fact in entry.facts}
        assert said["Refused on"] == "ViT-B/16: long name."
        assert said["Differs"] == "in every respect."
        assert any(label.startswith("Setting: ") for label in said)
        assert "random" in entry.tags
        assert "Long name." in cards.matrix()
        assert "Brand new" in cards.grid([entry], "student")
        assert entry.anchor in cards.index([entry]) and entry.anchor == catalog.anchor_of(added)
    assert "brand_new" not in [e.key for e in SECTIONS["methods"].entries]


@pytest.mark.parametrize(
    ("registry", "section"),
    [
        (SIMILARITIES, "similarity"),
        (faithfulness.FAITHFULNESS, "faithfulness"),
        (faithfulness.FILLS, "faithfulness"),
        (faithfulness.ORDERS, "faithfulness"),
        (faithfulness.RANKINGS, "faithfulness"),
        (faithfulness.OUTPUTS, "faithfulness"),
        (MODES, "randomization"),
        (LAWS, "randomization"),
        (BATCHNORM, "randomization"),
        (MODELS, "networks"),
    ],
)
def test_whatever_is_added_to_a_registry_appears(registry: Registry[Any], section: str) -> None:
    old = next(iter(registry.values()))
    label = "Brand <new>"
    with registry.with_entry(dataclasses.replace(old, key="brand_new", label=label)):
        added = [entry for entry in SECTIONS[section].entries if entry.key == "brand_new"]
        assert [entry.title for entry in added] == [label]
        assert "Brand &lt;new&gt;" in cards.grid(added, "researcher")
        assert section in catalog.search(label)


def test_a_mode_that_is_added_is_a_test_too() -> None:
    with MODES.with_entry(dataclasses.replace(next(iter(MODES.values())), key="brand_new")):
        assert "brand_new" in [entry.key for entry in SECTIONS["tests"].entries]


def test_every_refusal_is_told_by_the_method_by_the_network_and_by_the_matrix() -> None:
    told = 0
    for method in METHODS.values():
        section = "controls" if method.control else "methods"
        entry = next(e for e in SECTIONS[section].entries if e.key == method.key)
        for reason, specs in catalog.refusals(method).items():
            told += len(specs)
            assert any(reason in fact.text for fact in entry.facts if fact.label == "Refused on")
            assert reason[1:] in cards.matrix()
            for spec in specs:
                other = next(e for e in SECTIONS["networks"].entries if e.key == spec.key)
                assert any(method.label in f.text and reason in f.text for f in other.facts)
    assert told > 0
    assert words.refused_line().startswith(f"{told} of {len(METHODS) * len(MODELS)} pairs")
    assert cards.matrix().count('class="xm-no"') == told


def test_students_see_no_formula_and_researchers_see_all_facts() -> None:
    for entry in ENTRIES:
        assert entry.at("researcher") == entry.facts
        assert not [f for f in entry.at("student") if f.formula or f.label in ("Source", "Differs")]
    for key in SIMILARITIES:
        entry = next(e for e in SECTIONS["similarity"].entries if e.key == key)
        labels = {fact.label for fact in entry.facts}
        assert {"Range", "Formula", "No number when", "Source", "Differs"} <= labels, key


def test_the_range_says_which_end_is_the_good_one() -> None:
    said = {
        entry.key: next((f.text for f in entry.facts if f.label == "Range"), "")
        for entry in (*SECTIONS["similarity"].entries, *SECTIONS["faithfulness"].entries)
    }
    for key, span, same, end in (
        ("spearman", "−1 to 1; ", "1 is the same", "higher is more alike"),
        ("mse", "0 to ", "0 is the same", "higher is less alike"),
        ("auc_morf", "0 to 1 ", "", "lower is more faithful"),
    ):
        assert said[key].startswith(span) and same in said[key] and end in said[key], key


@pytest.mark.parametrize(
    ("text", "section"),
    [("BLUR", "faithfulness"), ("binder 2023", "similarity"), ("hedström", None), ("zzz", None)],
)
def test_a_search_finds_entries_that_have_all_its_words(text: str, section: str | None) -> None:
    hits = catalog.search(text)
    if text == "zzz":
        assert not hits
    if section is not None:
        assert section in hits
    for entries in hits.values():
        assert entries
        for entry in entries:
            whole = repr(entry).casefold()
            assert all(word.casefold() in whole for word in text.split())


# Docstrings


def test_a_docstring_comes_apart_at_its_labels() -> None:
    def fn() -> None:
        """What comes back.

        More of it,
        on two lines.

        Formula: a + b,
            the rest of it. Source: someone 1999.
        Differs: in one way; Cost: nothing.
        And a last word.
        """

    doc = doc_of(fn)
    assert (doc.summary, doc.text) == ("What comes back.", "More of it, on two lines. And a last word.")
    assert dict(doc.parts) == {
        "Formula": "a + b, the rest of it.",
        "Source": "someone 1999.",
        "Differs": "in one way;",
        "Cost": "nothing.",
    }
    assert doc_of(lambda: None).summary == "" and doc.get("Errors") == ""


@pytest.mark.parametrize("fn", [m.fn for m in SIMILARITIES.values()], ids=list(SIMILARITIES))
def test_no_word_of_a_docstring_is_lost(fn: Callable[..., object]) -> None:
    doc = doc_of(fn)
    kept = " ".join([doc.summary, doc.text, *(f"{k}: {v}" for k, v in doc.parts.items())]).split()
    assert sorted(kept) == sorted((inspect.getdoc(fn) or "").split())
    assert set(doc.parts) <= set(LABELS)


@pytest.mark.parametrize(
    ("plain", "signs"),
    [
        ("2 / sqrt(d)", "2 / √(d)"),
        ("sum_k (v_k)^2 >= 0", "Σ_k (v_k)² ≥ 0"),
        ("the sum over pairs", "the sum over pairs"),
        ("x +- t_{S-1} sqrt(pi)", "x ± t_{S-1} √(π)"),
        ("7 x 7 windows in [-1, 1]", "7 × 7 windows in [−1, 1]"),
        ("well-known pipes", "well-known pipes"),
    ],
)
def test_formulas_get_the_signs_of_mathematics_and_words_stay(plain: str, signs: str) -> None:
    assert readable(plain) == signs


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("The mean of scores [seed image] with seeds.", "The mean of scores with seeds."),
        ("The cosine, in [-1, 1]; broadcast shape.", "The cosine, in [−1, 1]."),
        ("P(a >= b); shape of the ratio.", "P(a ≥ b)."),
        ("The band of `level`, in [0, n].", "The band of level, in [0, n]."),
    ],
)
def test_shapes_of_arrays_are_left_to_programmers_and_ranges_stay(given: str, shown: str) -> None:
    assert shapeless(given) == shown


# The numbers


def test_every_method_has_a_pair_of_maps_in_what_comes_with_the_program(shown: Examples) -> None:
    assert list(shown.pairs) == list(METHODS)
    assert [
        key for key, pair in shown.pairs.items() if pair.original is None or pair.randomized is None
    ] == []


def test_the_scores_are_those_of_the_measures(shown: Examples, scores: numbers.Scores) -> None:
    for key in ("gradient", "sobel"):
        pair = shown.pairs[key]
        expected = compare(pair.original, comparisons())(pair.randomized)
        for one, score in zip(comparisons(), expected, strict=True):
            assert scores.score(one, key) == score


def test_maps_of_8_bits_score_as_the_page_says_they_do(shown: Examples, scores: numbers.Scores) -> None:
    report = shown.report
    stored = [s for s in report.scores if s.depth == shown.depth and s.seed == shown.seed]
    apart = [
        abs(s.score.value - scores.score(Comparison(s.measure), s.method).value)
        for s in stored
        if s.score.value is not None
    ]
    assert len(apart) >= 4 * 8
    assert max(apart) < 0.004, "the sentence under the maps says 0.003"
    assert "0.003" in TEXT.stored


def test_the_finding_counts_what_the_numbers_say(scores: numbers.Scores) -> None:
    text = sentences.opening(scores)
    first = [scores.order(one)[0] for one in scores.comparisons]
    assert f"{len(METHODS)} pairs of maps" in text
    ways = (
        len(comparisons()) - 3
    )  # the squared distance at unit power is the cosine over again, by three signs
    assert scores.ways == ways and f"compared in {ways} ways" in text
    assert f"{len(scores.firsts())} of the maps come" in text
    assert set(first) <= {key for key, _ in scores.firsts()}
    # Ties share a first place, so the sum of all is the number of ways.
    assert sum(times for _, times in scores.firsts()) == pytest.approx(ways)


def test_the_same_order_everywhere_is_told_as_one_order() -> None:
    rng = np.random.default_rng(5)
    a = rng.standard_normal((64, 64)).astype(np.float32)
    pairs = {key: Pair(a, a) for key in METHODS}
    pairs["gradient"] = Pair(a, rng.standard_normal((64, 64)).astype(np.float32))
    report = results.load()
    assert report is not None
    alike = numbers.scores(Examples(report, pairs, 19, 0))
    assert alike is not None and numbers.distinct_orders(alike) == 1
    assert alike.firsts() == (("gradient", alike.ways),)
    assert "gradient comes first in all" in sentences.opening(alike)


def test_the_swapped_pairs_are_counted_as_by_hand(scores: numbers.Scores) -> None:
    one, other = Comparison("mse"), Comparison("ssim", "minmax")
    a, b = scores.ranks(one), scores.ranks(other)
    keys = list(a)
    swapped = sum(
        abs(np.sign(a[i] - a[j]) - np.sign(b[i] - b[j])) / 2
        for n, i in enumerate(keys)
        for j in keys[n + 1 :]
    )
    assert scores.swapped(one, other) == (pytest.approx(swapped), len(keys) * (len(keys) - 1) // 2)
    moved = numbers.most_moved(scores)
    assert moved is not None and moved.swapped == max(
        scores.swapped(x, y)[0]
        for x in scores.comparisons
        for y in scores.comparisons
        if x.measure == y.measure and x.sign == y.sign == "signed"
    )


def test_a_method_without_a_number_is_named_with_its_reason(shown: Examples) -> None:
    dead = np.zeros((224, 224), np.float32)
    pairs = {**shown.pairs, "grad_cam": Pair(shown.pairs["grad_cam"].original, dead)}
    pairs["lrp"] = Pair(None, None, examples.MISSING)
    rest = numbers.scores(dataclasses.replace(shown, pairs=pairs))
    assert rest is not None and set(rest.missing) == {"grad_cam", "lrp"}
    line = words.missing_line(rest)
    assert "Grad-CAM: " in line and "zero everywhere" in line
    drawn = {key: cards.small(METHODS[key], pair) for key, pair in pairs.items()}
    html = cards.tiles(rest, Comparison("spearman"), drawn)
    assert html.count("<li") == len(METHODS)
    assert "exactly zero" in html


def test_the_worked_examples_have_the_known_answers(shown: Examples) -> None:
    three = numbers.worked(shown)
    assert three is not None
    for key, measure in SIMILARITIES.items():
        assert three.scores[key]["same"].value == measure.best, key
    assert three.scores["mse"]["flipped"].value == pytest.approx(4, abs=1e-9)
    assert three.scores["mse"]["noise"].value == pytest.approx(2, abs=5 * 2 / 224)
    assert three.scores["spearman"]["noise"].value == pytest.approx(0, abs=5 / 224)
    assert three.scores["cs"]["flipped"].value < -0.9
    assert three.scores["ssim"]["flipped"].value > 0.5


def test_the_conclusion_is_made_from_the_numbers(scores: numbers.Scores, shown: Examples) -> None:
    three = numbers.worked(shown)
    said = sentences.verdict(scores, numbers.most_moved(scores), three)
    claims = dict(said.may_not)
    assert list(claims) == [text for name, text in TEXT.claims.items() if not name.endswith("_why")]
    first, times = scores.firsts()[0]
    assert METHODS[first].control == ("(a control" in claims[TEXT.claims.best_method])
    numbered = [why for claim, why in claims.items() if claim != TEXT.claims.all_pictures]
    assert all(any(c.isdigit() for c in why) for why in numbered)
    bare = sentences.verdict(None, None, None)
    assert len(bare.may) == 1 and list(dict(bare.may_not)) == [TEXT.claims.all_pictures]


# HTML


class Tags(HTMLParser):
    """Counts what is open, and keeps ids and pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.alts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [str(given["id"])] if "id" in given else []
        if tag == "img":
            self.alts.append(str(given.get("alt")))
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("section", SECTIONS)
def test_cards_are_well_formed_and_found_by_their_links(section: str) -> None:
    entries = SECTIONS[section].entries
    tags = Tags(cards.grid(entries, "researcher"))
    assert not tags.open
    assert tags.ids == [entry.anchor for entry in entries]
    assert all(f'href="#{anchor}"' in cards.index(entries) for anchor in tags.ids)


def test_every_picture_has_an_alternative_text_with_its_range(
    shown: Examples, scores: numbers.Scores, small: dict[str, Markup]
) -> None:
    tags = Tags(cards.tiles(scores, Comparison("spearman"), small))
    assert len(tags.alts) == 2 * len(METHODS)
    assert all("colours up to" in alt for alt in tags.alts)
    for key, pair in shown.pairs.items():  # the range of the whole map, in the small one and on its card
        for limit in map(heatmap.map_range, (pair.original, pair.randomized)):
            ends = f"colours up to {colour_end(limit)}"
            assert ends in small[key] and ends in cards.picture(METHODS[key], pair)
    assert "colours up to" in cards.picture(METHODS["gradient"], shown.pairs["gradient"])


def test_texts_cannot_become_markup() -> None:
    entry = Entry("methods", "x", "<b>", "<i>", ("<u>",), (Fact("<s>", "<script>"),))
    assert not [
        tag for tag in ("<b>", "<i>", "<u>", "<s>", "<script>") if tag in cards.grid([entry], "student")
    ]


def test_tied_places_are_written_as_a_span(scores: numbers.Scores, small: dict[str, Markup]) -> None:
    html = cards.tiles(scores, Comparison("spearman"), small)
    last = len(METHODS)
    assert f"{last - 1}–{last}. Fixed noise" in html and f"{last - 1}–{last}. Sobel edges" in html


def test_three_that_tie_share_their_three_places(scores: numbers.Scores, small: dict[str, Markup]) -> None:
    html = cards.tiles(scores, Comparison("spearman_abs"), small)
    last, tied = len(METHODS), ("Fixed noise", "Sobel edges", "Sign-flip cheater")
    assert all(f"{last - 2}–{last}. {name}" in html for name in tied) and f"{last - 1}. " not in html


def test_no_entry_shows_a_student_the_name_of_code() -> None:
    code = re.compile(r"\b[a-z]\w*\.[a-z]\w*\b|\b[a-z]{2,}_[a-z]\w*\b|ScoreTable|\btau_b\b|`")
    for section in SECTIONS.values():
        for entry in section.entries:
            for text in (entry.summary, *(fact.text for fact in entry.at("student"))):
                assert not code.search(text), (entry.key, text)


def test_what_one_draw_decides_says_so(scores: numbers.Scores) -> None:
    assert METHODS[scores.firsts()[0][0]].stochastic
    assert "(a control, one draw)" in sentences.opening(scores)
    assert "this draw of the noise" in sentences.DECIDES(scores) and words.control("sobel") == " (a control)"


def test_no_summary_of_a_measure_says_more_than_its_worked_example(shown: Examples) -> None:
    three = numbers.worked(shown)
    assert three is not None
    flipped = three.scores["ssim"]["flipped"].value
    assert flipped is not None and flipped < 0.95 and "lind" not in SIMILARITIES["ssim"].summary


def test_no_entry_shows_the_text_of_a_library() -> None:
    for section in SECTIONS.values():
        for entry in section.entries:
            assert not any("array_like" in fact.text or "Parameters ---" in fact.text for fact in entry.facts)
