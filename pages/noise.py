"""Noise wins: what an empty map scores in the check."""

from xaicheck.web.frame import guard

guard()

from xaicheck.topics.noise import page as noise  # noqa: E402  (a page without its frame must not draw anything)

noise.draw()
