"""The floors hold: imports point down, Streamlit stays on top, nothing heavy is imported at start."""

from __future__ import annotations

import ast
import fnmatch
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# By the longest matching name. A module that is not named stands on floor 1: the core.
FLOORS = {
    "xaicheck.types": 0,
    "xaicheck.errors": 0,
    "xaicheck.seeds": 0,
    "xaicheck.device": 0,
    "xaicheck.*": 1,
    "xaicheck.plan": 2,
    "xaicheck.study": 2,
    "xaicheck.gap*": 2,
    "xaicheck.noise*": 2,
    "xaicheck.lab": 2,
    "xaicheck.lab.*": 2,
    "xaicheck.arguments": 2,
    "xaicheck.address*": 2,
    "xaicheck.lesson*": 2,
    "xaicheck.story*": 2,
    "xaicheck.cli": 2,
    "xaicheck.report*": 2,
    "xaicheck.draw*": 2,
    "xaicheck.__main__": 3,
    "xaicheck": 3,  # the package's own door: it opens on everything, nothing inside goes through it
    "xaicheck.ui*": 3,
    "app": 4,
    "pages.*": 4,
}
# Imported only inside functions, once torch is wanted.
LAZY = (
    "xaicheck.blocks",
    "xaicheck.branches",
    "xaicheck.cascade",
    "xaicheck.ondevice",
    "xaicheck.one_row",
    "xaicheck.row_rules",
    "xaicheck.shared",
    "xaicheck.wiring",
    "xaicheck.methods.explain",
    "xaicheck.methods.rules_*",
)
HEAVY = {"torch", "torchvision", "timm", "captum", "zennit", "plotly", "matplotlib"}
STREAMLIT_TOP = ("xaicheck.ui*", "app", "pages.*")
UPWARD = {
    ("xaicheck.types", "xaicheck.images"),  # Network.preprocess, when its user asks for it
    ("xaicheck.study", "xaicheck"),  # the version number, for the report
}


def modules() -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found = [ROOT / "app.py", *sorted(ROOT.glob("pages/*.py")), *sorted(ROOT.glob("xaicheck/**/*.py"))]
    names = {}
    for path in found:
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


MODULES = modules()


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def floor(name: str) -> int:
    fitting = [pattern for pattern in FLOORS if fnmatch.fnmatchcase(name, pattern)]
    return FLOORS[max(fitting, key=len)]


def statements(tree: ast.AST, *, top: bool) -> Iterator[ast.AST]:
    """The tree's nodes without those under TYPE_CHECKING; with `top`, without function bodies as well."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if top and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        yield node
        yield from statements(node, top=top)


def imported(tree: ast.AST, *, top: bool = False) -> set[str]:
    """The dotted names that a module imports; `from a import b` gives a.b where that is a module."""
    names = set()
    for node in statements(tree, top=top):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                names.add(inner if inner in MODULES else node.module)
    return names


def tree_of(name: str) -> ast.AST:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name: str) -> None:
    up = {
        other
        for other in imported(tree_of(name)) & set(MODULES)
        if floor(other) > floor(name) and (name, other) not in UPWARD
    }
    assert not up, f"{name} (floor {floor(name)}) imports from above: {sorted(up)}"


@pytest.mark.parametrize("name", [name for name in MODULES if not matches(name, STREAMLIT_TOP)])
def test_only_the_pages_and_their_widgets_know_streamlit(name: str) -> None:
    assert "streamlit" not in {other.split(".")[0] for other in imported(tree_of(name))}


@pytest.mark.parametrize("name", [name for name in MODULES if not matches(name, LAZY)])
def test_start_up_modules_import_nothing_heavy_at_the_top(name: str) -> None:
    heavy = {other for other in imported(tree_of(name), top=True) if other.split(".")[0] in HEAVY}
    lazy = {other for other in imported(tree_of(name), top=True) if matches(other, LAZY)}
    assert not heavy | lazy, f"{name}: import inside the function instead"


def test_the_whole_start_up_path_leaves_torch_and_its_company_alone() -> None:
    names = [name for name in MODULES if name.startswith("xaicheck") and not matches(name, LAZY)]
    names.remove("xaicheck.__main__")  # importing it would be harmless, but it is the one that runs
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        # Streamlit itself imports plotly where that is installed; the test above watches our own files.
        f"print(sorted({HEAVY - {'plotly'}!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_the_package_itself_is_imported_at_once_and_brings_neither_torch_nor_streamlit() -> None:
    program = (
        "import sys, time; begin = time.perf_counter(); import xaicheck; end = time.perf_counter();"
        "assert xaicheck.check; assert not {'torch', 'streamlit'} & set(sys.modules); print(end - begin)"
    )
    times = []
    for _ in range(3):  # the best of three: other processes may hold one of them up
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        times.append(float(done.stdout))
    assert min(times) < 0.3  # seconds; it takes a hundredth, and torch alone takes more than one


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


def test_the_walk_tells_a_submodule_from_a_name() -> None:
    tree = ast.parse("from xaicheck import broker\nfrom xaicheck.types import Report")
    assert imported(tree) == {"xaicheck.broker", "xaicheck.types"}
    assert [floor(name) for name in ("xaicheck.types", "xaicheck.methods.lrp", "xaicheck.report.files")] == [
        0,
        1,
        2,
    ]
    assert [floor(name) for name in ("xaicheck", "xaicheck.ui.frame", "pages.check")] == [3, 3, 4]
