"""The story: cards in plain words, made from the numbers of one report and of the gallery."""

from xaicheck.web import Page

PAGE = Page("story", "Story", ":material/auto_stories:", ("card",))
