"""Methods: what every method and measure is, and where it is refused."""

from xaicheck.topics import PAGES
from xaicheck.topics.methods import page
from xaicheck.web.frame import guard

guard(PAGES)
page.draw()
