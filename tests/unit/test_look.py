"""One visual language: colours agree between the theme and the drawings, and can be read on both grounds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaicheck.reading import heatmap
from xaicheck.reading.line_styles import COLOURS, CONTROL, ORIGINAL, RANDOMIZED
from xaicheck.reading.templates import css

ROOT = Path(__file__).resolve().parents[2]
THEME: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
MODES = ("light", "dark")
TOKENS, PANEL, WIDGETS, PAGE = (css(f"reading/{name}.css") for name in ("tokens", "panel", "widgets", "page"))
TEXT, GRAPHIC = 4.5, 3.0  # WCAG 2.2, 1.4.3 for text and 1.4.11 for what a chart is read by


def rgb(colour: str) -> np.ndarray:
    """A colour as three shares, 0 to 1; #rgb and #rrggbb."""
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255


def luminance(colour: np.ndarray) -> float:
    """The relative luminance of WCAG, 0 to 1."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def over(colour: np.ndarray, share: float, ground: np.ndarray) -> np.ndarray:
    return share * colour + (1 - share) * ground


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(rgb("#000"), rgb("#fff")) == pytest.approx(21)
    assert contrast(rgb("#777"), rgb("#fff")) == pytest.approx(4.48, abs=0.01)  # the textbook near miss


def test_the_themes_chart_colours_are_those_of_the_drawings() -> None:
    assert tuple(THEME["chartCategoricalColors"]) == COLOURS
    places = np.rint(np.linspace(0, heatmap.LAST, 10)).astype(int)
    for name, palette in (
        ("chartDivergingColors", heatmap.diverging()),
        ("chartSequentialColors", heatmap.sequential()),
    ):
        assert [tuple(np.rint(255 * rgb(c)).astype(int)) for c in THEME[name]] == [
            tuple(int(v) for v in palette[i]) for i in places
        ]


@pytest.mark.parametrize("mode", MODES)
def test_lines_and_marks_of_every_chart_are_seen_on_both_grounds(mode: str) -> None:
    ground = rgb(THEME[mode]["backgroundColor"])
    for colour in {*COLOURS, CONTROL, ORIGINAL, RANDOMIZED}:
        assert contrast(rgb(colour), ground) >= GRAPHIC, colour


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_text_muted_text_and_links_can_be_read(mode: str, ground: str) -> None:
    below = rgb(THEME[mode][ground])
    text = rgb(THEME[mode]["textColor"])
    muted = re.search(r"--xc-ink-2:color-mix\(in srgb,currentColor (\d+)%,transparent\)", TOKENS)
    assert muted is not None
    assert contrast(text, below) >= 7
    assert contrast(over(text, int(muted.group(1)) / 100, below), below) >= TEXT
    assert contrast(rgb(THEME[mode]["linkColor"]), below) >= TEXT


@pytest.mark.parametrize("mode", MODES)
def test_chosen_pills_and_primary_buttons_can_be_read(mode: str) -> None:
    primary = rgb(THEME[mode]["primaryColor"])
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        tinted = over(primary, 0.12, rgb(THEME[mode][ground]))  # Streamlit's tint below a chosen pill
        assert contrast(primary, tinted) >= TEXT
    written = re.search(r'kind\^="primary"\]\{color:light-dark\((#\w+),(#\w+)\)', WIDGETS)
    assert written is not None
    assert contrast(rgb(written.group(1 + MODES.index(mode))), primary) >= TEXT


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("token", ["--xc-good", "--xc-bad", "--xc-focus"])
def test_the_tokens_for_good_bad_and_focus_can_be_read(mode: str, token: str) -> None:
    colours = re.search(token + r":light-dark\((#\w+),(#\w+)\)", TOKENS)
    assert colours is not None
    colour = rgb(colours.group(1 + MODES.index(mode)))
    assert contrast(colour, rgb(THEME[mode]["backgroundColor"])) >= TEXT


# Lines of a chart that step back while another one is pointed at; their numbers stand beside it.
LINES = {".xv-one g[class]:not(.xv-lit)"}


def test_no_text_is_muted_by_opacity() -> None:
    draw = ROOT / "xaicheck"
    sheets = [path for kind in ("*.py", "*.css") for path in draw.rglob(kind)]
    assert len(sheets) > 100
    for path in sheets:
        for selector, rules in re.findall(r"([^{}\n]+)\{([^{}]*)\}", path.read_text("utf-8")):
            for share in re.findall(r"(?:^|[;\s])opacity:\s*(0?\.\d+)", rules):
                assert float(share) >= 0.75 or selector.strip() in LINES, f"{path.name}: {selector} {share}"


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--xc-[\w-]+):", TOKENS))
    used = set(re.findall(r"var\((--xc-[\w-]+)", WIDGETS + PAGE + PANEL))
    assert used and used <= defined


def test_no_style_asks_another_server() -> None:
    for sheet in (WIDGETS, PAGE, PANEL):
        assert "http" not in sheet and "@import" not in sheet and "url(" not in sheet
    assert "fontFaces" not in str(THEME)
