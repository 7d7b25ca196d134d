"""The story: five cards in plain words, from the visitor's last results."""

from xaicheck.ui.frame import guard

guard()

from xaicheck.ui import story  # noqa: E402  (a page without its frame must not draw anything)

story.draw()
