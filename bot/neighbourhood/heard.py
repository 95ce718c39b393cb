"""What a voice message says, written down by staff: shown on the card, and found by its words."""

from __future__ import annotations

from typing import Any

from bot.neighbourhood import finding, team
from bot.neighbourhood.guessed_theme import guessed
from bot.neighbourhood.work import STAFF, Action, Closing, Person, Work
from bot.store.tables import Answer, Complaint, Idea
from conversations.office_said import Heard
from conversations.words import Words, s_

TABLES: dict[str, Any] = {"M": Complaint, "I": Idea, "A": Answer}


async def write_down(work: Work, by: Person, heard: Heard) -> Closing:
    """Keep what a voice message says; a later line takes the place of an earlier one. Raises `NotAllowed`."""
    by.must_be(STAFF, f"{heard.code}.heard")
    row = await work.session.get_one(TABLES[heard.code[0]], int(heard.code[1:]))
    if not isinstance(row, Answer):
        team.must_work_on(by, row, f"{heard.code}.heard")
    if not row.voice:  # who sent it was forgotten meanwhile
        return Closing([s_("There is no voice message any more with {code}.", code=heard.code)])
    row.heard = heard.words
    if not isinstance(row, Idea) and not row.theme:
        row.theme = guessed(work, row.words, row.heard)
    await finding.remember_all(work, row)
    work.note(heard.code, "heard", by.resident, heard.words)
    return Closing(
        [s_("Noted with {code}.", code=heard.code)], [Action(s_("Open {code}", code=heard.code), f"{heard.code}.card")]
    )


def shown(row: Complaint | Idea | Answer) -> list[Words]:
    """What staff read of a voice message on a card: what it says, where somebody wrote that down."""
    return [s_("The voice message says: {words}", words=row.heard)] if row.voice and row.heard else []
