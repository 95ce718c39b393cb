"""Draws the money for ideas: a bar each neighbourhood, with its amounts below it. Runs in a child process.

1,080 pixels wide, with letters that can be read where a phone shows it 400 wide. What is read from the right is drawn
from the right.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.reports.chart import DOTS, FAINT, INK, SMALL, TITLE, WIDTH

MARGIN, ROW, BAR = 0.22, 0.98, 0.27
"""Inches: around it, for one neighbourhood, and as high as its bar is."""
LABEL = 15
COLOURS = (1, 2, 0)
"""Which colours of the area's the parts have: spent, on vouchers, still to be given."""


def draw(asked: dict[str, Any], target: Path) -> None:
    """Draw what `bot.reports.budget.chart` gives to a PNG at `target`."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"font.family": "DejaVu Sans", "text.color": INK})
    _Page(asked).save(target)


class _Page:
    """Paper in inches, from the top down; `x` counts from where reading begins."""

    def __init__(self, asked: dict[str, Any]) -> None:
        from matplotlib import pyplot as plt

        self.asked, self.from_right = asked, asked["direction"] == "rtl"
        self.height = 1.55 + ROW * len(asked["rows"]) + 0.35
        figure = plt.figure(figsize=(WIDTH, self.height), dpi=DOTS)
        self.axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, WIDTH)
        self.axes.set_ylim(self.height, 0)
        self.axes.axis("off")
        self.figure = figure

    def save(self, target: Path) -> None:
        from matplotlib import pyplot as plt

        self._write(MARGIN, 0.34, self.asked["title"], TITLE, bold=True)
        self._legend(0.82)
        whole = max([1, *(sum(row["parts"]) for row in self.asked["rows"])])
        for number, row in enumerate(self.asked["rows"]):
            self._row(1.55 + number * ROW, row, whole)
        self._write(MARGIN, self.height - 0.25, self.asked["source"], SMALL, colour=FAINT)
        self.figure.savefig(target, facecolor="white")
        plt.close(self.figure)

    def _legend(self, y: float) -> None:
        """The names of the parts: two beside each other where they fit, else below each other."""
        at = MARGIN
        for name, colour in zip(self.asked["names"], self._colours(), strict=True):
            wide = 0.27 + self._width(name, SMALL)
            if at > MARGIN and at + wide > WIDTH - MARGIN:
                at, y = MARGIN, y + 0.32
            self._box(at, y - 0.08, 0.17, 0.17, colour)
            self._write(at + 0.25, y, name, SMALL)
            at += wide + 0.25

    def _row(self, y: float, row: dict[str, Any], whole: int) -> None:
        self._write(MARGIN, y, row["label"], LABEL, bold=True)
        self._write(MARGIN, y, row["whole"], LABEL, bold=True, at_end=True)
        at, room = MARGIN, WIDTH - 2 * MARGIN
        self._box(at, y + 0.17, room * sum(row["parts"]) / whole, BAR, "#e6e6e2")
        for part, colour in zip(row["parts"], self._colours(), strict=True):
            wide = room * part / whole
            self._box(at, y + 0.17, wide, BAR, colour)
            at += wide
        at = MARGIN
        for amount, colour in zip(row["amounts"], self._colours(), strict=True):
            self._box(at, y + 0.17 + BAR + 0.08, 0.13, 0.13, colour)
            self._write(at + 0.19, y + 0.17 + BAR + 0.15, amount, SMALL)
            at += 0.19 + self._width(amount, SMALL) + 0.22
        if row["below"] and at + self._width(row["below"], SMALL) < WIDTH - MARGIN:
            self._write(MARGIN, y + 0.17 + BAR + 0.15, row["below"], SMALL, colour=FAINT, at_end=True)

    def _colours(self) -> list[str]:
        return [self.asked["palette"][place] for place in COLOURS]

    def _box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        from matplotlib.patches import Rectangle

        left = WIDTH - x - wide if self.from_right else x
        self.axes.add_patch(Rectangle((left, y), wide, high, color=colour, linewidth=0))

    def _write(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: str = INK, at_end: bool = False
    ) -> None:
        """Write so far from where reading begins, or (`at_end`) so far from where a line ends."""
        on_left = at_end is self.from_right
        spot, align = (x, "left") if on_left else (WIDTH - x, "right")
        weight = "bold" if bold else "normal"
        self.axes.text(spot, y, text, fontsize=size, color=colour, fontweight=weight, ha=align, va="center_baseline")

    def _width(self, text: str, size: float) -> float:
        """How wide a text is, in inches."""
        shown = self.axes.text(0, 0, text, fontsize=size)
        wide: float = shown.get_window_extent(self.figure.canvas.get_renderer()).width / DOTS  # type: ignore[attr-defined]
        shown.remove()
        return wide
