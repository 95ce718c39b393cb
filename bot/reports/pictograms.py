"""Pictograms, drawn by us: white shapes on a round field, so that a poster speaks to who doesn't read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.drawing import GraphicsStyle, PaintedPath

Point = tuple[float, float]
FIELDS: dict[str, tuple[int, int, int]] = {
    "barbecue": (178, 58, 37),
    "music": (106, 56, 140),
    "walk": (33, 112, 70),
    "coffee": (131, 82, 38),
    "clean_up": (20, 108, 120),
    "sports": (31, 87, 158),
    "speech": (31, 87, 158),
    "pin": (178, 58, 37),
}


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws in a field of 100 by 100, y down, whose middle is 50, 50."""

    page: FPDF
    x: float
    y: float
    size: float
    colour: tuple[int, int, int]

    def _at(self, point: Point) -> Point:
        return self.x + point[0] * self.size / 100, self.y + point[1] * self.size / 100

    def disc(self, middle: Point, radius: float, *, hole: bool = False) -> None:
        """A filled circle; a `hole` has the field's colour."""
        self.page.set_fill_color(*(self.colour if hole else (255, 255, 255)))
        self.page.circle(*self._at(middle), radius * self.size / 100, "F")

    def ring(self, middle: Point, radius: float, width: float) -> None:
        """A circle's line."""
        self.page.set_draw_color(255, 255, 255)
        self.page.set_line_width(width * self.size / 100)
        self.page.circle(*self._at(middle), radius * self.size / 100, "D")

    def shape(self, points: Sequence[Point], *, hole: bool = False) -> None:
        """A filled polygon."""
        self.page.set_fill_color(*(self.colour if hole else (255, 255, 255)))
        self.page.polygon([self._at(point) for point in points], style="F")

    def block(self, corner: Point, width: float, height: float, radius: float) -> None:
        """A filled rectangle with round corners."""
        self.page.set_fill_color(255, 255, 255)
        scale = self.size / 100
        left, above = self._at(corner)
        self.page.rect(
            left, above, width * scale, height * scale, "F", round_corners=True, corner_radius=radius * scale
        )

    def stroke(self, start: Point, *bends: Sequence[Point], width: float = 6, hole: bool = False) -> None:
        """A line with round ends: each bend is a point to go to, or two controls and a point for a curve."""
        with self.page.new_path() as path:
            self._style(path.style, width, hole=hole)
            path.move_to(*self._at(start))
            for bend in bends:
                self._bend(path, [self._at(point) for point in bend])

    def _bend(self, path: PaintedPath, points: Sequence[Point]) -> None:
        if len(points) == 1:
            path.line_to(*points[0])
        else:
            path.curve_to(*points[0], *points[1], *points[2])

    def _style(self, style: GraphicsStyle, width: float, *, hole: bool) -> None:
        style.paint_rule = "stroke"
        style.auto_close = False
        red, green, blue = self.colour if hole else (255, 255, 255)
        style.stroke_color = f"#{red:02x}{green:02x}{blue:02x}"
        style.stroke_width = width * self.size / 100
        style.stroke_cap_style = "round"
        style.stroke_join_style = "round"


def draw(page: FPDF, name: str, x: float, y: float, size: float) -> None:
    """The pictogram of that name (a key of `FIELDS`) in a square of this size."""
    colour = FIELDS[name]
    page.set_fill_color(*colour)
    page.circle(x + size / 2, y + size / 2, size / 2, "F")
    _DRAWINGS[name](Pen(page, x, y, size, colour))


def _barbecue(pen: Pen) -> None:
    for left in (36, 50, 64):
        pen.stroke((left, 42), [(left - 7, 36), (left + 7, 30), (left, 22)], width=4.5)
    pen.disc((50, 50), 24)
    pen.shape([(20, 20), (80, 20), (80, 49), (20, 49)], hole=True)
    for left in (36, 50, 64):
        pen.stroke((left, 41), [(left - 6, 35), (left + 6, 29), (left, 21)], width=4.5)
    pen.stroke((22, 50), [(78, 50)], width=6)
    pen.stroke((41, 70), [(33, 86)], width=5)
    pen.stroke((59, 70), [(67, 86)], width=5)
    pen.stroke((36, 80), [(64, 80)], width=3.5)


def _music(pen: Pen) -> None:
    pen.disc((35, 70), 10)
    pen.disc((64, 64), 10)
    pen.stroke((42, 69), [(42, 32)], [(71, 26)], [(71, 63)], width=5.5)
    pen.shape([(42, 32), (71, 26), (71, 39), (42, 45)])
    for start, end in (((20, 40), (13, 37)), ((25, 27), (20, 21)), ((83, 43), (88, 41)), ((55, 17), (55, 11))):
        pen.stroke(start, [end], width=4)


def _walk(pen: Pen) -> None:
    pen.disc((55, 19), 8.5)
    pen.stroke((52, 34), [(48, 57)], width=11)
    pen.stroke((48, 57), [(58, 69)], [(60, 86)], width=7)
    pen.stroke((47, 57), [(42, 72)], [(30, 84)], width=7)
    pen.stroke((51, 35), [(38, 43)], [(34, 55)], width=5.5)
    pen.stroke((53, 36), [(62, 48)], [(73, 50)], width=5.5)


def _coffee(pen: Pen) -> None:
    pen.block((24, 44), 42, 36, 9)
    pen.block((24, 44), 42, 18, 2)
    pen.stroke((67, 50), [(86, 48), (84, 72), (65, 70)], width=6)
    for left in (35, 46, 57):
        pen.stroke((left, 36), [(left - 6, 30), (left + 6, 25), (left, 18)], width=4.5)


def _clean_up(pen: Pen) -> None:
    pen.stroke((70, 15), [(50, 53)], width=6)
    pen.shape([(41, 47), (60, 57), (57, 64), (37, 54)])
    pen.shape([(35, 57), (56, 68), (46, 88), (18, 78)])
    for start, end in (((41, 64), (31, 80)), ((49, 68), (40, 84))):
        pen.stroke(start, [end], width=2.5, hole=True)
    for spot, radius in (((70, 76), 4.5), ((82, 68), 3), ((80, 82), 3)):
        pen.disc(spot, radius)


def _sports(pen: Pen) -> None:
    pen.disc((50, 50), 32)
    five = [(50, 37), (62.4, 46), (57.6, 60.5), (42.4, 60.5), (37.6, 46)]
    pen.shape(five, hole=True)
    tips = [(50, 27), (72, 43), (63.5, 69), (36.5, 69), (28, 43)]
    edge = [
        ((37, 19), (63, 19)),
        ((73, 29), (81, 54)),
        ((77, 69), (57, 83)),
        ((43, 83), (23, 69)),
        ((19, 54), (27, 29)),
    ]
    for corner, tip, (start, end) in zip(five, tips, edge, strict=True):
        pen.stroke(corner, [tip], width=3, hole=True)
        pen.shape([start, end, tip], hole=True)
    pen.ring((50, 50), 31, 3)


def _speech(pen: Pen) -> None:
    pen.block((18, 24), 64, 42, 12)
    pen.shape([(32, 62), (54, 62), (30, 84)])
    for left in (35, 50, 65):
        pen.disc((left, 45), 4.5, hole=True)


def _pin(pen: Pen) -> None:
    pen.disc((50, 41), 23)
    pen.shape([(28.6, 49.5), (71.4, 49.5), (50, 86)])
    pen.disc((50, 41), 9.5, hole=True)


_DRAWINGS: dict[str, Callable[[Pen], None]] = {
    "barbecue": _barbecue,
    "music": _music,
    "walk": _walk,
    "coffee": _coffee,
    "clean_up": _clean_up,
    "sports": _sports,
    "speech": _speech,
    "pin": _pin,
}
