#!/usr/bin/python3
"""Uploads pictures and videos of many kinds and compares with what other programs see in them.

    vertex-http/tests/media/run.py [--only NAME ...] [--keep DIR]

Some 220 pictures and 120 videos are made by Pillow, ffmpeg, the programs that .ci/install installs, and byte by byte.
Each goes to a service of its own (VERTEX_BIN, or target/debug/vertex), which has to accept and refuse as the reference
decoders do (Pillow with Little CMS, djpeg, dwebp, heif-convert, djxl; ffmpeg and ffprobe), to tell the same size, and to
make a preview that has the same flat patches in the same places, each channel within six levels; of videos the frame in
the middle, give or take one. Where docs/uploads.md promises to refuse what those programs take, the case says so.

What does not agree is printed, and the exit status is 1. `--only` takes names or beginnings of names; `--keep` leaves
the files in a folder.
"""

import argparse
import io
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

import charts
import jpegs
import other_pictures
import pngs
import references
import videos
from service import Service

TOLERANCE = 6
PATIENCE_SECONDS = 60
AT_ONCE = 3
NEEDED = ("cjpeg", "djpeg", "cwebp", "dwebp", "heif-enc", "heif-convert", "cjxl", "djxl", "ffmpeg", "ffprobe")


@dataclass
class Outcome:
    name: str
    # Whether the service took it.
    accepted: bool | None = None
    faults: list[str] = field(default_factory=list)

    def expect(self, what: str, ours, theirs):
        if ours != theirs:
            self.faults.append(f"{what} {ours}, reference {theirs}")

    def decide(self, status: int, answer, theirs: Exception | None, documented: str | None):
        """Holds the answer to the upload against what the reference thought of it."""
        self.accepted = status == 201
        message = "; ".join(error["message"] for error in (answer or {}).get("errors", []))
        if status not in (201, 415, 422):
            self.faults.append(f"answered with {status} {answer}")
        elif not self.accepted and theirs is None and documented is None:
            self.faults.append(f"refused ({message}), reference takes it")
        elif self.accepted and documented:
            self.faults.append(f"accepted, although {documented}")
        elif self.accepted and theirs is not None:
            self.faults.append(f"accepted, reference refuses it ({theirs})")
        if not self.accepted and not message:
            self.faults.append(f"refused without a message: {answer}")

    def compare(self, what: str, ours, theirs):
        """Patch by patch."""
        far, index = max((max(abs(a - b) for a, b in zip(ours[i], theirs[i])), i) for i in range(len(theirs)))
        if far > TOLERANCE:
            mine, other = ([round(value) for value in side[index]] for side in (ours, theirs))
            self.faults.append(f"{what}: patch {index} is {mine}, reference {other}")


def attempt(reference, *arguments):
    try:
        return reference(*arguments), None
    except Exception as error:  # Whatever a decoder says of a damaged file.
        return None, error


def fitted(size: tuple[int, int], side: int = 300) -> tuple[int, int]:
    longer = max(size)
    return size if longer <= side else tuple(max(1, (length * side * 2 + longer) // (2 * longer)) for length in size)


def patiently(ask, is_done):
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_done(answer := ask()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


def check_picture(service: Service, name: str, file: bytes, reference, documented: str | None) -> Outcome:
    outcome = Outcome(name)
    status, content = service.upload("/api/ar-content", "image", file, name)
    theirs, error = attempt(reference, file)
    outcome.decide(status, content, error, documented)
    if outcome.accepted:
        path = f"/api/ar-content/{content['id']}"
        if theirs is not None:
            compare_picture(outcome, service, content, path, file, theirs)
        service.ask("DELETE", path)
    return outcome


def compare_picture(outcome: Outcome, service: Service, content, path: str, file: bytes, theirs: Image.Image):
    status, preview = patiently(lambda: service.ask("GET", f"{path}/preview"), lambda answer: answer[0] != 409)
    if status != 200:
        outcome.faults.append(f"no preview: {status} {preview[:200]}")
        return
    ours = Image.open(io.BytesIO(preview)).convert("RGB")
    outcome.expect("size", (content["image"]["width"], content["image"]["height"]), theirs.size)
    outcome.expect("size of the preview", ours.size, fitted(theirs.size))
    grid = (charts.COLUMNS, charts.ROWS) if theirs.width > theirs.height else (charts.ROWS, charts.COLUMNS)
    expected = charts.patches(theirs, *grid)
    outcome.compare("preview", charts.patches(ours, *grid), expected)
    status, kept = service.ask("GET", content["image_url"])
    if outcome.name.startswith(("jpeg", "png", "webp")):
        outcome.expect("is kept as it came:", kept == file, True)
    else:
        outcome.compare("kept picture", charts.patches(references.pillow(kept), *grid), expected)


def check_video(service: Service, content: str, video: videos.Video) -> Outcome:
    outcome = Outcome(video.name)
    status, made = service.upload(f"/api/ar-content/{content}/videos", "video", video.file, video.name)
    film, error = attempt(references.film, video.like or video.file, video.suffix, video.colours)
    outcome.decide(status, made, error, video.documented)
    if not outcome.accepted or film is None:
        return outcome
    path = f"/api/videos/{made['id']}"
    is_settled = lambda answer: answer[1]["preview_url"] or answer[1]["unavailable_because"]["preview"]
    _, made = patiently(lambda: service.json("GET", path), is_settled)
    outcome.expect("size", (made["width"], made["height"]), film.size)
    if made["preview_url"] is None:
        outcome.faults.append(f"no preview: {made['unavailable_because']['preview']}")
        return outcome
    _, preview = service.ask("GET", made["preview_url"])
    ours = Image.open(io.BytesIO(preview)).convert("RGB")
    ours_aspect, aspect = ours.width / ours.height, film.size[0] / film.size[1]
    if abs(ours_aspect / aspect - 1) > 0.02:
        outcome.faults.append(f"preview of {ours.size}, reference {film.size}")
    return compare_frames(outcome, ours, film, video)


# Turns that bring a turned frame back, so that its number can be read.
BACK = {
    "90": Image.Transpose.ROTATE_90,
    "180": Image.Transpose.ROTATE_180,
    "270": Image.Transpose.ROTATE_270,
    "mirrored": Image.Transpose.FLIP_LEFT_RIGHT,
    "upside-down": Image.Transpose.FLIP_TOP_BOTTOM,
    "transposed": Image.Transpose.TRANSPOSE,
}


def compare_frames(outcome: Outcome, ours: Image.Image, film: references.Film, video: videos.Video) -> Outcome:
    turn = next((turn for turn in BACK if video.name.startswith(f"turned-{turn}")), None)
    upright = (lambda image: image.transpose(BACK[turn])) if turn else lambda image: image
    middle = film.middle()
    near = film.frames[max(0, middle - video.off_by) : middle + video.off_by + 1]
    number = charts.number_of(upright(ours))
    if number not in [charts.number_of(upright(frame.image)) for frame in near]:
        wanted = charts.number_of(upright(film.frames[middle].image))
        outcome.faults.append(f"preview of frame {number}, reference {wanted} of {len(film.frames)}")
    elif video.has_colours:
        same = next(frame for frame in near if charts.number_of(upright(frame.image)) == number)
        grid = charts.VIDEO_COLUMNS, charts.VIDEO_ROWS
        outcome.compare("preview", *(charts.edge_patches(upright(image), *grid) for image in (ours, same.image)))
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--keep", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    if missing := [program for program in NEEDED if not shutil.which(program)]:
        raise SystemExit(f"missing: {', '.join(missing)} (run .ci/install)")
    wanted = lambda name: not arguments.only or name.startswith(tuple(arguments.only))

    def keep(name: str, suffix: str, file: bytes):
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            (arguments.keep / f"{name}{suffix}").write_bytes(file)

    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        service = Service(Path(folder) / "data")
        try:
            waiting = {"pictures": [], "videos": []}
            film = videos.h264(frames=5)
            for cases in (jpegs.cases(film), pngs.cases(), other_pictures.cases()):
                for name, file, reference, documented in cases:
                    if wanted(name):
                        keep(name, "", file)
                        waiting["pictures"].append(pool.submit(check_picture, service, name, file, reference, documented))
            picture = jpegs.written(charts.chart())
            _, content = service.upload("/api/ar-content", "image", picture, "with videos")
            for video in videos.videos():
                if wanted(video.name):
                    keep(video.name, video.suffix, video.file)
                    waiting["videos"].append(pool.submit(check_video, service, content["id"], video))
            outcomes = {kind: [each.result() for each in all_of] for kind, all_of in waiting.items()}
        finally:
            service.stop()
    for kind, all_of in outcomes.items():
        agree = sum(not outcome.faults for outcome in all_of)
        accepted = sum(bool(outcome.accepted) for outcome in all_of)
        print(f"{kind}: {agree} of {len(all_of)} agree; {accepted} accepted, {len(all_of) - accepted} refused")
        for outcome in all_of:
            for fault in outcome.faults:
                print(f"  {outcome.name:36} {fault}")
    print(f"{time.monotonic() - begun:.0f} s")
    return 1 if any(outcome.faults for all_of in outcomes.values() for outcome in all_of) else 0


if __name__ == "__main__":
    sys.exit(main())
