"""What stands on a poster: its code's link, the pictogram, an event's title, day and place, a line a language."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.neighbourhood.area import Area
from bot.store.tables import Event
from conversations.words import Catalogues, Text, Words, _, fold, s_

INVITING = _("Scan and tell us: what are you proud of? What must be better?")
EXAMPLE = "p-library"
_PAYLOAD = re.compile(r"e([1-9]\d{0,8})|p-[A-Za-z0-9_-]{1,60}")
_STEMS: dict[str, tuple[str, ...]] = {
    "barbecue": ("barbec", "barbeq", "bbq", "grill", "eten", "food", "picknick", "picnic", "mangal", "барбекю"),
    "music": (
        "muzi",
        "music",
        "musik",
        "concert",
        "konzert",
        "koor",
        "zing",
        "licht",
        "light",
        "lamp",
        "disco",
        "feest",
    ),
    "walk": ("wandel", "walk", "rondje", "loop", "spazier", "spacer", "yuruyus", "прогулян"),
    "coffee": (
        *("koffie", "coffee", "kaffee", "kawa", "kahve", "thee", "tea", "vergader", "meeting", "bijeenkomst"),
        *("overleg", "ontmoet", "gesprek", "кава", "зустріч"),
    ),
    "clean_up": ("opruim", "schoon", "clean", "zwerf", "afval", "veeg", "putz", "sprzat", "temizlik", "прибиран"),
    "sports": ("sport", "voetbal", "football", "fußball", "futbol", "toernooi", "fiets", "spelen", "games", "bal"),
}


class NoPoster(Exception):
    """There is no poster for this; `words` says for what there is one, and so does the error itself in English."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.message.format_map(words.values))
        self.words = words


def pictogram_of(title: str) -> str:
    """The pictogram that suits an event's title, by its words; a speech bubble where none does."""
    stems = {fold(stem): name for name, each in _STEMS.items() for stem in each}
    for word in fold(title).split():
        if name := next((name for stem, name in stems.items() if stem in word and _begins(stem, word)), None):
            return name
    return "speech"


def link_of(bot_name: str, payload: str) -> str:
    """The address that a phone opens."""
    return f"https://t.me/{bot_name}?start={payload}"


async def content(session: AsyncSession, catalogues: Catalogues, area: Area, payload: str) -> dict[str, Any]:
    """What `bot.reports.sheets.draw_poster` draws beside the link, in the house's language. Raises `NoPoster`."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        raise NoPoster(s_("A poster is for an event or a place, for example: e5 or {example}", example=EXAMPLE))
    house = area.languages[0]

    def say(words: Words) -> str:
        return catalogues.render(words, house)

    title, facts, pictogram = "Buurtpraat", [area.name], "pin"
    if found[1]:
        event = await session.get(Event, int(found[1]))
        if event is None:
            raise NoPoster(
                s_("There is no {code}. A poster for a place: {example}", code=f"E{found[1]}", example=EXAMPLE)
            )
        title, pictogram = event.title, pictogram_of(event.title)
        facts = [say(_("When: {moment}", moment=event.starts_at))]
        facts += [say(_("Where: {place}", place=event.place))] if event.place else []
    return {
        "name": f"poster-{payload}",
        "pictogram": pictogram,
        "title": title,
        "facts": facts,
        "lines": in_each_language(catalogues, INVITING),
        "footer": f"Buurtpraat · {area.name}",
    }


def in_each_language(catalogues: Catalogues, words: Words) -> list[str]:
    """The words once a language, the house's first; none twice."""
    return list(dict.fromkeys(catalogues.render(words, language) for language in catalogues.languages))


def _begins(stem: str, word: str) -> bool:
    """Dutch writes "buurtbarbecue" as one word, so a long stem may stand anywhere; a short one only at the start."""
    return len(stem) >= 5 or word.startswith(stem)
