"""The packages stand in one order, imports go one way, nothing heavy is imported at start."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Each may import only what stands before it; so may a folder inside `experiments` and `topics`.
# `xaicheck.topics` itself is the registry of its folders and stands after them;
# `xaicheck` itself is the door: it resolves its names on first use and imports nothing.
ORDER = (
    "xaicheck",
    "xaicheck.errors",
    "xaicheck.seeds",
    "xaicheck.arguments",
    "xaicheck.types",
    "xaicheck.models",
    "xaicheck.similarity",
    "xaicheck.randomization",
    "xaicheck.batching",
    "xaicheck.faithfulness",
    "xaicheck.theory",
    "xaicheck.statistics",
    "xaicheck.methods",
    "xaicheck.engine",
    "xaicheck.storage",
    "xaicheck.broker",
    "xaicheck.experiments",
    "xaicheck.experiments.ranking",
    "xaicheck.experiments.scales",
    "xaicheck.experiments.noise",
    "xaicheck.experiments.repairs",
    "xaicheck.experiments.first_visit",
    "xaicheck.reading",
    "xaicheck.viewer",
    "xaicheck.address",
    "xaicheck.report",
    "xaicheck.web",
    "xaicheck.topics.check",
    "xaicheck.topics.ranking",
    "xaicheck.topics.scales",
    "xaicheck.topics.noise",
    "xaicheck.topics.methods",
    "xaicheck.topics.lesson",
    "xaicheck.topics.story",
    "xaicheck.topics",  # PAGES
    "xaicheck.cli",
    "xaicheck.__main__",
    "pages",
    "app",
)
# Imported only inside functions, once torch is wanted.
LAZY = (
    "xaicheck.models.graph",
    "xaicheck.batching.forks",
    "xaicheck.batching.depth_batch",
    "xaicheck.batching.float64",
    "xaicheck.batching.shared_*",
    "xaicheck.similarity.ondevice",
    "xaicheck.methods.explain",
    "xaicheck.methods.rules_*",
)
HEAVY = {"torch", "torchvision", "timm", "captum", "zennit", "plotly", "matplotlib"}
STREAMLIT = (
    "xaicheck.web.*",
    "xaicheck.topics.*.page",
    "xaicheck.topics.*.page_*",
    "xaicheck.topics.*.controls",
)


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found = [root / "app.py", *sorted(root.glob("pages/*.py")), *sorted(root.glob("xaicheck/**/*.py"))]
    names = {}
    for path in found:
        parts = path.relative_to(root).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


MODULES = modules()


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def package(name: str) -> str:
    """The entry of ORDER that a module belongs to: the longest one that its name begins with."""
    fitting = [entry for entry in ORDER if name == entry or name.startswith(entry + ".")]
    best = max(fitting, key=len, default="")
    assert best and (best != "xaicheck" or name == best), f"{name} stands in no package of ORDER"
    return best


def place(name: str) -> int:
    return ORDER.index(package(name))


def nodes(tree: ast.AST, *, top: bool) -> Iterator[ast.AST]:
    """The tree's nodes; with `top` without function bodies and what only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if top and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if top and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        yield node
        yield from nodes(node, top=top)


def imported(tree: ast.AST, *, top: bool = False, known: frozenset[str] = frozenset(MODULES)) -> set[str]:
    """The dotted names that a module imports; `from a import b` gives a.b where that is a module."""
    names = set()
    for node in nodes(tree, top=top):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                names.add(inner if inner in known else node.module)
    return names


def tree_of(name: str) -> ast.AST:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


ARROWS = {name: imported(tree_of(name)) & set(MODULES) - {name} for name in MODULES}


def rings(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The files that reach each other in both directions."""
    reach: dict[str, set[str]] = {}
    for start in arrows:
        seen: set[str] = set()
        todo = list(arrows[start])
        while todo:
            if (name := todo.pop()) not in seen:
                seen.add(name)
                todo += arrows.get(name, ())
        reach[start] = seen
    loops = {frozenset(b for b in reach[a] if a in reach.get(b, ())) for a in arrows if a in reach[a]}
    return sorted(sorted(loop) for loop in loops)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_one_way(name: str) -> None:
    later = sorted(other for other in ARROWS[name] if place(other) > place(name))
    assert not later, f"{name} imports what stands after it: {later}"


def test_no_files_import_each_other_in_a_ring() -> None:
    assert rings(ARROWS) == []


def test_every_entry_of_the_order_is_there_and_the_core_is_not_a_heap() -> None:
    assert [entry for entry in ORDER if not any(place(name) == ORDER.index(entry) for name in MODULES)] == []
    top = {path.name for path in (ROOT / "xaicheck").glob("*.py")}
    core = {"errors.py", "seeds.py", "arguments.py", "types.py", "broker.py"}
    assert top == {"__init__.py", "__main__.py", *core}


def test_a_topic_has_one_name_in_its_page_its_experiment_and_its_tests() -> None:
    topics = {path.name for path in (ROOT / "xaicheck" / "topics").iterdir() if (path / "page.py").is_file()}
    assert topics == {path.stem for path in (ROOT / "pages").glob("*.py")}
    experiments = {path.name for path in (ROOT / "xaicheck" / "experiments").iterdir() if path.is_dir()}
    assert experiments - {"__pycache__"} <= topics | {"first_visit", "repairs"}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "app").glob("test_*.py")}
    assert topics <= tested


@pytest.mark.parametrize("name", [name for name in MODULES if not matches(name, STREAMLIT)])
def test_only_web_and_the_pages_of_a_topic_know_streamlit(name: str) -> None:
    if package(name) not in ("app", "pages", "xaicheck.web"):
        assert "streamlit" not in {other.split(".")[0] for other in imported(tree_of(name))}


@pytest.mark.parametrize("name", [name for name in MODULES if not matches(name, LAZY)])
def test_start_up_modules_import_nothing_heavy_at_the_top(name: str) -> None:
    heavy = {other for other in imported(tree_of(name), top=True) if other.split(".")[0] in HEAVY}
    lazy = {other for other in imported(tree_of(name), top=True) if matches(other, LAZY)}
    assert not heavy | lazy, f"{name}: import inside the function instead"


def loaded_by(names: list[str]) -> set[str]:
    """What is in sys.modules after a new process has imported these."""
    program = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\nprint(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_whole_start_up_path_leaves_torch_and_its_company_alone() -> None:
    names = [name for name in MODULES if name.startswith("xaicheck") and not matches(name, LAZY)]
    names.remove("xaicheck.__main__")  # importing it would be harmless, but it is the one that runs
    # Streamlit itself imports plotly where that is installed; the test above watches our own files.
    assert not (HEAVY - {"plotly"}) & loaded_by(names)


def test_the_package_itself_brings_neither_torch_nor_streamlit_nor_numpy() -> None:
    assert not {"torch", "streamlit", "numpy", "PIL"} & loaded_by(["xaicheck"])


def test_contributing_shows_this_order() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = text.partition("```text\n")[2].partition("```")[0]
    names = [line.split()[0] for line in shown.splitlines() if line.strip()]
    wanted = [entry.removeprefix("xaicheck.") for entry in ORDER if re.fullmatch(r"xaicheck\.[a-z]+", entry)]
    assert names == wanted


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import torch.nn", True),
        ("from torch import nn", True),
        ("class A:\n    import torch", True),
        ("try:\n    import torch\nexcept ImportError: pass", True),
        ("def f():\n    import torch", False),
        ("if TYPE_CHECKING:\n    import torch", False),
    ],
)
def test_the_walk_sees_what_python_would_import(source: str, found: bool) -> None:
    names = imported(ast.parse(source), top=True)
    assert any(name.split(".")[0] == "torch" for name in names) == found


def test_the_walk_tells_a_submodule_from_a_name_and_finds_a_ring() -> None:
    tree = ast.parse("from xaicheck import broker\ndef f():\n    from xaicheck.types import Score")
    assert imported(tree) == {"xaicheck.broker", "xaicheck.types"}
    assert place("xaicheck.types") < place("xaicheck.methods.lrp") < place("xaicheck.report.files")
    assert place("xaicheck.topics.ranking.page") < place("xaicheck.topics.lesson.page") < place("pages.check")
    assert rings({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]
    with pytest.raises(AssertionError, match="no package"):
        place("xaicheck.utils")
