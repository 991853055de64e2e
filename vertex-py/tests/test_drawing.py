"""Previews and QR codes."""

import io

import pytest
from PIL import Image

import vertex_ar


def test_a_preview_is_a_small_webp(chelsea) -> None:
    preview = Image.open(io.BytesIO(vertex_ar.preview(chelsea)))
    assert (preview.format, preview.size) == ("WEBP", (300, 200))
    assert Image.open(io.BytesIO(vertex_ar.preview(chelsea, max_side=150))).size == (150, 100)
    assert len(vertex_ar.preview(chelsea, quality=10)) < len(vertex_ar.preview(chelsea))


@pytest.mark.parametrize("size", [64, 512, 1000])
def test_a_qr_code_has_the_size_asked_for(size) -> None:
    png = Image.open(io.BytesIO(vertex_ar.qr("https://example.org", size=size)))
    assert (png.format, png.size) == ("PNG", (size, size))


def test_more_correction_takes_more_modules() -> None:
    def modules(correction):
        return vertex_ar.qr("x" * 60, error_correction=correction, format="svg").count(b"h1v1")

    assert modules("low") < modules("medium") < modules("quartile") < modules("high")
