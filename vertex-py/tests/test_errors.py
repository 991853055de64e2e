"""Bad input raises the class of its kind with a message that names the argument."""

import io
import pickle
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

import vertex_ar
from conftest import DATA
from vertex_ar import errors


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and ends where its pixels begin."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 1000) + b"IDAT"


def closed() -> io.BytesIO:
    file = io.BytesIO(b"data")
    file.close()
    return file


def released() -> memoryview:
    view = memoryview(b"data")
    view.release()
    return view


def write_only(folder):
    return (folder / "new").open("wb")


GREY = np.zeros((200, 200), np.uint8)
HUGE = np.broadcast_to(np.uint8(0), (1 << 40, 1 << 20))
CHELSEA = DATA / "chelsea.png"


class Noise:
    """A file without an end."""

    def read(self, count: int) -> bytes:
        return bytes(count)


IMAGES = {
    "nothing": (None, TypeError, "image: expected a path, .* not NoneType"),
    "a number": (42, TypeError, "image: expected a path, .* not int"),
    "a list": ([[1, 2]], TypeError, "image: expected a path, .* not list"),
    "no bytes": (b"", vertex_ar.UnsupportedFormatError, "image: there are no bytes"),
    "a PDF": (b"%PDF-1.7", vertex_ar.UnsupportedFormatError, "image: .* PDF document, which is not taken"),
    "a missing path": ("no/such.png", FileNotFoundError, r"\[Errno 2\] image: No such file.*no/such.png"),
    "a folder": (DATA, IsADirectoryError, r"\[Errno 21\] image: Is a directory"),
    "a path with a zero": ("a\0b", ValueError, "image: embedded null"),
    "a closed file": (closed(), ValueError, "image: I/O operation on closed file"),
    "a file of text": (io.StringIO("x"), TypeError, "image: .* not a file of str"),
    "a file without an end": (Noise(), vertex_ar.TooLargeError, "image: it is longer than"),
    "a released view": (released(), ValueError, "image: operation forbidden"),
    "a damaged PNG": (png_header(200, 200), vertex_ar.CorruptPictureError, "image: .* damaged"),
    "half a PNG": (CHELSEA.read_bytes()[:100_000], vertex_ar.CorruptPictureError, "image: .* damaged"),
    "a small PNG": (png_header(99, 600), vertex_ar.TooSmallError, "image: .* 99x600"),
    "a wide PNG": (png_header(65000, 65000), vertex_ar.TooLargeError, "image: .* 65000x65000"),
    "a large PNG": (png_header(9000, 9000), vertex_ar.TooLargeError, "image: .* 81000000 pixels"),
    "floats": (GREY.astype(float), TypeError, "image: an array of float64"),
    "wide integers": (GREY.astype(np.uint16), TypeError, "image: an array of uint16"),
    "objects": (GREY.astype(object), TypeError, "image: an array of object"),
    "a row": (GREY[0], ValueError, r"image: an array of shape \[200\]"),
    "two channels": (np.zeros((200, 200, 2), np.uint8), ValueError, r"image: .* \[200, 200, 2\]"),
    "several pictures": (np.zeros((2, 200, 200, 3), np.uint8), ValueError, r"image: .* \[2, 200, 200, 3\]"),
    "an empty array": (GREY[:0], vertex_ar.TooSmallError, "image: .* 200x0"),
    "a small array": (GREY[:50], vertex_ar.TooSmallError, "image: .* 200x50"),
    "a huge array": (HUGE, vertex_ar.TooLargeError, "image: .* 1048576x4294967295"),
    "a small PIL image": (Image.new("RGB", (20, 20)), vertex_ar.TooSmallError, "image: .* 20x20"),
    "a large PIL image": (Image.new("1", (20000, 200)), vertex_ar.TooLargeError, "image: .* 20000x200"),
    "half a PIL image": (
        Image.open(io.BytesIO(CHELSEA.read_bytes()[:100_000])),
        vertex_ar.CorruptPictureError,
        "image: .*truncated",
    ),
}


@pytest.mark.parametrize("case", IMAGES)
def test_a_bad_picture_is_refused_in_words(case) -> None:
    image, expected, message = IMAGES[case]
    with pytest.raises(expected, match=f"^{message}") as caught:
        vertex_ar.compile(image)
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    "case", ["a number", "a closed file", "a damaged PNG", "floats", "a row", "a small array"]
)
def test_every_function_refuses_it_alike(case) -> None:
    image, expected, message = IMAGES[case]
    functions = [vertex_ar.analyze, vertex_ar.overlay, vertex_ar.detect, vertex_ar.preview]
    for function in [*functions, lambda image: vertex_ar.simulate(image, OFFICIAL)]:
        with pytest.raises(expected, match=f"^{message}"):
            function(image)


def test_a_file_that_only_writes_is_refused(tmp_path) -> None:
    with write_only(tmp_path) as file, pytest.raises(OSError, match=r"^image: "):
        vertex_ar.compile(file)


def compiled(**options):
    return lambda: vertex_ar.compile(CHELSEA, **options)


def simulated(*given, **options):
    return lambda: vertex_ar.simulate(CHELSEA, *given, **options)


OFFICIAL = vertex_ar.MindFile.load(DATA / "chelsea.mind")
INVALID = vertex_ar.InvalidOptionError
MALFORMED = vertex_ar.MalformedMarkerError

OPTIONS = {
    "an unknown format": (compiled(formats="zft"), INVALID, 'formats: "zft" is not'),
    "no format": (compiled(formats=[]), INVALID, 'formats: "" is not'),
    "formats of no names": (compiled(formats=[1]), TypeError, "formats: expected names, not int"),
    "formats of bytes": (compiled(formats=b"mind"), TypeError, "formats: expected names, not bytes"),
    "an unknown layout": (compiled(layout="huge"), INVALID, 'layout: "huge" is not'),
    "a layout of no name": (compiled(layout=1), TypeError, "layout: expected a string"),
    "an unknown density": (compiled(density="max"), INVALID, 'density: "max" is not'),
    "levels below": (compiled(levels=0), INVALID, "levels: 0 is not between 1 and 3"),
    "levels above": (compiled(levels=10**30), INVALID, "levels: 10+ is not between"),
    "levels of a half": (compiled(levels=1.5), TypeError, "levels: expected a whole number, not float"),
    "levels of a truth": (compiled(levels=True), TypeError, "levels: expected a whole number, not bool"),
    "no width": (compiled(width_mm=0), INVALID, "width_mm: 0 is not between"),
    "a width of no number": (compiled(width_mm=float("nan")), INVALID, "width_mm: NaN is not between"),
    "a width of text": (compiled(width_mm="wide"), TypeError, "width_mm: expected a number, not str"),
    "no threads": (compiled(threads=0), INVALID, "threads: 0 is not between 1 and 256"),
    "many threads": (compiled(threads=10**6), INVALID, "threads: 1000000 is not between"),
    "a plain NFT picture": (
        lambda: vertex_ar.compile(GREY, "nft"),
        vertex_ar.TooPlainError,
        "image: the picture is too plain",
    ),
    "one picture of many": (lambda: vertex_ar.compile_many("a.png"), TypeError, "images: .* not str"),
    "no pictures": (lambda: vertex_ar.compile_many(None), TypeError, "images: .* not NoneType"),
    "an unknown format of many": (
        lambda: vertex_ar.compile_many([CHELSEA], formats=["zft"], progress=False),
        INVALID,
        'formats: "zft" is not',
    ),
    "an unknown runtime": (lambda: vertex_ar.detect(CHELSEA, "zxing"), INVALID, 'runtime: "zxing" is not'),
    "one view": (lambda: vertex_ar.analyze(CHELSEA, views=1), INVALID, "views: 1 is not between 2 and 256"),
    "no views": (simulated(OFFICIAL, views=0), INVALID, "views: 0 is not between"),
    "a negative seed": (simulated(OFFICIAL, seed=-1), INVALID, "seed: -1 is not between"),
    "no marker": (simulated(b"mind"), TypeError, "marker: expected MindFile, .* not bytes"),
    "a target that is not there": (
        simulated(OFFICIAL, target=1),
        vertex_ar.NoSuchTargetError,
        "target: there is no target 1",
    ),
    "no marker file": (lambda: vertex_ar.MindFile.load(b"mind"), MALFORMED, "file: .* malformed"),
    "half a marker file": (
        lambda: vertex_ar.MindFile.load(OFFICIAL.data[:999]),
        MALFORMED,
        "file: .* malformed",
    ),
    "a marker of a number": (
        lambda: vertex_ar.MindFile.load(5),
        TypeError,
        "file: expected a path, .* not int",
    ),
    "merged bytes": (lambda: vertex_ar.MindFile.merge(b""), TypeError, "files: expected MindFile, not bytes"),
    "a missing NFT file": (
        lambda: vertex_ar.NftMarker.load("no/such"),
        FileNotFoundError,
        ".* path: .*no/such.iset",
    ),
    "bad NFT files": (
        lambda: vertex_ar.NftMarker.from_bytes(b"a" * 99, b"b" * 99, b"c" * 99),
        MALFORMED,
        "files: .* malformed",
    ),
    "a preview without a side": (lambda: vertex_ar.preview(CHELSEA, 0), INVALID, "max_side: 0 is not within"),
    "a preview of no quality": (
        lambda: vertex_ar.preview(CHELSEA, quality=101),
        INVALID,
        "quality: 101 is not",
    ),
    "a small code": (lambda: vertex_ar.qr("x", size=10), INVALID, "size: 10 is not within"),
    "a negative code": (lambda: vertex_ar.qr("x", size=-1), INVALID, "size: -1 is not between"),
    "a long text": (lambda: vertex_ar.qr("x" * 5000), INVALID, "text: 5000 bytes are too long"),
    "a text of bytes": (lambda: vertex_ar.qr(b"x"), TypeError, "text: expected a string, not bytes"),
    "an unknown correction": (
        lambda: vertex_ar.qr("x", error_correction="all"),
        INVALID,
        'error_correction: "all" is not',
    ),
    "an unknown picture format": (lambda: vertex_ar.qr("x", format="gif"), INVALID, 'format: "gif" is not'),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_a_bad_option_is_refused_in_words(case) -> None:
    call, expected, message = OPTIONS[case]
    with pytest.raises(expected, match=f"^{message}") as caught:
        call()
    assert type(caught.value) is expected


def test_every_kind_of_error_has_a_class() -> None:
    source = (DATA.parents[1] / "src" / "error.rs").read_text()
    kinds = source.split("pub enum ErrorKind {")[1].split("}")[0]
    names = [
        line.strip().rstrip(",")
        for line in kinds.splitlines()
        if line.startswith("    ") and "///" not in line
    ]
    # Nothing that Python calls is cancelled by the engine: Ctrl-C is a KeyboardInterrupt.
    names.remove("Cancelled")
    assert len(names) == 10
    for name in names:
        assert issubclass(getattr(vertex_ar, f"{name}Error"), vertex_ar.VertexError)


def test_errors_travel_between_processes() -> None:
    for name in errors.__all__:
        error = getattr(vertex_ar, name)("image: no")
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), "image: no")
