"""Another step begins at its top: the browser scrolls there when the step changes, and at no other time."""

from __future__ import annotations

import streamlit as st

_JS = """
let last = null;
export default function (component) {
  const { data } = component;
  if (last !== null && last !== data) {
    const main = document.querySelector('[data-testid="stMain"]');
    if (main) main.scrollTo({ top: 0, behavior: "instant" });
  }
  last = data;
}
"""

_component = st.components.v2.component("xaicheck_lesson_top", js=_JS)


def show(step: str) -> None:
    """Nothing; tells the browser which step is shown."""
    _component(key="lesson_top", data=step)
