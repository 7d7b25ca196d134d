"""The files that the check page hands out."""

from __future__ import annotations

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from tests.app import fakes
from xaicheck.report.words import TEXT
from xaicheck.topics.check import page_take_away as take_away


def script(private: bool) -> None:
    from tests.app import fakes
    from xaicheck.topics.check import page_take_away as take_away
    from xaicheck.viewer.scene import View

    take_away.draw(fakes.sample_report(seeds=1), View(3, "spearman"), private)


@pytest.mark.parametrize("private", [True, False])
def test_two_buttons_and_what_private_means(private: bool) -> None:
    at = AppTest.from_function(script, args=(private,), default_timeout=60).run()
    assert not at.exception
    labels = [button.proto.label for button in at.get("download_button")]
    assert labels == [TEXT.take.page, TEXT.take.zip]
    captions = [caption.value for caption in at.caption]
    assert (TEXT.take.private in captions) == private


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("chelsea.png", "xaicheck-chelsea-efficientnet-lite0"),
        ('../"><script>.png', "xaicheck-script-efficientnet-lite0"),
        ("猫.jpg", "xaicheck-picture-efficientnet-lite0"),
        ("My Cat (2).final.JPG", "xaicheck-my-cat-2-final-efficientnet-lite0"),
    ],
)
def test_a_file_name_is_made_of_plain_letters(given: str, made: str) -> None:
    report = dataclasses.replace(fakes.sample_report(seeds=1), image_name=given)
    assert take_away.file_name(report) == made
