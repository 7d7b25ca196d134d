"""The address: what a link holds, as keys and numbers, and what it means; nothing here knows Streamlit."""

from xaicheck.address.base import ADDRESS, BASE, joined
from xaicheck.address.check import left_out, looks, names, query
from xaicheck.address.codec import Codec, Flag, Many, Number, OneOf, Parameter, Text, Unreadable, Whole, named

__all__ = [
    "ADDRESS",
    "BASE",
    "Codec",
    "Flag",
    "Many",
    "Number",
    "OneOf",
    "Parameter",
    "Text",
    "Unreadable",
    "Whole",
    "joined",
    "left_out",
    "looks",
    "named",
    "names",
    "query",
]
