"""The dashboard's frame: `streamlit run app.py`."""

import streamlit as st

from xaicheck.topics import PAGES
from xaicheck.web.frame import ICON, frame, setup

setup()
st.logo(str(ICON), size="large")
frame(PAGES)
