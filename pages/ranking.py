"""The ranking gap: methods by the check against methods by faithfulness."""

from xaicheck.web.frame import guard

guard()

from xaicheck.topics.ranking import page as ranking  # noqa: E402  (a page without its frame must not draw anything)

ranking.draw()
