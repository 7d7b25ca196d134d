"""A page is its folder, its file in pages/ and its line in PAGES: the frame makes the rest from it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from xaicheck.topics import PAGES
from xaicheck.web import Page

ROOT = Path(__file__).resolve().parents[2]
TOY = Page("toy", "A toy", ":material/toys:")


def test_a_page_added_to_the_registry_stands_in_the_navigation_and_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "pages", tmp_path / "pages")
    (tmp_path / TOY.file).write_text("import streamlit as st\nst.text('the toy page')\n")
    app = (ROOT / "app.py").read_text().replace("import PAGES", "import PAGES as GIVEN")
    added = f"from xaicheck.web import Page\nPAGES = (*GIVEN, {TOY!r})\nsetup()"
    (tmp_path / "app.py").write_text(app.replace("setup()", added))
    shown: list[st.Page] = []
    navigation = st.navigation

    def listed(pages: list[st.Page], **how: Any) -> st.Page:
        shown[:] = pages
        return navigation(pages, **how)

    monkeypatch.setattr(st, "navigation", listed)
    at = AppTest.from_file(str(tmp_path / "app.py"), default_timeout=60).run()
    at.switch_page(TOY.file).run()
    assert not at.exception and [text.value for text in at.text] == ["the toy page"]
    titles = [(page.title, page.icon) for page in shown if page.visibility == "visible"]
    assert titles == [(page.title, page.icon) for page in (*PAGES, TOY)]
    assert [page.url_path for page in shown][-1] == TOY.key


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.key))
def test_every_page_has_its_folder_and_its_file(page: Page) -> None:
    assert (ROOT / page.file).is_file() and (ROOT / "xaicheck" / "topics" / page.key / "page.py").is_file()
