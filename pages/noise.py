"""Noise wins: what an empty map scores in the check."""

from xaicheck.ui.frame import guard

guard()

from xaicheck.ui import noise  # noqa: E402  (a page without its frame must not draw anything)

noise.draw()
