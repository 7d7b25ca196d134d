"""The ranking gap: methods by the check against methods by faithfulness."""

from xaicheck.ui.frame import guard

guard()

from xaicheck.ui import ranking  # noqa: E402  (a page without its frame must not draw anything)

ranking.draw()
