"""The page Story."""

from __future__ import annotations

import streamlit as st


def draw() -> None:
    """The page."""
    st.title("Story")
