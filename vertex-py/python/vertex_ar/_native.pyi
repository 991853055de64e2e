from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias, TypedDict, type_check_only
from uuid import UUID

import numpy as np
import numpy.typing as npt

from ._rotation import RotationRule, Video
from ._simulate import ViewResult

__all__ = [
    "check_size",
    "compile",
    "detect",
    "measure",
    "mind_merge",
    "mind_split",
    "mind_targets",
    "nft_facts",
    "overlay",
    "preview",
    "qr",
    "resolve_video",
    "simulate",
]

_Pixels: TypeAlias = npt.NDArray[np.uint8]
_Image: TypeAlias = bytes | _Pixels
_NftFiles: TypeAlias = tuple[bytes, bytes, bytes]

@type_check_only
class _Breakdown(TypedDict):
    distance: int
    tilt: int
    blur: int
    light: int

@type_check_only
class Weakness(TypedDict):
    kind: str
    advice: str
    zone: tuple[float, float, float, float]

@type_check_only
class Scored(TypedDict):
    score_version: int
    score: int
    breakdown: _Breakdown
    worst: Literal["distance", "tilt", "blur", "light"]
    print_width_per_metre: float | None
    findings: list[Weakness]

@type_check_only
class Measured(TypedDict):
    width: int
    height: int
    brightness: float
    contrast: float
    band: Literal["poor", "fair", "good", "excellent"]
    mind: Scored | None
    nft: Scored | None

@type_check_only
class _KeyframeFacts(TypedDict):
    width: int
    height: int
    scale: float
    maxima: int
    minima: int

@type_check_only
class TargetFacts(TypedDict):
    width: int
    height: int
    keyframes: list[_KeyframeFacts]
    tracking_points: int

@type_check_only
class _LevelFacts(TypedDict):
    min_dpi: float
    max_dpi: float
    places: int

@type_check_only
class NftFacts(TypedDict):
    width_mm: float
    height_mm: float
    keypoints: int
    levels: list[_LevelFacts]

def check_size(width: int, height: int) -> None: ...
def compile(
    image: _Image,
    formats: str,
    layout: str,
    density: str,
    levels: int,
    width_mm: float,
    threads: int | None,
) -> tuple[bytes | None, _NftFiles | None]: ...
def measure(
    image: _Image,
    mind: bytes | None,
    nft: _NftFiles | None,
    views: int,
    seed: int,
    threads: int | None,
) -> Measured: ...
def simulate(
    image: _Image,
    marker: bytes | _NftFiles,
    target: int,
    views: int,
    seed: int,
    threads: int | None,
) -> list[ViewResult]: ...
def overlay(image: _Image, threads: int | None) -> _Pixels: ...
def detect(
    image: _Image, runtime: str, threads: int | None
) -> tuple[
    npt.NDArray[np.float32],
    npt.NDArray[np.float32],
    npt.NDArray[np.float32],
    npt.NDArray[np.bool_],
    npt.NDArray[np.uint8],
]: ...
def mind_targets(file: bytes) -> list[TargetFacts]: ...
def mind_merge(files: Sequence[bytes]) -> bytes: ...
def mind_split(file: bytes) -> list[bytes]: ...
def nft_facts(files: _NftFiles) -> NftFacts: ...
def preview(image: _Image, max_side: int, quality: float) -> bytes: ...
def qr(text: str, size: int, error_correction: str, format: str) -> bytes: ...
def resolve_video(
    videos: Sequence[Video],
    rule: RotationRule | None,
    now: datetime,
    timezone: str,
    content_id: UUID,
    is_active: bool,
    expiry_date: date | None,
) -> tuple[UUID | None, Literal["expired", "inactive", "no_video"] | None]: ...
