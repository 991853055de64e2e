"""The Vertex AR marker engine: a picture in; a tracking marker, a preview or a QR code out.

All functions are pure and may run in several threads at once: they release the GIL while they work.
"""

from ._native import (
    Analysis,
    CorruptPictureError,
    EncodingFailedError,
    InvalidOptionError,
    MalformedMarkerError,
    TooLargeError,
    TooSmallError,
    UnsupportedFormatError,
    VertexError,
    analyze,
    compile,
    preview,
    qr,
)

__all__ = [
    "Analysis",
    "CorruptPictureError",
    "EncodingFailedError",
    "InvalidOptionError",
    "MalformedMarkerError",
    "TooLargeError",
    "TooSmallError",
    "UnsupportedFormatError",
    "VertexError",
    "analyze",
    "compile",
    "preview",
    "qr",
]
