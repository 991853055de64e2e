"""What the pictures and videos show: a grid of flat patches, none of whose turns or flips looks like another."""

import random

from PIL import Image, ImageStat

COLUMNS, ROWS = 5, 4
SIZE = (640, 512)

_draw = random.Random(20)
COLOURS = [
    (220, 40, 40),
    (40, 180, 60),
    (40, 60, 200),
    (230, 200, 40),
    (40, 200, 220),
    (200, 40, 180),
    (224, 172, 140),
    (96, 64, 48),
    (255, 255, 255),
    (0, 0, 0),
    (128, 128, 128),
    (200, 200, 200),
    (60, 60, 60),
    (120, 160, 80),
    (240, 128, 32),
] + [tuple(_draw.randrange(20, 236) for _ in range(3)) for _ in range(5)]


def chart(size: tuple[int, int] = SIZE) -> Image.Image:
    """The patches in a picture of this size."""
    grid = Image.new("RGB", (COLUMNS, ROWS))
    grid.putdata(COLOURS)
    return grid.resize(size, Image.Resampling.NEAREST)


def patches(image: Image.Image, columns: int, rows: int) -> list[tuple[float, ...]]:
    """The mean of the inner third of every patch."""
    width, height = image.width / columns, image.height / rows
    found = []
    for row in range(rows):
        for column in range(columns):
            left, top = (column + 1 / 3) * width, (row + 1 / 3) * height
            box = (round(left), round(top), round(left + width / 3), round(top + height / 3))
            found.append(tuple(ImageStat.Stat(image.crop(box)).mean))
    return found


# Videos have a grid of their own: colours along the edges, the number of the frame in the last row, and nothing in the
# middle, where previews have a play icon.

VIDEO_COLUMNS, VIDEO_ROWS, BITS = 8, 6, 8


def video_frame(number: int, size: tuple[int, int]) -> Image.Image:
    grid = Image.new("RGB", (VIDEO_COLUMNS, VIDEO_ROWS), (110, 110, 110))
    for column in range(VIDEO_COLUMNS):
        grid.putpixel((column, 0), COLOURS[column])
        bit = number >> (BITS - 1 - column) & 1
        grid.putpixel((column, VIDEO_ROWS - 1), (235, 235, 235) if bit else (20, 20, 20))
    for row in range(1, VIDEO_ROWS - 1):
        grid.putpixel((0, row), COLOURS[8 + row])
        grid.putpixel((VIDEO_COLUMNS - 1, row), COLOURS[13 + row])
    return grid.resize(size, Image.Resampling.NEAREST)


def number_of(image: Image.Image) -> int:
    """The number in the last row of an upright frame."""
    bits = patches(image, VIDEO_COLUMNS, VIDEO_ROWS)[-VIDEO_COLUMNS:]
    return sum((sum(bit) > 384) << (BITS - 1 - index) for index, bit in enumerate(bits))


def edge_patches(image: Image.Image, columns: int, rows: int) -> list[tuple[float, ...]]:
    """Those along the edges."""
    found = patches(image, columns, rows)
    return [
        patch for index, patch in enumerate(found) if index // columns in (0, rows - 1) or index % columns in (0, columns - 1)
    ]
