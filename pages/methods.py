"""Methods: what every method and measure is, and where it is refused."""

from xaicheck.ui.frame import guard

guard()

from xaicheck.ui import methods  # noqa: E402  (a page without its frame must not draw anything)

methods.draw()
