"""Texts and templates: every name that code uses is there, every text is used, every value is escaped."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from xaicheck.reading import templates
from xaicheck.reading.captions import Caption
from xaicheck.reading.texts import Texts, beside

PACKAGE = Path(templates.PACKAGE)
FILES = sorted(PACKAGE.rglob("texts.toml"))


def test_tables_are_captions_or_texts_and_unknown_names_are_errors() -> None:
    found = Texts({"a": "x {n}", "b": {"student": "s", "researcher": "r"}, "c": {"d": "e"}, "f": ["g", "h"]})
    assert (found.a.format(n=1), found.b, found.c.d, found.c["d"]) == ("x 1", Caption("s", "r"), "e", "e")
    assert (found.f, list(found), len(found)) == (("g", "h"), ["a", "b", "c", "f"], 4)
    with pytest.raises(AttributeError, match="no text 'z'"):
        _ = found.z
    with pytest.raises(KeyError):
        _ = found["z"]


def names(texts: Texts, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in texts.items():
        found += names(value, (*before, key)) if isinstance(value, Texts) else [(*before, key)]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_every_text_is_named_somewhere(file: Path) -> None:
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".html")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    for name in names(beside(str(file))):
        used = [part for part in name if re.search(rf"\b{re.escape(part)}\b", code)]
        assert used, f"no code shows the text {'.'.join(name)}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_every_text_that_code_beside_it_names_is_there(file: Path) -> None:
    texts = beside(str(file))
    for path in file.parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(isinstance(n, ast.Name) and n.id == "TEXT" for n in ast.walk(tree)):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "TEXT"
            ):
                assert node.attr in texts or hasattr(dict, node.attr), f"{path.name} names TEXT.{node.attr}"


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
