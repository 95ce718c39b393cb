"""What stands on a voucher: how much, what for, until when, its code, and the link in its QR code that staff scan."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date

from bot.neighbourhood import vouchers
from bot.neighbourhood.work import Work
from bot.reports.poster import link_of
from bot.store.tables import Idea, Voucher
from conversations.words import Money, Text, Words, _, locale_of

TO_PRINT = _("The same, to print or keep.")


LONGEST = 110
"""So many signs of what it is for can be read on it."""


async def content(work: Work, number: int, language: str) -> dict[str, Any] | None:
    """What `bot.reports.sheets.draw_voucher` draws for the idea with this number; None for what is there no more."""
    idea = await work.session.get(Idea, number)
    voucher = await work.session.get(Voucher, number)
    if idea is None or voucher is None or voucher.state != "open":
        return None

    def say(words: Words) -> str:
        return work.render(words, language)

    until = format_date(voucher.valid_until, "d MMMM y", locale=locale_of(language))
    return {
        "name": idea.code,
        "title": say(_("Voucher")),
        "idea": idea.code,
        "amount": say(Text("{amount}", {"amount": Money(voucher.cents)})),
        "about": _short(idea.words or idea.heard) or say(_("(spoken)")),
        "until": say(_("Good until {day}", day=until)),
        "code": vouchers.shown(voucher),
        "link": link_of(work.bot_name, f"v-{voucher.code}"),
        "how": say(_("Only the office can read this code.")),
        "footer": f"Buurtpraat · {work.area.name}",
        "colour": work.area.colours.first,
        "direction": locale_of(language).text_direction,
    }


def _short(words: str) -> str:
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= LONGEST else f"{one_line[: LONGEST - 1].rstrip()}…"
