"""The story: five cards in plain words, from the visitor's last results."""

from xaicheck.topics import PAGES
from xaicheck.topics.story import page
from xaicheck.web.frame import guard

guard(PAGES)
page.draw()
