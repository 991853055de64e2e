"""What people look at and scan."""

from __future__ import annotations

from typing import Literal

from . import _native
from ._arguments import Image, number, source, whole
from ._arguments import text as string


def preview(image: Image, max_side: int = 300, quality: float = 85.0) -> bytes:
    """Shrink a picture to a WebP of at most `max_side` pixels a side; `quality` is 0 to 100."""
    return _native.preview(source(image), whole("max_side", max_side), number("quality", quality))


def qr(
    text: str,
    size: int = 512,
    *,
    error_correction: Literal["low", "medium", "quartile", "high"] = "medium",
    format: Literal["png", "svg"] = "png",
) -> bytes:
    """Draw a text as a QR code of `size` pixels a side, 64 to 4096, quiet zone included."""
    return _native.qr(
        string("text", text),
        whole("size", size),
        string("error_correction", error_correction),
        string("format", format),
    )
