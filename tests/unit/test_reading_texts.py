"""Texts and templates: every name that code uses is there, every text is used, every value is escaped."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from xaicheck.engine.classes import AGAINST_AT, TARGET_POLICIES
from xaicheck.experiments.repairs.exploits import EXPLOITS
from xaicheck.experiments.repairs.setting import REPAIRS
from xaicheck.experiments.scales.laws import LAYER_LAWS
from xaicheck.faithfulness import FAITHFULNESS, FILLS
from xaicheck.faithfulness.answers import OUTPUTS
from xaicheck.faithfulness.regions import RANKINGS
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.models.samples import SAMPLES
from xaicheck.randomization.batchnorm import BATCHNORM
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.modes import MODES
from xaicheck.reading import templates
from xaicheck.reading.captions import Caption
from xaicheck.reading.texts import Texts, beside
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.similarity.normalise import NORMALISATIONS, SIGNS

PACKAGE = Path(templates.PACKAGE)
TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(PACKAGE.rglob("texts.toml"))


def test_tables_are_captions_or_texts_and_unknown_names_are_errors() -> None:
    texts = Texts({"a": "x {n}", "b": {"student": "s", "researcher": "r"}, "c": {"d": "e"}, "f": ["g", "h"]})
    assert (texts.a.format(n=1), texts.b, texts.c.d, texts.c["d"]) == ("x 1", Caption("s", "r"), "e", "e")
    assert (texts.f, list(texts), len(texts)) == (("g", "h"), ["a", "b", "c", "f"], 4)
    with pytest.raises(AttributeError, match="no text 'z'"):
        _ = texts.z
    with pytest.raises(KeyError):
        _ = texts["z"]


def names(texts: Texts, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    lines = []
    for key, value in texts.items():
        lines += names(value, (*before, key)) if isinstance(value, Texts) else [(*before, key)]
    return lines


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_every_text_is_named_somewhere(file: Path) -> None:
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".html")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    for name in names(beside(str(file))):
        used = [part for part in name if re.search(rf"\b{re.escape(part)}\b", code)]
        assert used, f"no code shows the text {'.'.join(name)}"


APOSTROPHE = re.compile(r"(?<=[A-Za-z])'(?=[A-Za-z ,.:;)])")


def plain(value: object) -> Iterator[str]:
    """Every text in a text, a table, a list or an entry of a registry."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Caption):
        yield from (value.student, value.researcher)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from plain(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from plain(one)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_texts_have_the_apostrophe_of_print_and_speak_of_pictures(file: Path) -> None:
    for text in plain(beside(str(file))):
        assert not APOSTROPHE.search(text), text
        assert not re.search(r"\b[Ii]mages?\b", text), text


def test_labels_and_summaries_have_the_apostrophe_of_print() -> None:
    registries = (
        *(METHODS, SIMILARITIES, NORMALISATIONS, SIGNS, LAWS, LAYER_LAWS, BATCHNORM, MODES),
        *(FAITHFULNESS, FILLS, OUTPUTS, RANKINGS, SAMPLES, MODELS),
        *(TARGET_POLICIES, AGAINST_AT, REPAIRS, EXPLOITS),
    )
    for registry in registries:
        for entry in registry.values():
            for name in ("label", "summary", "what_to_see", "formula", "help"):
                assert not APOSTROPHE.search(str(getattr(entry, name, ""))), (entry, name)


def chain(node: ast.expr) -> list[str]:
    """["a", "b", "c"] for the expression a.b.c; empty for anything else."""
    if isinstance(node, ast.Attribute):
        before = chain(node.value)
        return [*before, node.attr] if before else []
    return [node.id] if isinstance(node, ast.Name) else []


def named(path: Path) -> Iterator[tuple[Texts, list[str]]]:
    """(The texts, the names that follow TEXT) wherever a module or a test says TEXT.x or words.TEXT.x."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    origin = {}  # what a name of this module stands for: the dotted name of a module or of what is in it
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            origin |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        names = chain(node) if isinstance(node, ast.Attribute) else []
        if "TEXT" not in names[:2]:
            continue
        before, after = names[: names.index("TEXT")], names[names.index("TEXT") + 1 :]
        owner = origin.get(before[0]) if before else origin.get("TEXT", "").removesuffix(".TEXT")
        if owner:
            texts = getattr(importlib.import_module(owner), "TEXT", None)
        else:
            texts = beside(str(path)) if (path.parent / "texts.toml").is_file() else None
        if isinstance(texts, Texts) and after:
            yield texts, after


def missing(path: Path) -> list[str]:
    """What a module or a test names that its texts do not have."""
    lost = []
    for texts, names in named(path):
        entry: Any = texts
        for name in names:
            if isinstance(entry, Texts):
                if name not in entry and not hasattr(dict, name):
                    lost.append(f"{path.name}: TEXT.{'.'.join(names)}")
                entry = entry.get(name)
    return lost


def test_every_text_that_code_names_is_there(tmp_path: Path) -> None:
    paths = [*PACKAGE.rglob("*.py"), *TESTS.rglob("*.py")]
    assert [text for path in paths for text in missing(path)] == []
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from xaicheck.reading import words\nprint(words.TEXT.titles.nothing, words.TEXT.stop)\n"
    )
    assert missing(wrong) == ["wrong.py: TEXT.titles.nothing"]


def test_a_template_escapes_values_and_not_what_a_template_made(tmp_path, monkeypatch) -> None:
    (tmp_path / "a.html").write_text("{% macro b(x) %}<i>{{ x }}</i>{% endmacro %}")
    (tmp_path / "c.html").write_text("<p>{{ x }}</p>")
    monkeypatch.setattr(templates, "PACKAGE", tmp_path)
    templates._environment.cache_clear()
    try:
        inner = templates.pieces("a.html").b("<&\"'")
        assert inner == "<i>&lt;&amp;&#34;&#39;</i>"
        assert templates.render("c.html", x=inner) == f"<p>{inner}</p>"
        with pytest.raises(UndefinedError):
            templates.render("c.html")
    finally:
        templates._environment.cache_clear()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.html")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_template_can_be_read_and_none_switches_escaping_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", text)
    templates._environment().get_template(str(path.relative_to(PACKAGE)))
