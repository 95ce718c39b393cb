"""Codes: M12, I3, E5, typed or on a button, lead to what they name; who may not see it learns nothing."""

from __future__ import annotations

import re

from bot.neighbourhood import themes
from bot.telegram import (
    answer_cards,
    cards,
    event_cards,
    for_coordinators,
    for_persons,
    for_promises,
    for_team,
    idea_cards,
)
from bot.telegram.dialogues import Dialogues

CODE = re.compile(r"\s*([MIEAmiea])\s?(\d{1,9})\s*")


async def typed(talk: Dialogues, text: str) -> bool:
    """Show what a typed code names; False where it is none, or nothing for this person."""
    found = CODE.fullmatch(text)
    return found is not None and await _show(talk, found[1].upper(), int(found[2]))


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap on a card, an invitation or a list; False where there is no such button."""
    found = CODE.fullmatch(subject)
    if found is None:
        return await _list_button(talk, subject, what)
    kind, number = found[1].upper(), int(found[2])
    if what == "card":
        return await _show(talk, kind, number)
    if kind in themes.TABLES and (what == "theme" or what.startswith("theme.")):
        return await answer_cards.theme_step(talk, f"{kind}{number}", what)
    step = {"M": cards.step, "I": idea_cards.step, "E": event_cards.step, "A": answer_cards.step}[kind]
    return await step(talk, number, what)


async def _show(talk: Dialogues, kind: str, number: int) -> bool:
    show = {"M": cards.show, "I": idea_cards.show, "E": event_cards.show, "A": answer_cards.show}[kind]
    return await show(talk, number)


async def _list_button(talk: Dialogues, subject: str, what: str) -> bool:
    after, _dot, words = what.partition(".")
    if subject in ("p", "ideas") and after.isdecimal() and len(after) <= 9:
        await (cards.show_list if subject == "p" else idea_cards.show_list)(talk, words, int(after))
        return True
    for room in (for_persons, for_promises, for_coordinators, for_team):
        if await room.button(talk, subject, what):
            return True
    return False
