"""What the viewers make of a picture, view by view."""

from __future__ import annotations

from typing import TypedDict

from . import _native
from ._arguments import Image, kind, source, thread_count, whole
from ._compile import MarkerSet
from ._markers import MindFile, NftMarker

MOST_VIEWS = 100_000
NftFiles = tuple[bytes, bytes, bytes]


class ViewResult(TypedDict):
    """A view, and what the viewer made of it."""

    view: int
    """Its number."""
    share: float
    """Width of the picture, if it faced the camera, over the width of the frame."""
    tilt: float
    """Degrees by which it turns away from the camera."""
    axis: float
    """Direction in degrees of the line it is tilted about."""
    roll: float
    """Degrees of rotation about the line of sight."""
    x: float
    """Where its middle is in the frame."""
    y: float
    blur: float
    """Standard deviation of the lens's blur in pixels of the frame."""
    noise: float
    """Standard deviation of the sensor's noise in grey levels."""
    gamma: float
    """A grey level v becomes `255 * gain * (v / 255) ** gamma + offset`."""
    gain: float
    offset: float
    found: bool
    """Whether the viewer found anything it took for the picture."""
    locked: bool
    """Whether it found the picture and followed it where it is."""
    keypoints: int
    """Keypoints by which it was found."""
    places: int
    """Places by which it was followed."""
    error: float | None
    """Mean distance in pixels of the corners from where they are; `None` when nothing was found."""


def simulate(
    image: Image,
    marker: MindFile | NftMarker | MarkerSet,
    views: int = 48,
    seed: int = 1,
    *,
    target: int = 0,
    threads: int | None = None,
) -> list[ViewResult]:
    """Look at a picture through synthetic cameras, as the viewer does that reads its marker.

    Every sixteen views cover four classes of sizes times four of tilts up to 60 degrees, at any light, sharpness and
    noise of an ordinary phone, in frames of 640 x 480 pixels. Gives a record of each view, which pandas takes as they
    are: `pandas.DataFrame(simulate(...))`.

    Of a `MarkerSet`, MindAR's file is taken if there is one; `target` is the number of the picture in a `MindFile`.
    """
    return _native.simulate(
        source(image),
        _files(marker),
        whole("target", target),
        whole("views", views, 1, MOST_VIEWS),
        whole("seed", seed, 0, 2**64 - 1),
        thread_count(threads),
    )


def _files(marker: MindFile | NftMarker | MarkerSet) -> bytes | NftFiles:
    if isinstance(marker, MindFile):
        return marker.data
    if isinstance(marker, MarkerSet) and marker.mind is not None:
        return marker.mind
    if isinstance(marker, (MarkerSet, NftMarker)):
        iset, fset, fset3 = marker.iset, marker.fset, marker.fset3
        if iset is not None and fset is not None and fset3 is not None:
            return iset, fset, fset3
    raise TypeError(f"marker: expected MindFile, NftMarker or MarkerSet, not {kind(marker)}")
