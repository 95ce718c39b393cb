"""The words of an event: put right with a broadcast that corrects them, no earlier than that broadcast goes out."""

from __future__ import annotations

from typing import Any

from bot.neighbourhood import finding, in_languages
from bot.neighbourhood.work import Work
from bot.store.tables import Broadcast, Event
from conversations.announced import BroadcastCorrected

SAYS = "says"
"""Where a broadcast's `audience` keeps the words that its event has from then on."""


def right(work: Work, event: Event, said: BroadcastCorrected) -> dict[str, Any]:
    """The words as they will be, as columns of the event."""
    mine = {"title": said.title or event.title, "words": said.words}
    language, main, also = in_languages.house_first(work, said.language, mine, said.said_in)
    return {"title": main["title"], "words": main["words"], "language": language, "said_in": also}


async def put_right(work: Work, broadcast: Broadcast) -> None:
    """The broadcast goes out: where it corrects the words of an event, the event has them from now on."""
    if (says := broadcast.audience.get(SAYS)) is None or (event := await of(work, broadcast)) is None:
        return
    for column, words in says.items():
        setattr(event, column, words)
    event.version += 1  # a colleague who is changing it looks at it once more
    await remember(work, event)


async def of(work: Work, broadcast: Broadcast) -> Event | None:
    """The event that a broadcast is about."""
    is_about_one = broadcast.subject[:1] == "E" and broadcast.subject[1:].isdecimal()
    return await work.session.get(Event, int(broadcast.subject[1:])) if is_about_one else None


async def remember(work: Work, event: Event, *, is_new: bool = False) -> None:
    """Make the event findable, in each language that it was written in."""
    filled = [text for said in event.said_in.values() for text in said.values()]
    words = dict.fromkeys([event.title, event.words, *filled])
    await finding.remember(work, event.code, *words, event.place, is_new=is_new)
