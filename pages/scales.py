"""Activation scales: what top-down randomization cannot change."""

from xaicheck.web.frame import guard

guard()

from xaicheck.topics.scales import page as scales  # noqa: E402  (a page without its frame must not draw anything)

scales.draw()
