"""Marker files without code: `python -m vertex_ar compile poster.jpg -o markers`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from . import MarkerSet, VertexError, analyze, compile_many


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; gives what the process exits with."""
    parsed = _parser().parse_args(arguments)
    commands = {"compile": _compile, "analyze": _analyze}
    try:
        return commands[parsed.command](parsed)
    except (VertexError, OSError) as error:
        return _complain(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vertex_ar", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    to_compile = commands.add_parser("compile", help="compile pictures to marker files")
    to_compile.add_argument("pictures", nargs="+", type=Path, help="JPEG, PNG, WebP, TIFF, GIF or BMP files")
    to_compile.add_argument("-o", "--output", type=Path, default=Path(), help="folder [.]")
    to_compile.add_argument("--format", default="mind,nft", help="mind, nft or both [mind,nft]")
    to_compile.add_argument("--compact", action="store_true", help="fewer points (mind)")
    to_compile.add_argument(
        "--density", choices=["low", "medium", "high"], default="medium", help="points (nft) [medium]"
    )
    to_compile.add_argument("--levels", type=int, default=3, help="octaves of distance (nft) [3]")
    to_compile.add_argument(
        "--width", type=float, default=160.0, metavar="MM", help="width of the print (nft) [160]"
    )
    to_compile.add_argument("--threads", type=int, help="pictures at a time [all processors]")
    to_compile.add_argument("--score", action="store_true", help="measure how well they are found")

    to_analyze = commands.add_parser("analyze", help="measure pictures: a line of JSON for each")
    to_analyze.add_argument("pictures", nargs="+", type=Path, help="JPEG, PNG, WebP, TIFF, GIF or BMP files")
    to_analyze.add_argument("--format", default="mind", help="in whose eyes: mind, nft or both [mind]")
    return parser


def _compile(parsed: argparse.Namespace) -> int:
    outcomes = compile_many(
        parsed.pictures,
        parsed.threads,
        sys.stderr.isatty(),
        formats=parsed.format.split(","),
        layout="compact" if parsed.compact else "tuned",
        density=parsed.density,
        levels=parsed.levels,
        width_mm=parsed.width,
        quality=parsed.score,
    )
    status = 0
    written: set[str] = set()
    for picture, outcome in zip(parsed.pictures, outcomes, strict=True):
        if outcome.markers is None:
            status = _complain(f"{picture}: {outcome.error}")
        elif picture.stem in written:
            status = _complain(f"{picture}: another picture has made {picture.stem} just now")
        else:
            written.add(picture.stem)
            outcome.markers.save(parsed.output, picture.stem)
            print(f"{picture}: {_described(outcome.markers, parsed.score)}")
    return status


def _described(markers: MarkerSet, scored: bool) -> str:
    files = ", ".join(f"{name} {len(data)} bytes" for name, data in markers.files.items())
    if not scored:
        return files
    return "\n  ".join([f"{files}, trackability {markers.quality.score}", *markers.quality.advice])


def _analyze(parsed: argparse.Namespace) -> int:
    status = 0
    for picture in parsed.pictures:
        try:
            measured = analyze(picture, parsed.format.split(","))
        except (VertexError, OSError) as error:
            status = _complain(f"{picture}: {error}")
        else:
            print(json.dumps({"picture": str(picture), **measured.record()}))
    return status


def _complain(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
