"""The viewer of maps: one payload of bytes from Python, drawn by plain JavaScript in the browser."""

from xaicheck.reading.texts import beside

TEXT = beside(__file__)
