"""The lesson: a class's way through the check, step by step."""

from xaicheck.topics import PAGES
from xaicheck.topics.lesson import page
from xaicheck.web.frame import guard

guard(PAGES)
page.draw()
