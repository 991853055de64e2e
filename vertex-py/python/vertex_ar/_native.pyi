from typing import Literal, final

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

@final
class Analysis:
    """Brightness and contrast of a picture."""

    @property
    def brightness(self) -> float:
        """Mean grey level, 0 to 255."""
    @property
    def contrast(self) -> float:
        """Standard deviation of grey, 0 to 127.5."""
    @property
    def band(self) -> Literal["poor", "fair", "good", "excellent"]:
        """Band of the contrast; it begins at 0, 30, 60 and 90."""

def compile(picture: bytes) -> bytes:
    """Compile a JPEG, PNG or WebP picture to a `.mind` marker file."""

def analyze(picture: bytes) -> Analysis:
    """Measure a picture's brightness and contrast."""

def preview(picture: bytes) -> bytes:
    """Shrink a picture to a WebP preview of at most 300 pixels a side."""

def qr(text: str, size: int = 512) -> bytes:
    """Draw a text as a QR code, a PNG of `size` pixels a side (64 to 4096)."""

class VertexError(Exception):
    """What went wrong, in words for the user."""

class UnsupportedFormatError(VertexError):
    """Not a JPEG, PNG or WebP picture."""

class CorruptPictureError(VertexError):
    """A picture that cannot be decoded to the end."""

class TooSmallError(VertexError):
    """A picture below the limits."""

class TooLargeError(VertexError):
    """A picture above the limits, by side or by number of pixels."""

class MalformedMarkerError(VertexError):
    """A marker file that breaks its format."""

class EncodingFailedError(VertexError):
    """A picture that could not be written."""

class InvalidOptionError(VertexError):
    """A parameter out of its range."""
