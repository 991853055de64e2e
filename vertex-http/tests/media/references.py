"""What other programs see: Pillow and Little CMS, djpeg, dwebp, heif-convert, djxl; ffmpeg and ffprobe."""

import io
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

SRGB = ImageCms.createProfile("sRGB")


def run(*command: str, data: bytes | None = None) -> bytes:
    done = subprocess.run(command, input=data, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise ValueError(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return done.stdout


def by_files(command: list[str], data: bytes, source: str, target: str, after: tuple[str, ...] = ()) -> bytes:
    """What a program makes of one file, in another."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / source).write_bytes(data)
        run(*command, f"{folder}/{source}", *after, f"{folder}/{target}")
        return (Path(folder) / target).read_bytes()


# Pictures


def in_srgb(image: Image.Image, profile: bytes | None = None, is_upright: bool = False) -> Image.Image:
    """Upright, in sRGB, laid over white."""
    profile = profile or image.info.get("icc_profile")
    # Pillow turns TIFF files as it loads them.
    is_upright = is_upright or image.format == "TIFF"
    image.load()
    image = image if is_upright else ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("P", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "1":
        image = image.convert("L")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() == {"L": "GRAY"}.get(colours.mode, colours.mode):
            colours = ImageCms.profileToProfile(colours, source, SRGB, outputMode="RGB")
    colours = colours.convert("RGB")
    white = Image.new("RGB", colours.size, "white")
    return Image.composite(colours, white, alpha) if alpha else colours


def pillow(data: bytes, profile: bytes | None = None) -> Image.Image:
    return in_srgb(Image.open(io.BytesIO(data)), profile)


def djpeg(data: bytes) -> Image.Image:
    """Warnings are what browsers are silent about."""
    done = subprocess.run(["djpeg", "-ppm"], input=data, capture_output=True, timeout=60)
    image = Image.open(io.BytesIO(done.stdout))
    exif = Image.open(io.BytesIO(data)).getexif()
    image.getexif().update(exif)
    return in_srgb(image)


def dwebp(data: bytes) -> Image.Image:
    with tempfile.NamedTemporaryFile(suffix=".webp") as file:
        file.write(data)
        file.flush()
        return in_srgb(Image.open(io.BytesIO(run("dwebp", "-quiet", file.name, "-o", "-"))))


def heif_convert(data: bytes, profile: bytes | None = None) -> Image.Image:
    made = by_files(["heif-convert", "-q", "100"], data, "a.heic", "a.png")
    return in_srgb(Image.open(io.BytesIO(made)), profile, is_upright=True)


def djxl(data: bytes) -> Image.Image:
    made = by_files(["djxl", "--quiet"], data, "a.jxl", "a.png")
    return in_srgb(Image.open(io.BytesIO(made)), is_upright=True)


# Videos


@dataclass
class Shown:
    """A frame as players show it, and when."""

    seconds: float
    image: Image.Image


@dataclass
class Film:
    size: tuple[int, int]
    seconds: float
    frames: list[Shown]

    def middle(self) -> int:
        """Which frame is on screen half-way."""
        first = self.frames[0].seconds
        half = first + (self.seconds - first) / 2
        return max(index for index, frame in enumerate(self.frames) if frame.seconds <= half + 1e-6)


def film(data: bytes, suffix: str, colours: str = "") -> Film:
    """All frames that ffmpeg shows, with square pixels and upright."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        asked = "stream=width,height,sample_aspect_ratio,height,avg_frame_rate:stream_disposition=attached_pic"
        asked += ":stream_side_data=rotation:frame=pts_time,pkt_duration_time"
        told = json.loads(
            run(
                "ffprobe",
                "-v",
                "error",
                "-select_streams",
                "V:0",
                "-show_frames",
                "-show_streams",
                "-show_entries",
                asked,
                "-of",
                "json",
                file.name,
            )
        )
        if not told["streams"] or not told["frames"]:
            raise ValueError("ffprobe finds no pictures")
        stream = told["streams"][0]
        width, height = stream["width"], stream["height"]
        across, down = (int(part) for part in stream.get("sample_aspect_ratio", "1:1").split(":"))
        stretched = round(width * across / down) if across and down else width
        turns = next((data["rotation"] for data in stream.get("side_data_list", []) if "rotation" in data), 0)
        size = (height, stretched) if turns % 180 else (stretched, height)
        colours = colours or ("in_color_matrix=auto" if height < 720 else "in_color_matrix=bt709")
        filters = (
            colours if "zscale" in colours else f"scale={size[0]}:{size[1]}:flags=bilinear+accurate_rnd+full_chroma_int:{colours}"
        )
        raw = run(
            "ffmpeg",
            "-v",
            "error",
            "-i",
            file.name,
            "-map",
            "0:V:0",
            "-vsync",
            "passthrough",
            "-vf",
            f"{filters},format=rgb24",
            "-f",
            "rawvideo",
            "-",
        )
    length = size[0] * size[1] * 3
    images = [Image.frombytes("RGB", size, raw[at : at + length]) for at in range(0, len(raw) - length + 1, length)]
    times = [float(frame["pts_time"]) for frame in told["frames"] if "pts_time" in frame]
    shown = [Shown(seconds, image) for seconds, image in zip(times, images)]
    if not shown:
        raise ValueError("ffmpeg shows no pictures")
    last = float(told["frames"][-1].get("pkt_duration_time") or 0) or (times[-1] - times[0]) / max(1, len(times) - 1)
    return Film(size, times[-1] + last, shown)
