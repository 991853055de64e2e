"""Colour profiles, written from what they say."""

import struct


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(x) + _fixed(y) + _fixed(z)


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256)) + b"\0\0"


def _curve(function, entries: int = 1024) -> bytes:
    values = [round(65535 * function(index / (entries - 1))) for index in range(entries)]
    return b"curv\0\0\0\0" + struct.pack(f">I{entries}H", entries, *values)


def _description(text: str) -> bytes:
    name = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)


def _profile(name: str, kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    white = {b"desc": _description(name), b"wtpt": _xyz(0.9642, 1.0, 0.8249), b"cprt": b"text\0\0\0\0none\0"}
    table, data, at = b"", b"", 128 + 4 + 12 * len(white | tags)
    for tag, content in (white | tags).items():
        table += tag + struct.pack(">II", at + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", at + len(data), b"\0" * 4, 0x02400000, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(white | tags)) + table + data


def srgb_light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _rgb(name: str, primaries, curve: bytes) -> bytes:
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), (_xyz(*point) for point in primaries)))
    return _profile(name, b"mntr", b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
_ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
_SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))

DISPLAY_P3 = _rgb("Display P3", _P3, _curve(srgb_light))
ADOBE_RGB = _rgb("Adobe RGB (1998)", _ADOBE, _gamma(563 / 256))
ADOBE_PRIMARIES_22 = _rgb("gamma 2.2", _ADOBE, _gamma(2.2))
SRGB = _rgb("sRGB", _SRGB, _curve(srgb_light))
LINEAR = _rgb("linear", _SRGB, _gamma(1.0))
SWAPPED = _rgb("red and blue swapped", _SRGB[::-1], _curve(srgb_light))
DOT_GAIN = _profile("Dot Gain 20%", b"prtr", b"GRAY", b"XYZ ", {b"kTRC": _curve(lambda grey: grey**1.75)})


def _lab(light: list[float]) -> tuple[int, int, int]:
    """Linear sRGB as sixteen bits of Lab, as version 2 writes them."""
    white = (0.9642, 1.0, 0.8249)
    xyz = [sum(_SRGB[channel][axis] * light[channel] for channel in range(3)) / white[axis] for axis in range(3)]
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in xyz)
    lightness, a, b = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    return tuple(max(0, min(65535, round(value))) for value in (lightness * 652.8, (a + 128) * 256, (b + 128) * 256))


def _inks() -> bytes:
    """What is left of light by cyan, magenta, yellow and black on a grid."""
    grid = 9
    left = ((0.02, 0.35, 0.75), (0.75, 0.02, 0.25), (0.95, 0.80, 0.03), (0.02, 0.02, 0.02))
    table = bytearray()
    for point in range(grid**4):
        amounts = [point // grid ** (3 - ink) % grid / (grid - 1) for ink in range(4)]
        light = [1.0, 1.0, 1.0]
        for amount, ink in zip(amounts, left):
            light = [value * (1 - amount * (1 - rest)) for value, rest in zip(light, ink)]
        table += struct.pack(">3H", *_lab(light))
    identity = b"".join(_fixed(float(index % 4 == 0)) for index in range(9))
    head = b"mft2\0\0\0\0" + bytes((4, 3, grid, 0)) + identity + struct.pack(">HH", 2, 2)
    ends = struct.pack(">HH", 0, 65535)
    return head + ends * 4 + bytes(table) + ends * 3


CMYK = _profile("inks", b"prtr", b"CMYK", b"Lab ", {b"A2B0": _inks()})
