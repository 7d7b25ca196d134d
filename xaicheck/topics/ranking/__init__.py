"""Ranking gap: two orders of the same methods."""

from xaicheck.web import Page

PAGE = Page("ranking", "Ranking gap", ":material/swap_vert:")
