"""The check: a picture, a network, its randomized twins, side by side."""

from xaicheck.ui.frame import guard

guard()

from xaicheck.ui import check  # noqa: E402  (a page without its frame must not draw anything)

check.draw()
