"""The Vertex AR marker engine: pictures in; tracking markers, measurements, previews and QR codes out.

Calls release the GIL while they work, may run in several threads and after a fork, and end on Ctrl-C. The same input
gives the same bytes.
"""

from ._compile import MarkerSet, Outcome, analyze, compile, compile_many
from ._detect import Keypoints, detect
from ._drawing import preview, qr
from ._markers import Keyframe, MindFile, NftLevel, NftMarker, Target
from ._quality import Analysis, Breakdown, Finding, Trackability, Zone, overlay
from ._rotation import Playback, RotationRule, Video, resolve_video
from ._simulate import ViewResult, simulate
from .errors import (
    CorruptPictureError,
    EncodingFailedError,
    InternalError,
    InvalidOptionError,
    MalformedMarkerError,
    NoSuchTargetError,
    NotOneTargetError,
    TooLargeError,
    TooPlainError,
    TooSmallError,
    UnsupportedFormatError,
    VertexError,
)

__all__ = [
    "Analysis",
    "Breakdown",
    "CorruptPictureError",
    "EncodingFailedError",
    "Finding",
    "InternalError",
    "InvalidOptionError",
    "Keyframe",
    "Keypoints",
    "MalformedMarkerError",
    "MarkerSet",
    "MindFile",
    "NftLevel",
    "NftMarker",
    "NoSuchTargetError",
    "NotOneTargetError",
    "Outcome",
    "Playback",
    "RotationRule",
    "Target",
    "TooLargeError",
    "TooPlainError",
    "TooSmallError",
    "Trackability",
    "UnsupportedFormatError",
    "VertexError",
    "Video",
    "ViewResult",
    "Zone",
    "analyze",
    "compile",
    "compile_many",
    "detect",
    "overlay",
    "preview",
    "qr",
    "resolve_video",
    "simulate",
]
