"""What the office types about complaints: the buttons on a card, as commands."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from datetime import date, timedelta

from bot.neighbourhood import complaints, same, team
from bot.neighbourhood.steps import STATE_NAMES, STEPS
from bot.neighbourhood.work import STAFF, TooLate
from bot.store.tables import Complaint
from bot.telegram import cards
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from conversations.dates import AHEAD_AT_MOST, read_day
from conversations.inputs import Input, Photo
from conversations.office import NAMED
from conversations.standard import OTHER, REASONS
from conversations.words import Words, fold, s_

FOR_THEM = s_("Add a few words for who reported it")


async def list_complaints(talk: Dialogues, words: str, given: Input | None) -> None:
    """The office's list."""
    await cards.show_list(talk, words)


async def take(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/take M12`."""
    if found := await _complaint(talk, words, "take"):
        await cards.step(talk, found[0].id, "take")


async def plan(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/plan M12 2026-12-24 words`."""
    if not (found := await _complaint(talk, words, "plan")):
        return
    typed_day, _space, rest = found[1].partition(" ")
    day = read_day(typed_day, talk.work.today)
    if day is None or not talk.work.today <= day <= talk.work.today + AHEAD_AT_MOST:
        example = _example("plan", talk.work.today)
        talk.say([s_("Which day, within a year? For example: {example}", example=example)])
        return
    await _step(talk, found[0], complaints.plan(talk.work, talk.person, found[0], day, rest.strip()))


async def solve(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/solve M12 words`, also as the caption of a photo of the result."""
    if not (found := await _complaint(talk, words, "solve", needs_words=FOR_THEM)):
        return
    complaint, said = found
    if isinstance(given, Photo) and given.album and complaint.state in STEPS["solve"].before:
        # more photos of the album are on their way: gather them, and send when the member of staff says so
        answers = {"complaint": complaint.id, "words": {"text": said}, "photos": [given.file_id]}
        conversation = await talk.open("solve", answers)
        conversation.said = {**conversation.said, "albums": {given.album: "photos"}}
        talk.ask_later(conversation)
        return
    photos = [given.file_id] if isinstance(given, Photo) else []
    await _step(talk, complaint, complaints.solve(talk.work, talk.person, complaint, said, photos))


async def cannot(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/cannot M12 why`: in one's own words, or with what stands on a reason's button first: `No money for it. Why`."""
    if found := await _complaint(talk, words, "cannot", needs_words=FOR_THEM):
        complaint, typed = found
        first, _stop, rest = re.sub(r"[.:\n]", ".", typed, count=1).partition(".")
        spellings = {key: talk.work.catalogues.spellings(label) for key, (label, _said) in REASONS.items()}
        reason = next((key for key, spelled in spellings.items() if fold(first) in spelled), OTHER)
        own = typed if reason == OTHER else rest.strip()
        await _step(talk, complaint, complaints.cannot(talk.work, talk.person, complaint, own, reason))


async def pass_on(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/passon M12 to whom`."""
    if found := await _complaint(talk, words, "passon", needs_words=s_("Say who sees to it now")):
        complaint, whom = found
        if await _fits(talk, whom, "passon"):
            await _step(talk, complaint, complaints.pass_on(talk.work, talk.person, complaint, whom))


async def not_ours(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/notours M12 where to`."""
    if found := await _complaint(talk, words, "notours", needs_words=s_("Say where they can go")):
        complaint, where = found
        if await _fits(talk, where, "notours"):
            await _step(talk, complaint, complaints.not_ours(talk.work, talk.person, complaint, where))


async def same_as(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/same M12 M9`."""
    if not (found := await _complaint(talk, words, "same", needs_words=s_("Say which other one it is"))):
        return
    complaint, typed = found
    other = cards.CODE.fullmatch(typed)
    if other is None:
        talk.say([s_("Which two? For example: {example}", example=_example("same", talk.work.today))])
    elif complaint.state not in STEPS["same"].before:
        late = await team.too_late(talk.work, talk.person, complaint.code, STATE_NAMES[complaint.state])
        talk.say([late.words])
    elif (why_not := await same.why_not(talk.work, talk.person, complaint, int(other[1]))) is not None:
        talk.say([why_not])
    else:
        one = await talk.work.session.get_one(Complaint, int(other[1]))
        await _step(talk, complaint, same.go_on_with(talk.work, talk.person, complaint, one))


async def go_apart(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/apart M12`."""
    if found := await _complaint(talk, words, "apart"):
        await cards.step(talk, found[0].id, "apart")


async def tell(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/tell M12 words`."""
    if found := await _complaint(talk, words, "tell", needs_words=FOR_THEM):
        await _step(talk, found[0], complaints.tell(talk.work, talk.person, found[0], found[1]))


async def _complaint(
    talk: Dialogues, words: str, name: str, *, needs_words: Words = ""
) -> tuple[Complaint, str] | None:
    """The complaint that a command names and the words behind it; None after having said what is wrong."""
    example = _example(name, talk.work.today)
    code, _space, rest = words.partition(" ")
    found = cards.CODE.fullmatch(code)
    complaint = await talk.work.session.get(Complaint, int(found[1])) if found else None
    if not found:
        talk.say([s_("Which complaint? For example: {example}", example=example)])
    elif complaint is None:
        talk.say([s_("There is no {code}. The list: /complaints", code=f"M{found[1]}")])
    elif needs_words and not rest.strip():
        talk.say([s_("{what}, for example: {example}", what=needs_words, example=example)])
    else:
        return complaint, rest.strip()
    return None


async def _fits(talk: Dialogues, words: str, name: str) -> bool:
    """Whether it is short enough to stand in a sentence; after having said so."""
    if len(words) > NAMED:
        example = _example(name, talk.work.today)
        talk.say([s_("That is too long to read. For example: {example}", example=example)])
    return len(words) <= NAMED


async def _step(talk: Dialogues, complaint: Complaint, step: Awaitable[None]) -> None:
    try:
        await step
    except TooLate as late:
        talk.say([late.words])
    else:
        talk.say([await complaints.who_hears(talk.work, complaint)])


def _example(name: str, today: date) -> str:
    day = (today + timedelta(days=7)).isoformat()
    return {
        "take": "/take M12",
        "plan": f"/plan M12 {day} De stoep wordt recht gelegd",
        "solve": "/solve M12 De tegel ligt weer vast",
        "cannot": "/cannot M12 Deze boom is van een bewoner",
        "passon": "/passon M12 de stratenmakers van de gemeente",
        "notours": "/notours M12 de verhuurder, telefoon 045-1234567",
        "same": "/same M12 M9",
        "apart": "/apart M12",
        "tell": "/tell M12 We komen maandag kijken",
    }[name]


COMMANDS: tuple[Command, ...] = (
    Command("complaints", "meldingen", s_("list complaints"), list_complaints, roles=STAFF),
    Command("take", "take", s_("take a complaint on"), take, roles=STAFF),
    Command("plan", "plan", s_("promise a day"), plan, roles=STAFF),
    Command("solve", "solve", s_("say that it is solved"), solve, roles=STAFF),
    Command("passon", "doorgeven", s_("say who sees to it now"), pass_on, roles=STAFF),
    Command("notours", "nietvanons", s_("say where else it belongs"), not_ours, roles=STAFF),
    Command("same", "zelfde", s_("say that two are the same"), same_as, roles=STAFF),
    Command("apart", "nietzelfde", s_("say that two are not the same after all"), go_apart, roles=STAFF),
    Command("cannot", "cannot", s_("say why it can't be done"), cannot, roles=STAFF),
    Command(
        "record", "inspreken", s_("read a question aloud, for who would rather listen"), flow="record", roles=STAFF
    ),
    Command("tell", "tell", s_("write to who reported it"), tell, roles=STAFF),
)
