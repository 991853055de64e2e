"""WebP, GIF, BMP, TIFF, HEIC, AVIF and JPEG XL files of many kinds, and files that are no pictures."""

import io
import itertools
import struct
import zipfile

from PIL import Image

import profiles
from charts import SIZE, chart
from jpegs import exif, turned, written
from pngs import png, with_alpha
from references import by_files, djxl, dwebp, heif_convert, pillow

CUT = "docs/uploads.md: cut short"


# WebP


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunks_of(file: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 12
    while at + 8 <= len(file):
        kind, length = struct.unpack_from("<4sI", file, at)
        found.append((kind, file[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return found


def extended(flags: int, *chunks: tuple[bytes, bytes], before: tuple = (), size: tuple[int, int] = SIZE) -> bytes:
    """A file with the header that tells what else is in it; `flags` may lie."""
    head = struct.pack("<I", flags) + b"".join(struct.pack("<I", side - 1)[:3] for side in size)
    return riff((b"VP8X", head), *before, *chunks)


ICC_FLAG, ALPHA_FLAG, EXIF_FLAG, XMP_FLAG, ANIMATION_FLAG = 32, 16, 8, 4, 2


def webp_cases():
    def cwebp(*options: str, image: Image.Image | None = None) -> bytes:
        return by_files(["cwebp", "-quiet", *options], png(image or chart()), "a.png", "a.webp", ("-o",))

    lossy, lossless = cwebp("-q", "95"), cwebp("-lossless")
    (image,) = chunks_of(lossy)
    clear = cwebp("-q", "95", image=with_alpha(chart()))
    parts = {kind: data for kind, data in chunks_of(clear)}
    turn = (b"EXIF", exif(6))

    yield "webp-lossy", lossy, dwebp, None
    yield "webp-lossless", lossless, dwebp, None
    yield "webp-near-lossless", cwebp("-near_lossless", "40"), dwebp, None
    yield "webp-sharp-chroma", cwebp("-sharp_yuv", "-m", "6", "-segments", "4", "-q", "90"), dwebp, None
    yield "webp-lossy-alpha", clear, pillow, None
    yield "webp-lossy-alpha-lossy", cwebp("-q", "95", "-alpha_q", "60", image=with_alpha(chart())), pillow, None
    yield "webp-lossless-alpha", cwebp("-lossless", image=with_alpha(chart())), pillow, None
    yield "webp-odd-size", cwebp("-q", "95", image=chart((641, 487))), dwebp, None
    yield "webp-display-p3", extended(ICC_FLAG, image, before=((b"ICCP", profiles.DISPLAY_P3),)), pillow, None
    yield (
        "webp-lossless-adobe-rgb",
        extended(ICC_FLAG, *chunks_of(lossless), before=((b"ICCP", profiles.ADOBE_RGB),)),
        pillow,
        None,
    )
    yield "webp-orientation-6", extended(EXIF_FLAG, image, turn), pillow, None
    yield "webp-orientation-with-head", extended(EXIF_FLAG, image, (b"EXIF", b"Exif\0\0" + exif(8))), pillow, None
    yield "webp-flag-of-missing-exif", extended(EXIF_FLAG, image), dwebp, None
    yield "webp-flag-of-missing-profile", extended(ICC_FLAG, image), dwebp, None
    yield "webp-flag-of-missing-xmp", extended(XMP_FLAG, image, (b"XMP\0", b"<x:xmpmeta/>")), dwebp, None
    yield "webp-flag-of-missing-alpha", extended(ALPHA_FLAG, image), dwebp, None
    yield "webp-alpha-without-flag", extended(0, (b"ALPH", parts[b"ALPH"]), (b"VP8 ", parts[b"VP8 "])), dwebp, None
    yield "webp-unknown-chunk", extended(0, image, (b"ABCD", b"abc"), before=((b"WXYZ", bytes(9)),)), dwebp, None
    yield "webp-exif-claims-too-much", _longer(extended(EXIF_FLAG, image, (b"EXIF", exif(1)))), dwebp, None
    yield "webp-bytes-behind", lossy + bytes(1000), dwebp, None
    yield (
        "webp-animated",
        written(chart(), "WEBP", save_all=True, append_images=[chart().rotate(180)], duration=100, quality=95),
        pillow,
        None,
    )
    yield (
        "webp-animated-lossless",
        written(with_alpha(chart()), "WEBP", save_all=True, append_images=[chart().rotate(180).convert("RGBA")], lossless=True),
        pillow,
        None,
    )
    yield "webp-cut", lossy[: len(lossy) // 2], dwebp, None
    yield "webp-lossless-cut", lossless[: len(lossless) // 2], dwebp, None


def _longer(file: bytes) -> bytes:
    """The size of the last chunk is beyond the end of the file."""
    at = file.rindex(b"EXIF") + 4
    return file[:at] + struct.pack("<I", 5000) + file[at + 4 :]


# GIF and BMP


def gif_cases():
    few = chart().quantize(32, dither=Image.Dither.NONE)
    plain = written(few, "GIF")
    clear = few.copy()
    clear.info["transparency"] = clear.getpixel((5, 5))
    yield "gif", plain, pillow, None
    yield "gif-interlaced", written(few, "GIF", interlace=True), pillow, None
    yield "gif-transparent", written(clear, "GIF", transparency=clear.getpixel((5, 5))), pillow, None
    yield "gif-animated", written(few, "GIF", save_all=True, append_images=[few.rotate(180)], duration=100), pillow, None
    yield "gif-screen-larger", plain[:6] + struct.pack("<HH", 700, 560) + plain[10:], pillow, None
    yield "gif-bytes-behind", plain + bytes(100), pillow, None
    yield "gif-without-trailer", plain[:-1], pillow, None
    yield "gif-cut", plain[: len(plain) // 2], pillow, CUT


def bmp(
    depth: int,
    data: bytes,
    palette: bytes = b"",
    masks: tuple[int, ...] = (),
    compression: int = 0,
    down: bool = False,
    size=SIZE,
) -> bytes:
    more = b"".join(struct.pack("<I", mask) for mask in masks)
    offset = 14 + 40 + len(more) + len(palette)
    height = -size[1] if down else size[1]
    head = struct.pack("<IiiHHIIiiII", 40, size[0], height, 1, depth, compression, len(data), 2835, 2835, len(palette) // 4, 0)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + head + more + palette + data


def bmp_cases():
    few = chart().quantize(16, dither=Image.Dither.NONE)
    upside = Image.Transpose.FLIP_TOP_BOTTOM
    colours = few.getpalette()[:48]
    palette = b"".join(bytes((*colours[at : at + 3][::-1], 0)) for at in range(0, 48, 3))
    shallow = lambda r, g, b: r >> 3 << 11 | g >> 2 << 5 | b >> 3
    pixels = b"".join(struct.pack("<H", shallow(*pixel)) for pixel in chart().transpose(upside).getdata())
    yield "bmp-24", written(chart(), "BMP"), pillow, None
    yield "bmp-24-odd-width", written(chart((641, 487)), "BMP"), pillow, None
    yield "bmp-32", bmp(32, chart().transpose(upside).tobytes("raw", "BGRX")), pillow, None
    yield "bmp-top-down", bmp(24, chart().tobytes("raw", "BGR"), down=True), pillow, None
    yield "bmp-palette-8", written(few, "BMP"), pillow, None
    yield "bmp-palette-4", bmp(4, _nibbles(few.transpose(upside)), palette), pillow, None
    yield (
        "bmp-palette-1",
        written(chart().convert("L").point(lambda value: value > 128 and 255).convert("1"), "BMP"),
        pillow,
        None,
    )
    yield "bmp-run-length", bmp(8, _run_length(few.transpose(upside)), palette, compression=1), pillow, None
    yield "bmp-565", bmp(16, pixels, masks=(0xF800, 0x07E0, 0x001F), compression=3), pillow, None
    yield "bmp-alpha", written(with_alpha(chart()), "BMP"), pillow, None
    yield "bmp-cut", written(chart(), "BMP")[:300_000], pillow, CUT


def _nibbles(image: Image.Image) -> bytes:
    raw = image.tobytes()
    return bytes(raw[at] << 4 | raw[at + 1] for at in range(0, len(raw), 2))


def _run_length(image: Image.Image) -> bytes:
    raw, out = image.tobytes(), bytearray()
    for at in range(0, len(raw), image.width):
        for value, run in itertools.groupby(raw[at : at + image.width]):
            length = len(list(run))
            while length > 0:
                out += bytes((min(length, 255), value))
                length -= 255
        out += b"\0\0"
    return bytes(out + b"\0\1")


# TIFF


def tiff(entries: dict[int, tuple[int, list[int]]], data: list[bytes], tiled: bool = False, order: str = "<") -> bytes:
    """A file with these tags, and its data in strips or tiles."""
    offsets, counts = (324, 325) if tiled else (273, 279)
    at, places = 8, []
    for piece in data:
        places.append(at)
        at += len(piece)
    entries = dict(sorted((entries | {offsets: (4, places), counts: (4, [len(piece) for piece in data])}).items()))
    directory, more = struct.pack(order + "H", len(entries)), b""
    beyond = at + 2 + 12 * len(entries) + 4
    for tag, (kind, values) in entries.items():
        content = struct.pack(f"{order}{len(values)}{ {1: 'B', 3: 'H', 4: 'I'}[kind] }", *values)
        if len(content) > 4:
            place = struct.pack(order + "I", beyond + len(more))
            more += content + bytes(len(content) % 2)
        else:
            place = content.ljust(4, b"\0")
        directory += struct.pack(order + "HHI", tag, kind, len(values)) + place
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HI", 42, at) + b"".join(data) + directory + bytes(4) + more


def tags(image: Image.Image, depth: int, light: int) -> dict[int, tuple[int, list[int]]]:
    channels = len(image.getbands())
    return {
        256: (4, [image.width]),
        257: (4, [image.height]),
        258: (3, [depth] * channels),
        259: (3, [1]),
        262: (3, [light]),
        277: (3, [channels]),
    }


def tiff_cases():
    image, grey, inks = chart(), chart().convert("L"), chart().convert("CMYK")
    deep = {order: b"".join(struct.pack(order + "H", value * 257) for value in image.tobytes()) for order in "<>"}
    tiles = [image.crop((x, y, x + 128, y + 128)).tobytes() for y in range(0, 512, 128) for x in range(0, 640, 128)]
    whole = {278: (4, [image.height])}
    yield "tiff-rgb", written(image, "TIFF"), pillow, None
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "tiff_deflate"):
        yield f"tiff-{compression}", written(image, "TIFF", compression=compression), pillow, None
    yield "tiff-jpeg", written(image, "TIFF", compression="jpeg", quality=95), pillow, None
    yield "tiff-predictor", written(image, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}), pillow, None
    yield "tiff-fax", written(grey.convert("1", dither=Image.Dither.NONE), "TIFF", compression="group4"), pillow, None
    yield "tiff-1-bit", written(grey.convert("1", dither=Image.Dither.NONE), "TIFF"), pillow, None
    yield "tiff-grey", written(grey, "TIFF"), pillow, None
    yield (
        "tiff-grey-white-is-zero",
        tiff(tags(grey, 8, 0) | whole, [bytes(255 - value for value in grey.tobytes())]),
        pillow,
        None,
    )
    yield (
        "tiff-grey-16",
        written(grey.convert("I").point(lambda value: value * 257).convert("I;16"), "TIFF"),
        lambda file: pillow(png(grey)),
        None,
    )
    yield (
        "tiff-palette",
        written(image.quantize(32, dither=Image.Dither.NONE), "TIFF"),
        pillow,
        "docs/uploads.md: TIFF of grey, RGB, CMYK",
    )
    yield "tiff-rgba", written(with_alpha(image), "TIFF"), pillow, None
    yield "tiff-cmyk", written(inks, "TIFF"), pillow, None
    yield "tiff-cmyk-lzw", written(inks, "TIFF", compression="tiff_lzw"), pillow, None
    yield "tiff-cmyk-profile", written(inks, "TIFF", icc_profile=profiles.CMYK), pillow, None
    yield "tiff-rgb-16", tiff(tags(image, 16, 2) | whole, [deep["<"]]), lambda file: pillow(png(image)), None
    yield (
        "tiff-rgb-16-big-endian",
        tiff(tags(image, 16, 2) | whole, [deep[">"]], order=">"),
        lambda file: pillow(png(image)),
        None,
    )
    yield "tiff-tiled", tiff(tags(image, 8, 2) | {322: (4, [128]), 323: (4, [128])}, tiles, tiled=True), pillow, None
    yield (
        "tiff-planes",
        tiff(tags(image, 8, 2) | whole | {284: (3, [2])}, [channel.tobytes() for channel in image.split()]),
        pillow,
        "docs/uploads.md: a variant of a format",
    )
    yield (
        "tiff-many-strips",
        tiff(
            tags(image, 8, 2) | {278: (4, [7])}, [image.tobytes()[at : at + 640 * 21] for at in range(0, 640 * 512 * 3, 640 * 21)]
        ),
        pillow,
        None,
    )
    for orientation in (3, 6, 8):
        yield f"tiff-orientation-{orientation}", written(image, "TIFF", tiffinfo={274: orientation}), pillow, None
    yield "tiff-display-p3", written(image, "TIFF", icc_profile=profiles.DISPLAY_P3), pillow, None
    yield "tiff-two-pages", written(image, "TIFF", save_all=True, append_images=[image.rotate(180)]), pillow, None
    yield "tiff-cut", written(image, "TIFF")[:400_000], pillow, CUT


# HEIC, AVIF, JPEG XL


def heif_cases():
    plain = written(chart(), "PNG")

    def heif(suffix: str, *options: str, file: bytes = plain, source: str = "a.png") -> bytes:
        return by_files(["heif-enc", "-q", "95", *options], file, source, f"a.{suffix}", ("-o",))

    photograph = written(chart(), icc_profile=profiles.DISPLAY_P3)
    heic = heif("heic")
    yield "heic", heic, heif_convert, None
    yield "heic-444", heif("heic", "-p", "chroma=444"), heif_convert, None
    yield "heic-lossless", heif("heic", "-L"), heif_convert, None
    yield "heic-odd-size", heif("heic", file=png(chart((641, 487)))), heif_convert, None
    yield "heic-alpha", heif("heic", file=png(with_alpha(chart()))), heif_convert, None
    yield (
        "heic-display-p3",
        heif("heic", file=photograph, source="a.jpg"),
        lambda file: heif_convert(heic, profiles.DISPLAY_P3),
        None,
    )
    yield "heic-turned", heif("heic", file=turned(6), source="a.jpg"), heif_convert, None
    yield "heic-cut", heic[: len(heic) // 2], heif_convert, CUT
    yield "avif", heif("avif", "-A"), heif_convert, None
    yield "avif-10-bits", heif("avif", "-A", "-b", "10"), heif_convert, None
    yield (
        "avif-display-p3",
        heif("avif", "-A", file=photograph, source="a.jpg"),
        lambda file: heif_convert(heic, profiles.DISPLAY_P3),
        None,
    )
    yield "avif-444", heif("avif", "-A", "-p", "chroma=444"), heif_convert, None
    yield "avif-alpha", heif("avif", "-A", file=png(with_alpha(chart()))), heif_convert, None
    yield "avif-grey", heif("avif", "-A", file=png(chart().convert("L"))), heif_convert, None
    yield "avif-turned", heif("avif", "-A", file=turned(3), source="a.jpg"), heif_convert, None


def jxl_cases():
    def cjxl(file: bytes, *options: str, source: str = "a.png") -> bytes:
        return by_files(["cjxl", "--quiet", "-e", "3", *options], file, source, "a.jxl")

    plain = png(chart())
    yield "jxl", cjxl(plain, "-d", "0.5"), djxl, None
    yield "jxl-lossless", cjxl(plain, "-d", "0"), djxl, None
    yield "jxl-16", cjxl(png(chart(), 16), "-d", "0"), djxl, None
    yield "jxl-alpha", cjxl(png(with_alpha(chart())), "-d", "0"), djxl, None
    yield "jxl-grey", cjxl(png(chart().convert("L")), "-d", "0"), djxl, None
    yield "jxl-of-jpeg", cjxl(written(chart()), source="a.jpg"), djxl, None
    yield "jxl-of-turned-jpeg", cjxl(turned(6), source="a.jpg"), djxl, None
    yield "jxl-display-p3", cjxl(written(chart(), "PNG", icc_profile=profiles.DISPLAY_P3), "-d", "0.5"), djxl, None
    yield "jxl-progressive", cjxl(plain, "-d", "0.5", "-p"), djxl, None
    yield "jxl-cut", cjxl(plain, "-d", "0")[:200], djxl, CUT


# What is no picture


def foreign_cases():
    plain = written(chart())
    archive = io.BytesIO(plain)
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("page.html", "<script>")
    yield "foreign-archive-behind", archive.getvalue(), pillow, "docs/uploads.md: an archive, too"
    for name, file in (
        ("empty", b""),
        ("text", b"no picture at all"),
        ("pdf", b"%PDF-1.7\n" + bytes(2000)),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='600' height='600'/>"),
        ("psd", b"8BPS\0\1" + bytes(2000)),
        ("zeros", bytes(100_000)),
    ):
        yield f"foreign-{name}", file, pillow, None


def cases():
    """Name, file, reference, and why it is refused where programs are more lenient."""
    for kind in (webp_cases, gif_cases, bmp_cases, tiff_cases, heif_cases, jxl_cases, foreign_cases):
        yield from kind()
