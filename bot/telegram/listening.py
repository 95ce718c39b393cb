"""What staff can't simply read: a voice message, to be written down with one tap; another language, named."""

from __future__ import annotations

from bot.neighbourhood.work import STAFF, Work
from bot.store.tables import Answer, Complaint, Idea
from bot.telegram.dialogues import Dialogues
from conversations.words import Local, Words, locale_of, s_

HEARD_LABEL = s_("Write down what it says")


async def ask_what_it_says(talk: Dialogues, code: str, voice: str | None) -> bool:
    """Begin writing down what a voice message says; False where there is none. Raises `NotAllowed`."""
    talk.person.must_be(STAFF, f"{code}.heard")
    if not voice:
        return False
    begun = next((each for each in talk.person.conversations if each.flow == "heard" and each.about == code), None)
    begun = begun or await talk.open("heard", {"code": code}, about=code)
    talk.bring_to_front(begun)
    await talk.ask(begun)
    return True


def in_language(work: Work, row: Complaint | Idea | Answer) -> list[Words]:
    """In which language somebody wrote or spoke, where it isn't the house's."""
    if row.language == work.area.languages[0]:
        return []
    locale = locale_of(row.language)
    names = {reader: locale.get_display_name(reader) or row.language for reader in work.catalogues.languages}
    return [s_("In {language}.", language=Local(names))]
