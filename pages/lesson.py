"""The lesson: a class's way through the check, step by step."""

from xaicheck.ui.frame import guard

guard()

from xaicheck.ui import lesson  # noqa: E402  (a page without its frame must not draw anything)

lesson.draw()
