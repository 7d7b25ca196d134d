"""The command line: every wrong argument is one line, every right one reaches the engine."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests import report_cases as cases
from xaicheck.cli import check_text, commands as cli
from xaicheck.engine import run as engine
from xaicheck.errors import ModelUnavailable, XaicheckError
from xaicheck.methods import DEFAULT_PANEL, METHODS
from xaicheck.models.registry import MODELS
from xaicheck.similarity.measures import SIMILARITIES
from xaicheck.storage import archive
from xaicheck.types import (
    Attribution,
    Coverage,
    ImageInput,
    Listener,
    Progress,
    Report,
    Request,
    Score,
    ScoreRow,
    Target,
)

ROOT = Path(__file__).resolve().parents[2]
PICTURE = str(ROOT / "assets" / "samples" / "chelsea.png")


def answer(request: Request, **changes: Any) -> Report:
    """A report such as the engine gives, with the first method's maps only."""
    method = request.methods[0].key
    maps = tuple(Attribution(method, depth, 0, np.full((4, 4), depth, np.float32)) for depth in (0, 1))
    values: dict[str, Any] = {
        "request": request,
        "image_name": "chelsea.png",
        "view": np.zeros((4, 4, 3), np.uint8),
        "target": Target(282, "tiger cat", 0.5),
        "blocks": ("head",),
        "depths": (0, 1),
        "attributions": maps,
        "scores": (ScoreRow(method, "spearman", 1, 0, Score(0.5)),),
        "activations": (),
        "liveness": (),
        "coverage": Coverage(1.0, (), ((0, 0.0), (1, 1.0))),
        "versions": (),
        "device": "cpu",
        "seconds": 1.0,
    }
    return Report(**values | changes)


class FakeEngine:
    """Stands in for `engine.run` and remembers what it was asked."""

    def __init__(self) -> None:
        self.request: Request | None = None
        self.image: ImageInput | None = None
        self.device: str | None = None
        self.changes: dict[str, Any] = {}
        self.error: BaseException | None = None
        self.steps: tuple[Progress, ...] = ()

    def __call__(
        self, request: Request, image: ImageInput, *, device: str = "auto", listener: Listener | None = None
    ) -> Report:
        self.request, self.image, self.device = request, image, device
        assert listener is not None
        for step in self.steps:
            listener.check()
            listener.update(step)
        if self.error is not None:
            raise self.error
        return answer(request, **self.changes)

    @property
    def asked(self) -> Request:
        assert self.request is not None
        return self.request


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr(engine, "run", fake)
    return fake


Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(fake: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Runs `check` on the cat and gives the exit status, standard output and standard error."""

    def run(*arguments: str, picture: str = PICTURE, out: str | None = None) -> tuple[int, str, str]:
        folder = str(tmp_path / "out") if out is None else out
        status = cli.main(["check", picture, "--out", folder, *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


# --- wrong arguments ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--model", "resnet19"], ["resnet19", *MODELS]),
        (["--methods", "gradient,gradcam"], ["gradcam", *METHODS]),
        (["--methods", ""], [*METHODS]),
        (["--methods", "smoothgrad,smoothgrad:samples=4"], ["smoothgrad with two values"]),
        (["--methods", "smoothgrad:samples=8:samples=4"], ["smoothgrad with two values"]),
        (["--methods", "gradient:steps=4"], ["steps", "none"]),
        (["--methods", "integrated_gradients:samples=4"], ["samples", "steps"]),
        (["--methods", "integrated_gradients:steps=2"], ["steps of integrated_gradients: 2 ", "4 to 512"]),
        (["--methods", "integrated_gradients:steps=8.5"], ["whole number", "8.5"]),
        (["--methods", "integrated_gradients:steps"], ["whole number", "4", "512"]),
        (["--methods", "smoothgrad:sigma=nan"], ["0.01", "0.5", "nan"]),
        (["--mode", "sideways"], ["sideways", "cascade", "independent", "bottom_up"]),
        (["--law", "xavier"], ["own_init", "he_normal", "normal_moments", "permutation", "sign_flip"]),
        (["--batchnorm", "freeze"], ["keep", "reset", "recalibrate"]),
        (["--seeds", "0"], ["seeds: 0 is", "1 to 50"]),
        (["--seeds", "-1"], ["seeds: -1 is", "1 to 50"]),
        (["--seeds", "51"], ["seeds: 51 is", "1 to 50"]),
        (["--seeds", "1000000000"], ["seeds: 1000000000 is", "1 to 50"]),
        (["--seeds", "99999999999999999999"], ["seeds: 99999999999999999999 is", "1 to 50"]),
        (["--seeds", "9" * 5000], ["seeds: '999", "1 to 50"]),
        (["--seeds", "1,2147483648"], ["seeds: 2147483648 is", "0 to 2147483647"]),
        (["--seeds", "٣"], ["seeds: '٣' is", "1 to 50"]),
        (["--seeds", "many"], ["seeds: 'many' is", "1 to 50"]),
        (["--depths", "0,deep"], ["all", "0 to 19", "'deep'"]),
        (["--depths", "0,-1"], ["all"]),
        (["--depths", ""], ["all"]),
        (["--depths", "0,20"], ["20", "19"]),
        (["--normalisation", "zscore"], ["none", "max", "minmax", "second_moment"]),
        (["--sign", "abs"], ["signed", "magnitude", "either"]),
        (["--copies", "0"], ["copies: 0 is", "1 to 300"]),
        (["--copies", "301"], ["301", "1 to 300"]),
        (["--measures", "spearman,mae"], ["mae", *SIMILARITIES]),
        (["--measures", ","], ["measures: []", "one or more of"]),
        (["--target", "1000"], ["999"]),
        (["--target", "-1"], ["999"]),
        (["--target", "cat"], ["999", "cat"]),
        (["--device", "tpu"], ["auto", "cpu", "cuda"]),
        (["--address", "javascript:alert(1)"], ["address: 'javascript:alert(1)'", "http:// or https://"]),
        (["--address", "localhost:8501"], ["http:// or https://"]),
        (["--address", "https://"], ["http:// or https://; this one names no host."]),
        (["--address", "https://:8501"], ["this one names no host."]),
        (["--address", "https://me:word@x/"], ["this one has a user name, which everyone"]),
        (["--address", "https://x:99999/"], ["this one has a port that is none."]),
        (["--address", "https://x:y/"], ["this one has a port that is none."]),
        (["--address", "https://a b/"], ["this one has a blank"]),
        (["--address", "https://[x/"], ["this one has brackets"]),
        (["--report", ""], ["--report is empty; name a file that ends in .html."]),
        (["--address", ""], ["http:// or https://"]),
        (["--address", "http://x/<b>"], ["http:// or https://"]),
        (["--out", ""], ["--out is empty"]),
        (["--out", "a\0b"], ["--out", "null"]),
        (["--frob"], ["--frob"]),
        (["--mod", "vgg16"], ["--mod"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("--") else "",
)
def test_a_wrong_argument_is_one_line_with_the_allowed_values(
    check: Check, fake: FakeEngine, arguments: list[str], named: list[str]
) -> None:
    status, out, err = check(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("xaicheck: ")
    assert err.count("\n") == 1
    assert not [word for word in named if word not in err]
    assert fake.request is None


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ([], ["check", "verify", "models", "methods", "measures"]),
        (["explain"], ["check", "verify", "models", "methods", "measures"]),
        (["check"], ["PICTURE"]),
        (["check", PICTURE, "--seeds"], ["--seeds"]),
        (["verify", "a\0b"], ["null"]),
        (["verify", "x" * 300], ["too long"]),
        (["verify", ""], ["is empty"]),
        (["check", PICTURE], ["--out DIR", "--report FILE.html"]),
        (["methods", "--model", "resnet19"], [*MODELS]),
    ],
)
def test_a_wrong_command_is_one_line(
    command: list[str], named: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(command) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert not [word for word in named if word not in err]


def test_what_was_done_to_a_picture_is_said_before_it_is_computed_with(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "films.gif"
    first, second = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    first.save(path, save_all=True, append_images=[second])
    status, _, err = check(picture=str(path))
    assert status == 0 and f"{path}: As read: the first of 2 pictures in the file.\n" in err
    assert "As read" not in check()[2]


def test_a_picture_that_is_none_is_one_line(check: Check, tmp_path: Path) -> None:
    text = tmp_path / "notes.png"
    text.write_text("<svg></svg>")
    for picture, reason in {
        str(tmp_path / "missing.png"): "No such file",
        str(tmp_path): "Is a directory",
        "a\0b.png": "null",
        str(text): "picture",
    }.items():
        status, out, err = check(picture=picture)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert reason in err
        assert "PNG" in err


def test_a_folder_that_cannot_be_written_to_is_refused_before_the_computing(
    check: Check, fake: FakeEngine, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    for out in (str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        status, _, err = check(out=out)
        assert (status, err.count("\n")) == (2, 1)
        assert "--out" in err
    assert fake.request is None


def test_a_wrong_argument_leaves_no_folder_behind(check: Check, tmp_path: Path) -> None:
    check("--depths", "0,20")
    assert not (tmp_path / "out").exists()


def test_a_refused_method_is_one_line_with_the_reason(check: Check, fake: FakeEngine) -> None:
    status, out, err = check("--model", "vit_b_16", "--methods", "gradient,grad-cam")
    reason = METHODS["grad_cam"].refuses(MODELS["vit_b_16"])
    assert reason is not None
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert METHODS["grad_cam"].label in err
    assert reason in err
    assert fake.request is None


# --- other failures ----------------------------------------------------------------------------------


def test_weights_that_cannot_be_had_are_one_line_and_exit_1(check: Check, fake: FakeEngine) -> None:
    fake.error = ModelUnavailable("No weights:\noffline.")
    status, out, err = check()
    assert (status, out) == (1, "")
    assert err.split() == ["xaicheck:", "No", "weights:", "offline."] and err.count("\n") == 1


def test_a_full_disk_is_one_line_and_exit_1(
    check: Check, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OSError(28, "disk full")

    monkeypatch.setattr(archive.os, "fsync", full)
    status, _, err = check()
    assert (status, err.count("\n")) == (1, 1)
    assert "disk full; what was there before is unchanged." in err


def test_an_interrupt_is_one_line_and_exit_130(check: Check, fake: FakeEngine, tmp_path: Path) -> None:
    fake.error = KeyboardInterrupt()
    status, out, err = check()
    assert (status, out) == (130, "")
    assert err.startswith("xaicheck: interrupted") and err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_defect_of_the_program_keeps_its_traceback(check: Check, fake: FakeEngine) -> None:
    fake.error = ZeroDivisionError("ours")
    with pytest.raises(ZeroDivisionError):
        check()


def test_every_error_of_the_program_has_a_status(check: Check, fake: FakeEngine) -> None:
    for kind in XaicheckError.__subclasses__():
        fake.error = kind("sentence")
        status, _, err = check()
        assert (status in (1, 2), err) == (True, "xaicheck: sentence\n")


# --- right arguments ---------------------------------------------------------------------------------


def test_the_defaults_ask_for_the_whole_panel(check: Check, fake: FakeEngine) -> None:
    assert check()[0] == 0
    asked = fake.asked
    assert tuple(choice.key for choice in asked.methods) == DEFAULT_PANEL
    assert (asked.model, asked.mode, asked.law, asked.batchnorm) == (
        *("efficientnet_lite0", "cascade", "he_normal", "recalibrate"),
    )
    assert asked.seeds == (0,)
    assert asked.target is None
    assert fake.device == "auto"
    assert fake.image is not None
    assert asked.image == fake.image.sha256


def test_every_argument_reaches_the_engine(check: Check, fake: FakeEngine) -> None:
    status, *_ = check(
        *(
            "--model",
            "resnet18",
            "--methods",
            "lrp,gradient",
            "--mode",
            "independent",
            "--law",
            "permutation",
        ),
        *("--batchnorm", "reset", "--seeds", "3", "--depths", "0,3,7", "--measures", "ssim,spearman"),
        *("--target", "5", "--device", "cpu"),
        *("--normalisation", "second-moment", "--sign", "either", "--copies", "20"),
    )
    asked = fake.asked
    assert status == 0
    assert [choice.key for choice in asked.methods] == ["lrp", "gradient"]
    assert (asked.model, asked.mode, asked.law, asked.batchnorm) == (
        *("resnet18", "independent", "permutation", "reset"),
    )
    assert (asked.seeds, asked.depths, asked.target) == ((0, 1, 2), (0, 3, 7), 5)
    assert set(asked.measures) == {"ssim", "spearman"}
    assert (asked.normalisation, asked.sign, asked.copies) == ("second_moment", "either", 20)
    assert fake.device == "cpu"


def test_all_depths_is_the_default(check: Check, fake: FakeEngine) -> None:
    check("--depths", "all")
    every = fake.asked
    check()
    assert fake.asked == every
    check("--depths", "0,1")
    assert fake.asked != every


def test_hyphens_are_as_good_as_underscores(check: Check, fake: FakeEngine) -> None:
    status, *_ = check(
        *(
            "--model",
            "efficientnet-lite1",
            "--methods",
            "input-x-gradient, fresh-noise",
            "--mode",
            "bottom-up",
        ),
        *("--law", "sign-flip", "--measures", "spearman-abs"),
    )
    assert status == 0
    assert [choice.key for choice in fake.asked.methods] == ["input_x_gradient", "fresh_noise"]
    assert fake.asked.measures == ("spearman_abs",)


def test_settings_reach_the_engine_and_the_others_keep_their_defaults(check: Check, fake: FakeEngine) -> None:
    check("--methods", "smoothgrad:sigma=0.2,integrated_gradients:steps=32")
    defaults = {param.key: param.default for param in METHODS["smoothgrad"].params}
    assert dict(fake.asked.methods[0].params) == defaults | {"sigma": 0.2}
    assert dict(fake.asked.methods[1].params) == {"steps": 32}
    check("--methods", "smoothgrad:samples=4:sigma=0.3")
    assert dict(fake.asked.methods[0].params) == defaults | {"samples": 4, "sigma": 0.3}


def test_default_settings_make_the_same_request_as_none(check: Check, fake: FakeEngine) -> None:
    check()
    unnamed = fake.asked
    check("--methods", ",".join(DEFAULT_PANEL))
    assert fake.asked.key() == unnamed.key()


def test_the_panel_leaves_refused_methods_out_and_says_so(check: Check, fake: FakeEngine) -> None:
    status, out, err = check("--model", "vit_b_16")
    assert (status, out) == (0, "")
    keys = [choice.key for choice in fake.asked.methods]
    left_out = [key for key in DEFAULT_PANEL if METHODS[key].refuses(MODELS["vit_b_16"])]
    assert "grad_cam" in left_out
    assert keys == [key for key in DEFAULT_PANEL if key not in left_out]
    for key in left_out:
        assert f"{key} is left out: {METHODS[key].refuses(MODELS['vit_b_16'])}" in err


def test_without_a_terminal_there_is_one_closing_line(check: Check, fake: FakeEngine, tmp_path: Path) -> None:
    fake.steps = (Progress(1, 4, "gradient", None, None), Progress(4, 4, "lrp", 0.0, None))
    status, out, err = check()
    assert (status, out) == (0, "")
    assert err.count("\n") == 1
    assert "tiger cat" in err
    assert str(tmp_path / "out" / "report.json") in err
    assert str(tmp_path / "out" / "maps.npz") in err
    names = ["maps.npz", "picture.png", "report.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names


def test_on_a_terminal_the_progress_is_drawn(
    fake: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    fake.steps = (Progress(3, 8, "map 3", None, None), Progress(8, 8, "map 8", 12.4, None))
    assert cli.main(["check", PICTURE, "--out", str(tmp_path)]) == 0
    assert "map 3" in terminal.getvalue()
    assert all(part in terminal.getvalue() for part in ("8/8", " 12 s "))


def test_report_writes_the_page_and_its_zip_beside_it(fake: FakeEngine, tmp_path: Path) -> None:
    file = tmp_path / "new" / "cat.html"
    assert cli.main(["check", PICTURE, "--report", str(file), "--address", "https://example.org/"]) == 0
    assert sorted(path.name for path in file.parent.iterdir()) == ["cat.html", "cat.zip"]
    text = file.read_text(encoding="utf-8")
    assert "python -m xaicheck verify cat.html" in text and 'href="https://example.org/' in text
    with zipfile.ZipFile(file.with_suffix(".zip")) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["verify"] == "python -m xaicheck verify cat.zip"


@pytest.mark.parametrize(
    "name",
    ["cat.pdf", "cat", ".html/", "\udcff.html", "x" * 300 + ".html", "a\0b.html", "way.html", "zip.html", ""],
)
def test_a_report_that_would_be_no_page_is_refused_before_the_computing(
    fake: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    for folder in (".html", "way.html", "zip.zip"):
        (tmp_path / folder).mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["check", PICTURE, "--report", str(tmp_path / name)]) == 2
    err = capsys.readouterr().err
    assert err.startswith("xaicheck: --report") and err.endswith(".\n") and err.count("\n") == 1
    assert fake.request is None and sorted(tmp_path.rglob("*")) == before


def test_a_folder_in_the_way_of_a_file_is_refused_before_the_computing(
    check: Check, fake: FakeEngine, tmp_path: Path
) -> None:
    for name in ("report.json", "maps.npz", "picture.png"):
        (tmp_path / name / name).mkdir(parents=True)
        status, _, err = check(out=str(tmp_path / name))
        assert (status, err.count("\n"), fake.request) == (2, 1, None) and "Is a directory" in err


def test_two_classes_are_a_table_with_a_reason_where_there_is_no_number() -> None:
    found = cases.report(against=281, classes=lambda key: "zero" if key == "lrp" else "marked", seeds=1)
    head, *rows, note = check_text.classes(found)
    names = [SIMILARITIES[key].label for key in found.request.measures]
    assert re.split(r"\s{2,}", head) == ["tiger cat against tabby, trained network", *names]
    known = {(s.method, s.measure): s.score for s in found.class_scores}
    for choice, row in zip(found.request.methods, rows, strict=True):
        label, *cells = re.split(r"\s{2,}", row)
        scores = [known[choice.key, key] for key in found.request.measures]
        if choice.key == "lrp":
            assert label == METHODS["lrp"].label and cells == ["–", "–", scores[0].why] and scores[0].why
            continue
        assert label == f"{METHODS[choice.key].label} *"  # its mark has a line below
        values = [float(cell.replace("−", "-")) for cell in cells]
        assert values == pytest.approx([one.value for one in scores], abs=0.0051)
    assert note.startswith("* ")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("twice the same class", "both classes are the same"),
        ("two classes, no maps", "could not be computed"),
    ],
)
def test_two_classes_without_a_number_are_a_sentence(name: str, why: str) -> None:
    (line,) = check_text.classes(cases.CASES[name]())
    assert line.startswith("No maps of both classes can be compared: ") and line.endswith(f"{why}.")


def test_without_a_second_class_nothing_is_said_of_it() -> None:
    assert list(check_text.classes(cases.CASES["three seeds"]())) == []


def test_the_command_prints_both_tables(check: Check, fake: FakeEngine) -> None:
    fake.changes = {
        "against": Target(281, "tabby", 0.1),
        "class_scores": (ScoreRow("gradient", "spearman", 0, 0, Score(0.25)),),
    }
    told = "".join(check("--methods", "gradient", "--measures", "spearman", "--against", "281")[1:])
    assert re.search(r"^tiger cat against tabby, .*\n.*0\.25$", told, re.MULTILINE)


def test_failed_maps_are_counted(check: Check, fake: FakeEngine) -> None:
    fake.changes = {"attributions": (Attribution("gradient", 1, 0, None, why="out of memory"),)}
    status, _, err = check("--methods", "gradient")
    assert status == 0
    assert err.startswith("1 map ") and "report.json" in err


# --- lists -------------------------------------------------------------------------------------------


def listed(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert cli.main(command) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


@pytest.mark.parametrize(
    ("command", "registry"), [("models", MODELS), ("methods", METHODS), ("measures", SIMILARITIES)]
)
def test_lists_name_every_entry(
    capsys: pytest.CaptureFixture[str], command: str, registry: dict[str, Any]
) -> None:
    rows = json.loads(listed(capsys, command, "--json"))
    assert [row["key"] for row in rows] == list(registry)
    text = listed(capsys, command).splitlines()
    assert [line.split()[0] for line in text[1 : 1 + len(registry)]] == list(registry)
    assert not [line for line in text if line != line.rstrip()]


def test_methods_tell_their_settings_and_why_they_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["key"]: row for row in json.loads(listed(capsys, "methods", "--json", "--model", "vit-b-16"))}
    reason = METHODS["grad_cam"].refuses(MODELS["vit_b_16"])
    assert rows["grad_cam"]["refused"] == reason
    assert rows["gradient"]["refused"] is None
    (steps,) = rows["integrated_gradients"]["params"]
    assert (steps["key"], steps["default"], steps["low"], steps["high"]) == ("steps", 16, 4, 512)
    text = listed(capsys, "methods", "--model", "vit_b_16")
    assert f"refused: {reason}" in text
    assert "refused" not in json.loads(listed(capsys, "methods", "--json"))[0]


def test_measures_tell_their_range(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["key"]: row for row in json.loads(listed(capsys, "measures", "--json"))}
    assert (rows["spearman"]["low"], rows["spearman"]["high"], rows["spearman"]["best"]) == (-1, 1, 1)
    assert rows["mse"]["distance"] is True


# --- as a program ------------------------------------------------------------------------------------


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xaicheck", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_python_m_gives_the_exit_status_and_no_traceback() -> None:
    done = program("check", "missing.png", "--out", "never-made")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert not (ROOT / "never-made").exists()


def test_a_terminal_without_unicode_still_gets_its_list() -> None:
    done = program("methods", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Input ? gradient" in done.stdout


def test_a_reader_that_leaves_early_is_no_error_to_shout_about() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "xaicheck", "methods", "--json"],
            cwd=ROOT,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


# --- with the real engine -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """report.json and maps.npz of a small check of the cat: original, three blocks, all nineteen."""
    folder = tmp_path_factory.mktemp("real")
    status = cli.main(
        ["check", PICTURE, "--methods", "gradient,fresh-noise", "--depths", "0,3,19", "--seeds", "2"]
        + ["--measures", "spearman,mse", "--device", "cpu", "--out", str(folder)]
    )
    assert status == 0
    with np.load(folder / "maps.npz", allow_pickle=False) as maps:
        return json.loads((folder / "report.json").read_text(encoding="utf-8")), dict(maps)


@pytest.mark.slow
def test_a_real_check_recognises_the_cat_and_changes_every_parameter(
    real: tuple[dict[str, Any], dict[str, np.ndarray]],
) -> None:
    report, _ = real
    assert report["schema"] == 1
    assert report["target"]["label"] in ("tabby", "tiger cat", "Egyptian cat")
    assert report["target"]["probability"] > 0.1
    assert len(report["blocks"]) == len(MODELS["efficientnet_lite0"].blocks) == 19
    assert report["coverage"] == {"changed_share": 1.0, "untouched": []}
    assert report["failed"] == []
    assert {(row["depth"], row["seed"]) for row in report["liveness"]} >= {(3, 0), (3, 1), (19, 0), (19, 1)}
    assert {row["block"] for row in report["activations"]} <= set(report["blocks"])
    assert report["activations"]
    assert report["versions"]["torch"]


def test_a_real_check_writes_one_map_for_each_method_depth_and_seed(
    real: tuple[dict[str, Any], dict[str, np.ndarray]],
) -> None:
    _, maps = real
    methods, depths, seeds = ("gradient", "fresh_noise"), (0, 3, 19), (0, 1)
    assert set(maps) == {f"{m}/{d}/{s}" for m in methods for d in depths for s in seeds}
    assert {(values.shape, values.dtype) for values in maps.values()} == {((224, 224), np.dtype("float32"))}
    assert np.array_equal(maps["gradient/0/0"], maps["gradient/0/1"])  # the original has no seed
    assert not np.array_equal(maps["gradient/19/0"], maps["gradient/19/1"])
    assert (maps["gradient/0/0"] < 0).any()  # signed


def test_the_written_scores_are_those_of_the_written_maps(
    real: tuple[dict[str, Any], dict[str, np.ndarray]],
) -> None:
    report, maps = real
    assert len(report["scores"]) == 2 * 2 * 3 * 2
    for row in report["scores"]:
        original, changed = (maps[f"{row['method']}/{depth}/{row['seed']}"] for depth in (0, row["depth"]))
        score = SIMILARITIES[row["measure"]].fn(original, changed)
        # The same float64 arithmetic on the same float32 maps; only the order of a sum may differ.
        assert row["value"] == pytest.approx(score.value, abs=1e-9)
        if row["depth"] == 0:
            assert row["value"] == pytest.approx(SIMILARITIES[row["measure"]].best, abs=1e-9)


def test_noise_scores_like_noise_at_every_depth(real: tuple[dict[str, Any], dict[str, np.ndarray]]) -> None:
    report, _ = real
    found = [
        row["value"]
        for row in report["scores"]
        if (row["method"], row["measure"]) == ("fresh_noise", "spearman") and row["depth"]
    ]
    # Independent values on 224 x 224 pixels: a standard deviation of 1/224, so this is six of them.
    assert found
    assert max(map(abs, found)) < 6 / 224
