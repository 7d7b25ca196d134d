"""The story: five cards in plain words, made from the numbers of one report."""

from xaicheck.web import Page

PAGE = Page("story", "Story", ":material/auto_stories:", ("card",))
