"""What stands on a slip for who has no phone: a code, what it is about, by when there is an answer, whom to call."""

from __future__ import annotations

from typing import Any

from bot.neighbourhood.work import Work
from bot.reports.poster import in_each_language
from bot.store.tables import Complaint, Idea
from conversations.words import Words, _


async def content(work: Work, code: str) -> dict[str, Any] | None:
    """What `bot.reports.sheets.draw_slip` draws, in the house's language; None for what is there no more."""
    table: type[Complaint | Idea] = Complaint if code[0] == "M" else Idea
    row: Complaint | Idea | None = await work.session.get(table, int(code[1:]))
    if row is None:
        return None

    def say(words: Words) -> str:
        return work.render(words, work.area.languages[0])

    words = row.words or row.heard
    if isinstance(row, Complaint):
        topic = say(work.local(work.area.topic(row.topic).label))
        words = f"{topic}: {words}" if words else topic
    call = _("Call {phone} and name this code.", phone=work.area.contact.phone)
    return {
        "name": code,
        "code": code,
        "about": words,
        "promise": say(_("We have an answer by {day} at the latest.", day=row.answer_by)),
        "call": in_each_language(work.catalogues, call),
        "footer": f"Buurtpraat · {work.area.name}",
    }
