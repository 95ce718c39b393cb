"""The ledger of promises as the office reads it: `/promises`, with buttons to the cards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select

from bot.neighbourhood import promises
from bot.neighbourhood.promises import PAGE, Tally
from bot.neighbourhood.work import STAFF
from bot.outbox.letters import Button, letters
from bot.store.tables import Promise, Resident
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from bot.telegram.pages import send_page
from conversations.inputs import Input
from conversations.words import Text, Words, fold, s_

Key = TypeVar("Key")
LISTS: dict[str, Text] = {
    "late": s_("late"),
    "week": s_("this week"),
    "open": s_("open"),
    "mine": s_("mine"),
    "kept": s_("kept"),
    "broken": s_("broken"),
}
"""What can be asked for: also the words that are typed behind the command."""
MOST = 12
"""So many members of staff, and partners, are named: those with the most that is late or open."""


async def show(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/promises`, and `/promises late`."""
    typed = fold(words)
    if not typed:
        await _overview(talk)
        return
    which = next((key for key, label in LISTS.items() if typed in talk.work.catalogues.spellings(label)), None)
    if which is None:
        talk.say([s_("Which promises? For example: {example}", example="/promises late")])
        return
    await show_list(talk, which, None)


async def show_list(talk: Dialogues, which: str, after: int | None) -> None:
    """A page of one of the lists."""
    found = await promises.some(talk.work, talk.person, which, after)
    if not found:
        talk.say([s_("None: {which}. All of it: {example}", which=LISTS[which], example="/promises")])
        return
    names = await _names(talk, [each.made_by for each in found])
    more = f"promises.{found[PAGE - 1].id}.{which}" if len(found) > PAGE else None
    lines = [_line(talk, each, names) for each in found[:PAGE]]
    send_page(talk, lines, more, list(dict.fromkeys(each.subject for each in found[:PAGE])))


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap on a list, or on "Show more"; False where there is no such button. Raises `NotAllowed`."""
    after, _dot, which = what.partition(".")
    if subject != "promises" or which not in LISTS or not after.isdecimal() or len(after) > 9:
        return False
    await show_list(talk, which, int(after) or None)
    return True


async def _overview(talk: Dialogues) -> None:
    """All counted; per member of staff and per partner; and a button for each list."""
    work, language = talk.work, talk.person.chat.language
    ledger = await promises.count(work, talk.person)
    names = await _names(talk, ledger.by_staff)
    by_staff = [(names.get(number, s_("nobody yet")), tally) for number, tally in _worst(ledger.by_staff.items())]
    by_partner: list[tuple[Words, Tally]] = [*_worst(ledger.by_partner.items())]
    every = ledger.every
    texts: list[Words] = [
        s_("Promises: {open} open, {week} due within a week, {late} late.", **_counts(every)),
        s_("In the last 90 days: {kept} kept, {broken} broken.", **_counts(every)),
    ]
    paragraphs = [work.render(each, language) for each in texts]
    for head, rows in ((s_("Who promised:"), by_staff), (s_("Who does it:"), by_partner)):
        lines = [work.render(_tallied(who, tally), language) for who, tally in rows]
        if lines:
            paragraphs.append("\n".join([work.render(head, language), *lines]))
    labels = [Button(work.render(label, language), f"promises.0.{key}") for key, label in LISTS.items()]
    talk.send(letters(paragraphs, [labels[start : start + 3] for start in range(0, len(labels), 3)]))


def _worst(rows: Iterable[tuple[Key, Tally]]) -> list[tuple[Key, Tally]]:
    ordered = sorted(rows, key=lambda row: (-row[1].late, -row[1].open, -row[1].broken, str(row[0])))
    return ordered[:MOST]


def _counts(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in ("open", "week", "late", "kept", "broken")}


def _tallied(who: Words, tally: Tally) -> Words:
    return s_("{who}: {open} open, {late} late, {kept} kept, {broken} broken", who=who, **_counts(tally))


def _line(talk: Dialogues, each: Promise, names: dict[int | None, Words]) -> Words:
    told = {"code": each.subject, "who": names.get(each.made_by, s_("nobody yet")), "partner": each.partner or "-"}
    if each.first_due != each.due:
        return s_("{code} · {first}, now {day} · {who} · {partner}", first=each.first_due, day=each.due, **told)
    return s_("{code} · {day} · {who} · {partner}", day=each.due, **told)


async def _names(talk: Dialogues, numbers: Iterable[int | None]) -> dict[int | None, Words]:
    """First names of staff, where they chose one."""
    wanted = {each for each in numbers if each is not None}
    found = await talk.work.session.execute(select(Resident.id, Resident.name).where(Resident.id.in_(sorted(wanted))))
    return {number: name or s_("resident {number}", number=str(number)) for number, name in found}


COMMANDS: tuple[Command, ...] = (
    Command("promises", "beloftes", s_("see which promises are open, late, kept"), show, roles=STAFF),
)
