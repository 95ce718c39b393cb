"""Codes: M12, I3, E5, typed or on a button, lead to what they name; who may not see it learns nothing."""

from __future__ import annotations

import re
from typing import Any

from bot.neighbourhood import themes
from bot.telegram import (
    answer_cards,
    broadcast_cards,
    cards,
    event_cards,
    for_announcing,
    for_coordinators,
    for_persons,
    for_promises,
    for_team,
    idea_cards,
    near_cards,
    voucher_cards,
)
from bot.telegram.dialogues import Dialogues

ROOMS: dict[str, Any] = {"M": cards, "I": idea_cards, "E": event_cards, "A": answer_cards, "B": broadcast_cards}
"""By the letter of a code: where it is shown, and where its buttons are."""
LISTS: tuple[Any, ...] = (
    *(for_announcing, event_cards, for_persons, for_promises, for_coordinators, for_team),
    *(near_cards, voucher_cards),
)
"""Whose buttons are about something without a code."""
CODE = re.compile(r"\s*([MIEABmieab])\s?(\d{1,9})\s*")


async def typed(talk: Dialogues, text: str) -> bool:
    """Show what a typed code names; False where it is none, or nothing for this person."""
    found = CODE.fullmatch(text)
    if found is None:
        return await voucher_cards.typed(talk, text)
    return await _show(talk, found[1].upper(), int(found[2]))


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
    known: bool = await ROOMS[kind].step(talk, number, what)
    return known


async def _show(talk: Dialogues, kind: str, number: int) -> bool:
    may_see: bool = await ROOMS[kind].show(talk, number)
    return may_see


async def _list_button(talk: Dialogues, subject: str, what: str) -> bool:
    after, _dot, words = what.partition(".")
    if subject in ("p", "ideas") and after.isdecimal() and len(after) <= 9:
        await (cards.show_list if subject == "p" else idea_cards.show_list)(talk, words, int(after))
        return True
    for room in LISTS:
        if await room.button(talk, subject, what):
            return True
    return False
