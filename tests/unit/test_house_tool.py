"""The tool that counts the house: on a tree of four packages whose numbers are known by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import house

FILES = {
    "app.py": "from xaicheck.web import page\n",
    "xaicheck/__init__.py": '"""The door."""\n',
    "xaicheck/errors.py": '"""Nothing; what can go wrong."""\nWHY = "a label of at most forty characters"\n',
    "xaicheck/core/__init__.py": "",
    "xaicheck/core/one.py": "from xaicheck.core import two\nfrom xaicheck import errors\n",
    "xaicheck/core/two.py": (
        "import xaicheck.errors\n"
        "def late():\n"
        "    'Nothing; imports on use.'\n"
        "    from xaicheck.core.one import anything\n"
        "    import torch\n"
    ),
    "xaicheck/web/page.py": (
        "from html import escape\n"
        "from xaicheck.core.one import anything\n"
        "from xaicheck.web.late import late\n"
        "def draw(name):\n"
        '    """What is drawn; <b>a docstring of more than forty characters</b> is no literal."""\n'
        "    said = (\n"
        "        f'<p>{escape(name)} is said in nine words of prose,'\n"
        "        ' not more.</p>'\n"
        "    )\n"
        "    style = '.xc-card{margin:0;padding:.5rem 1rem;border:0}'\n"
        "    return re.escape(said + style)\n"
    ),
    "xaicheck/web/late.py": "",
    "xaicheck/web/page.css": "a{}\nb{}\n",
    "tests/test_one.py": "def test_it() -> None:\n    pass\n",
}
# The core stands too late.
ORDER = 'ORDER = ("xaicheck", "xaicheck.errors", "xaicheck.web", "xaicheck.core", "app")\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return built(tmp_path / "tree", FILES)


def built(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_files_packages_and_imports_are_those_of_the_tree(root: Path) -> None:
    counted = house.count(root)
    assert counted.files == 8 and counted.test_files == 1 and counted.test_lines == 2
    assert counted.packages == 5  # app, xaicheck, errors, core, web
    # app-page, one-two, one-errors, two-errors, two-one, page-one, page-late; torch is none of the tree
    assert counted.file_arrows == 7
    assert counted.package_arrows == 3  # app-web, web-core, core-errors
    assert counted.floors == 4  # app, web, core, errors
    assert counted.lines == sum(
        text.count("\n") for name, text in FILES.items() if name.endswith(".py") and "tests" not in name
    )
    assert counted.beside == 2


def test_an_import_inside_a_function_closes_a_ring(root: Path) -> None:
    counted = house.count(root)
    assert (counted.rings, counted.in_rings) == (1, 2)  # one and two
    assert (counted.package_rings, counted.packages_in_rings) == (0, 0)
    assert house.rings({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]
    assert house.floors({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == 3


def test_imports_of_a_later_package_need_an_order(root: Path) -> None:
    assert house.count(root).backward is None
    built(root, {str(house.ORDER_FILE): ORDER})
    assert house.count(root).backward == 1  # page imports core.one


def test_a_package_is_the_longest_entry_of_the_order_or_what_lies_below_the_root() -> None:
    order = ("xaicheck", "xaicheck.topics", "xaicheck.topics.check")
    assert house.package("xaicheck.topics.check.page", order) == "xaicheck.topics.check"
    assert house.package("xaicheck.topics.lesson.page", order) == "xaicheck.topics"
    assert house.package("xaicheck.topics.lesson.page", ()) == "xaicheck.topics"
    assert house.package("pages.check", ()) == "pages.check"


def test_words_of_prose_are_those_of_long_literals_without_their_tags(root: Path) -> None:
    counted = house.count(root)
    assert counted.prose == 9  # the paragraph's: a style and a label have none
    assert counted.markup == 3  # two lines of the paragraph, one of the style
    assert counted.escapes == 1  # re.escape is none
    assert counted.nothing == 2


def test_a_chart_label_and_a_number_format_are_no_markup() -> None:
    for text in (
        "%{x:.2f}<br>median<extra></extra>",
        "<i4",
        "a < b and c > d",
        "{share:.0f} s; {n:d} left",
    ):
        assert not house._Literal(text, 1).is_markup, text
    for text in ('<div class="a', "</b>", "a{color:;}", "@media (x){.a{margin:0}}"):
        assert house._Literal(text, 1).is_markup, text


def test_two_trees_stand_side_by_side_and_none_is_this_one(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after = built(tmp_path / "after", FILES | {"xaicheck/web/late.py": "from xaicheck import errors\n"})
    assert house.main([str(root), str(after)]) == 0
    table = capsys.readouterr().out
    row = next(line for line in table.splitlines() if line.startswith(house.NAMES["file_arrows"]))
    assert row.split()[-2:] == ["7", "8"] and "no order" in table
    assert house.main(["--json"]) == 0
    now = json.loads(capsys.readouterr().out)["now"]
    assert set(now) == set(house.NAMES) and now["files"] > 100


def test_a_folder_without_the_program_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        house.main([str(tmp_path)])
    assert "no folder xaicheck" in capsys.readouterr().err
