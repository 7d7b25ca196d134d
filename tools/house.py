"""The house in numbers, counted from its imports and its string literals: `python -m tools.house [ROOT]`.

With two roots (`python -m tools.house BEFORE AFTER`) both stand side by side. `--json` prints them as JSON.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ORDER_FILE = Path("tests/unit/test_order.py")
SHORT = 40  # characters; a literal that is no longer is a name or a label
BESIDE = (".toml", ".html", ".css", ".js")  # texts, templates, styles and scripts of the program

# An element of HTML, whole or begun; what plotly's labels need of it is not counted.
_TAG = re.compile(r"</?(?!(?:br|extra)\b)[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|<[a-z][a-z0-9]*\s")
_STYLE = re.compile(r"[.#:@\]\w)]\s*\{{1,2}\s*[-a-z]+\s*:[^{}]*[;}]")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")

Arrows = Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class House:
    """What was counted in one tree; NAMES says what of."""

    files: int
    packages: int
    floors: int  # the longest way from one to another, rings taken as one
    file_arrows: int
    package_arrows: int
    backward: int | None  # None where no order is written down
    rings: int
    in_rings: int
    package_rings: int
    packages_in_rings: int
    lines: int
    beside: int
    test_files: int
    test_lines: int
    nothing: int
    prose: int
    markup: int
    escapes: int


NAMES: Mapping[str, str] = {
    "files": "Files",
    "packages": "Packages",
    "floors": "Floors of packages",
    "file_arrows": "Imports between files",
    "package_arrows": "Imports between packages",
    "backward": "Imports of a later package",
    "rings": "Rings of files",
    "in_rings": "Files in a ring",
    "package_rings": "Rings of packages",
    "packages_in_rings": "Packages in a ring",
    "lines": "Lines of Python",
    "beside": "Lines of texts, templates, styles, scripts",
    "test_files": "Files of tests",
    "test_lines": "Lines of tests",
    "nothing": "Docstrings that begin with 'Nothing'",
    "prose": "Words of prose in Python literals",
    "markup": "Lines of HTML and CSS in Python literals",
    "escapes": "Calls of escape()",
}


def count(root: Path) -> House:
    """The numbers of the tree at `root`: app.py, pages/, xaicheck/ and tests/ of it."""
    files = modules(root)
    texts = {name: path.read_text("utf-8") for name, path in files.items()}
    trees = {name: ast.parse(text) for name, text in texts.items()}
    arrows = {name: imported(tree, frozenset(files)) - {name} for name, tree in trees.items()}
    order = written_order(root)
    home = {name: package(name, order or ()) for name in files}
    between: dict[str, set[str]] = {room: set() for room in home.values()}
    for name, others in arrows.items():
        between[home[name]] |= {home[other] for other in others} - {home[name]}
    loops, package_loops = rings(arrows), rings(between)
    tests = sorted(root.glob("tests/**/*.py"))
    beside = [path for path in root.glob("xaicheck/**/*") if path.suffix in BESIDE]
    literals = [literal for tree in trees.values() for literal in _literals(tree)]
    return House(
        files=len(files),
        packages=len(between),
        floors=floors(between),
        file_arrows=sum(map(len, arrows.values())),
        package_arrows=sum(map(len, between.values())),
        backward=None if order is None else _backward(arrows, home, order),
        rings=len(loops),
        in_rings=sum(map(len, loops)),
        package_rings=len(package_loops),
        packages_in_rings=sum(map(len, package_loops)),
        lines=sum(len(text.splitlines()) for text in texts.values()),
        beside=_lines(beside),
        test_files=len(tests),
        test_lines=_lines(tests),
        nothing=sum(_begins_with_nothing(tree) for tree in trees.values()),
        prose=sum(literal.words for literal in literals),
        markup=sum(literal.lines for literal in literals if literal.is_markup),
        escapes=sum(_is_escape(node) for tree in trees.values() for node in ast.walk(tree)),
    )


def modules(root: Path) -> dict[str, Path]:
    """The files of the program by their dotted names."""
    paths = [*root.glob("app.py"), *sorted(root.glob("pages/*.py")), *sorted(root.glob("xaicheck/**/*.py"))]
    parts = {path: path.relative_to(root).with_suffix("").parts for path in paths}
    return {".".join(p[:-1] if p[-1] == "__init__" else p): path for path, p in parts.items()}


def imported(tree: ast.AST, known: frozenset[str]) -> set[str]:
    """The files of `known` that a file imports anywhere in it; `from a import b` is a.b where it is one."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            names |= {name if name in known else node.module for name in inner.values()}
    return names & known


def written_order(root: Path) -> tuple[str, ...] | None:
    """The packages in their order, as the test of the order has them; None where there is no such test."""
    path = root / ORDER_FILE
    if not path.exists():
        return None
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ORDER":
            return tuple(ast.literal_eval(node.value))
    return None


def package(name: str, order: Sequence[str]) -> str:
    """The longest entry of `order` that a file belongs to; else the folder or the file below `xaicheck`."""
    fitting = [entry for entry in order if name == entry or name.startswith(f"{entry}.")]
    best = max(fitting, key=len, default="xaicheck")
    return ".".join(name.split(".")[:2]) if best == "xaicheck" else best


def rings(arrows: Arrows) -> list[list[str]]:
    """The largest sets, each of two or more, whose members reach each other."""
    reach = {start: _reached(arrows, start) for start in arrows}
    loops = {frozenset(b for b in reach[a] if a in reach.get(b, ())) for a in arrows}
    return sorted(sorted(loop) for loop in loops if len(loop) > 1)


def floors(arrows: Arrows) -> int:
    """How many stand on the longest way down, where a ring counts as one."""
    whole = {member: ring[0] for ring in rings(arrows) for member in ring}
    below: dict[str, set[str]] = {}
    for name, others in arrows.items():
        room = whole.get(name, name)
        below.setdefault(room, set()).update({whole.get(other, other) for other in others} - {room})
    known: dict[str, int] = {}

    def height(room: str) -> int:
        if room not in known:
            known[room] = 1 + max(map(height, below[room]), default=0)
        return known[room]

    return max(map(height, below), default=0)


def _reached(arrows: Arrows, start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(arrows[start])
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            todo += arrows.get(name, ())
    return seen


def _backward(arrows: Arrows, home: Mapping[str, str], order: Sequence[str]) -> int:
    place = {entry: i for i, entry in enumerate(order)}
    ends = [(home[name], home[other]) for name, others in arrows.items() for other in others]
    return sum(place.get(there, -1) > place.get(here, -1) for here, there in ends)


@dataclass(frozen=True, slots=True)
class _Literal:
    """One string of the source that is no docstring; an f-string with its fields empty."""

    text: str
    lines: int  # of the source

    @property
    def is_markup(self) -> bool:
        return bool(_TAG.search(self.text) or _STYLE.search(self.text))

    @property
    def words(self) -> int:
        if len(self.text) <= SHORT or " " not in self.text or _STYLE.search(self.text):
            return 0
        return len(_WORD.findall(re.sub(r"<[^<>]*>", " ", self.text)))


def _literals(tree: ast.AST) -> Iterator[_Literal]:
    """The strings below a node; one that stands as a statement of its own is a docstring and none of them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        text = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _literals(part)
        if text is None:
            yield from _literals(node)
        else:
            assert isinstance(node, ast.expr)
            yield _Literal(text, (node.end_lineno or node.lineno) - node.lineno + 1)


def _begins_with_nothing(tree: ast.AST) -> int:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, documented)]
    return sum((ast.get_docstring(node) or "").startswith("Nothing") for node in nodes)


def _is_escape(node: ast.AST) -> bool:
    """Whether it calls `escape` or `html.escape`; `re.escape` is another matter."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"escape", "html.escape"}


def _lines(paths: Sequence[Path]) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


def table(houses: Mapping[str, House]) -> str:
    """The numbers of one tree or more, a column each under its name."""
    wide = max(map(len, NAMES.values()))
    rows = ["".join([" " * wide, *(f"{name:>10}" for name in houses)])]
    for field in fields(House):
        values = [getattr(house, field.name) for house in houses.values()]
        cells = ["no order" if value is None else f"{value:,}" for value in values]
        rows.append("".join([f"{NAMES[field.name]:<{wide}}", *(f"{cell:>10}" for cell in cells)]))
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """0; prints the numbers of the trees that are named, of this one where none is."""
    parser = argparse.ArgumentParser("python -m tools.house", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("roots", nargs="*", type=Path, metavar="ROOT", help="a tree, or before and after")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args(arguments)
    roots: list[Path] = asked.roots or [ROOT]
    for root in roots:
        if not (root / "xaicheck").is_dir():
            parser.error(f"there is no folder xaicheck in {root}")
    if len(roots) > 2:
        parser.error("name one tree, or one before and one after")
    names = ("before", "after") if len(roots) == 2 else ("now",)
    houses = {name: count(root) for name, root in zip(names, roots, strict=True)}
    if asked.json:
        print(json.dumps({name: asdict(house) for name, house in houses.items()}, indent=2))
    else:
        print(table(houses))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
