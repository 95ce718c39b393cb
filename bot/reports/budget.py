"""The money for ideas as the panel and the office get it: in words, and what is to be drawn of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.dates import format_date

from bot.neighbourhood.money import OF_ALL, Sums
from bot.neighbourhood.work import Work
from conversations.words import Money, Text, Words, _, locale_of

PARTS: tuple[Text, ...] = (_("Spent"), _("On vouchers"), _("Can still be given"))


def in_words(work: Work, year: int, sums: Sequence[Sums]) -> list[Words]:
    """The money of a year to read: a paragraph each neighbourhood, and all of it together."""
    if not sums:
        return [_("There is no money for ideas in {year} yet.", year=str(year))]
    lines: list[Words] = [title(year), *(_in_words(place_name(work, each.neighbourhood), each) for each in sums)]
    if len(sums) > 1:
        lines.append(_in_words(_("Together"), together(sums)))
    return lines


def title(year: int) -> Words:
    """What is said under the picture."""
    return _("Money for ideas in {year}", year=str(year))


def chart(work: Work, year: int, sums: Sequence[Sums], language: str) -> dict[str, Any]:
    """What `bot.reports.budget_picture.draw` draws, in words of this language."""

    def say(words: Words) -> str:
        return work.render(words, language)

    def amount(cents: int) -> str:
        return say(Text("{amount}", {"amount": Money(cents)}))

    rows = [*sums, *([together(sums)] if len(sums) > 1 else [])]
    day = format_date(work.today, "d MMM y", locale=locale_of(language))
    return {
        "title": say(title(year)),
        "source": say(_("{place}, as it stood on {day}.", place=work.area.name, day=day)),
        "direction": locale_of(language).text_direction,
        "palette": list(work.area.colours.in_order),
        "names": [say(part) for part in PARTS],
        "rows": [
            {
                "label": say(_("Together") if not each.neighbourhood else place_name(work, each.neighbourhood)),
                "whole": amount(each.put_in),
                "parts": [each.spent, each.on_vouchers, each.available],
                "amounts": [amount(cents) for cents in (each.spent, each.on_vouchers, each.available)],
                "below": say(_("Gone back: {amount}", amount=Money(each.returned))) if each.returned else "",
            }
            for each in rows
        ],
    }


def together(sums: Sequence[Sums]) -> Sums:
    """All of it, as if it were one neighbourhood's."""
    whole = [sum(getattr(each, name) for each in sums) for name in ("put_in", "awarded", "spent", "returned")]
    return Sums("", *whole)


def place_name(work: Work, code: str) -> Words:
    """What the budget with this code is called: a neighbourhood, or the whole area."""
    found = work.area.neighbourhood(code) if code != OF_ALL else None
    return found.name if found else work.area.name


def _in_words(place: Words, each: Sums) -> Words:
    return _(
        "{place}: {available} can still be given, of {whole}.\n"
        "Given: {awarded}. Spent: {spent}. Gone back: {returned}.",
        place=place,
        available=Money(each.available),
        whole=Money(each.put_in),
        awarded=Money(each.awarded),
        spent=Money(each.spent),
        returned=Money(each.returned),
    )
