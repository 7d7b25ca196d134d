"""The command behind the gallery's file: every part is computed once, and what is lacking is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xaicheck.experiments.ranking import maps, precompute
from xaicheck.experiments.ranking.precompute import Gallery, gallery_request
from xaicheck.experiments.ranking.setting import METHODS, PICTURES, SEEDS, VARIANTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A work folder with made-up maps of one picture at two seeds, two randomized depths each."""
    g = np.random.default_rng(0)
    for seed in SEEDS[:2]:
        stacks = {m: g.standard_normal((3, 48, 48)).astype(np.float32) for m in METHODS}
        path = maps.path_of(tmp_path, VARIANTS[0], PICTURES[0], seed)
        np.savez(path.with_suffix(""), depths=np.array([0, 1, 19]), **stacks)
    return tmp_path


def refuse(*_: object, **__: object) -> Iterator[None]:
    raise AssertionError("this was computed before")


def test_what_has_maps_is_scored_and_a_second_run_computes_nothing(folder, monkeypatch):
    Gallery(folder).compute()
    scores = Gallery(folder).scores(VARIANTS[0], PICTURES[0], 0)
    assert scores.depths == (1, 19)
    assert scores.similarity.shape == (len(gallery_request().comparisons), len(METHODS), 2)
    # The other seeds' maps are not there.
    assert not [*(folder / "parts").glob("faith-*"), *(folder / "parts").glob("networks-*")]
    monkeypatch.setattr(precompute, "score", refuse)
    Gallery(folder).compute()
    again = Gallery(folder).scores(VARIANTS[0], PICTURES[0], 0)
    assert np.array_equal(again.similarity, scores.similarity, equal_nan=True)


def test_maps_that_are_there_are_not_computed_again(folder, monkeypatch):
    monkeypatch.setattr(maps.run, "run", pytest.fail)
    there = maps.path_of(folder, VARIANTS[0], PICTURES[0], SEEDS[0])
    assert maps.made(folder, VARIANTS[0], PICTURES[0], SEEDS[0]) == there


def test_parts_of_another_setting_are_not_taken_for_this_one_s(folder, monkeypatch):
    own = Gallery(folder).tag
    assert Gallery(folder, VARIANTS[:1]).tag == own  # the variants are in the names of the parts
    other = replace(gallery_request(), steps=99)
    monkeypatch.setattr(precompute, "gallery_request", lambda variants: other)
    assert Gallery(folder).tag != own


def test_the_command_says_what_is_lacking_and_writes_no_half_file(folder, capsys):
    out = folder / "gallery.zip"
    precompute.main(["--work", str(folder), "--out", str(out), "--no-maps"])
    wanted = sum(len(variant.seeds or SEEDS) for variant in VARIANTS) * len(PICTURES)
    assert f"{wanted - 2} files of maps" in capsys.readouterr().out
    assert not out.exists()


@pytest.mark.parametrize("part", [("nobody", "0"), ("chelsea", "77")])
def test_a_part_that_is_not_in_the_file_is_refused_in_a_sentence(part):
    with pytest.raises(SystemExit, match="The file has no picture"):
        precompute.main(["--part", *part])


def test_a_part_without_a_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(SystemExit, match="There is no file to compare with"):
        precompute.main(["--part", "chelsea", "0", "--out", str(tmp_path / "none.zip")])
