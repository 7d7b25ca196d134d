"""Arrays and reports into pictures, figures and words: no Streamlit, no torch."""
