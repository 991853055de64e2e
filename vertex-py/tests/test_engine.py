"""The engine as a Python program sees it."""

import struct
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

import vertex_ar

DATA = Path(__file__).parents[2] / "vertex-markers" / "tests" / "data"


@pytest.fixture(scope="module")
def chelsea() -> bytes:
    return (DATA / "chelsea.png").read_bytes()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and ends where its pixels begin."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 1000) + b"IDAT"


def test_a_picture_compiles_to_a_marker(chelsea: bytes) -> None:
    marker = vertex_ar.compile(chelsea)
    # MessagePack: a map of two, its first key "v" with the format's version 2.
    assert marker.startswith(b"\x82\xa1v\x02\xa8dataList\x91")
    assert len(marker) > 10_000


def test_the_same_picture_gives_the_same_bytes(chelsea: bytes) -> None:
    assert vertex_ar.compile(chelsea) == vertex_ar.compile(chelsea)
    assert vertex_ar.preview(chelsea) == vertex_ar.preview(chelsea)
    assert vertex_ar.qr("https://example.org") == vertex_ar.qr("https://example.org")


def test_a_picture_is_measured(chelsea: bytes) -> None:
    analysis = vertex_ar.analyze(chelsea)
    assert 100 < analysis.brightness < 135
    assert 30 < analysis.contrast < 60
    assert analysis.band == "fair"
    assert analysis == vertex_ar.analyze(chelsea)
    with pytest.raises(AttributeError):
        analysis.band = "good"  # type: ignore[misc]


def test_a_preview_is_a_small_webp(chelsea: bytes) -> None:
    preview = vertex_ar.preview(chelsea)
    assert preview[:4] == b"RIFF" and preview[8:16] == b"WEBPVP8 "
    assert struct.unpack("<HH", preview[26:30]) == (300, 200)


@pytest.mark.parametrize("size", [64, 512, 1000])
def test_a_qr_code_has_the_size_asked_for(size: int) -> None:
    png = vertex_ar.qr("https://example.org", size=size)
    assert struct.unpack(">II", png[16:24]) == (size, size)


@pytest.mark.parametrize(
    ("call", "expected", "message"),
    [
        (lambda: vertex_ar.compile(b"GIF89a"), vertex_ar.UnsupportedFormatError, "JPEG, PNG or WebP"),
        (lambda: vertex_ar.analyze(png_header(200, 200)), vertex_ar.CorruptPictureError, "damaged"),
        (lambda: vertex_ar.preview(png_header(99, 600)), vertex_ar.TooSmallError, "99x600"),
        (lambda: vertex_ar.compile(png_header(65000, 65000)), vertex_ar.TooLargeError, "65000x65000"),
        (lambda: vertex_ar.compile(png_header(9000, 9000)), vertex_ar.TooLargeError, "81000000 pixels"),
        (lambda: vertex_ar.qr("x", size=10), vertex_ar.InvalidOptionError, "size"),
        (lambda: vertex_ar.qr("x" * 5000), vertex_ar.InvalidOptionError, "text"),
    ],
)
def test_bad_input_raises_the_class_of_its_kind(call, expected, message) -> None:
    with pytest.raises(expected, match=message) as caught:
        call()
    assert isinstance(caught.value, vertex_ar.VertexError)


def test_every_error_class_is_a_vertex_error_of_the_package() -> None:
    classes = [getattr(vertex_ar, name) for name in vertex_ar.__all__ if name.endswith("Error")]
    assert len(classes) == 8
    assert all(issubclass(cls, vertex_ar.VertexError) for cls in classes)
    assert all(cls.__module__ == "vertex_ar" for cls in classes)


def test_only_bytes_are_taken() -> None:
    with pytest.raises(TypeError):
        vertex_ar.compile("portrait.jpg")  # type: ignore[arg-type]


def runs_beside_this_thread(call) -> bool:
    """Whether this thread got a turn between the call's beginning and its end."""
    begun, ended = [], []

    def work() -> None:
        begun.append(True)
        call()
        ended.append(True)

    worker = threading.Thread(target=work)
    worker.start()
    while not begun:
        time.sleep(0)
    beside = not ended
    worker.join()
    return beside


def test_other_threads_run_while_a_picture_compiles(chelsea: bytes) -> None:
    interval = sys.getswitchinterval()
    # From now on a thread gets a turn only when another gives up the GIL of its own accord.
    sys.setswitchinterval(1000)
    try:
        assert any(runs_beside_this_thread(lambda: vertex_ar.compile(chelsea)) for _ in range(20))
        assert not any(runs_beside_this_thread(lambda: sum(range(100_000))) for _ in range(20))
    finally:
        sys.setswitchinterval(interval)
