"""JPEG files of many kinds."""

import io
import struct

from PIL import Image

import profiles
from charts import chart
from references import djpeg, pillow, run


def written(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **({"quality": 95, "subsampling": 0} if kind == "JPEG" else {}) | options)
    return file.getvalue()


def cjpeg(*options: str, image: Image.Image | None = None) -> bytes:
    return run("cjpeg", "-quality", "95", *options, data=written(image or chart(), "PPM"))


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def after_start(file: bytes, *segments: bytes) -> bytes:
    return file[:2] + b"".join(segments) + file[2:]


def without_segments(file: bytes, marker: int) -> bytes:
    """The file without the segments of a marker before its first scan."""
    out, at = file[:2], 2
    while file[at + 1] != 0xDA:
        length = 2 + struct.unpack_from(">H", file, at + 2)[0]
        out += b"" if file[at + 1] == marker else file[at : at + length]
        at += length
    return out + file[at:]


def scans(file: bytes) -> list[int]:
    """Where the scans begin."""
    return [at for at in range(len(file) - 1) if file[at : at + 2] == b"\xff\xda"]


def exif(orientation: int, order: str = "<", kind: int = 3) -> bytes:
    """The orientation and nothing else; `kind` 3 is SHORT, 4 is LONG."""
    value = struct.pack(order + ("HH" if kind == 3 else "I"), *((orientation, 0) if kind == 3 else (orientation,)))
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HIHHHI", 42, 8, 1, 0x0112, kind, 1) + value + bytes(4)


def turned(orientation: int, order: str = "<", kind: int = 3, subsampling: int = 0) -> bytes:
    plain = written(chart(), subsampling=subsampling)
    return after_start(plain, segment(0xE1, b"Exif\0\0" + exif(orientation, order, kind)))


def icc_segments(profile: bytes, pieces: int) -> list[bytes]:
    size = -(-len(profile) // pieces)
    parts = [profile[at : at + size] for at in range(0, len(profile), size)]
    return [segment(0xE2, b"ICC_PROFILE\0" + bytes((number, len(parts))) + part) for number, part in enumerate(parts, 1)]


def ycck() -> bytes:
    """Inks as brightness, colours and black: what a CMYK file becomes when its Adobe mark says so."""
    y, cb, cr = chart().convert("YCbCr").split()
    stored = (y, cb, cr, Image.new("L", y.size, 235))
    file = written(Image.merge("CMYK", [channel.point(lambda value: 255 - value) for channel in stored]))
    at = file.index(b"Adobe\0")
    return file[: at + 11] + b"\x02" + file[at + 12 :]


C2PA = (
    b"JP\0\1\0\0\0\1"
    + b"\0\0\0\x80jumb\0\0\0\x28jumdc2pa\0\x11\0\x10 c2pa <svg xmlns='x'><script>PK\3\4</script></svg>".ljust(128, b"\0")
)


def cases(film: bytes):
    """Name, file, reference, and why it is refused where programs are more lenient."""
    plain = written(chart())
    progressive = written(chart(), progressive=True)
    inks = chart().convert("CMYK")
    first, *_, last_but_one, last = scans(progressive)
    mid_scan = scans(plain)[0] + (len(plain) - scans(plain)[0]) // 2
    cut = "docs/uploads.md: cut in the middle of the picture"

    yield "jpeg-baseline", plain, pillow, None
    yield "jpeg-optimised", written(chart(), optimize=True), pillow, None
    yield "jpeg-progressive", progressive, pillow, None
    yield "jpeg-420", written(chart(), subsampling=2), pillow, None
    yield "jpeg-422", written(chart(), subsampling=1), pillow, None
    yield "jpeg-411", cjpeg("-sample", "4x1"), djpeg, None
    yield "jpeg-440", cjpeg("-sample", "1x2"), djpeg, None
    yield "jpeg-441", cjpeg("-sample", "1x4"), djpeg, None
    yield "jpeg-chroma-finer-than-luma", cjpeg("-sample", "1x1,2x1,2x1"), djpeg, None
    yield "jpeg-chroma-unequal", cjpeg("-sample", "2x2,2x1,1x2"), djpeg, None
    yield "jpeg-chroma-unequal-progressive", cjpeg("-progressive", "-sample", "2x2,1x2,2x1"), djpeg, None
    yield "jpeg-3x1", cjpeg("-sample", "3x1"), djpeg, None
    yield "jpeg-rgb", cjpeg("-rgb"), djpeg, None
    yield "jpeg-odd-size", written(chart((641, 513)), subsampling=2), pillow, None
    yield "jpeg-odd-size-progressive", written(chart((643, 487)), subsampling=2, progressive=True), pillow, None
    yield "jpeg-restarts", cjpeg("-restart", "1"), djpeg, None
    yield "jpeg-restarts-every-block", cjpeg("-restart", "1B"), djpeg, None
    yield "jpeg-restarts-progressive", cjpeg("-progressive", "-restart", "2"), djpeg, None
    yield "jpeg-arithmetic", cjpeg("-arithmetic"), djpeg, "docs/uploads.md: arithmetic coding"
    yield "jpeg-lowest-quality", cjpeg("-quality", "2"), djpeg, None
    yield "jpeg-float-dct", cjpeg("-dct", "float", "-smooth", "5"), djpeg, None
    yield "jpeg-grey", written(chart().convert("L")), pillow, None
    yield "jpeg-grey-2x2", cjpeg("-grayscale", "-sample", "2x2"), djpeg, None
    yield "jpeg-cmyk", written(inks), pillow, None
    yield "jpeg-cmyk-progressive", written(inks, progressive=True), pillow, None
    yield "jpeg-cmyk-without-adobe-mark", without_segments(written(inks), 0xEE), pillow, None
    yield "jpeg-ycck", ycck(), pillow, None
    yield "jpeg-cmyk-profile", written(inks, icc_profile=profiles.CMYK), pillow, None
    for orientation in range(1, 9):
        yield f"jpeg-orientation-{orientation}", turned(orientation), pillow, None
    yield "jpeg-orientation-6-big-endian", turned(6, ">"), pillow, None
    yield "jpeg-orientation-5-420", turned(5, subsampling=2), pillow, None
    yield "jpeg-orientation-0", turned(0), pillow, None
    yield "jpeg-orientation-9", turned(9), pillow, None
    yield "jpeg-without-end-mark", plain[:-2], djpeg, None
    yield "jpeg-without-end-mark-progressive", progressive[:-2], djpeg, None
    yield "jpeg-zeros-behind", plain + bytes(5000), pillow, None
    yield "jpeg-motion-photo", plain + film, pillow, None
    yield "jpeg-without-end-mark-film-behind", plain[:-2] + film, djpeg, None
    yield (
        "jpeg-two-pictures",
        written(chart(), "MPO", save_all=True, append_images=[chart().rotate(180)], quality=95, subsampling=0),
        pillow,
        None,
    )
    yield "jpeg-content-credentials", after_start(plain, segment(0xEB, C2PA)), pillow, None
    yield "jpeg-fill-bytes", after_start(plain, b"\xff" * 7 + segment(0xFE, b"filled")), djpeg, None
    yield "jpeg-junk-between-segments", plain[:20] + b"junk" + plain[20:], djpeg, None
    yield "jpeg-comment", after_start(plain, segment(0xFE, b"x" * 60000)), pillow, None
    yield "jpeg-without-huffman-tables", without_segments(plain, 0xC4), djpeg, None
    yield "jpeg-display-p3", written(chart(), icc_profile=profiles.DISPLAY_P3), pillow, None
    yield "jpeg-adobe-rgb", written(chart(), icc_profile=profiles.ADOBE_RGB), pillow, None
    yield "jpeg-adobe-rgb-in-pieces", after_start(plain, *icc_segments(profiles.ADOBE_RGB, 3)), pillow, None
    yield "jpeg-profile-pieces-out-of-order", after_start(plain, *icc_segments(profiles.SWAPPED, 3)[::-1]), pillow, None
    yield "jpeg-profile-of-inks-on-rgb", after_start(plain, *icc_segments(profiles.CMYK, 1)), pillow, None
    yield "jpeg-profile-damaged", written(chart(), icc_profile=bytes(300)), lambda file: pillow(plain), None
    yield "jpeg-dot-gain", written(chart().convert("L"), icc_profile=profiles.DOT_GAIN), pillow, None
    yield "jpeg-cut", plain[:mid_scan], djpeg, cut
    yield "jpeg-cut-progressive", progressive[: (first + last) // 3], djpeg, cut
    yield "jpeg-cut-refinement", progressive[: (last_but_one + last) // 2 + 300], djpeg, None
    yield "jpeg-cut-header", plain[:300], djpeg, None
