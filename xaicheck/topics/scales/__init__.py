"""Activation scales: what top-down randomization cannot change."""

from xaicheck.web import Page

PAGE = Page("scales", "Activation scales", ":material/bar_chart:")
