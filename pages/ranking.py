"""The ranking gap: methods by the check against methods by faithfulness."""

from xaicheck.topics import PAGES
from xaicheck.topics.ranking import page
from xaicheck.web.frame import guard

guard(PAGES)
page.draw()
