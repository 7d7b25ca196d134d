"""Activation scales: what top-down randomization cannot change."""

from xaicheck.ui.frame import guard

guard()

from xaicheck.ui import scales  # noqa: E402  (a page without its frame must not draw anything)

scales.draw()
