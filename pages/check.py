"""The check: a picture, a network, its randomized twins, side by side."""

from xaicheck.topics import PAGES
from xaicheck.topics.check import page
from xaicheck.web.frame import guard

guard(PAGES)
page.draw()
