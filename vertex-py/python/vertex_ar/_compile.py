"""From pictures to marker files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from . import _native
from ._arguments import (
    Image,
    PathLike,
    Pixels,
    kind,
    names,
    number,
    source,
    text,
    thread_count,
    whole,
)
from ._parallel import side_by_side
from ._quality import Analysis, analysis_of
from .errors import InvalidOptionError

Format: TypeAlias = Literal["mind", "nft"]
Layout: TypeAlias = Literal["tuned", "compact", "compat"]
Density: TypeAlias = Literal["low", "medium", "high"]

BOTH: tuple[Format, ...] = ("mind", "nft")
MIND: tuple[Format, ...] = ("mind",)


@dataclass(frozen=True)
class MarkerSet:
    """The marker files that were compiled from a picture; `None` for those that were not asked for.

    It keeps the picture, as the file or the pixels that were given, for its `quality`.
    """

    mind: bytes | None
    """The `.mind` file, for MindAR."""
    iset: bytes | None
    """The `.iset` file, for AR.js."""
    fset: bytes | None
    """The `.fset` file, for AR.js."""
    fset3: bytes | None
    """The `.fset3` file, for AR.js."""
    _source: bytes | Pixels = field(repr=False, compare=False)

    @property
    def files(self) -> dict[str, bytes]:
        """The files there are, by extension."""
        files = {"mind": self.mind, "iset": self.iset, "fset": self.fset, "fset3": self.fset3}
        return {extension: data for extension, data in files.items() if data is not None}

    @cached_property
    def quality(self) -> Analysis:
        """How well the picture will be found by these files; measured when it is first asked for."""
        return self.measure()

    def measure(self, *, views: int = 16, seed: int = 1, threads: int | None = None) -> Analysis:
        """Measure how well the picture will be found by these files.

        `views` are those of each of four series, 2 to 256; `seed` decides what is random about them.
        """
        nft = None
        if self.iset is not None and self.fset is not None and self.fset3 is not None:
            nft = (self.iset, self.fset, self.fset3)
        measured = _native.measure(
            self._source,
            self.mind,
            nft,
            whole("views", views, 2, 256),
            whole("seed", seed, 0, 2**64 - 1),
            thread_count(threads),
        )
        return analysis_of(measured)

    def save(self, directory: PathLike, name: str) -> list[Path]:
        """Write the files as `name` with their extensions into a directory, which is made if need be.

        AR.js loads its three files by their common name.
        """
        if not text("name", name) or Path(name).name != name:
            raise InvalidOptionError(f"name: {name!r} is not the name of a file")
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for extension, data in self.files.items():
            path = folder / f"{name}.{extension}"
            path.write_bytes(data)
            written.append(path)
        return written

    def __repr__(self) -> str:
        files = ", ".join(f"{name}: {len(data)} bytes" for name, data in self.files.items())
        return f"MarkerSet({files})"


def compile(
    image: Image,
    formats: Format | Iterable[Format] = BOTH,
    *,
    layout: Layout = "tuned",
    density: Density = "medium",
    levels: int = 3,
    width_mm: float = 160.0,
    threads: int | None = None,
) -> MarkerSet:
    """Compile a picture to marker files.

    `image` is a path, the bytes of a JPEG, PNG, WebP, TIFF, GIF or BMP file, a binary file, a PIL image or a numpy
    array of uint8: (height, width) for grey, (height, width, 3) for RGB, (height, width, 4) for RGBA, which is laid
    over white, or over black where white would swallow it.

    `formats` are those of MindAR (`mind`) and AR.js (`nft`). Of `mind`, `layout` is `tuned`, `compact` (less than half
    the bytes) or `compat` (what the official compiler writes). Of `nft`, `density` says how many points there are,
    `levels` over how many octaves of distance, 1 to 3, and `width_mm` how wide the print is.

    A call uses all processors, together with other calls; `threads` gives it threads of its own. The result does not
    depend on it.
    """
    return _compiled(image, _options(formats, layout, density, levels, width_mm), threads)


_Options: TypeAlias = tuple[str, str, str, int, float]


def _options(formats: Iterable[str], layout: str, density: str, levels: int, width_mm: float) -> _Options:
    """The options of `compile` as the engine takes them."""
    return (
        names("formats", formats),
        text("layout", layout),
        text("density", density),
        whole("levels", levels, most=255),
        number("width_mm", width_mm),
    )


def _compiled(image: Image, options: _Options, threads: int | None) -> MarkerSet:
    given = source(image)
    mind, nft = _native.compile(given, *options, thread_count(threads))
    iset, fset, fset3 = nft or (None, None, None)
    kept = np.array(given) if isinstance(given, np.ndarray) else given
    return MarkerSet(mind, iset, fset, fset3, kept)


@dataclass(frozen=True)
class Outcome:
    """What came of one of many pictures."""

    image: Image = field(repr=False)
    """What was given."""
    markers: MarkerSet | None
    """Its markers, unless it failed."""
    error: Exception | None
    """Why it failed, if it did."""


def compile_many(
    images: Iterable[Image],
    threads: int | None = None,
    progress: bool = True,
    *,
    formats: Format | Iterable[Format] = BOTH,
    layout: Layout = "tuned",
    density: Density = "medium",
    levels: int = 3,
    width_mm: float = 160.0,
    quality: bool = False,
) -> list[Outcome]:
    """Compile pictures side by side, `threads` at a time, as many as there are processors if that is not said.

    Gives an outcome for each, in order; one that fails does not stop the others, but a wrong option does. `progress`
    shows a bar if tqdm is there. `quality` also measures each, so that `outcome.markers.quality` is there at once.
    Everything else is as for `compile`.
    """
    if isinstance(images, (str, bytes, os.PathLike)) or not isinstance(images, Iterable):
        raise TypeError(f"images: expected several pictures, not {kind(images)}")
    options = _options(formats, layout, density, levels, width_mm)

    def one(image: Image) -> MarkerSet:
        markers = _compiled(image, options, threads=1)
        if quality:
            # What `quality` would measure when it is first asked for, on more threads.
            vars(markers)["quality"] = markers.measure(threads=1)
        return markers

    given = list(images)
    outcomes: dict[int, Outcome] = {}
    with closing(side_by_side(one, given, thread_count(threads) or _processors())) as done:
        for place, made in _shown(done, len(given), progress):
            outcomes[place] = _outcome(given[place], made)
    return [outcomes[place] for place in range(len(given))]


def _outcome(image: Image, made: MarkerSet | BaseException) -> Outcome:
    if isinstance(made, MarkerSet):
        return Outcome(image, made, None)
    # An option is wrong for all pictures alike.
    if isinstance(made, InvalidOptionError) or not isinstance(made, Exception):
        raise made
    return Outcome(image, None, made)


def _processors() -> int:
    """Those this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _shown(done: Iterable[Any], total: int, progress: bool) -> Iterable[Any]:
    """Under a bar, if there is to be one and tqdm is there."""
    if not progress:
        return done
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return done
    shown: Iterable[Any] = tqdm(done, total=total, unit="picture")
    return shown


def analyze(
    image: Image,
    formats: Format | Iterable[Format] = MIND,
    *,
    views: int = 16,
    seed: int = 1,
    threads: int | None = None,
) -> Analysis:
    """Measure a picture: brightness, contrast, and how well it will be found, with advice.

    `formats` says in whose eyes: MindAR's (`mind`), which the viewer uses if not told, or those of AR.js (`nft`).
    `views` and `seed` are as for `MarkerSet.measure`.
    """
    markers = compile(image, formats, threads=threads)
    return markers.measure(views=views, seed=seed, threads=threads)
