"""The address: what a link holds, as keys and numbers, and what it means; nothing here knows Streamlit."""

from xaicheck.address.check import Asked, left_out, looks, named, parse, query
from xaicheck.address.codec import Codec, Flag, Many, Number, OneOf, Parameter, Text, Unreadable, Whole

__all__ = [
    "Asked",
    "Codec",
    "Flag",
    "Many",
    "Number",
    "OneOf",
    "Parameter",
    "Text",
    "Unreadable",
    "Whole",
    "left_out",
    "looks",
    "named",
    "parse",
    "query",
]
