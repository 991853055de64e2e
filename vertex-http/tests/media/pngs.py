"""PNG files of many kinds, written chunk by chunk."""

import struct
import zlib

from PIL import Image

import profiles
from charts import chart
from jpegs import exif, written
from references import in_srgb, pillow

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
MODES = {GREY: "L", RGB: "RGB", PALETTE: "P", GREY_ALPHA: "LA", RGBA: "RGBA"}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def rows(image: Image.Image, depth: int) -> bytes:
    """The filtered rows; of less than eight bits the highest are taken, except of palettes."""
    channels = len(image.getbands())
    raw, width = image.tobytes(), image.width * channels
    lines = [raw[at : at + width] for at in range(0, len(raw), width)]
    if depth == 16:
        lines = [b"".join(bytes((value, value)) for value in line) for line in lines]
    elif depth < 8:
        shift = 0 if image.mode == "P" else 8 - depth
        lines = [packed([value >> shift for value in line], depth) for line in lines]
    return b"".join(b"\0" + line for line in lines)


def every(image: Image.Image, x: int, y: int, dx: int, dy: int) -> Image.Image:
    """The pixels of one pass."""
    size = (-(-(image.width - x) // dx), -(-(image.height - y) // dy))
    centre = (dx, 0, x + 0.5 - dx / 2, 0, dy, y + 0.5 - dy / 2)
    return image.transform(size, Image.Transform.AFFINE, centre, Image.Resampling.NEAREST)


def packed(values: list[int], depth: int) -> bytes:
    each = 8 // depth
    values += [0] * (-len(values) % each)
    return bytes(
        sum(value << depth * (each - 1 - index) for index, value in enumerate(values[at : at + each]))
        for at in range(0, len(values), each)
    )


def png(image: Image.Image, depth: int = 8, before: bytes = b"", interlaced: bool = False, end: bytes | None = None) -> bytes:
    kind = next(kind for kind, mode in MODES.items() if mode == image.mode)
    head = struct.pack(">IIBBBBB", *image.size, depth, kind, 0, 0, interlaced)
    data = rows(image, depth) if not interlaced else b"".join(rows(every(image, x, y, dx, dy), depth) for x, y, dx, dy in PASSES)
    palette = b""
    if image.mode == "P":
        palette = chunk(b"PLTE", bytes(image.getpalette()[: 3 << min(depth, 8)]))
    # Colour chunks come before the palette, opacity behind it.
    late = b"tRNS" in before
    middle = palette + before if late else before + palette
    end = chunk(b"IEND", b"") if end is None else end
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + middle + chunk(b"IDAT", zlib.compress(data, 1)) + end


def with_alpha(image: Image.Image) -> Image.Image:
    """From transparent at the left to opaque at the right, patch by patch."""
    grid = Image.new("L", (5, 1))
    grid.putdata([90, 140, 190, 255, 255])
    image = image.copy()
    image.putalpha(grid.resize(image.size, Image.Resampling.NEAREST))
    return image


def icc(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


ADOBE_CHRM = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))


def gama(gamma: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(gamma * 100000)))


def as_if(profile: bytes):
    """As Pillow would see it with this profile, which it does not read from such chunks."""
    return lambda file: pillow(file, profile)


def without_checksums(file: bytes) -> Image.Image:
    """As programs that pass over damage in chunks that nobody needs."""
    return in_srgb(chart())


def cases():
    """Name, file, reference, and why it is refused where programs are more lenient."""
    plain = png(chart())
    grey = chart().convert("L")
    few = chart().quantize(16, dither=Image.Dither.NONE)
    many = chart().quantize(256, dither=Image.Dither.NONE)
    clear = chunk(b"tRNS", bytes([0, 128, 255, 40, 200, 90]))

    for depth in (1, 2, 4, 8, 16):
        yield f"png-grey-{depth}", png(grey, depth), pillow, None
    for depth in (8, 16):
        yield f"png-rgb-{depth}", png(chart(), depth), pillow, None
        yield f"png-grey-alpha-{depth}", png(with_alpha(grey), depth), pillow, None
        yield f"png-rgba-{depth}", png(with_alpha(chart()), depth), pillow, None
    yield "png-palette-8", png(many), pillow, None
    yield "png-palette-4", png(few, 4), pillow, None
    yield "png-palette-2", png(chart().quantize(4, dither=Image.Dither.NONE), 2), pillow, None
    yield "png-palette-1", png(chart().quantize(2, dither=Image.Dither.NONE), 1), pillow, None
    yield "png-palette-transparent", png(many, before=clear), pillow, None
    yield "png-palette-transparent-4", png(few, 4, before=clear), pillow, None
    yield "png-rgb-one-colour-transparent", png(chart(), before=chunk(b"tRNS", struct.pack(">3H", 220, 40, 40))), pillow, None
    yield "png-grey-one-transparent", png(grey, before=chunk(b"tRNS", struct.pack(">H", grey.getpixel((5, 5))))), pillow, None
    for name, image, depth in (("rgb", chart(), 8), ("rgb-16", chart(), 16), ("grey-1", grey, 1), ("palette-4", few, 4)):
        yield (
            f"png-interlaced-{name}",
            png(image, depth, interlaced=True),
            lambda file, image=image, depth=depth: pillow(png(image, depth)),
            None,
        )
    yield "png-odd-size", png(chart((641, 487))), pillow, None
    yield "png-gama-like-srgb", png(chart(), before=gama(0.45455)), pillow, None
    yield "png-gama-linear", png(chart(), before=gama(1.0)), as_if(profiles.LINEAR), None
    yield "png-gama-chrm-adobe", png(chart(), before=gama(0.45455) + ADOBE_CHRM), as_if(profiles.ADOBE_PRIMARIES_22), None
    yield "png-srgb-before-gama", png(chart(), before=chunk(b"sRGB", b"\0") + gama(1.0)), pillow, None
    yield "png-profile-before-gama", png(chart(), before=gama(1.0) + icc(profiles.DISPLAY_P3)), pillow, None
    yield "png-display-p3", png(chart(), before=icc(profiles.DISPLAY_P3)), pillow, None
    yield "png-display-p3-16", png(chart(), 16, before=icc(profiles.DISPLAY_P3)), pillow, None
    yield "png-adobe-rgb-alpha", png(with_alpha(chart()), before=icc(profiles.ADOBE_RGB)), pillow, None
    yield (
        "png-adobe-rgb-palette",
        png(many, before=icc(profiles.ADOBE_RGB)),
        lambda file: pillow(png(many.convert("RGB")), profiles.ADOBE_RGB),
        None,
    )
    yield "png-dot-gain", png(grey, before=icc(profiles.DOT_GAIN)), pillow, None
    yield "png-profile-of-rgb-on-grey", png(grey, before=icc(profiles.LINEAR)), lambda file: pillow(png(grey)), None
    yield "png-cicp-display-p3", png(chart(), before=chunk(b"cICP", bytes((12, 13, 0, 1)))), as_if(profiles.DISPLAY_P3), None
    yield (
        "png-cicp-srgb-before-profile",
        png(chart(), before=chunk(b"cICP", bytes((1, 13, 0, 1))) + icc(profiles.ADOBE_RGB)),
        as_if(profiles.SRGB),
        None,
    )
    yield "png-orientation-6", png(chart(), before=chunk(b"eXIf", exif(6))), pillow, None
    # Browsers look for it before the pixels only, and so does the third edition of the format.
    yield "png-orientation-behind", plain[:-12] + chunk(b"eXIf", exif(3)) + plain[-12:], lambda _: pillow(plain), None
    yield "png-background", png(with_alpha(chart()), before=chunk(b"bKGD", struct.pack(">3H", 255, 0, 0))), pillow, None
    yield "png-animated", written(chart(), "PNG", save_all=True, append_images=[chart().rotate(180)], duration=100), pillow, None
    yield "png-content-credentials", png(chart(), before=chunk(b"caBX", b"jumb <svg xmlns='x'>" + bytes(200))), pillow, None
    yield "png-bytes-behind", plain + b"what is left of a larger picture" * 99, pillow, None
    yield "png-damaged-comment", png(chart(), before=chunk(b"tEXt", b"a\0b")[:-1] + b"?"), without_checksums, None
    yield "png-without-end", png(chart(), end=b""), pillow, None
    yield "png-no-compression-check", _bad_adler(), without_checksums, None
    yield "png-several-data-chunks", _split(plain), pillow, None
    yield (
        "png-damaged-data",
        plain[:-100] + bytes(4) + plain[-96:],
        pillow,
        "browsers show the rows before the damage; this file is damaged",
    )
    yield "png-cut", plain[: len(plain) // 2], pillow, "docs/uploads.md: cut short"
    yield "png-cut-end", plain[:-5], pillow, None
    yield "png-cut-checksum-of-data", plain[:-14], pillow, "docs/uploads.md: cut short"
    yield "png-cut-header", plain[:30], pillow, None
    yield "png-too-small", png(chart((400, 300))), pillow, "docs/uploads.md: each side at least 480"
    yield "png-too-long", _empty(9000, 500), pillow, "docs/uploads.md: each side at most 8192"
    yield "png-too-many-pixels", _empty(8000, 8000), pillow, "docs/uploads.md: 50 million pixels"
    yield "png-no-size", _empty(0, 600), pillow, None
    yield (
        "png-svg-behind",
        plain + b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        pillow,
        "docs/uploads.md: a web page, too",
    )


def _split(file: bytes) -> bytes:
    at = file.index(b"IDAT") - 4
    length = struct.unpack_from(">I", file, at)[0]
    data = file[at + 8 : at + 8 + length]
    pieces = b"".join(chunk(b"IDAT", data[start : start + 900]) for start in range(0, length, 900))
    return file[:at] + chunk(b"IDAT", b"") + pieces + file[at + 12 + length :]


def _bad_adler() -> bytes:
    file = png(chart())
    at = file.index(b"IDAT") - 4
    length = struct.unpack_from(">I", file, at)[0]
    return file[:at] + chunk(b"IDAT", file[at + 8 : at + 4 + length] + bytes(4)) + file[at + 12 + length :]


def _empty(width: int, height: int) -> bytes:
    """Black, one bit a pixel: many pixels in few bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, GREY, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes((1 + -(-width // 8)) * height), 9))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")
