"""The page Lesson."""

from __future__ import annotations

import streamlit as st

from xaicheck.ui import page


def draw() -> None:
    """The page."""
    page.level()
    st.title("Lesson")
