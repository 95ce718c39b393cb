"""What an announcement may ask beside its own questions: other languages, for whom, when. All behind a button."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from conversations.announced import Announcer, HowMany, Reach, Sending, WhichLanguage, WhoAnnounces
from conversations.dates import read_day, read_time
from conversations.inputs import Input, Said
from conversations.questions import Choice, Json, Line, Moment, NotThis, Option, Question
from conversations.talk import Talk
from conversations.words import LANGUAGE_NAMES, Local, Words, language_called, s_, sn_

PREVIEW = Option("preview", s_("Send it to me first"))
"""Stands under the summary: see `bot/telegram/for_announcing.py`."""
MORE = Option("more", s_("More choices"))
LEFT_OUT: dict[str, Words] = {
    "stopped": s_("Not to who wants no invitations"),
    "unreachable": s_("Not to who can't be reached"),
    "quiet": s_("Not to who has not said yes to us"),
    "enough": s_("Not to who had enough this month"),
}
"""Why people are left out, as `Reach` names it."""
CODES_AT_MOST = 50
SHORT = 60
NIGHT_ENDS = time(6)


@dataclass(frozen=True)
class Codes(Question[list[str]]):
    """Codes as people type them: "M12, I3 e5". `kinds`: the letters that they may begin with."""

    kind: ClassVar[str] = "codes"
    shape: ClassVar[type] = list
    nothing: ClassVar[list[str]] = []
    kinds: str = field(default="MIE", kw_only=True)

    def take(self, given: Input, today: date) -> Json:
        code = rf"[{self.kinds}]\s?\d{{1,9}}"
        if isinstance(given, Said) and re.fullmatch(rf"\s*(?:{code}\b[\s,;]*)+", given.text, re.IGNORECASE):
            found = [re.sub(r"\s", "", each).upper() for each in re.findall(code, given.text, re.IGNORECASE)]
            if len(found) <= CODES_AT_MOST:
                return list(dict.fromkeys(found))
        raise NotThis(s_("Please type codes, like {example}.", example=", ".join(f"{each}12" for each in self.kinds)))


@dataclass(frozen=True)
class Until(Moment):
    """When something ends that begins at `begins`: a time, or a day and a time."""

    kind: ClassVar[str] = "until"
    begins: datetime

    def take(self, given: Input, today: date) -> Json:
        if isinstance(given, Said) and (at := read_time(given.text)):
            clock, rest = at
            day = read_day(rest, today) if rest.strip() else self.begins.date()
            ends = datetime.combine(day, clock) if day else self.begins
            if not rest.strip() and ends <= self.begins and clock < NIGHT_ENDS:
                ends += timedelta(days=1)  # a party that ends at one
            if ends > self.begins:
                return ends.isoformat()
        raise NotThis(s_("Please type a time after it begins, like {example}.", example="21:30"))


async def written_in(talk: Talk, text: str) -> str:
    """The language of what was typed: asked where it can't be told."""
    found = await talk.look_up("written_in", WhichLanguage(text))
    question = Choice("language", s_("In which language did you type it?"), talk.area.languages, columns=2)
    chosen = await (talk.if_wanted(question) if found else talk.ask(question))
    return str(chosen or found)


async def in_more_languages(talk: Talk, language: str, *, title: int = 0, words: int = 0) -> dict[str, dict[str, str]]:
    """What was typed in other languages than that, each by its own button; language → "title" and "words".

    `title`, `words`: how long these may be; 0: there are none.
    """
    others = [each for each in talk.area.languages if each.key != language]
    missing = [each for each in others if not _filled(talk, each.key)]
    written = language_called(language)
    until = s_("Until you add a language, its readers get it in {language}, with a note.", language=written)
    into = await talk.if_wanted(Choice("into", [until, s_("Which one do you add?")], missing, columns=2))
    said_in = {}
    for each in others:
        names = [f"title_{each.key}", f"words_{each.key}"]
        if into != each.key and not _filled(talk, each.key) and not any(map(talk.is_wanted, names)):
            continue
        said = {}
        if title:
            prompt = s_("What is it called in {language}?", language=language_called(each.key))
            said["title"] = (await talk.tell(names[0], prompt, skippable=True, up_to=title)).text
        if words:
            name = language_called(each.key)
            prompt = s_("Type the words in {language}. People read them as you type them.", language=name)
            said["words"] = (await talk.tell(names[1], prompt, skippable=True, up_to=words)).text
        if any(said.values()):
            said_in[each.key] = said
    return said_in


def language_lines(talk: Talk, language: str, said_in: Mapping[str, Mapping[str, str]]) -> list[Line]:
    """In which languages it stands, which are missing, and what was typed in each."""
    missing = [each.key for each in talk.area.languages if each.key != language and each.key not in said_in]
    have = _joined([language_called(each) for each in (language, *said_in)])
    value: Words = have
    if missing:
        value = s_("{have}. Not in: {missing}", have=have, missing=_joined([language_called(each) for each in missing]))
    lines = [Line("into", s_("Languages"), value, s_("Add a language") if missing else "")]
    for key, said in said_in.items():
        asked, along = (f"title_{key}", f"words_{key}") if said.get("title") else (f"words_{key}", f"title_{key}")
        text = " · ".join(each for each in said.values() if each)
        name = language_called(key)
        lines.append(Line(asked, name, short(text), s_("Change {language}", language=name), [along]))
    return lines


def language_choice(language: str) -> Option:
    """For the menu of what else may be changed."""
    return Option("language", s_("It is not {language}", language=language_called(language)))


async def how_sent(talk: Talk) -> tuple[Sending, list[Line], list[Option]]:
    """To whom it goes and when; with the lines that say so, and what may be chosen beyond them."""
    by: Announcer = await talk.look_up("by", WhoAnnounces())
    to, which, whom = await _for_whom(talk, by)
    when, at = await _when(talk, by)
    careful = await talk.if_wanted(_TWICE)
    sending = Sending(to, which, at, when in ("urgent", "at_urgent"), careful == "never")
    along = [f"for_{each}" for each in ("places", "languages", "event", "codes")]
    lines = [Line("for", s_("For"), whom, s_("Choose for whom"), along)]
    more = []
    if when:
        shown: Words = at.strftime("%d-%m-%Y %H:%M") if at else _WHEN[when]
        lines.append(Line("when", s_("Goes out"), shown, s_("Change when"), ["when_at"]))
    else:
        more.append(Option("when", s_("When it goes out")))
    if careful:
        lines.append(Line("twice", s_("If something breaks"), _CAREFUL[careful], s_("Change that")))
    else:
        more.append(Option("twice", s_("If something breaks")))
    reach: Reach = await talk.look_up("reach", HowMany(to, which))
    return sending, [*lines, *_reach_lines(reach)], more


async def _for_whom(talk: Talk, by: Announcer) -> tuple[str, list[str], Words]:
    places = [each for each in talk.area.neighbourhoods if not by.neighbourhoods or each.key in by.neighbourhoods]
    everybody: Words = s_("everybody")
    if by.neighbourhoods:
        everybody = s_("everybody in {places}", places=_joined([each.label for each in places]))
    kinds = [Option(key, label) for key, label in _FOR.items()]
    to = await talk.if_wanted(Choice("for", s_("Who should get it?"), kinds)) or "all"
    match to:
        case "places":
            which = await talk.several("for_places", s_("Which neighbourhoods? Tap them."), places)
            return to, which, _joined([each.label for each in places if each.key in which])
        case "languages":
            languages = talk.area.languages
            which = await talk.several("for_languages", s_("Which languages do they read? Tap them."), languages)
            return to, which, _joined([language_called(each.key) for each in languages if each.key in which])
        case "event":
            prompt = s_("Which event were they at? Type its code, like {example}.", example="E5")
            which = await talk.ask(Codes("for_event", prompt, kinds="E"))
            return to, which, s_("who were at {codes}", codes=", ".join(which))
        case "codes":
            prompt = s_(
                "Which codes? Who reported M12, whose idea I3 is, who comes to E5: {example}", example="M12, E5"
            )
            which = await talk.ask(Codes("for_codes", prompt))
            return to, which, s_("who stand behind {codes}", codes=", ".join(which))
        case "helped":
            return to, [], s_("who offered help")
        case _:
            return "all", [], everybody


async def _when(talk: Talk, by: Announcer) -> tuple[str, datetime | None]:
    known = [key for key in _WHEN if by.coordinator or not key.endswith("urgent")]
    options = [Option(key, _WHEN[key]) for key in known]
    when = await talk.if_wanted(Choice("when", s_("When should it go out?"), options))
    at = await talk.moment("when_at", s_("From when? Type a day and a time.")) if when.startswith("at") else None
    return when, at


def _reach_lines(reach: Reach) -> list[Line]:
    lines = [Line("", s_("Goes to"), sn_("{count} person", "{count} people", reach.people))]
    lines += [Line("", LEFT_OUT[why], str(count)) for why, count in reach.left_out.items() if why in LEFT_OUT]
    if reach.second_above is not None and reach.people > reach.second_above:
        needed = s_("needed, for it goes to more than {count} people", count=reach.second_above)
        lines.append(Line("", s_("A second coordinator's yes"), needed))
    return lines


def _filled(talk: Talk, language: str) -> bool:
    return any(talk.brought(f"{each}_{language}") is not None for each in ("title", "words"))


def short(text: str) -> str:
    """The first words of a text, on one line."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= SHORT else f"{one_line[: SHORT - 1]}…"


def _joined(words: Sequence[Words]) -> Words:
    """A list of names, each as its reader calls it."""
    if all(isinstance(each, str) for each in words):
        return ", ".join(str(each) for each in words)
    names = [each.by_language if isinstance(each, Local) else {} for each in words]
    return Local({each: ", ".join(name.get(each, "") for name in names) for each in LANGUAGE_NAMES})


_FOR: dict[str, Words] = {
    "all": s_("Everybody"),
    "places": s_("Neighbourhoods"),
    "languages": s_("Languages"),
    "event": s_("Who were at an event"),
    "helped": s_("Who offered help"),
    "codes": s_("A list of codes"),
}
_WHEN: dict[str, Words] = {
    "now": s_("Now"),
    "at": s_("At a time"),
    "urgent": s_("Now, at night too"),
    "at_urgent": s_("At a time, at night too"),
}
_CAREFUL: dict[str, Words] = {
    "twice": s_("Rather twice than never"),
    "never": s_("Rather never than twice"),
}
_TWICE = Choice(
    "twice",
    s_("If something breaks meanwhile, a few may get it twice, or not at all. Which is better?"),
    [Option(key, label) for key, label in _CAREFUL.items()],
)
