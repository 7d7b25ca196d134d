"""The check: one picture, one network, its randomized twins."""

from xaicheck.web import Page

PAGE = Page("check", "Randomization check", ":material/difference:")
