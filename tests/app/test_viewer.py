"""The viewer as part of a page: what the script gets back."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from tests.viewer_scene import scene
    from xaicheck.viewer.encode import encode
    from xaicheck.viewer.scene import View
    from xaicheck.web import viewer

    start = View(3, "mse", opacity=70)
    view = viewer.show(encode(scene(start=start)), key="maps", start=start)
    st.text(f"depth {view.depth} {view.measure} {view.opacity}")
    st.button("again")


def test_the_start_is_the_view_until_something_was_moved_and_a_rerun_sends_the_same_bytes() -> None:
    at = AppTest.from_function(page).run()
    assert not at.exception and at.text[0].value == "depth 3 mse 70"
    (first,) = at.get("bidi_component")
    at.button[0].click().run()
    (again,) = at.get("bidi_component")
    assert not at.exception and at.text[0].value == "depth 3 mse 70"
    assert first.proto.bytes == again.proto.bytes and first.proto.id == again.proto.id
