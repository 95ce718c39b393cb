"""A sheet of paper: text that always fits its box, in any of our scripts; QR codes; and the same as a picture.

Imported in the child process alone: fonts and PDF are large.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from pathlib import Path

import matplotlib as mpl
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import segno
from fpdf import FPDF

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
"""DejaVu Sans comes with matplotlib and holds Latin, Cyrillic and Arabic letters."""
MILLIMETRES = 25.4 / 72
LEADING = 1.25
SMALLEST = 7.0
QUIET_ZONE = 4
"""Modules of white around a QR code, as its standard asks."""
INK = (34, 34, 34)

_IN_A_NUMBER = re.compile(r"(?<=\d) (?=\d)")

logging.getLogger("fontTools").setLevel(logging.ERROR)


class Paper(FPDF):
    """One page of this size in millimetres; y runs down."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(unit="mm", format=(width, height))
        for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font("sans", style, FONTS / file)
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.add_page()
        self.c_margin = 0
        self.set_text_shaping(use_shaping_engine=True)
        self.set_text_color(*INK)

    def say(
        self,
        text: str,
        box: tuple[float, float, float, float],
        size: float,
        *,
        bold: bool = False,
        align: str = "C",
        top: bool = False,
    ) -> float:
        """Write text into a box (x, y, width, height), smaller where it would not fit; gives where it ended.

        `size` in points is the most it may be. It stands in the middle of the height, or at the `top`.
        """
        x, y, width, height = box
        self.set_font("sans", "B" if bold else "", size)
        text = self._printable(text)
        while True:
            self.set_font_size(size)
            lines = self._lines(text, width)
            line_height = size * MILLIMETRES * LEADING
            needed = len(lines) * line_height
            if needed <= height or size <= SMALLEST:
                break
            size -= 0.5 if needed < 2 * height else 0.15 * size  # half the size takes a quarter of the room
        fits = max(1, int(height / line_height + 0.001))
        if len(lines) > fits:
            lines = [*lines[: fits - 1], self._shortened(lines[fits - 1], width)]
        else:
            lines = self._balanced(lines, width)
        if not top:
            y += (height - len(lines) * line_height) / 2
        for line in lines:
            self.set_xy(x, y)
            self.cell(width, line_height, line, align=align)
            y += line_height
        return y

    def qr(self, content: str, x: float, y: float, size: float) -> None:
        """A QR code of this width, its white border included; a quarter of it may be dirty or torn (M or better)."""
        rows = [list(row) for row in segno.make_qr(content, error="m").matrix]
        module = size / (len(rows) + 2 * QUIET_ZONE)
        self.set_fill_color(0, 0, 0)
        for down, row in enumerate(rows):
            start = 0
            for end in range(1, len(row) + 1):
                if end < len(row) and bool(row[end]) == bool(row[start]):
                    continue
                if row[start]:
                    left, above = x + (QUIET_ZONE + start) * module, y + (QUIET_ZONE + down) * module
                    self.rect(left, above, (end - start) * module, module * 1.01, "F")  # no hair between two rows
                start = end

    def _printable(self, text: str) -> str:
        """What the font can show, in one line: signs that it lacks, such as emoji, are left out.

        A telephone number stays one: on one line, and in its own order among letters that run from the right.
        """
        known = self.fonts["sans" + self.font_style].cmap  # type: ignore[union-attr]  # ours is always a TrueType one
        bare = " ".join("".join(sign if sign.isspace() or ord(sign) in known else " " for sign in text).split())
        return _IN_A_NUMBER.sub("\N{NO-BREAK SPACE}", bare)

    def _lines(self, text: str, width: float) -> list[str]:
        """The text in lines of at most that width; a word that is wider is cut."""
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if self.get_string_width(longer) <= width:
                lines[-1] = longer
                continue
            if lines[-1]:
                lines.append("")
            *whole, lines[-1] = self._cut(word, width)
            lines[-1:-1] = whole
        return lines

    def _cut(self, word: str, width: float) -> list[str]:
        """A word in pieces of at most that width."""
        pieces = [word]
        most = int(width / self.get_string_width("i")) + 1
        while self.get_string_width(pieces[-1][:most]) > width:
            word = pieces.pop()
            ends = range(1, min(most, len(word)) + 1)
            fits = bisect_right(ends, width, key=lambda end, word=word: self.get_string_width(word[:end])) or 1  # type: ignore[misc]
            pieces += [word[:fits], word[fits:]]
        return [piece for piece in pieces if piece] or [""]

    def _balanced(self, lines: list[str], width: float) -> list[str]:
        """The same words in as many lines, of much the same width: no word stays alone on the last one."""
        text = " ".join(lines)
        while width > 1 and len(narrower := self._lines(text, width - 1)) == len(lines) and text == " ".join(narrower):
            lines, width = narrower, width - 1
        return lines

    def _shortened(self, line: str, width: float) -> str:
        while line and self.get_string_width(f"{line}…") > width:
            line = line[:-1]
        return f"{line.rstrip()}…"


def picture(pdf: Path, target: Path, dots_per_inch: int) -> None:
    """The first page of a PDF as a PNG."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        document[0].render(scale=dots_per_inch / 72).to_pil().save(target, "PNG", optimize=True)
    finally:
        document.close()
