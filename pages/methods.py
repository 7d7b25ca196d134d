"""Methods: what every method and measure is, and where it is refused."""

from xaicheck.web.frame import guard

guard()

from xaicheck.topics.methods import page as methods  # noqa: E402  (a page without its frame must not draw anything)

methods.draw()
