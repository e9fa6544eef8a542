"""The app's icons, drawn with the standard library: a catalogue's page with a question mark.

Colour: 192 × 192, the mark in the 120 × 120 in the middle. Outline: 32 × 32, white on nothing.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable

BLUE, WHITE, PALE = (9, 87, 151), (255, 255, 255), (218, 230, 240)
Colour = tuple[int, int, int]
GRID = 4  # × 4 samples a pixel: smooth edges


def color_icon() -> bytes:
    """192 × 192 pixels as PNG."""
    return png(192, lambda x, y: drawn(x, y, BLUE, WHITE, PALE))


def outline_icon() -> bytes:
    """32 × 32 pixels as PNG, transparent but for the white lines."""
    return png(32, outlined)


def drawn(x: float, y: float, ground: Colour, page: Colour, line: Colour) -> tuple[int, ...]:
    """The colour at a point of the unit square."""
    if not on_page(x, y):
        return (*ground, 255)
    if question(x, y):
        return (*ground, 255)
    ruled = 0.36 < x < 0.64 and 0.70 < y < 0.73
    return (*(line if ruled else page), 255)


def outlined(x: float, y: float) -> tuple[int, ...]:
    """White lines only: the page's edge and the question mark, over the whole square."""
    x, y = 0.5 + (x - 0.5) * 0.66, 0.5 + (y - 0.5) * 0.66
    edge = on_page(x, y) and not on_page(x, y, inset=0.045)
    return (*WHITE, 255 if edge or question(x, y, thick=0.05) else 0)


def on_page(x: float, y: float, inset: float = 0.0) -> bool:
    """A sheet with a folded corner."""
    left, top, right, bottom = 0.29 + inset, 0.21 + inset, 0.71 - inset, 0.79 - inset
    folded = (x - (right - 0.13)) + ((top + 0.13) - y) > 0.13 + inset * 0.4
    return left < x < right and top < y < bottom and not folded


def question(x: float, y: float, thick: float = 0.045) -> bool:
    """A question mark in the middle of the sheet."""
    cx, cy, radius = 0.5, 0.42, 0.085
    away = math.hypot(x - cx, y - cy)
    angle = math.degrees(math.atan2(cy - y, x - cx))
    bow = abs(away - radius) < thick / 2 and -90 <= angle <= 180
    stem = abs(x - cx) < thick / 2 and cy + radius - thick / 2 <= y < 0.58
    dot = math.hypot(x - cx, y - 0.635) < thick * 0.62
    return bow or stem or dot


def png(size: int, colour: Callable[[float, float], tuple[int, ...]]) -> bytes:
    """A square picture, RGBA."""
    rows = b"".join(b"\0" + row(y, size, colour) for y in range(size))
    header = struct.pack(">2I5B", size, size, 8, 6, 0, 0, 0)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def row(y: int, size: int, colour: Callable[[float, float], tuple[int, ...]]) -> bytes:
    """One line of pixels, each the mean of its samples."""
    made = bytearray()
    for x in range(size):
        samples = [
            colour((x + (i + 0.5) / GRID) / size, (y + (j + 0.5) / GRID) / size)
            for i in range(GRID)
            for j in range(GRID)
        ]
        seen = sum(sample[3] for sample in samples) or 1
        made += bytes(sum(s[c] * s[3] for s in samples) // seen for c in range(3))
        made.append(sum(sample[3] for sample in samples) // len(samples))
    return bytes(made)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
