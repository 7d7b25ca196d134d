"""Where the picture comes from: the gallery, an upload or the camera."""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image, ImageOps

from xaicheck.address import check as asked
from xaicheck.errors import XaicheckError
from xaicheck.models import images, samples
from xaicheck.reading import heatmap, words
from xaicheck.types import ImageInput
from xaicheck.web import link

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

KINDS = ("jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff")
TEXT = words.TEXT.sidebar


def draw() -> tuple[ImageInput | None, bool, str, bool]:
    """(picture, is it the visitor's own, problem, is the problem an error)."""
    link.begins(asked.SOURCE)
    source = st.segmented_control(
        TEXT["source"],
        asked.SOURCES,
        required=True,
        format_func=str.capitalize,
        key="source",
        width="stretch",
    )
    link.kept(asked.SOURCE, str(source))
    if source == "gallery":
        link.begins(asked.SAMPLE)
        st.html(f"<style>{_thumbnail_style()}</style>")
        key = st.pills(
            TEXT["source"],
            list(samples.SAMPLES),
            required=True,
            format_func=lambda k: samples.SAMPLES[k].label,
            key="sample",
            label_visibility="collapsed",
        )
        key = link.kept(asked.SAMPLE, str(key))
        st.caption(samples.SAMPLES[key].what_to_see)
        return samples.load(key), False, "", False
    if source == "upload":
        given = st.file_uploader(TEXT["upload"], type=KINDS, key="upload", help=TEXT["upload_help"])
    else:
        given = st.camera_input(TEXT["camera"], key="camera")
    if given is None:
        return None, True, TEXT["waiting"], False
    try:
        image = _decoded(given)
    except XaicheckError as error:
        return None, True, str(error), True
    st.image(
        heatmap.photograph(_small(image)), width="stretch", output_format="PNG", alt="The picture you chose"
    )
    return image, True, "", False


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
def _thumbnail_style() -> str:
    """CSS that shows each sample on its button; without it the buttons still carry their names."""
    rules = [
        ".st-key-sample [role=radiogroup]{display:grid;grid-template-columns:repeat(3,1fr);gap:6px;"
        "width:100%}",
        '.st-key-sample,.st-key-sample>div,.st-key-sample [data-testid="stButtonGroup"]{width:100%}',
        ".st-key-sample button{width:100%;height:auto;aspect-ratio:1;padding:0;border-radius:8px;"
        "min-height:0;overflow:hidden;border-width:2px;"
        "background-size:cover;background-position:center 30%;align-items:flex-end}",
        ".st-key-sample button>div,.st-key-sample button>div>*{width:100%;max-width:none}",
        ".st-key-sample button p{font-size:.68rem;line-height:1.15;background:rgba(12,14,20,.74);color:#fff;"
        "padding:2px 1px 3px;margin:0;width:100%;white-space:normal;text-align:center;hyphens:auto}",
    ]
    for number, key in enumerate(samples.SAMPLES, 1):
        picture = ImageOps.fit(Image.fromarray(samples.load(key).rgb), (168, 168))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=72)
        address = base64.b64encode(out.getvalue()).decode()
        rule = f"background-image:url(data:image/jpeg;base64,{address})"
        rules.append(f".st-key-sample button:nth-of-type({number}){{{rule}}}")
    return "".join(rules)
