"""The two small components of the address: one writes the address bar, one copies what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from xaicheck.web.link_words import COPY

# The page's name is compared first: a message that is late must not write under another page. A link that
# names a place on the page (#...) comes before the place is drawn: it is looked for during some seconds.
WRITE_JS = """
const nameOf = names => {
  const last = location.pathname.replace(/\\/+$/, "").split("/").pop();
  return names.includes(last) ? last : "";
};
const seek = (hash, until) => {
  if (location.hash !== hash) return;
  const place = document.getElementById(decodeURIComponent(hash.slice(1)));
  if (place) place.scrollIntoView();
  else if (Date.now() < until) setTimeout(seek, 200, hash, until);
};
let sought = false;
export default function ({ data }) {
  if (!sought && location.hash.length > 1) seek(location.hash, Date.now() + 8000);
  sought = true;
  let tries = 0, timer = 0;
  const write = () => {
    if (nameOf(data.names) !== data.page) {
      if (tries++ < 20) timer = setTimeout(write, 100);
      return;
    }
    const wanted = data.query ? "?" + data.query : "";
    if (location.search !== wanted)
      history.replaceState(history.state, "", location.pathname + wanted + location.hash);
  };
  write();
  return () => clearTimeout(timer);
}
"""

COPY_JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const field = parentElement.querySelector("input");
  const said = parentElement.querySelector("[role=status]");
  button.textContent = data.words.button;
  button.title = data.words.help;
  field.setAttribute("aria-label", data.words.field);
  parentElement.querySelector(".note").textContent = data.note;
  const byHand = () => {
    field.hidden = false;
    field.value = location.href;
    field.focus();
    field.select();
    said.textContent = data.words.by_hand;
  };
  button.onclick = () => {
    field.hidden = true;
    said.textContent = "";
    if (!navigator.clipboard) return byHand();
    navigator.clipboard.writeText(location.href).then(() => { said.textContent = data.words.done; }, byHand);
  };
}
"""

# The name stands in it from the beginning: a button whose script is still on its way must have one, too.
COPY_HTML = f"""
<div class="box">
  <button type="button">{escape(COPY["button"])}</button>
  <span role="status"></span>
  <input type="text" readonly hidden>
  <p class="note"></p>
</div>
"""

COPY_CSS = """
:host { display: block; }
.box { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; font: inherit;
  color: var(--st-text-color); }
button { font: inherit; color: inherit; background: var(--st-background-color); cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius, 8px);
  min-height: 40px; padding: 4px 14px; }
button:hover { border-color: var(--st-primary-color); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
input { flex: 1 1 100%; min-width: 0; font: inherit; color: inherit; padding: 8px 10px;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius, 8px); box-sizing: border-box; }
.note { flex: 1 1 100%; margin: 0; font-size: .875rem; }
.note:empty { display: none; }
"""

_writer = st.components.v2.component("xaicheck_address", js=WRITE_JS)
_copier = st.components.v2.component("xaicheck_copy_link", html=COPY_HTML, css=COPY_CSS, js=COPY_JS)


def write(*, page: str, names: Sequence[str], query: str) -> None:
    """Nothing; has the browser show this query on this page."""
    _writer(key="address", data={"page": page, "names": list(names), "query": query}, height=1)


def copy(note: str) -> None:
    """Nothing; draws the button and what is to be said beside it."""
    _copier(key="copy_link", data={"words": dict(COPY), "note": note})
