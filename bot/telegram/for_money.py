"""The money for ideas: what there is and what became of it; and coordinators who put it in."""

from __future__ import annotations

import re

from bot.neighbourhood import money
from bot.neighbourhood.work import COORDINATORS, PANEL_TOO, NotAllowed
from bot.reports import budget
from bot.store.tables import Job
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from conversations.amounts import read_amount
from conversations.inputs import Input
from conversations.words import Money, Text, _, fold, s_

PUTS_IN = "/budget Heksenberg 5000"
AT_MOST = 100_000_000
"""Cents, in one go: a zero too many is likelier than a million."""
_YEAR = re.compile(r"20\d\d")


async def show_budget(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/budget`, `/budget 2025`: what there is; `/budget Heksenberg 5000 [2027]`: put it in."""
    typed = words.split()
    if not typed:
        await _show(talk, talk.work.today.year)
    elif len(typed) == 1 and _YEAR.fullmatch(typed[0]):
        await _show(talk, int(typed[0]))
    else:
        await _put_in(talk, words.strip())


async def _show(talk: Dialogues, year: int) -> None:
    work, person = talk.work, talk.person
    sums = await money.sums(work, person, year)
    others = [each for each in await money.years(work) if each != year]
    said = budget.in_words(work, year, sums)
    if person.is_one_of(COORDINATORS):
        said.append(s_("To put money in: {command}", command=PUTS_IN))
    if others:
        said.append(_("Another year: {example}", example=f"/budget {others[0]}"))
    talk.say(said)
    if sums:
        asked = {"year": year}
        work.session.add(Job(kind="budget", chat_id=person.chat.id, asked=asked, next_at=work.now, at=work.now))


async def _put_in(talk: Dialogues, words: str) -> None:
    """Money into a budget, or (with a minus) out of it again."""
    work, person = talk.work, talk.person
    if not person.is_one_of(COORDINATORS):
        raise NotAllowed("/budget", s_("Only a coordinator puts money in. To see what there is: /budget"))
    place, rest = _place(talk, words)
    if place is None:
        names = ", ".join([each.name for each in work.area.neighbourhoods] + [work.area.name])
        talk.say([s_("Which neighbourhood? For example: {example}", example=PUTS_IN), names])
        return
    year, amount = work.today.year, rest
    *before, last = rest.split() or [""]
    if _YEAR.fullmatch(last) and before:
        year, amount = int(last), " ".join(before)
    elif _YEAR.fullmatch(last):
        either = s_("Is that an amount or a year? Type it like this: {example}", example=f"{PUTS_IN} {work.today.year}")
        talk.say([either])
        return
    out = amount[:1] in ("-", "\N{MINUS SIGN}")
    cents = read_amount(amount[1:] if out else amount).cents
    if cents is None or cents > AT_MOST or not 0 <= year - work.today.year + 1 <= 6:
        talk.say([s_("How much, and for which year? For example: {example}", example=f"{PUTS_IN} {work.today.year}")])
        return
    await _book(talk, place, year, -cents if out else cents)


async def _book(talk: Dialogues, place: str, year: int, cents: int) -> None:
    work = talk.work
    named = {"place": budget.place_name(work, place), "year": str(year)}
    try:
        available = await money.put_in(work, talk.person, place, year, cents)
    except money.NotEnough as short:
        there = Money(short.available)
        talk.say([s_("{place} {year}: that can't be taken out. There is {available}.", available=there, **named)])
        return
    except ValueError:
        talk.say([s_("{place} {year}: that is more than a budget can hold.", **named)])
        return
    amounts = {"amount": Money(abs(cents)), "available": Money(available)}
    done: Text = (
        s_("{place} {year}: {amount} put in. There is {available} to give now.", **named, **amounts)
        if cents > 0
        else s_("{place} {year}: {amount} taken out. There is {available} to give now.", **named, **amounts)
    )
    back = f"/budget {work.render(named['place'], 'nl')} {'-' if cents > 0 else ''}{_plain(abs(cents))} {year}"
    talk.say([done, s_("A mistake? Then type: {command}", command=back)])


def _place(talk: Dialogues, words: str) -> tuple[str | None, str]:
    """The neighbourhood, or the area, that the words begin with, and what is behind it."""
    area = talk.work.area
    names = {each.name: each.code for each in area.neighbourhoods} | {area.name: money.OF_ALL}
    parts = words.split(" ")
    for length in range(len(parts), 0, -1):
        typed = fold(" ".join(parts[:length]))
        found = {code for name, code in names.items() if fold(name) == typed}
        found = found or {code for name, code in names.items() if len(typed) > 3 and fold(name).startswith(typed)}
        if len(found) == 1:
            return found.pop(), " ".join(parts[length:]).strip()
    return None, ""


def _plain(cents: int) -> str:
    """An amount as it is typed."""
    return str(cents // 100) if cents % 100 == 0 else f"{cents // 100},{cents % 100:02}"


COMMANDS: tuple[Command, ...] = (
    Command("budget", "budget", _("see the money for ideas"), show_budget, roles=PANEL_TOO),
)
