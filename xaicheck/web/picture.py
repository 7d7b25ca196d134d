"""Where the picture comes from: the gallery, an upload or the camera."""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from markupsafe import Markup
from PIL import Image, ImageOps

from xaicheck.address import check as asked
from xaicheck.errors import XaicheckError
from xaicheck.models import images, picture_files, samples
from xaicheck.reading import heatmap, words
from xaicheck.reading.templates import css, style
from xaicheck.types import ImageInput
from xaicheck.web import TEXT, link
from xaicheck.web.widgets import literal

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


def chosen() -> tuple[ImageInput | None, bool, str, bool]:
    """(picture, is it the visitor's own, problem, is the problem an error); draws the choice."""
    link.begins(asked.SOURCE)
    source = st.segmented_control(
        TEXT.picture.source,
        asked.SOURCES,
        required=True,
        format_func=str.capitalize,
        key="source",
        width="stretch",
    )
    link.kept(asked.SOURCE, str(source))
    if source == "gallery":
        link.begins(asked.SAMPLE)
        st.html(_thumbnail_style())
        key = st.pills(
            TEXT.picture.source,
            list(samples.SAMPLES),
            required=True,
            format_func=lambda k: samples.SAMPLES[k].label,
            key="sample",
            label_visibility="collapsed",
        )
        key = link.kept(asked.SAMPLE, str(key))
        sample = samples.load(key)
        st.caption(f"{samples.SAMPLES[key].what_to_see} {words.as_read(sample.notes)}".strip())
        return sample, False, "", False
    if source == "upload":
        # Of any type: what the browser itself refuses would leave the picture before it chosen, unsaid.
        given = st.file_uploader(TEXT.picture.upload, key="upload", help=allowed(TEXT.picture.upload_help))
    else:
        given = st.camera_input(TEXT.picture.camera, key="camera")
    if given is None:
        return None, True, TEXT.picture.waiting, False
    try:
        image = _decoded(given)
    except XaicheckError as error:
        problem = named(given.name, error)
        st.error(problem, icon=":material/error:")
        return None, True, problem, True
    st.image(heatmap.photograph(_small(image)), width="stretch", output_format="PNG", alt=TEXT.picture.chosen)
    st.caption(literal(f"{TEXT.picture.explained.format(name=image.name)} {words.as_read(image.notes)}"))
    return image, True, "", False


def allowed(text: str) -> str:
    """The help of an uploader with what it takes filled in."""
    return text.format(formats=picture_files.NAMES, most=images.MAX_BYTES >> 20)


def named(name: str, said: object) -> str:
    """What is said of a file, with its name, as Markdown."""
    return literal(f"{images.display_name(name)}: {said}")


def _decoded(given: UploadedFile) -> ImageInput:
    """The decoded upload: decoded once and kept in this session only, whatever the script runs again."""
    kept = st.session_state.get("decoded")
    if kept is None or kept[0] != given.file_id:
        kept = (given.file_id, images.decode(given.getvalue(), given.name))
        st.session_state["decoded"] = kept
    return kept[1]


def _small(image: ImageInput) -> np.ndarray:
    step = max(1, max(image.rgb.shape[:2]) // 320)
    return image.rgb[::step, ::step]


@cache
def _thumbnail_style() -> Markup:
    """The style that shows each sample on its button; without it the buttons still carry their names."""
    rules = []
    for number, key in enumerate(samples.SAMPLES, 1):
        picture = ImageOps.fit(Image.fromarray(samples.load(key).rgb), (168, 168))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=72)
        address = base64.b64encode(out.getvalue()).decode()
        rule = f"background-image:url(data:image/jpeg;base64,{address})"
        rules.append(f".st-key-sample button:nth-of-type({number}){{{rule}}}")
    return style(css("web/picture.css"), *rules)
