"""Noise wins: maps that look at nothing, in the contest."""

from xaicheck.web import Page

PAGE = Page("noise", "Noise wins", ":material/grain:")
