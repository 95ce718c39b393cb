"""Small pictures drawn by our own code: something to send without a camera at hand."""

from __future__ import annotations

import random
import struct
import zlib
from functools import cache

Colour = tuple[int, int, int]
WIDTH, HEIGHT = 480, 360


class Canvas:
    """A picture in memory; everything on it is made of horizontal lines."""

    def __init__(self, width: int, height: int, colour: Colour) -> None:
        self.width, self.height = width, height
        self.rows = [bytearray(bytes(colour) * width) for _ in range(height)]

    def line(self, y: int, left: float, right: float, colour: Colour) -> None:
        """One horizontal line."""
        start, end = max(0, int(left)), min(self.width, int(right))
        if 0 <= y < self.height and end > start:
            self.rows[y][start * 3 : end * 3] = bytes(colour) * (end - start)

    def polygon(self, corners: list[tuple[float, float]], colour: Colour) -> None:
        """A filled shape with straight sides."""
        low, high = int(min(y for _, y in corners)), int(max(y for _, y in corners)) + 1
        for y in range(low, high):
            crossings = []
            for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
                if (ay <= y) != (by <= y):
                    crossings.append(ax + (y - ay) * (bx - ax) / (by - ay))
            crossings.sort()
            for left, right in zip(crossings[::2], crossings[1::2], strict=False):
                self.line(y, left, right, colour)

    def ellipse(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """A filled ellipse around a middle."""
        for row in range(int(y - high), int(y + high) + 1):
            half = 1 - ((row - y) / high) ** 2
            if half > 0:
                self.line(row, x - wide * half**0.5, x + wide * half**0.5, colour)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        return png(self.width, self.height, b"".join(b"\x00" + bytes(row) for row in self.rows))


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG file around rows of red, green and blue, each after a zero byte."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


def _shade(colour: Colour, by: int) -> Colour:
    red, green, blue = (max(0, min(255, part + by)) for part in colour)
    return red, green, blue


def _pavement(canvas: Canvas, chance: random.Random, top: int = 0, skip: tuple[int, int] | None = None) -> None:
    """Rows of stones with dark seams between them."""
    canvas.polygon([(0, top), (WIDTH, top), (WIDTH, HEIGHT), (0, HEIGHT)], (104, 98, 92))
    for row, y in enumerate(range(top, HEIGHT, 60)):
        for column, x in enumerate(range(-80 + 40 * (row % 2), WIDTH, 80)):
            if (row, column) != skip:
                stone = _shade((176, 168, 158), chance.randint(-12, 12))
                canvas.polygon([(x + 3, y + 3), (x + 77, y + 3), (x + 77, y + 57), (x + 3, y + 57)], stone)
                for _ in range(14):
                    spot_x, spot_y = x + chance.randint(6, 72), y + chance.randint(6, 54)
                    canvas.line(spot_y, spot_x, spot_x + chance.randint(1, 3), _shade(stone, chance.randint(-22, 18)))


def _paving(canvas: Canvas, chance: random.Random) -> None:
    _pavement(canvas, chance, skip=(3, 3))
    canvas.polygon([(203, 183), (277, 183), (277, 237), (203, 237)], (92, 74, 56))
    for _ in range(60):
        x, y = chance.randint(206, 274), chance.randint(186, 234)
        canvas.ellipse(x, y, 4, 3, _shade((112, 92, 70), chance.randint(-20, 20)))
    canvas.polygon([(176, 262), (252, 240), (268, 296), (192, 318)], (58, 54, 50))
    canvas.polygon([(176, 250), (252, 228), (268, 284), (192, 306)], (190, 181, 170))
    canvas.polygon([(192, 306), (268, 284), (268, 296), (192, 318)], (128, 120, 112))


def _mended(canvas: Canvas, chance: random.Random) -> None:
    """The same pavement, with the stone back in its place."""
    _pavement(canvas, chance)
    canvas.polygon([(203, 183), (277, 183), (277, 237), (203, 237)], (196, 188, 178))
    for _ in range(70):
        x, y = chance.randint(190, 286), chance.choice([180, 181, 238, 239])
        canvas.line(y, x, x + chance.randint(2, 6), (190, 174, 138))


def _weeds(canvas: Canvas, chance: random.Random) -> None:
    canvas.polygon([(0, 0), (WIDTH, 0), (WIDTH, 150), (0, 150)], (166, 98, 74))
    for row, y in enumerate(range(0, 150, 18)):
        for x in range(-30 + 24 * (row % 2), WIDTH, 48):
            brick = _shade((178, 104, 78), chance.randint(-14, 14))
            canvas.polygon([(x + 1, y + 1), (x + 46, y + 1), (x + 46, y + 16), (x + 1, y + 16)], brick)
    _pavement(canvas, chance, top=180)
    canvas.polygon([(0, 150), (WIDTH, 150), (WIDTH, 182), (0, 182)], (118, 112, 104))
    for _ in range(170):
        x = int(chance.gauss(240, 110))
        tall, lean = chance.randint(40, 190), chance.randint(-40, 40)
        green = _shade((88, 132, 62), chance.randint(-34, 34))
        foot = chance.randint(176, 214)
        canvas.polygon([(x, foot), (x + 7, foot), (x + lean, foot - tall)], green)
        if tall > 150:
            canvas.ellipse(x + lean, foot - tall, 6, 6, (232, 196, 70))


def _rubbish(canvas: Canvas, chance: random.Random) -> None:
    canvas.polygon([(0, 0), (WIDTH, 0), (WIDTH, 170), (0, 170)], (142, 166, 128))
    for _ in range(120):
        x, y = chance.randint(0, WIDTH), chance.randint(0, 170)
        canvas.ellipse(x, y, 26, 16, _shade((122, 152, 108), chance.randint(-16, 16)))
    _pavement(canvas, chance, top=170)
    canvas.polygon([(236, 40), (352, 40), (352, 250), (236, 250)], (66, 84, 92))
    canvas.polygon([(226, 30), (362, 30), (362, 58), (226, 58)], (84, 104, 112))
    canvas.polygon([(254, 76), (334, 76), (334, 100), (254, 100)], (30, 36, 40))
    for x, y, size in ((160, 248, 62), (96, 278, 54), (214, 288, 58), (372, 282, 56)):
        bag = _shade((58, 60, 66), chance.randint(-10, 14))
        canvas.ellipse(x, y, size, size * 0.78, bag)
        canvas.polygon([(x - 12, y - size * 0.7), (x + 12, y - size * 0.7), (x + 5, y - size), (x - 5, y - size)], bag)
        canvas.ellipse(x - size * 0.35, y - size * 0.25, size * 0.16, size * 0.22, _shade(bag, 36))
    canvas.polygon([(268, 300), (350, 286), (362, 342), (280, 352)], (190, 150, 104))
    canvas.polygon([(268, 300), (350, 286), (338, 272), (262, 284)], (212, 176, 130))


def _garden(canvas: Canvas, chance: random.Random) -> None:
    """Raised beds on a lawn, with what grows in them."""
    canvas.polygon([(0, 0), (WIDTH, 0), (WIDTH, 120), (0, 120)], (172, 206, 226))
    canvas.polygon([(0, 120), (WIDTH, 120), (WIDTH, HEIGHT), (0, HEIGHT)], (118, 158, 84))
    for _ in range(420):
        x, y = chance.randint(0, WIDTH), chance.randint(122, HEIGHT - 1)
        canvas.line(y, x, x + chance.randint(2, 6), _shade((118, 158, 84), chance.randint(-18, 18)))
    for x in range(0, WIDTH, 34):
        canvas.polygon([(x, 70), (x + 24, 70), (x + 24, 128), (x, 128)], _shade((196, 172, 138), chance.randint(-8, 8)))
    for left, top, wide in ((36, 150, 170), (262, 150, 170), (16, 240, 208), (256, 240, 208)):
        canvas.polygon([(left, top), (left + wide, top), (left + wide, top + 62), (left, top + 62)], (132, 94, 60))
        canvas.polygon(
            [(left + 8, top), (left + wide - 8, top), (left + wide - 8, top + 26), (left + 8, top + 26)], (78, 58, 44)
        )
        for _ in range(16):
            x, y, tall = left + chance.randint(14, wide - 14), top + chance.randint(6, 24), chance.randint(18, 46)
            canvas.polygon([(x - 2, y), (x + 2, y), (x, y - tall)], _shade((74, 126, 56), chance.randint(-20, 20)))
            bloom = chance.choice([(214, 84, 72), (236, 190, 70), (150, 96, 170), (92, 148, 66)])
            canvas.ellipse(x, y - tall, 6, 5, bloom)


def _receipt(canvas: Canvas, chance: random.Random) -> None:
    """A till receipt on a table, its lines too small to read."""
    canvas.polygon([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], (150, 118, 88))
    for y in range(0, HEIGHT, 5):
        canvas.line(y, 0, WIDTH, _shade((150, 118, 88), chance.randint(-9, 9)))
    canvas.polygon([(158, 14), (330, 22), (316, 346), (144, 338)], (112, 86, 62))
    canvas.polygon([(152, 8), (324, 16), (310, 340), (138, 332)], (246, 243, 236))
    canvas.polygon([(190, 30), (288, 34), (287, 48), (189, 44)], (70, 68, 66))
    for y in range(72, 250, 20):
        left = 166 - (y - 8) * 0.043  # the paper lies askew
        for start, wide in ((left, chance.randint(60, 100)), (left + 114, 26)):
            canvas.polygon([(start, y), (start + wide, y + 1), (start + wide, y + 6), (start, y + 5)], (118, 115, 110))
    canvas.polygon([(154, 274), (302, 280), (302, 283), (154, 277)], (90, 88, 86))
    canvas.polygon([(156, 290), (214, 292), (213, 304), (155, 302)], (64, 62, 60))
    canvas.polygon([(262, 294), (300, 296), (299, 308), (261, 306)], (64, 62, 60))


_PAINTERS = {
    "paving": _paving,
    "weeds": _weeds,
    "rubbish": _rubbish,
    "mended": _mended,
    "garden": _garden,
    "receipt": _receipt,
}
NAMES = tuple(_PAINTERS)


@cache
def picture(name: str) -> bytes:
    """One of the ready-made pictures, as a PNG file."""
    canvas = Canvas(WIDTH, HEIGHT, (200, 200, 196))
    _PAINTERS[name](canvas, random.Random(name))  # noqa: S311 - a drawing, no secret
    return canvas.png()


def swatch(number: int) -> bytes:
    """A tiny valid picture, another one for every number."""
    colour = bytes((37 * number % 256, 91 * number % 256, 153 * number % 256))
    return png(64, 48, (b"\x00" + colour * 64) * 48)
