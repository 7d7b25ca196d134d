"""The check: a picture, a network, its randomized twins, side by side."""

from xaicheck.web.frame import guard

guard()

from xaicheck.topics.check import page as check  # noqa: E402  (a page without its frame must not draw anything)

check.draw()
