"""The Streamlit floor: widgets, the broker's client, the page. No maths, no torch."""
