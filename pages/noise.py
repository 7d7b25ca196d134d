"""Noise wins: what an empty map scores in the check."""

from xaicheck.topics import PAGES
from xaicheck.topics.noise import page
from xaicheck.web.frame import guard

guard(PAGES)
page.draw()
