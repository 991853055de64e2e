"""What can go wrong: one class for each kind of error, all under `VertexError`."""

__all__ = [
    "CorruptPictureError",
    "EncodingFailedError",
    "InternalError",
    "InvalidOptionError",
    "MalformedMarkerError",
    "NoSuchTargetError",
    "NotOneTargetError",
    "TooLargeError",
    "TooPlainError",
    "TooSmallError",
    "UnsupportedFormatError",
    "VertexError",
]


class VertexError(Exception):
    """What went wrong, in words for the user that begin with the name of the argument."""


class UnsupportedFormatError(VertexError, ValueError):
    """No picture of a format, or of a variant of one, that is read."""


class CorruptPictureError(VertexError, ValueError):
    """A picture that cannot be decoded to the end."""


class TooSmallError(VertexError, ValueError):
    """A picture below the limits."""


class TooLargeError(VertexError, ValueError):
    """A picture above the limits: by side, by number of pixels or by length of its file."""


class TooPlainError(VertexError, ValueError):
    """A picture without anything that a camera could find it by."""


class MalformedMarkerError(VertexError, ValueError):
    """A marker file that breaks its format."""


class NoSuchTargetError(VertexError, IndexError):
    """A number that no target of a marker file has."""


class NotOneTargetError(VertexError, ValueError):
    """A marker file of no or several targets where one is needed."""


class EncodingFailedError(VertexError, ValueError):
    """A picture that could not be written."""


class InvalidOptionError(VertexError, ValueError):
    """An argument out of its range."""


class InternalError(VertexError, RuntimeError):
    """A fault of the engine itself, not of what it was given."""
