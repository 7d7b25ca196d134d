"""Docstrings say what a call gives or does, and those of the public functions name every argument."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import xaicheck
from tests.unit.test_order import MODULES

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
PUBLIC = [name for name in xaicheck.__all__ if inspect.isfunction(getattr(xaicheck, name))]


def documented(path: Path) -> list[tuple[str, str]]:
    """(name, docstring) of every function and class of a file that has one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    return [(node.name, text) for node in nodes if (text := ast.get_docstring(node))]


@pytest.mark.parametrize("name", MODULES)
def test_a_docstring_says_what_happens(name: str) -> None:
    silent = [(where, text) for where, text in documented(MODULES[name]) if text.startswith("Nothing")]
    assert not silent


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_tells_of_every_argument_and_of_its_errors(name: str) -> None:
    function = getattr(xaicheck, name)
    text = inspect.getdoc(function) or ""
    arguments = list(inspect.signature(function).parameters)
    assert [p for p in arguments if f"`{p}`" not in text] == []
    assert "Errors:" in text


def test_the_public_names_are_those_that_readers_know() -> None:
    assert set(PUBLIC) == {"check", "load_model", "randomized"}
    assert {"MODELS", "METHODS", "SIMILARITIES", "Report", "Network"} <= set(xaicheck.__all__)
