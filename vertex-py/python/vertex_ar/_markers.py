"""Marker files that are there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from . import _native
from ._arguments import Data, PathLike, data, kind

if TYPE_CHECKING:
    from ._native import TargetFacts

EXTENSIONS = ("iset", "fset", "fset3")


@dataclass(frozen=True)
class Keyframe:
    """A copy of the picture at one scale, with its keypoints."""

    width: int
    height: int
    scale: float
    """Pixels of the copy per pixel of the picture."""
    maxima: int
    """Keypoints brighter than their surroundings."""
    minima: int
    """Keypoints darker than their surroundings."""


@dataclass(frozen=True)
class Target:
    """One picture that MindAR can find."""

    width: int
    """Of the picture, in pixels."""
    height: int
    keyframes: tuple[Keyframe, ...] = field(repr=False)
    """Copies of the picture, the largest first."""
    tracking_points: int
    """Points by which it is followed once it is found."""
    points: int
    """Keypoints by which it is found, those of all keyframes."""


@dataclass(frozen=True)
class MindFile:
    """A `.mind` file of any compiler: targets in the order in which MindAR numbers them."""

    data: bytes
    """The file."""
    targets: tuple[Target, ...] = field(compare=False)
    """What it holds."""

    @classmethod
    def load(cls, file: Data) -> MindFile:
        """Read a path, bytes or a binary file; what would hang the runtime is refused."""
        found = data("file", file)
        return cls(found, tuple(_target(facts) for facts in _native.mind_targets(found)))

    @classmethod
    def merge(cls, *files: MindFile) -> MindFile:
        """Join the targets of files into one, in order."""
        for file in files:
            if not isinstance(file, MindFile):
                raise TypeError(f"files: expected MindFile, not {kind(file)}")
        return cls.load(_native.mind_merge([file.data for file in files]))

    def split(self) -> list[MindFile]:
        """Part it into files of one target each: what `merge` joined."""
        return [MindFile.load(part) for part in _native.mind_split(self.data)]

    def save(self, path: PathLike) -> Path:
        """Write the file."""
        written = Path(path)
        written.write_bytes(self.data)
        return written

    def __len__(self) -> int:
        return len(self.targets)

    def __repr__(self) -> str:
        inside = ", ".join(f"{it.width}x{it.height} with {it.points} points" for it in self.targets)
        return f"MindFile({len(self.data)} bytes, {len(self)} target(s): {inside})"


def _target(facts: TargetFacts) -> Target:
    keyframes = tuple(Keyframe(**keyframe) for keyframe in facts["keyframes"])
    points = sum(keyframe.maxima + keyframe.minima for keyframe in keyframes)
    return Target(facts["width"], facts["height"], keyframes, facts["tracking_points"], points)


@dataclass(frozen=True)
class NftLevel:
    """One resolution in which an NFT marker is followed."""

    min_dpi: float
    """Least resolution on the screen at which it is used, in dots per inch of the print."""
    max_dpi: float
    places: int
    """Places to track."""


@dataclass(frozen=True)
class NftMarker:
    """The three files of an ARToolKit NFT marker, of any generator."""

    iset: bytes
    fset: bytes
    fset3: bytes
    width_mm: float = field(compare=False)
    """Width of the print."""
    height_mm: float = field(compare=False)
    keypoints: int = field(compare=False)
    """Keypoints by which it is found."""
    levels: tuple[NftLevel, ...] = field(compare=False)
    """How it is followed, the highest resolution first."""

    @classmethod
    def load(cls, path: PathLike) -> NftMarker:
        """Read the files of a marker by their common name, or by that of one of them."""
        base = Path(path)
        if base.suffix.removeprefix(".") in EXTENSIONS:
            base = base.with_suffix("")
        iset, fset, fset3 = (data("path", f"{base}.{extension}") for extension in EXTENSIONS)
        return cls.from_bytes(iset, fset, fset3)

    @classmethod
    def from_bytes(cls, iset: bytes, fset: bytes, fset3: bytes) -> NftMarker:
        """Read the three files of a marker; what would break the runtimes is refused."""
        files = (data("iset", iset), data("fset", fset), data("fset3", fset3))
        facts = _native.nft_facts(files)
        levels = tuple(NftLevel(**level) for level in facts["levels"])
        return cls(*files, facts["width_mm"], facts["height_mm"], facts["keypoints"], levels)

    def __repr__(self) -> str:
        size = f"{self.width_mm:.1f} x {self.height_mm:.1f} mm"
        places = sum(level.places for level in self.levels)
        return (
            f"NftMarker(a print of {size}, {self.keypoints} keypoints, "
            f"{places} places to track in {len(self.levels)} level(s))"
        )
