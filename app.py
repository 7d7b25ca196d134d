"""The dashboard's frame: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from xaicheck.ui.frame import frame

ICON = Path(__file__).parent / "assets" / "icon.png"  # a named icon would be fetched from another server

st.set_page_config(page_title="xaicheck", page_icon=str(ICON), layout="wide")
st.logo(str(ICON), size="large")
frame()
