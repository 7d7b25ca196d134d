"""The story: five cards in plain words, from the visitor's last results."""

from xaicheck.web.frame import guard

guard()

from xaicheck.topics.story import page as story  # noqa: E402  (a page without its frame must not draw anything)

story.draw()
