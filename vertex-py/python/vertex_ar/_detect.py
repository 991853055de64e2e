"""Keypoints as numpy arrays."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _native
from ._arguments import Image, source, text, thread_count


class Keypoints(NamedTuple):
    """Keypoints of a picture: arrays of `n` rows, a row each."""

    points: npt.NDArray[np.float32]
    """(n, 2), x and y in pixel indices: the centre of the first pixel is 0."""
    scales: npt.NDArray[np.float32]
    """(n,), how large: for MindAR pixels of the octave, 2, 4 or 8; for AR.js the blur in pixels."""
    angles: npt.NDArray[np.float32]
    """(n,), the dominant gradient direction in radians, x to the right and y down."""
    maxima: npt.NDArray[np.bool_]
    """(n,), whether it is brighter than its surroundings; such points only match each other."""
    descriptors: npt.NDArray[np.uint8]
    """(n, 84), 666 comparisons as `numpy.packbits` packs them and six zeros; compared by Hamming distance."""

    def __repr__(self) -> str:
        bright = int(self.maxima.sum())
        return f"Keypoints({len(self.points)}: {bright} bright, {len(self.points) - bright} dark)"


def detect(
    image: Image, runtime: Literal["mind", "nft"] = "mind", *, threads: int | None = None
) -> Keypoints:
    """Find the keypoints of a picture as MindAR (`mind`) or AR.js (`nft`) finds those of a camera frame.

    Pictures are not scaled: cameras give frames of about 640 x 480 pixels. The arrays are filled once by the engine and
    handed over without a copy.
    """
    columns = _native.detect(source(image), text("runtime", runtime), thread_count(threads))
    return Keypoints(*columns)
