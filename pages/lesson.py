"""The lesson: a class's way through the check, step by step."""

from xaicheck.web.frame import guard

guard()

from xaicheck.topics.lesson import page as lesson  # noqa: E402  (a page without its frame must not draw anything)

lesson.draw()
