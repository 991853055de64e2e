"""Arguments as the engine takes them, or an error that names them."""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np
import numpy.typing as npt

from . import _native
from .errors import CorruptPictureError, InvalidOptionError, TooLargeError, UnsupportedFormatError

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

Pixels: TypeAlias = npt.NDArray[np.uint8]
PathLike: TypeAlias = str | os.PathLike[str]
Data: TypeAlias = PathLike | bytes | bytearray | memoryview | IO[bytes]
Image: TypeAlias = Union[Data, Pixels, "PilImage"]

MOST_BYTES = 1 << 29
MOST_THREADS = 256
DATA = "a path, bytes or a binary file"
IMAGE = "a path, bytes, a binary file, a PIL image or a numpy array"


def kind(value: object) -> str:
    """What a value is, for messages."""
    return type(value).__name__


def whole(name: str, value: int, least: int = 0, most: int = 2**32 - 1) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}: expected a whole number, not {kind(value)}")
    number = operator.index(value)
    if not least <= number <= most:
        raise InvalidOptionError(f"{name}: {number} is not between {least} and {most}")
    return number


def number(name: str, value: float) -> float:
    """A number of any kind."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError(f"{name}: expected a number, not {kind(value)}")
    try:
        return float(value)
    except OverflowError as error:
        raise InvalidOptionError(f"{name}: {error}") from error


def thread_count(threads: int | None) -> int | None:
    """Threads for one call; `None` for those that all calls share."""
    return None if threads is None else whole("threads", threads, 1, MOST_THREADS)


def names(name: str, value: Iterable[str]) -> str:
    """Names as the engine reads them: separated by commas."""
    if isinstance(value, bytes) or not isinstance(value, Iterable):
        raise TypeError(f"{name}: expected names, not {kind(value)}")
    given = [value] if isinstance(value, str) else list(value)
    for item in given:
        if not isinstance(item, str):
            raise TypeError(f"{name}: expected names, not {kind(item)}")
    return ",".join(given)


def text(name: str, value: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a string, not {kind(value)}")
    return value


def source(image: Image) -> bytes | Pixels:
    """A picture as the engine takes it: the bytes of a file, or pixels."""
    if isinstance(image, np.ndarray):
        return _pixels(image)
    pil = sys.modules.get("PIL.Image")
    if pil is not None and isinstance(image, pil.Image):
        return _pil_pixels(image)
    return data("image", image, IMAGE)


def data(name: str, given: object, expected: str = DATA) -> bytes:
    """What is in a path or a file, or bytes as they are."""
    try:
        found = _read(given)
    except OSError as error:
        reason = f"{name}: {error.strerror or error}"
        known = error.errno is not None
        raise (OSError(error.errno, reason, error.filename) if known else OSError(reason)) from error
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if not isinstance(found, bytes):
        refused = f"a file of {kind(found)}" if hasattr(given, "read") else kind(given)
        raise TypeError(f"{name}: expected {expected}, not {refused}")
    if not found:
        raise UnsupportedFormatError(f"{name}: there are no bytes in it")
    if len(found) > MOST_BYTES:
        raise TooLargeError(f"{name}: it is longer than {MOST_BYTES} bytes")
    return found


def _read(given: object) -> object:
    """At most one byte more than is permitted."""
    if isinstance(given, bytes):
        return given
    if isinstance(given, (bytearray, memoryview)):
        return bytes(given)
    if isinstance(given, (str, os.PathLike)):
        with Path(given).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    read = getattr(given, "read", None)
    return read(MOST_BYTES + 1) if callable(read) else None


def _pixels(array: npt.NDArray[Any]) -> Pixels:
    if array.dtype != np.uint8:
        raise TypeError(f"image: an array of {array.dtype} is not a picture: uint8 is needed")
    return array


# Modes of Pillow, and those they are brought to that the engine takes; all others become RGB.
PIL_MODES = {"1": "L", "L": "L", "LA": "RGBA", "PA": "RGBA", "RGBA": "RGBA"}


def _pil_pixels(image: PilImage) -> Pixels:
    from PIL import ImageOps

    _native.check_size(*image.size)
    try:
        upright = ImageOps.exif_transpose(image)
        mode = "RGBA" if "transparency" in upright.info else PIL_MODES.get(upright.mode, "RGB")
        return np.asarray(upright.convert(mode))
    except (OSError, SyntaxError, ValueError) as error:
        raise CorruptPictureError(f"image: {error}") from error
