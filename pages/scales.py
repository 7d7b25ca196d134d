"""Activation scales: what top-down randomization cannot change."""

from xaicheck.topics import PAGES
from xaicheck.topics.scales import page
from xaicheck.web.frame import guard

guard(PAGES)
page.draw()
