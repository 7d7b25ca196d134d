"""The address bar holds the whole state of the page: what a link sets, and what is written back.

`arrive` stands before a widget: it puts the link's value, or the one last chosen, under the widget's key, so
that a widget has no default of its own. `keep` stands after it and remembers. A link's values count once:
when a session begins, when the visitor goes back in the browser's history (then what the address leaves out
is the default), and when a link inside the program names them. Otherwise the session knows better than the
address, which may be a moment old.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from xaicheck.address.check import FORMER, looks
from xaicheck.address.codec import Codec, Many, Parameter, Unreadable
from xaicheck.arguments import shown
from xaicheck.reading.templates import css, js, render
from xaicheck.reading.words import listed
from xaicheck.viewer.scene import View
from xaicheck.web import TEXT

T = TypeVar("T")
_MOST_SAID = 3  # unknown members of a list that are named
_writer = st.components.v2.component("xaicheck_address", js=js("web/address.js"))
_copier = st.components.v2.component(
    "xaicheck_copy_link",
    html=render("web/copy_link.html", button=TEXT.copy.button),
    css=css("web/copy_link.css"),
    js=js("web/copy_link.js"),
)


@dataclass(slots=True)
class Links:
    """One visitor's address; never shared."""

    page: str | None = None  # the page of the last run, by its url_path
    pending: dict[str, list[str]] = field(default_factory=dict)  # a link's texts that no widget has taken yet
    values: dict[str, Any] = field(default_factory=dict)  # what was last chosen, on any page
    shown: dict[str, list[str]] = field(default_factory=dict)  # what the address bar holds
    pairs: list[tuple[str, str]] = field(default_factory=list)  # what this run wants it to hold
    exact: bool = False  # what the address leaves out is the default, not what was chosen last
    arrived: set[str] = field(default_factory=set)  # widgets that this visit to the page has begun
    unread: list[str] = field(default_factory=list)  # names whose texts in the link are no values here
    left_out: dict[str, tuple[Any, list[str]]] = field(default_factory=dict)  # value read, unknown
    unknown: list[str] = field(default_factory=list)  # names in the link that no page has
    notice: Any = None  # where those names are said
    place: Any = None  # where the writing component stands; None once it has written


def begin(page: str, names: Sequence[str], reads: Callable[[str], bool]) -> None:
    """Takes up what the address says; the frame calls it before the page runs.

    `names`: every page's url_path; `reads`: whether any page has a parameter of that name.
    """
    links = _links()
    given = {FORMER.get(key, key): st.query_params.get_all(key) for key in st.query_params}
    links.exact = links.exact or _went_back()
    first = links.page is None or _went_back()
    if first or links.page != page:  # Streamlit carries the other page's parameters over
        links.pending = {k: texts for k, texts in given.items() if first or links.shown.get(k) != texts}
        links.unknown = [key for key in links.pending if not reads(key)]
        links.arrived.clear()
        links.unread.clear()
        links.left_out.clear()
    links.page, links.pairs = page, []
    links.place = (st.empty(), tuple(names))
    links.notice = st.empty()
    _say_unread(links)


def arrive(key: str, codec: Codec[T], default: T) -> T:
    """The value that the widget under this key begins with; it then stands in the session's state."""
    links, state = _links(), st.session_state
    texts = links.pending.pop(key, None)
    if texts is not None:
        try:
            value = codec.read(texts)
            how: object = codec
            if isinstance(how, Many) and (unknown := how.unknown(texts)):
                links.left_out[key] = (value, unknown)
                _say_unread(links)
            _put(key, value)
        except Unreadable:  # of a tampered or outdated link
            links.unread.append(key)
            _say_unread(links)
    elif links.exact and key not in links.arrived:
        _put(key, default)
    elif key not in links.arrived or key not in state:  # a widget is forgotten with its page
        _put(key, links.values.get(key, state.get(key, default)))
    if key not in state or not codec.allows(state[key]):
        _put(key, default)
    links.arrived.add(key)
    begun: T = state.get(key, default)
    return begun


def keep(key: str, codec: Codec[T], value: T, default: T) -> T:
    """The value itself, from now on remembered and part of the address unless it is the default."""
    links = _links()
    links.values[key] = value
    if key in links.left_out and value != links.left_out[key][0]:  # chosen since
        del links.left_out[key]
        _say_unread(links)
    if value != default and key in links.unread:  # chosen since
        links.unread.remove(key)
        _say_unread(links)
    links.pairs += Parameter(key, codec, default).write(value)
    return value


def begins(parameter: Parameter[T]) -> T:
    """`arrive` for a declared parameter."""
    return arrive(parameter.key, parameter.codec, parameter.default)


def kept(parameter: Parameter[T], value: T) -> T:
    """`keep` for a declared parameter."""
    return keep(parameter.key, parameter.codec, value, parameter.default)


def view_begins(blocks: int, measures: Sequence[str]) -> View:
    """`arrive` for how results are looked at: where the viewer starts on these results."""
    ways = looks(blocks, measures)
    return View(
        begins(ways.depth), begins(ways.measure), begins(ways.scale), begins(ways.mode), begins(ways.opacity)
    )


def view_kept(view: View, blocks: int, measures: Sequence[str]) -> View:
    """`keep` for the same; the session then holds what the viewer shows."""
    ways = looks(blocks, measures)
    chosen: tuple[tuple[Parameter[Any], Any], ...] = (
        (ways.depth, view.depth),
        (ways.measure, view.measure),
        (ways.scale, view.scale),
        (ways.mode, view.mode),
        (ways.opacity, view.opacity),
    )
    for known, value in chosen:
        st.session_state[known.key] = kept(known, value)
    return view


def address() -> str:
    """The query that the address bar holds after this run, without the question mark."""
    return urlencode(_links().pairs)


def write() -> None:
    """Puts this page's state into the address bar. The frame calls it after the page ran.

    A page that waits for a long time calls it before, once all its widgets are drawn. The browser replaces
    its history's last entry: going back leaves the page, however many controls were moved.
    """
    links = _links()
    if links.place is None:
        return
    slot, names = links.place
    links.place, links.exact = None, False
    links.shown = _texts(links.pairs)
    with slot:
        _writer(
            key="address", data={"page": links.page or "", "names": list(names), "query": address()}, height=1
        )


def copy_button(private: bool, note: str = TEXT.private) -> None:
    """Draws the button that copies the address. `private`: it says what is no part of it."""
    _copier(key="copy_link", data={"words": dict(TEXT.copy), "note": note if private else ""})


def _say_unread(links: Links) -> None:
    """Says at the top of the page what of the link has no value here; draws over what it said."""
    said = []
    if links.unread:
        text = TEXT.unread if len(links.unread) == 1 else TEXT.unread_several
        said.append(text.format(names=listed(links.unread)))
    for key, (_, unknown) in links.left_out.items():
        said.append(TEXT.left_out.format(name=key, members=_several(unknown)))
    if links.unknown:
        said.append(TEXT.unknown.format(names=_several(links.unknown)))
    if said:
        links.notice.info(" ".join(said), icon=":material/info:")
    else:
        links.notice.empty()


def _several(given: Sequence[str]) -> str:
    more = [f"{len(given) - _MOST_SAID} more"] if len(given) > _MOST_SAID else []
    return listed([*map(_quoted, given[:_MOST_SAID]), *more])


def _quoted(given: str) -> str:
    """A visitor's own words, short and as code: nothing in them is a link, a picture or a formula."""
    plain = shown(given.replace("`", "")).strip("'")
    return f"`{plain}`"


def _put(key: str, value: object) -> None:
    """Puts a value under a widget's key; None takes the key away: the widget begins with its first option."""
    if value is None:
        st.session_state.pop(key, None)
    else:
        st.session_state[key] = value


def _texts(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for key, text in pairs:
        texts.setdefault(key, []).append(text)
    return texts


def _went_back() -> bool:
    """Whether the browser's history brought the visitor here."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def _links() -> Links:
    links: Links = st.session_state.setdefault("links", Links())
    return links
