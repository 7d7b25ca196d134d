"""PAGES: one folder a page, with what it reads from the numbers, its words, figures and controls."""

from __future__ import annotations

from xaicheck.topics import check, lesson, methods, noise, ranking, scales, story
from xaicheck.web import Page

# In the order of the navigation; the first one is the start page.
PAGES: tuple[Page, ...] = tuple(
    topic.PAGE for topic in (check, ranking, noise, scales, methods, lesson, story)
)
