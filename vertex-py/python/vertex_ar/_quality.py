"""How well a picture will be found, and what is weak about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from . import _native
from ._arguments import Image, Pixels, source, thread_count

if TYPE_CHECKING:
    from ._native import Measured, Scored

Band: TypeAlias = Literal["poor", "fair", "good", "excellent"]
Nuisance: TypeAlias = Literal["distance", "tilt", "blur", "light"]


class Zone(NamedTuple):
    """A rectangle of the picture, in shares of its width and height from the top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Finding:
    """Something a designer can change to make a picture a better marker."""

    kind: str
    """`too_few_points`, `empty_edge`, `low_contrast` or `repetition`; `laid_over_white`,
    `laid_over_black`, `profile_ignored`, `inks_without_profile`, `first_frame` or `first_page` of its file."""
    advice: str
    """What to do about it, in plain English."""
    zone: Zone
    """Where."""


@dataclass(frozen=True)
class Breakdown:
    """A score of 0 to 100 for each thing that makes a view hard."""

    distance: int
    tilt: int
    blur: int
    light: int


@dataclass(frozen=True)
class Trackability:
    """How well one of the viewers finds and follows a picture, measured on synthetic views."""

    score: int
    """0, never found, to 100, found and followed in all views."""
    breakdown: Breakdown
    """The same by what makes views hard."""
    worst: Nuisance
    """What harms most."""
    print_width_per_metre: float | None
    """Metres of width that the print needs for each metre it is looked at from."""
    findings: tuple[Finding, ...]
    """What is weak about the picture."""
    score_version: int
    """The way it was measured; scores of different versions do not compare."""

    def print_width(self, distance: float) -> float | None:
        """Metres of width that the print needs to be found from `distance` metres."""
        per_metre = self.print_width_per_metre
        return None if per_metre is None else per_metre * distance


@dataclass(frozen=True)
class Analysis:
    """What is measured of a picture."""

    width: int
    """Upright, in pixels."""
    height: int
    brightness: float
    """Mean grey level, 0 to 255."""
    contrast: float
    """Standard deviation of grey, 0 to 127.5."""
    band: Band
    """Band of the contrast; they begin at 0, 30, 60 and 90."""
    mind: Trackability | None
    """In MindAR's eyes, if that was measured."""
    nft: Trackability | None
    """In the eyes of AR.js, if that was measured."""

    @property
    def trackability(self) -> Trackability:
        """The lowest of those that were measured."""
        measured = [it for it in (self.mind, self.nft) if it is not None]
        return min(measured, key=lambda it: it.score)

    @property
    def score(self) -> int:
        """That of the lowest trackability."""
        return self.trackability.score

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do about the picture, each thing once."""
        return tuple(dict.fromkeys(finding.advice for finding in self.trackability.findings))

    def record(self) -> dict[str, str | int | float | None]:
        """The figures as a flat record, a row for pandas."""
        lowest = self.trackability
        scores = {"mind": self.mind, "nft": self.nft}
        return {
            "width": self.width,
            "height": self.height,
            "brightness": self.brightness,
            "contrast": self.contrast,
            "band": self.band,
            "score": lowest.score,
            **{name: it.score for name, it in scores.items() if it is not None},
            **vars(lowest.breakdown),
            "worst": lowest.worst,
            "print_width_per_metre": lowest.print_width_per_metre,
            "findings": len(lowest.findings),
        }


def analysis_of(measured: Measured) -> Analysis:
    """What the engine measured, in the package's classes."""
    mind, nft = measured["mind"], measured["nft"]
    return Analysis(
        width=measured["width"],
        height=measured["height"],
        brightness=measured["brightness"],
        contrast=measured["contrast"],
        band=measured["band"],
        mind=None if mind is None else _trackability(mind),
        nft=None if nft is None else _trackability(nft),
    )


def _trackability(scored: Scored) -> Trackability:
    findings = scored["findings"]
    return Trackability(
        score=scored["score"],
        breakdown=Breakdown(**scored["breakdown"]),
        worst=scored["worst"],
        print_width_per_metre=scored["print_width_per_metre"],
        findings=tuple(Finding(it["kind"], it["advice"], Zone(*it["zone"])) for it in findings),
        score_version=scored["score_version"],
    )


def overlay(image: Image, *, threads: int | None = None) -> Pixels:
    """Draw the points a picture is found by and its weak zones over the picture.

    Gives RGB of shape (height, width, 3), the longer side 1000 pixels. Rings are points: yellow where the picture is
    brighter than round about, cyan where it is darker. Weak zones are hatched: red where there is nothing to find,
    orange where contrast is low, violet where detail is repeated.
    """
    return _native.overlay(source(image), thread_count(threads))
