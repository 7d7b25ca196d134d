"""The lesson: seven steps with questions whose answers come from computed numbers; free of Streamlit."""
