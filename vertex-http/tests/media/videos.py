"""MP4, MOV and WebM files of many kinds. Every frame has its number in its last row."""

import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from charts import chart, video_frame
from jpegs import written

SIZE = (320, 240)
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12")
VPX = ("-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M")
HIGH = ("-preset", "veryfast", "-profile:v", "high")
SOUND = ("-f", "lavfi", "-i", "sine=d=1.6")


@dataclass
class Video:
    name: str
    file: bytes
    suffix: str = ".mp4"
    # Why it is refused, or how the preview may differ, where programs are more lenient.
    documented: str | None = None
    # How the reference is told to read colours that the file does not tell, or tells in a way that it ignores.
    colours: str = ""
    # Whether colours are compared; those of high dynamic ranges depend on who tone maps them.
    has_colours: bool = True
    # Frames by which the preview may be off.
    off_by: int = 1
    # The file that browsers show the same of, where ffmpeg shows something else.
    like: bytes | None = None


def encoded(
    *options: str,
    suffix: str = ".mp4",
    frames: int = 40,
    size: tuple[int, int] = SIZE,
    rate: str = "25",
    inputs: tuple[str, ...] = (),
    matrix: str = "bt601",
    piped: bool = False,
    before: str = "",
) -> bytes:
    """What ffmpeg makes of numbered frames."""
    raw = b"".join(video_frame(number, size).tobytes() for number in range(frames))
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/out{suffix}"
        container = {".mp4": "mp4", ".mov": "mov", ".m4v": "ipod", ".webm": "webm", ".mkv": "matroska", ".avi": "avi"}[suffix]
        filters = before + ("," if before else "") + f"scale=flags=accurate_rnd+full_chroma_inp:out_color_matrix={matrix}"
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{size[0]}x{size[1]}",
            "-r",
            rate,
            "-i",
            "-",
            *inputs,
            "-vf",
            filters,
            "-pix_fmt",
            "yuv420p",
            *options,
            "-threads",
            "1",
            "-bitexact",
            "-f",
            container,
            "-" if piped else target,
        ]
        done = subprocess.run(command, input=raw, capture_output=True, timeout=120)
        if done.returncode != 0:
            raise ValueError(f"{options}: {done.stderr.decode(errors='replace')[-300:]}")
        return done.stdout if piped else Path(target).read_bytes()


def remuxed(file: bytes, *options: str, before: tuple[str, ...] = (), extra: tuple[str, ...] = ()) -> bytes:
    """The same pictures and sound in another file."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in.mp4").write_bytes(file)
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-y",
            *before,
            "-i",
            f"{folder}/in.mp4",
            *extra,
            "-c",
            "copy",
            "-bitexact",
            *options,
            f"{folder}/out.mp4",
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return (Path(folder) / "out.mp4").read_bytes()


def h264(*options: str, pixels: str = "yuv420p", **more) -> bytes:
    return encoded(*X264, "-pix_fmt", pixels, *options, **more)


# Boxes


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def place(file: bytes, *path: bytes) -> tuple[int, int]:
    """Where the content of a box begins and ends; of several the first."""
    start, end = 0, len(file)
    for kind in path:
        at = start
        while True:
            size, found = struct.unpack_from(">I4s", file, at)
            size = struct.unpack_from(">Q", file, at + 8)[0] if size == 1 else size or end - at
            if found == kind:
                start, end = at + 8, at + size
                break
            at += size
            if at >= end:
                raise ValueError(f"there is no {kind} in {path}")
    return start, end


def patched(file: bytes, at: int, content: bytes) -> bytes:
    return file[:at] + content + file[at + len(content) :]


TURNS = {
    "90": (0, 1, -1, 0),
    "180": (-1, 0, 0, -1),
    "270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside-down": (1, 0, 0, -1),
    "transposed": (0, 1, 1, 0),
}


def turned(file: bytes, turn: str) -> bytes:
    """The matrix of the first track says how it is turned."""
    a, b, c, d = (value << 16 for value in TURNS[turn])
    start, _ = place(file, b"moov", b"trak", b"tkhd")
    return patched(file, start + 40, struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30))


def edited(file: bytes, *edits: tuple[int, int]) -> bytes:
    """An edit list of these lengths (in units of the movie) and beginnings (in units of the media) for the only track of
    a file whose index is at its end."""
    start, end = place(file, b"moov")
    track, track_end = place(file, b"moov", b"trak")
    parts, at = [], track
    while at < track_end:
        size, kind = struct.unpack_from(">I4s", file, at)
        if kind != b"edts":
            parts.append(file[at : at + size])
        at += size
    rows = b"".join(struct.pack(">IiHH", length, begin, 1, 0) for length, begin in edits)
    parts.insert(1, box(b"edts", box(b"elst", struct.pack(">II", 0, len(edits)) + rows)))
    content = file[start : track - 8] + box(b"trak", b"".join(parts)) + file[track_end:end]
    return file[: start - 8] + box(b"moov", content) + file[end:]


def videos():
    plain = h264()
    front = h264("-movflags", "+faststart")
    with_sound = h264("-c:a", "aac", "-shortest", inputs=SOUND)
    b_frames = h264("-bf", "3", "-b_strategy", "0", *HIGH)
    every = h264("-g", "1")
    vp8 = encoded("-c:v", "libvpx", *VPX, suffix=".webm")
    vp9 = ("-c:v", "libvpx-vp9", *VPX)
    av1 = ("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-b:v", "2M")
    x265 = ("-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params", "log-level=none")
    bt709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")

    # Containers
    yield Video("h264", plain)
    yield Video("h264-index-in-front", front)
    yield Video("h264-sound", with_sound)
    yield Video("h264-mov", h264(suffix=".mov"), ".mov")
    yield Video("h264-m4v", h264(suffix=".m4v"), ".m4v")
    yield Video("h264-baseline", h264("-profile:v", "baseline"))
    yield Video("h264-one-frame", h264(frames=1))
    yield Video("h264-two-frames", h264(frames=2))
    yield Video("h264-long-group", h264("-g", "500", "-bf", "2", frames=120))
    yield Video("h264-key-frames-only", every)
    yield Video("h264-timecode", h264("-timecode", "01:00:00:00", suffix=".mov"), ".mov")
    yield Video("h264-64-bit-offsets", _long_offsets(plain))
    yield Video("h264-content-credentials", _credentials(plain))
    yield Video("h264-free-between", _free_between(front))
    yield Video("h264-sound-first", remuxed(with_sound, "-map", "0:a", "-map", "0:v"))
    yield Video("h264-cover", _cover(plain))

    # Fragments
    empty = "+empty_moov+default_base_moof"
    yield Video("fragments", h264("-g", "10", "-movflags", f"+frag_keyframe{empty}"))
    yield Video("fragments-of-each-frame", h264("-movflags", f"+frag_every_frame{empty}"))
    yield Video("fragments-piped", h264("-g", "10", "-movflags", f"+frag_keyframe{empty}", piped=True))
    yield Video(
        "fragments-b-frames", h264("-bf", "2", "-g", "10", *HIGH, "-movflags", f"+frag_keyframe{empty}+negative_cts_offsets")
    )
    yield Video("fragments-behind-pictures", h264("-g", "10", "-movflags", "+frag_keyframe"))
    yield Video(
        "fragments-sound", h264("-g", "10", "-c:a", "aac", "-shortest", "-movflags", f"+frag_keyframe{empty}", inputs=SOUND)
    )
    yield Video("fragments-index", h264("-g", "10", "-movflags", f"+frag_keyframe+dash+global_sidx{empty}"))

    # Times
    yield Video("edit-trimmed", remuxed(h264("-g", "12", frames=60), before=("-ss", "1.3")))
    yield Video("edit-trimmed-b-frames", remuxed(h264("-g", "12", "-bf", "2", *HIGH, frames=60), before=("-ss", "1.3")))
    yield Video("edit-one-of-thirds", edited(plain, (400, 12 * 512)))
    yield Video("edit-delayed", edited(plain, (1500, -1), (1600, 0)))
    yield Video("edit-delayed-and-trimmed", edited(plain, (700, -1), (800, 10 * 512)))
    yield Video("edit-two-parts", edited(plain, (400, 0), (400, 30 * 512)))
    yield Video("edit-nothing", edited(plain, (1600, -1)), like=plain)
    yield Video("edit-beyond-the-end", edited(plain, (9000, 20 * 512)), like=edited(plain, (800, 20 * 512)))
    yield Video("sound-delayed", h264("-c:a", "aac", inputs=("-itsoffset", "0.7", *SOUND)))
    yield Video("b-frames", b_frames)
    yield Video("b-frames-negative-offsets", h264("-bf", "3", *HIGH, "-movflags", "+negative_cts_offsets"))
    yield Video("b-frames-no-edits", h264("-bf", "3", *HIGH, "-use_editlist", "0"))
    yield Video("open-groups", h264("-x264-params", "open-gop=1:keyint=10:min-keyint=10:bframes=3", *HIGH, frames=60))
    yield Video("variable-rate", h264("-vsync", "vfr", before="setpts='if(lt(N,10),N,10+(N-10)*4)/25/TB'"))
    yield Video("very-slow", h264(rate="1/2", frames=7))
    yield Video("very-fast", h264(rate="240", frames=100))
    yield Video("ntsc", h264(rate="30000/1001", frames=50))
    # Players show nothing before the first key frame; the time until then counts nevertheless.
    yield Video("first-frame-not-key", h264("-g", "10", "-bsf:v", "noise=drop='lt(n\\,3)'"), off_by=4)
    yield Video("header-without-duration", _no_duration(plain))
    yield Video("header-unknown-duration", _no_duration(plain, 0xFFFFFFFF))

    # Shapes
    yield Video("pixels-16-9", h264(before="setsar=16/9"))
    yield Video("pixels-1-2", h264(before="setsar=1/2"))
    yield Video("pixels-pal", h264(before="setsar=16/11", size=(720, 576)))
    for turn in TURNS:
        yield Video(f"turned-{turn}", turned(plain, turn))
    yield Video("turned-90-wide-pixels", turned(h264(before="setsar=4/3"), "90"))
    yield Video("turned-180-mov", turned(h264(suffix=".mov"), "180"), ".mov")
    yield Video("turned-270-hevc", turned(encoded(*x265), "270"))
    yield Video("cropped", h264(size=(318, 238)))
    yield Video("cropped-left", h264("-bsf:v", "h264_metadata=crop_left=0:crop_right=8:crop_bottom=4"))
    yield Video("upright", h264(size=(240, 426)))
    yield Video("odd-vp9", encoded(*vp9, suffix=".webm", size=(321, 241)), ".webm")
    yield Video("odd-444", h264(pixels="yuv444p", size=(321, 241)))
    yield Video("full-hd", h264(*bt709, matrix="bt709", size=(1920, 1080), frames=12))

    # Colours
    yield Video("bt709", h264(*bt709, matrix="bt709"))
    yield Video("bt601", h264("-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_trc", "smpte170m"))
    yield Video("bt709-untold-720", h264(matrix="bt709", size=(1280, 720), frames=12))
    yield Video(
        "bt709-in-colr-only",
        _without_vui(h264(*bt709, "-movflags", "+write_colr", matrix="bt709")),
        colours="in_color_matrix=bt709",
    )
    yield Video("bt2020-matrix", h264("-colorspace", "bt2020nc", matrix="bt2020"))
    yield Video("full-range", encoded(*X264, "-pix_fmt", "yuvj420p", "-color_range", "pc"))
    yield Video("full-range-bt709", encoded(*X264, "-pix_fmt", "yuvj420p", "-color_range", "pc", *bt709, matrix="bt709"))
    yield Video("rgb", encoded("-c:v", "libx264rgb", "-preset", "ultrafast", "-crf", "8", "-pix_fmt", "rgb24"))
    yield Video("grey", h264(pixels="gray"))
    hdr = ("-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-color_trc")
    for name, codec, suffix in (
        ("vp9", vp9, ".webm"),
        ("av1", av1, ".mp4"),
        ("hevc", x265, ".mp4"),
        ("h264-10-bits", (*X264, "-pix_fmt", "yuv420p10le"), ".mov"),
    ):
        yield Video(f"{name}-bt709", encoded(*codec, *bt709, suffix=suffix, matrix="bt709"), suffix)
    # VP8 is BT.601 by definition, however large.
    vp8_720 = encoded("-c:v", "libvpx", *VPX, suffix=".webm", size=(1280, 720), frames=12)
    yield Video("vp8-720", vp8_720, ".webm", colours="in_color_matrix=bt601")
    yield Video("vp9-rgb", encoded(*vp9, *bt709, "-pix_fmt", "gbrp", suffix=".webm"), ".webm")
    yield Video("hevc-full-range", encoded(*x265, "-pix_fmt", "yuvj420p", "-color_range", "pc"))
    yield Video("hevc-pq", encoded(*x265, *hdr, "smpte2084", "-pix_fmt", "yuv420p10le", matrix="bt2020"), has_colours=False)
    yield Video("hevc-hlg", encoded(*x265, *hdr, "arib-std-b67", "-pix_fmt", "yuv420p10le", matrix="bt2020"), has_colours=False)

    # Codecs
    yield Video("h264-10-bits", h264(pixels="yuv420p10le"))
    yield Video("h264-422", h264(pixels="yuv422p"))
    yield Video("h264-444", h264(pixels="yuv444p"))
    yield Video("h264-422-10-bits", h264(pixels="yuv422p10le"))
    yield Video("h264-interlaced", h264("-flags", "+ildct+ilme", "-x264-params", "tff=1"))
    yield Video("h264-interlaced-mbaff", h264("-flags", "+ildct+ilme", "-preset", "medium", "-x264-params", "bff=1:cabac=1"))
    yield Video("hevc", encoded(*x265))
    yield Video("hevc-hev1", encoded(*x265[:4], "-tag:v", "hev1", *x265[6:]))
    yield Video("hevc-10-bits", encoded(*x265, "-pix_fmt", "yuv420p10le"))
    yield Video("vp8", vp8, ".webm")
    yield Video("vp8-recorded", encoded("-c:v", "libvpx", *VPX, suffix=".webm", piped=True), ".webm")
    yield Video(
        "vp8-recorded-clusters",
        encoded("-c:v", "libvpx", *VPX, "-live", "1", "-cluster_time_limit", "200", suffix=".webm", piped=True),
        ".webm",
    )
    yield Video("vp9", encoded(*vp9, suffix=".webm"), ".webm")
    yield Video("vp9-10-bits", encoded(*vp9, "-pix_fmt", "yuv420p10le", suffix=".webm"), ".webm")
    yield Video("vp9-444", encoded(*vp9, "-pix_fmt", "yuv444p", suffix=".webm"), ".webm")
    yield Video("vp9-mp4", encoded(*vp9))
    yield Video("vp9-pixels-16-9", encoded(*vp9, suffix=".webm", before="setsar=16/9"), ".webm")
    yield Video("vp9-opus", encoded(*vp9, "-c:a", "libopus", "-shortest", suffix=".webm", inputs=SOUND), ".webm")
    yield Video("av1-mp4", encoded(*av1))
    yield Video("av1-webm", encoded(*av1, suffix=".webm"), ".webm")
    yield Video(
        "prores", encoded("-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le", suffix=".mov", frames=10), ".mov"
    )
    yield Video("mjpeg-mov", encoded("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p", suffix=".mov", frames=10), ".mov")
    yield Video("mpeg4", encoded("-c:v", "mpeg4", "-q:v", "2"))

    # Ends
    yield Video("junk-behind", front + b"\0\0\0\3junk")
    yield Video("zeros-behind", front + bytes(500))
    yield Video("text-behind", plain + b"recorded with a camera" * 9)
    yield Video("tag-behind", plain + b"TAG" + bytes(125))
    cut = "docs/uploads.md: cut short"
    yield Video("cut-index-in-front", front[: len(front) * 2 // 3], documented=cut)
    yield Video("cut-index-at-end", plain[: len(plain) // 2])
    yield Video("cut-webm", vp8[: len(vp8) * 2 // 3], ".webm", cut)
    # Recordings may be broken off: what is there plays. The cluster that was cut may not count.
    yield Video("cut-fragments", (whole := h264("-g", "10", "-movflags", f"+frag_keyframe{empty}"))[: len(whole) * 2 // 3])
    yield Video("cut-fragments-of-each-frame", (whole := h264("-movflags", f"+frag_every_frame{empty}"))[: len(whole) * 2 // 3])
    recorded = encoded("-c:v", "libvpx", *VPX, "-live", "1", "-cluster_time_limit", "200", suffix=".webm", piped=True)
    yield Video("cut-recorded", recorded[: len(recorded) * 2 // 3], ".webm", off_by=3)
    yield Video("empty", b"")
    yield Video("text", b"no video at all" * 100)
    yield Video("sound-only", remuxed(with_sound, "-vn"))
    yield Video("matroska", h264(suffix=".mkv"), ".mkv", "docs/uploads.md: no MP4, MOV, WebM")
    yield Video("avi", h264(suffix=".avi"), ".avi", "docs/uploads.md: no MP4, MOV, WebM")
    yield Video("page-in-front", b"<!doctype html><script></script>" + plain)


def _long_offsets(file: bytes) -> bytes:
    """With a table of 64-bit offsets and a media box of 64-bit size."""
    start, end = place(file, b"mdat")
    content = file[start:end]
    shift = 8
    head = file[: start - 8] + struct.pack(">I4sQ", 1, b"mdat", 16 + len(content)) + content
    path = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stco")

    def rebuilt(content: bytes, path: tuple[bytes, ...]) -> bytes:
        out, at = b"", 0
        while at < len(content):
            size, kind = struct.unpack_from(">I4s", content, at)
            inner = content[at + 8 : at + size]
            if path and kind == path[0]:
                if kind == b"stco":
                    count = struct.unpack_from(">I", inner, 4)[0]
                    places = struct.unpack_from(f">{count}I", inner, 8)
                    out += box(b"co64", struct.pack(f">II{count}Q", 0, count, *(place + shift for place in places)))
                else:
                    out += box(kind, rebuilt(inner, path[1:]))
            else:
                out += content[at : at + size]
            at += size
        return out

    return head + rebuilt(file[end:], path)


def _credentials(file: bytes) -> bytes:
    """Content credentials between the pictures and the index."""
    start, _ = place(file, b"moov")
    uuid = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
    return file[: start - 8] + box(b"uuid", uuid + b"jumb c2pa <svg xmlns='x'><script>" + bytes(300)) + file[start - 8 :]


def _free_between(file: bytes) -> bytes:
    return file + box(b"free", bytes(100)) + box(b"skip", bytes(5))


def _cover(file: bytes) -> bytes:
    """With a second track of one other picture, which is not to be shown."""
    with tempfile.NamedTemporaryFile(suffix=".jpg") as cover:
        cover.write(written(chart()))
        cover.flush()
        return remuxed(file, "-map", "0", "-map", "1", "-disposition:v:1", "attached_pic", extra=("-i", cover.name))


def _no_duration(file: bytes, duration: int = 0) -> bytes:
    start, _ = place(file, b"moov", b"mvhd")
    return patched(file, start + 16, struct.pack(">I", duration))


def _without_vui(file: bytes) -> bytes:
    """The stream no longer says what its colours are; the box beside it does."""
    return remuxed(
        file,
        "-bsf:v",
        "h264_metadata=colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2",
        "-movflags",
        "+write_colr",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-colorspace",
        "bt709",
    )
