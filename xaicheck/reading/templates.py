"""HTML from Jinja2 templates, every value escaped; style sheets and scripts.

A template is a file `*.html` beside the code that fills it in, named by its path inside the package, such as
`topics/noise/panels.html`. Most hold macros, one for each piece of a page: `pieces(name).macro(...)`.
What comes back is Markup: put into another template it is not escaped a second time.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment

PACKAGE = Path(__file__).resolve().parents[1]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(name: str, /, **values: Any) -> Markup:
    """The template filled in. Errors: jinja2's UndefinedError where it reads a value that is not given."""
    return Markup(_environment().get_template(name).render(values))


@cache
def pieces(name: str) -> Any:
    """The macros of a template as functions that give Markup."""
    return _environment().get_template(name).module


@cache
def css(name: str) -> str:
    """A style sheet of the package, such as `reading/page.css`."""
    return (PACKAGE / name).read_text(encoding="utf-8")


@cache
def js(name: str) -> str:
    """A script of the package, such as `web/address.js`."""
    return (PACKAGE / name).read_text(encoding="utf-8")


def style(*sheets: str) -> Markup:
    """The style element of these sheets, each given as its text."""
    return Markup(f"<style>{''.join(sheets)}</style>")  # our own files: nothing to escape
