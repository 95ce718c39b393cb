"""What neighbours said of an idea as it is to be drawn: all of it, and each neighbourhood that may be shown."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date

from bot.neighbourhood import opinions
from bot.neighbourhood.opinions import Counts, Tally
from bot.neighbourhood.work import Work
from conversations.words import Words, _, locale_of, n_

FOR, AGAINST, UNKNOWN = 0, 1, 5
"""Which of the area's colours they have."""


def chart(work: Work, code: str, found: Tally, language: str) -> dict[str, Any]:
    """What `bot.reports.budget_picture.draw` draws, in words of this language: each bar is a hundred of a hundred."""

    def say(words: Words) -> str:
        return work.render(words, language)

    def row(label: Words, counts: Counts) -> dict[str, Any]:
        parts = [counts.yes, counts.no, counts.unknown]
        return {
            "label": say(label),
            "whole": say(n_("{count} person", "{count} people", counts.people)),
            "parts": [part / (counts.people or 1) for part in parts],
            "amounts": [str(part) for part in parts],
            "below": "",
        }

    shown, rest = opinions.apart(found)
    rows = [row(_("Together"), found.whole)]
    for place, counts in shown.items():
        named = work.area.neighbourhood(place)
        rows.append(row(named.name if named else place, counts))
    if rest is not None:
        rows.append(row(_("Other neighbourhoods"), rest))
    day = format_date(found.closes_at.astimezone(work.area.time_zone), "d MMM y", locale=locale_of(language))
    colours = work.area.colours.in_order
    return {
        "title": say(_("{code}: what neighbours said", code=code)),
        "source": say(_("{place}, asked until {day}.", place=work.area.name, day=day)),
        "direction": locale_of(language).text_direction,
        "palette": [colours[UNKNOWN], colours[FOR], colours[AGAINST]],
        "names": [say(each) for each in (_("For"), _("Against"), _("I don't know"))],
        "rows": rows,
    }
