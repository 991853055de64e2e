"""Makes pictures as people upload them, and what other programs see in them.

`python3 make.py FOLDER` writes small pictures, for each one that is to be taken a PNG of what Pillow (with Little CMS),
djpeg or dwebp makes of it, and `list.tsv`: a line for each picture with its name and `taken`, or `refused` and words of the
refusal. `python3 make.py FOLDER large` writes large ones instead, nothing else. Needs Pillow, cjpeg and djpeg of libjpeg-turbo, cwebp and dwebp of libwebp. The same files on every run.
"""

import io
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

OUT = Path(sys.argv[1])
OUT.mkdir(parents=True, exist_ok=True)
DATA = Path(__file__).parent.parent / "data"
LINES = []
BASE = Image.open(DATA / "chelsea.png").convert("RGB").crop((60, 40, 260, 173))
WIDTH, HEIGHT = BASE.size
FLAT = Image.new("RGB", (96, 64))
for index, colour in enumerate([(220, 40, 40), (40, 180, 60), (40, 60, 200), (230, 200, 40), (128, 128, 128), (20, 20, 20)]):
    FLAT.paste(colour, (index % 3 * 32, index // 3 * 32, index % 3 * 32 + 32, index // 3 * 32 + 32))


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def run(*command, data=b""):
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


# What other programs see.


def flattened(image, ground):
    if image.mode in ("P", "PA", "LA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        under = Image.new("RGBA", image.size, ground + (255,))
        return Image.alpha_composite(under, image).convert("RGB")
    return image.convert("RGB")


def by_pillow(data, ground=(255, 255, 255), managed=True):
    image = Image.open(io.BytesIO(data))
    profile = image.info.get("icc_profile")
    image.load()
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "I;16" or image.mode == "I":
        image = image.point(lambda v: v / 257).convert("L")
    image = ImageOps.exif_transpose(image)
    if profile and managed:
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        image = image.convert("RGB") if image.mode in ("RGBA", "P") else image
        image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB")
        if alpha:
            image.putalpha(alpha)
    return flattened(image, ground)


def by_djpeg(data):
    return Image.open(io.BytesIO(run("djpeg", "-ppm", data=data))).convert("RGB")


def by_dwebp(data, ground=(255, 255, 255)):
    return flattened(Image.open(io.BytesIO(run("dwebp", "-quiet", "-o", "-", "--", "-", data=data))), ground)


def taken(name, data, reference):
    (OUT / name).write_bytes(data)
    reference.save(OUT / (name + ".png"))
    LINES.append(f"{name}\ttaken")


def refused(name, data, words):
    (OUT / name).write_bytes(data)
    LINES.append(f"{name}\trefused\t{words}")


# Colour profiles, written from their figures.

D50 = (0.9642, 1.0, 0.8249)
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
PROPHOTO = ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))


def gamma(value, version):
    if version == 2:
        return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))
    return b"para\0\0\0\0\0\0\0\0" + fixed(value)


def srgb_curve():
    return b"para\0\0\0\0\0\3\0\0" + b"".join(map(fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))


def text(value, version):
    if version == 2:
        return b"desc\0\0\0\0" + struct.pack(">I", len(value) + 1) + value + b"\0" + bytes(78)
    wide = value.decode().encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(wide), 28) + wide


def icc(space, kind, version, tags, pcs=b"XYZ "):
    tags = {b"desc": text(b"a test", version), b"cprt": b"text\0\0\0\0none\0" if version == 2 else text(b"none", 4), b"wtpt": xyz(D50), **tags}
    table, body, offset = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", version << 24, kind, space, pcs)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(24) + bytes(4) + b"".join(map(fixed, D50))
    return head.ljust(128, b"\0") + table + body


def rgb_profile(primaries, curve, version=2):
    red, green, blue = primaries
    return icc(b"RGB ", b"mntr", version, {b"rXYZ": xyz(red), b"gXYZ": xyz(green), b"bXYZ": xyz(blue), b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def grey_profile(value, version=2):
    return icc(b"GRAY", b"mntr", version, {b"kTRC": gamma(value, version)})


def cmyk_profile():
    """Inks that make Lab by a table of nine steps, a little darker and warmer than a simple mixture."""
    steps, grid = 9, b""
    for n in range(steps**4):
        c, m, y, k = (n // steps ** (3 - place) % steps / (steps - 1) for place in range(4))
        light = (1 - 0.3 * c) * (1 - 0.45 * m) * (1 - 0.1 * y) * (1 - 0.85 * k)
        a = (-60 * c + 75 * m) * (1 - k)
        b = (-45 * c - 5 * m + 90 * y) * (1 - k)
        grid += struct.pack(">3H", round(light * 65280), round((a + 128) * 256), round((b + 128) * 256))
    identity = b"".join(fixed(v) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    line = struct.pack(">2H", 0, 65535)
    table = b"mft2\0\0\0\0" + struct.pack(">4B", 4, 3, steps, 0) + identity + struct.pack(">2H", 2, 2) + line * 4 + grid + line * 3
    return icc(b"CMYK", b"prtr", 2, {b"A2B0": table}, b"Lab ")


# JPEG.


def cjpeg(*options, image=BASE):
    return run("cjpeg", "-quality", "92", *options, data=encoded(image, "PPM"))


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def after_start(data, *parts):
    return data[:2] + b"".join(parts) + data[2:]


def segments(data):
    """Markers with their places and lengths up to the first scan's data."""
    at = 2
    while True:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        yield marker, at, length + 2
        at += length + 2
        if marker == 0xDA:
            return


def without(data, *markers):
    cut = [(at, length) for marker, at, length in segments(data) if marker in markers]
    for at, length in reversed(cut):
        data = data[:at] + data[at + length :]
    return data


def scan_data(data):
    *_, (_, at, length) = segments(data)
    return at + length


def exif(orientation):
    return segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation, 0]) + bytes(6))


NOISE = random.Random(7).randbytes
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + struct.pack(">I", 60008) + b"mdat" + NOISE(20000) + b"<sVG pk\x03\x04 <?php %PDF-1.4" + NOISE(40000)
SAMSUNG = NOISE(3000) + b"SEFH\x6a\0\0\0" + NOISE(40) + b"SEFT"
C2PA = b"JP\0\x01\0\0\0\x01\0\0\x20\0jumb\0\0\0\x28jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0 <svg xmlns='http://www.w3.org/2000/svg'><script>PK\x03\x04</script></svg>"
XMP = b"http://ns.adobe.com/xap/1.0/\0<?xpacket begin=''?><x:xmpmeta><rdf:li><svg onload=''/><html><script></rdf:li></x:xmpmeta>"


def jpegs():
    for sampling in ["1x1", "2x1", "2x2", "1x2", "4x1", "3x1,1x1,1x1", "1x1,2x1,2x1", "1x1,2x2,2x2", "2x1,1x2,1x1", "1x1,2x1,1x2", "2x2,2x1,1x2"]:
        name = sampling.replace(",", "-")
        for options, kind in [((), ""), (("-progressive",), "-progressive")]:
            data = cjpeg("-sample", sampling, *options)
            taken(f"sampling-{name}{kind}.jpg", data, by_djpeg(data))
    plain = cjpeg("-sample", "2x2")
    progressive = cjpeg("-progressive")
    see = by_djpeg(plain)
    for number in range(1, 9):
        turned = after_start(plain, exif(number))
        taken(f"orientation-{number}.jpg", turned, by_pillow(turned))
    grey = cjpeg("-grayscale")
    taken("grey.jpg", grey, by_djpeg(grey))
    rgb = cjpeg("-rgb")
    taken("rgb.jpg", rgb, by_djpeg(rgb))
    restart = cjpeg("-restart", "2")
    taken("restart.jpg", restart, by_djpeg(restart))
    at = scan_data(restart)
    odd = bytearray(restart)
    for place in range(at, len(odd) - 1):
        if odd[place] == 0xFF and 0xD0 <= odd[place + 1] <= 0xD7:
            odd[place + 1] = 0xD0
    taken("restart-always-0.jpg", bytes(odd), by_djpeg(restart))
    (OUT / "scans.txt").write_text("0;\n1;\n2;\n")
    for options, name in [((), "scan-each"), (("-sample", "1x1"), "scan-each-full")]:
        data = cjpeg("-scans", str(OUT / "scans.txt"), *options)
        taken(f"{name}.jpg", data, by_djpeg(data))
    taken("no-end.jpg", plain[:-2], see)
    taken("no-end-progressive.jpg", progressive[:-2], by_djpeg(progressive))
    taken("no-end-samsung.jpg", plain[:-2] + SAMSUNG, see)
    taken("no-end-film.jpg", plain[:-2] + FILM, see)
    taken("film.jpg", plain + FILM, see)
    taken("samsung.jpg", plain + SAMSUNG, see)
    taken("second-picture.jpg", plain + grey, see)
    taken("c2pa.jpg", after_start(plain, segment(0xEB, C2PA)), see)
    taken("xmp.jpg", after_start(plain, segment(0xE1, XMP)), see)
    taken("no-tables.jpg", without(cjpeg("-sample", "2x1"), 0xC4), by_djpeg(cjpeg("-sample", "2x1")))
    taken("bytes-between.jpg", after_start(plain, segment(0xE5, b"x"), b"\0\x17\x2a", segment(0xE6, b"y"), b"\xff\xff"), see)
    taken("two-starts.jpg", plain[:2] + plain, see)
    frame = next(at for marker, at, _ in segments(plain) if marker == 0xC0)
    ids = bytearray(plain)
    for place in range(3):
        ids[frame + 10 + 3 * place] = 7 + place
    taken("ids-differ.jpg", bytes(ids), see)
    for name, cut in [("half", 2), ("most", 1)]:
        last = progressive.rindex(b"\xff\xda")
        data = progressive[: last + (len(progressive) - last) // (cut + 1)]
        taken(f"last-scan-{name}.jpg", data, by_djpeg(progressive[:last] + b"\xff\xd9"))
    taken("cmyk.jpg", encoded(FLAT.convert("CMYK"), "JPEG", quality=95), by_pillow(encoded(FLAT.convert("CMYK"), "JPEG", quality=95)))
    cmyk = encoded(FLAT.convert("CMYK"), "JPEG", quality=95, icc_profile=cmyk_profile())
    taken("cmyk-profile.jpg", cmyk, by_pillow(cmyk))
    for name, profile in profiles().items():
        data = encoded(FLAT, "JPEG", quality=97, subsampling=0, icc_profile=profile)
        taken(f"{name}.jpg", data, by_pillow(data))
    grey_tagged = encoded(BASE.convert("L"), "JPEG", quality=95, icc_profile=grey_profile(1.8))
    taken("grey-gamma-1.8.jpg", grey_tagged, by_pillow(grey_tagged))
    wrong = encoded(FLAT, "JPEG", quality=97, subsampling=0, icc_profile=grey_profile(1.8))
    taken("wrong-profile.jpg", wrong, by_pillow(wrong, managed=False))
    broken = encoded(FLAT, "JPEG", quality=97, subsampling=0, icc_profile=b"not a profile at all" * 9)
    taken("broken-profile.jpg", broken, by_pillow(broken, managed=False))

    refused("cut-half.jpg", plain[: len(plain) // 2], "ends before the picture does: about")
    refused("cut-half-ended.jpg", plain[: len(plain) // 2] + b"\xff\xd9", "about")
    refused("cut-half-film.jpg", plain[: len(plain) // 2] + b"\xff\xd9" + FILM, "breaks off: about")
    refused("cut-progressive.jpg", progressive[: len(progressive) // 3], "only a coarse version")
    refused("cut-in-headers.jpg", plain[:100], "ends before the picture begins")
    refused("arithmetic.jpg", cjpeg("-arithmetic"), "arithmetic coding, which is not supported")
    deep = bytearray(plain)
    deep[frame + 4] = 12
    refused("twelve-bits.jpg", bytes(deep), "more than 8 bits")
    lossless = bytearray(plain)
    lossless[frame + 1] = 0xC3
    refused("lossless.jpg", bytes(lossless), "lossless")


def profiles():
    return {
        "adobe-rgb": rgb_profile(ADOBE, gamma(563 / 256, 2)),
        "adobe-rgb-v4": rgb_profile(ADOBE, gamma(563 / 256, 4), 4),
        "display-p3": rgb_profile(P3, srgb_curve(), 4),
        "prophoto": rgb_profile(PROPHOTO, gamma(1.8, 2)),
        "srgb": rgb_profile(SRGB, srgb_curve(), 4),
    }


# PNG.


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def before_data(data, *chunks):
    at = data.index(b"IDAT") - 4
    return data[:at] + b"".join(chunks) + data[at:]


def png(width, height, depth, colour, rows, *chunks, interlaced=0):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    data = zlib.compress(rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def deep_rows(image, channels):
    """Each value v as v * 257, which is v in eight bits."""
    width, height = image.size
    pixels = image.tobytes()
    rows = b""
    for y in range(height):
        line = pixels[y * width * channels : (y + 1) * width * channels]
        rows += b"\0" + bytes(byte for value in line for byte in (value, value))
    return rows


def adam7(image):
    width, height = image.size
    rows, pixels = b"", image.load()
    for left, top, across, down in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for y in range(top, height, down):
            line = b"".join(bytes(pixels[x, y]) for x in range(left, width, across))
            rows += b"\0" + line if line else b""
    return rows


def logo(colour):
    image = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
    for x in range(10, 70):
        for y in range(10, 50):
            if (x // 6 + y // 6) % 2:
                image.putpixel((x, y), colour + (min(255, 60 + x * 3),))
    return image


def pngs():
    plain = encoded(BASE, "PNG")
    taken("plain.png", plain, BASE)
    taken("c2pa.png", before_data(plain, chunk(b"caBX", C2PA)), BASE)
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.split(b"\0")[1]
    taken("xmp.png", before_data(plain, chunk(b"iTXt", xmp)), BASE)
    taken("acropalypse.png", plain + plain[len(plain) // 3 :], BASE)
    taken("adam7.png", png(*BASE.size, 8, 2, adam7(BASE), interlaced=1), BASE)
    transparent = logo((200, 30, 60))
    seen = by_pillow(encoded(transparent, "PNG"))
    taken("adam7-alpha.png", png(80, 60, 8, 6, adam7(transparent), interlaced=1), seen)
    taken("deep.png", png(*BASE.size, 16, 2, deep_rows(BASE, 3)), BASE)
    taken("deep-alpha.png", png(80, 60, 16, 6, deep_rows(transparent, 4)), seen)
    taken("deep-grey.png", png(*BASE.size, 16, 0, deep_rows(BASE.convert("L"), 1)), BASE.convert("L").convert("RGB"))
    taken("bits.png", encoded(BASE.convert("1"), "PNG"), BASE.convert("1").convert("RGB"))
    palette = BASE.quantize(64)
    taken("palette.png", encoded(palette, "PNG"), palette.convert("RGB"))
    see_through = encoded(palette, "PNG", transparency=bytes(n * 4 for n in range(64)))
    taken("palette-transparent.png", see_through, by_pillow(see_through))
    grey_alpha = encoded(transparent.convert("LA"), "PNG")
    taken("grey-alpha.png", grey_alpha, by_pillow(grey_alpha))
    for name, colour, ground in [("black", (0, 0, 0), 255), ("white", (255, 255, 255), 0), ("red", (220, 30, 30), 255)]:
        data = encoded(logo(colour), "PNG")
        taken(f"logo-{name}.png", data, by_pillow(data, (ground,) * 3))
    for name, profile in profiles().items():
        data = encoded(FLAT, "PNG", icc_profile=profile)
        taken(f"{name}.png", data, by_pillow(data))
    with_alpha = encoded(logo((200, 60, 60)), "PNG", icc_profile=profiles()["display-p3"])
    taken("display-p3-alpha.png", with_alpha, by_pillow(with_alpha))
    p3 = by_pillow(encoded(FLAT, "PNG", icc_profile=profiles()["display-p3"]))
    flat = encoded(FLAT, "PNG")
    taken("cicp-p3.png", before_data(flat, chunk(b"cICP", bytes([12, 13, 0, 1]))), p3)
    taken("cicp-srgb.png", before_data(flat, chunk(b"cICP", bytes([1, 13, 0, 1]))), FLAT)
    adobe = by_pillow(encoded(FLAT, "PNG", icc_profile=profiles()["adobe-rgb"]))
    points = (0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
    chrm = chunk(b"cHRM", struct.pack(">8I", *(round(value * 100000) for value in points)))
    taken("gama-chrm-adobe.png", before_data(flat, chunk(b"gAMA", struct.pack(">I", 45471)), chrm), adobe)
    taken("gama-srgb.png", before_data(flat, chunk(b"gAMA", struct.pack(">I", 45455))), FLAT)
    linear = encoded(FLAT, "PNG", icc_profile=rgb_profile(SRGB, gamma(1.0, 2)))
    taken("gama-linear.png", before_data(flat, chunk(b"gAMA", struct.pack(">I", 100000))), by_pillow(linear))
    # Dark levels of a linear picture need the sixteen bits.
    steps = Image.new("L", (64, 8))
    deep = b"".join(b"\0" + b"".join(struct.pack(">H", n * 40) * 3 for n in range(64)) for _ in range(8))
    for n in range(64):
        level = n * 40 / 65535
        encoded_level = 12.92 * level if level <= 0.0031308 else 1.055 * level ** (1 / 2.4) - 0.055
        steps.paste(round(encoded_level * 255), (n, 0, n + 1, 8))
    compressed = chunk(b"iCCP", b"linear\0\0" + zlib.compress(rgb_profile(SRGB, gamma(1.0, 2))))
    taken("deep-linear.png", png(64, 8, 16, 2, deep, compressed), steps.convert("RGB"))
    frames = [BASE, ImageOps.invert(BASE)]
    taken("animated.png", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]), BASE)
    grey_tagged = encoded(BASE.convert("L"), "PNG", icc_profile=grey_profile(2.2))
    taken("grey-gamma-2.2.png", grey_tagged, by_pillow(grey_tagged))
    refused("cut-half.png", plain[: len(plain) // 2], "ends before the picture does")
    damaged = bytearray(plain)
    damaged[len(plain) // 2] ^= 0x55
    refused("damaged.png", bytes(damaged), "a checksum in it is wrong")


# WebP.


def cwebp(image, *options):
    (OUT / "in.png").write_bytes(encoded(image, "PNG"))
    return run("cwebp", "-quiet", *options, str(OUT / "in.png"), "-o", "-")


def riff(*chunks):
    body = b"WEBP" + b"".join(name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bitstream(data, name):
    at = data.index(name)
    length = struct.unpack("<I", data[at + 4 : at + 8])[0]
    return name, data[at + 8 : at + 8 + length]


def webps():
    lossy, lossless = cwebp(BASE, "-q", "90"), cwebp(BASE, "-lossless")
    see = by_dwebp(lossy)
    taken("lossy.webp", lossy, see)
    taken("lossless.webp", lossless, BASE)
    picture = bitstream(lossy, b"VP8 ")
    canvas = struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3]
    extended = lambda flags: (b"VP8X", bytes([flags, 0, 0, 0]) + canvas)
    taken("flags-without-chunks.webp", riff(extended(0x2C), picture), see)
    taken("xmp-nul.webp", riff(extended(4), picture, (b"XMP\0", b"<x:xmpmeta/>")), see)
    taken("alpha-flag.webp", riff(extended(0x10), picture), see)
    taken("animation-flag.webp", riff(extended(2), picture), see)
    whole = riff(extended(8), picture, (b"EXIF", b"II*\0\x08\0\0\0\0\0"))
    at = whole.index(b"EXIF") + 4
    taken("metadata-size-beyond.webp", whole[:at] + struct.pack("<I", 99999) + whole[at + 4 :], see)
    taken("riff-size-beyond.webp", lossy[:4] + struct.pack("<I", len(lossy) + 5000) + lossy[8:], see)
    taken("c2pa.webp", riff(extended(0), picture, (b"C2PA", C2PA)), see)
    taken("behind.webp", lossy + FILM, see)
    for name, options in [("lossy-alpha", ("-q", "90", "-alpha_q", "100")), ("lossless-alpha", ("-lossless", "-exact"))]:
        data = cwebp(logo((200, 30, 60)), *options)
        taken(f"{name}.webp", data, by_dwebp(data))
    white = cwebp(logo((255, 255, 255)), "-lossless", "-exact")
    taken("logo-white.webp", white, by_dwebp(white, (0, 0, 0)))
    adobe = encoded(FLAT, "WEBP", lossless=True, icc_profile=profiles()["adobe-rgb"])
    taken("adobe-rgb.webp", adobe, by_pillow(adobe))
    turned = riff(extended(8), picture, (b"EXIF", exif(6)[10:]))
    taken("orientation-6.webp", turned, see.transpose(Image.Transpose.ROTATE_270))
    animated = encoded(BASE, "WEBP", save_all=True, append_images=[ImageOps.invert(BASE)], lossless=True)
    taken("animated.webp", animated, BASE)
    refused("cut-half.webp", lossy[: len(lossy) // 2], "ends before the picture does")
    refused("four-gigabytes.webp", lossy[:4] + b"\xff\xff\xff\xff" + lossy[8:], "a size that cannot be")


# TIFF, GIF, BMP.


def others():
    for name, options in [("plain", {}), ("lzw", {"compression": "tiff_lzw"}), ("deflate", {"compression": "tiff_adobe_deflate"}), ("packbits", {"compression": "packbits"})]:
        taken(f"{name}.tif", encoded(BASE, "TIFF", **options), BASE)
    for mode in ("L", "1"):
        image = BASE.convert(mode)
        taken(f"mode-{mode}.tif", encoded(image, "TIFF"), image.convert("RGB"))
    refused("palette.tif", encoded(BASE.quantize(50), "TIFF"), "TIFF of an unusual kind, which is not supported")
    transparent = logo((200, 30, 60))
    taken("alpha.tif", encoded(transparent, "TIFF"), by_pillow(encoded(transparent, "PNG")))
    cmyk = encoded(FLAT.convert("CMYK"), "TIFF", icc_profile=cmyk_profile())
    taken("cmyk-profile.tif", cmyk, by_pillow(cmyk))
    taken("cmyk.tif", encoded(FLAT.convert("CMYK"), "TIFF"), FLAT.convert("CMYK").convert("RGB"))
    adobe = encoded(FLAT, "TIFF", icc_profile=profiles()["adobe-rgb"])
    taken("adobe-rgb.tif", adobe, by_pillow(adobe))
    turned = encoded(BASE, "TIFF", tiffinfo={274: 6})
    taken("orientation-6.tif", turned, BASE.transpose(Image.Transpose.ROTATE_270))
    taken("pages.tif", encoded(BASE, "TIFF", save_all=True, append_images=[ImageOps.invert(BASE)]), BASE)
    palette = BASE.quantize(64)
    gif = encoded(palette, "GIF")
    taken("plain.gif", gif, by_pillow(gif))
    animated = encoded(palette, "GIF", save_all=True, append_images=[ImageOps.invert(BASE).quantize(64)])
    taken("animated.gif", animated, by_pillow(animated))
    see_through = encoded(palette, "GIF", transparency=0)
    taken("transparent.gif", see_through, by_pillow(see_through))
    taken("plain.bmp", encoded(BASE, "BMP"), BASE)
    taken("palette.bmp", encoded(palette, "BMP"), palette.convert("RGB"))
    refused("cut-half.tif", encoded(BASE, "TIFF")[:40000], "damaged")
    refused("cut-half.gif", gif[: len(gif) // 2], "ends before the picture does")
    refused("cut-half.bmp", encoded(BASE, "BMP")[:40000], "ends before the picture does")
    refused("photoshop.psd", b"8BPS\0\x01" + bytes(40), "Photoshop document (PSD), which is not taken: export it")
    refused("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC picture as iPhones take them, which is not taken: export it as JPEG")


def large():
    """Some million pixels of every kind that takes memory of its own."""
    image = BASE.resize((2400, 1600))
    alpha = image.copy()
    alpha.putalpha(image.convert("L"))
    scans = OUT / "scans.txt"
    scans.write_text("0;\n1;\n2;\n")
    files = {
        "baseline.jpg": cjpeg("-sample", "2x2", image=image),
        "full.jpg": cjpeg("-sample", "1x1", image=image),
        "grey.jpg": cjpeg("-grayscale", image=image),
        "progressive.jpg": cjpeg("-progressive", "-sample", "2x2", image=image),
        "progressive-full.jpg": cjpeg("-progressive", "-sample", "1x1", image=image),
        "scan-each.jpg": cjpeg("-scans", str(scans), image=image),
        "chroma-finer.jpg": cjpeg("-sample", "1x1,2x1,2x1", image=image),
        "cmyk.jpg": encoded(image.convert("CMYK"), "JPEG"),
        "managed.jpg": encoded(image, "JPEG", icc_profile=profiles()["display-p3"]),
        "turned.jpg": after_start(cjpeg(image=image), exif(6)),
        "plain.png": encoded(image, "PNG", compress_level=1),
        "alpha.png": encoded(alpha, "PNG", compress_level=1),
        "managed.png": encoded(alpha, "PNG", compress_level=1, icc_profile=profiles()["display-p3"]),
        "deep.png": png(2400, 1600, 16, 6, bytes((1 + 8 * 2400) * 1600)),
        "lossy.webp": encoded(image, "WEBP", method=0),
        "lossy-alpha.webp": encoded(alpha, "WEBP", method=0),
        "lossless.webp": encoded(image, "WEBP", lossless=True, method=0, quality=0),
        "plain.tif": encoded(image, "TIFF"),
        "cmyk.tif": encoded(image.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        "plain.gif": encoded(image.quantize(64), "GIF"),
        "plain.bmp": encoded(image, "BMP"),
    }
    for name, data in files.items():
        (OUT / name).write_bytes(data)
    scans.unlink()


if "large" in sys.argv:
    large()
else:
    jpegs()
    pngs()
    webps()
    others()
    (OUT / "list.tsv").write_text("\n".join(LINES) + "\n")
