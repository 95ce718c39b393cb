"""The sheets themselves: a poster (A4), a slip to hand over (A6), a neighbour's card, a voucher (A6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.neighbourhood.area.fields import brightness
from bot.reports import pictograms
from bot.reports.chart import LIGHT
from bot.reports.paper import INK, Paper, picture

DOTS_PER_INCH = 150
GREY, WHITE = (95, 95, 95), (255, 255, 255)


def draw_poster(asked: dict[str, Any], target: Path) -> None:
    """A poster as a PDF at `target` and as a PNG beside it; `asked` as `bot.reports.poster.content` gives it."""
    page = Paper(210, 297)
    pictograms.draw(page, asked["pictogram"], 14, 14, 46)
    end = page.say(asked["title"], (66, 14, 130, 30), 34, bold=True, align="L", top=True)
    for fact in asked["facts"]:
        end = page.say(fact, (66, end + 1.5, 130, max(7.5, (60 - end) / len(asked["facts"]))), 15, align="L", top=True)
    first, *others = asked["lines"]
    page.say(first, (14, 65, 182, 24), 27, bold=True)
    page.qr(asked["link"], 44, 89, 122)
    page.say(asked["link"].removeprefix("https://"), (14, 207, 182, 8), 15)
    height = min(9.5, 56 / max(1, len(others)))
    for number, line in enumerate(others):
        page.say(line, (14, 219 + number * height, 182, height), 14)
    page.set_text_color(*GREY)
    page.say(asked["footer"], (14, 280, 182, 8), 12)
    page.output(str(target))
    picture(target, target.with_suffix(".png"), DOTS_PER_INCH)


def draw_slip(asked: dict[str, Any], target: Path) -> None:
    """A slip for who has no phone: the code of what they told, what it was about, and how to ask how it stands.

    `asked`: `code`, `about` and `promise` (words), `call` (a line a language, the house's first), `footer`.
    """
    page = Paper(105, 148)
    page.say(asked["code"], (9, 10, 87, 24), 54, bold=True)
    end = page.say(asked["about"], (9, 38, 87, 30), 13, top=True)
    end = page.say(asked["promise"], (9, end + 4, 87, 12), 12, top=True)
    first, *others = asked["call"]
    end = page.say(first, (9, max(end + 4, 78), 87, 20), 16, bold=True, top=True)
    room = 134 - (end + 3)
    height = min(6.5, room / max(1, len(others)))
    for number, line in enumerate(others):
        page.say(line, (9, end + 3 + number * height, 87, height), 9)
    page.set_text_color(*GREY)
    page.say(asked["footer"], (9, 137, 87, 5), 8)
    page.output(str(target))


def draw_card(asked: dict[str, Any], target: Path) -> None:
    """A picture that a neighbour shows on their phone, to be scanned by another; `asked`: `link`, `title`, `footer`."""
    page = Paper(105, 130)
    page.say(asked["title"], (8, 7, 89, 18), 17, bold=True)
    page.qr(asked["link"], 6, 22, 93)
    page.set_text_color(*GREY)
    page.say(asked["footer"], (8, 116, 89, 6), 10)
    pdf = target.with_suffix(".pdf")
    page.output(str(pdf))
    picture(pdf, target, 2 * DOTS_PER_INCH)
    pdf.unlink()


def draw_voucher(asked: dict[str, Any], target: Path) -> None:
    """A voucher as a PDF at `target` and as a PNG beside it; `asked` as `bot.reports.voucher.content` gives it."""
    page = Paper(105, 148)
    colour = asked["colour"]
    page.set_fill_color(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
    page.rect(0, 0, 105, 17, "F")
    page.set_text_color(*(INK if brightness(colour) > LIGHT else WHITE))
    begins, ends = ("R", "L") if asked["direction"] == "rtl" else ("L", "R")
    page.say(asked["title"], (9, 3, 60 if begins == "L" else 87, 11), 19, bold=True, align=begins)
    page.say(asked["idea"], (9, 3, 87, 11), 15, bold=True, align=ends)
    page.set_text_color(*INK)
    page.say(asked["amount"], (9, 20, 87, 16), 34, bold=True)
    page.say(asked["about"], (9, 37, 87, 15), 13)
    page.say(asked["until"], (9, 53, 87, 8), 14, bold=True)
    page.qr(asked["link"], 23.5, 61, 58)
    page.say(asked["code"], (9, 119, 87, 9), 20, bold=True)
    page.say(asked["how"], (9, 128, 87, 8), 10)
    page.set_text_color(*GREY)
    page.say(asked["footer"], (9, 138, 87, 5), 8)
    page.output(str(target))
    picture(target, target.with_suffix(".png"), 2 * DOTS_PER_INCH)
