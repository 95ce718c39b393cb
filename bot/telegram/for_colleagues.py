"""Who works on what, who takes over from whom, and the morning message: commands and buttons of the team."""

from __future__ import annotations

import re

from bot.neighbourhood import hand_over, mornings, team
from bot.neighbourhood.team import Member
from bot.neighbourhood.work import COORDINATORS, STAFF, Scope
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, letters
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from conversations.inputs import Input
from conversations.words import Local, Words, fold, s_

TO_WHOM = re.compile(r"[rR]?([0-9]{1,9})(?:\s+(.*))?", re.DOTALL)
WORK = re.compile(r"([0-9]{1,9})(?:\.(?:(n|t)\.(\w{1,24})|(all)))?")
"""Behind "works.": the role's number; then a neighbourhood's code, a topic's key, or everything."""
COLUMNS = 2
WEEK = s_("week")
"""What a coordinator types behind /morning."""


async def handover(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/handover 5 words`: one's own open work goes to a colleague."""
    work, person = talk.work, talk.person
    found = TO_WHOM.fullmatch(words)
    if found is None:
        colleagues = await hand_over.colleagues(work, person.resident.id)
        names = ", ".join(f"{name} ({number})" for number, name in colleagues)
        talk.say(
            [
                s_("Who takes over your open work? Type their number and a note: {example}", example=hand_over.EXAMPLE),
                s_("Your colleagues: {names}", names=names)
                if names
                else s_("No colleague has a first name yet: /name"),
            ]
        )
        return
    note = (found[2] or "").strip()
    try:
        talk.say(await hand_over.hand_over(work, person, person.resident.id, int(found[1]), note))
    except hand_over.CannotHandOver as why:
        talk.say([why.words, s_("Like this: {example}", example=hand_over.EXAMPLE)])


async def morning(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/morning`: the morning message, or no more; `/morning week`: how the week was, for coordinators."""
    is_coordinator = talk.person.is_one_of(COORDINATORS)
    if is_coordinator and fold(words) in talk.work.catalogues.spellings(WEEK):
        if mornings.toggle_week(talk.work, talk.person):
            talk.say([s_("On the first working day of each week you read how the past week was.")])
        else:
            again = s_("You get no weekly message any more. To have it back: {command}", command=mornings.NO_WEEK)
            talk.say([again])
        return
    if await mornings.toggle(talk.work, talk.person):
        when = s_("On working days you read in the morning what is new, due, late and waiting.")
        said = [when, s_("Is there nothing, then I say nothing. No more of it? Type /morning again.")]
    else:
        said = [s_("You get no morning message any more. Type /morning to have it back.")]
    if is_coordinator and talk.person.resident.weekly:
        said.append(s_("Each week you read how the past one was. Rather not? {command}", command=mornings.NO_WEEK))
    elif is_coordinator:
        said.append(s_("Do you want to read each week how it was? {command}", command=mornings.NO_WEEK))
    talk.say(said)


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap on what somebody works on, or on handing over; False where there is no such button. Raises `NotAllowed`."""
    if subject == "hand" and what.isdecimal() and len(what) <= 9:
        return await _hand(talk, int(what))
    if subject != "works" or not (found := WORK.fullmatch(what)):
        return False
    member = await team.member(talk.work, talk.person, int(found[1]))
    if member is None:
        talk.say([s_("That member has this role no more.")])
        return True
    if found[2] or found[4]:
        scope = _changed(member.scope, found[2], found[3]) if found[2] else Scope()
        try:
            member = await team.limit(talk.work, talk.person, member.role_id, scope)
        except ValueError:
            return False
        if member is None:
            talk.say([s_("A coordinator works on everything.")])
            return True
    await _show_work(talk, member, anew=not (found[2] or found[4]))
    return True


def line(talk: Dialogues, member: Member) -> Words:
    """A member in one line, with what they work on where that is not everything."""
    number, day = str(member.resident_id), talk.work.day_of(member.since)
    role: Words = s_("panel, in the chair") if member.chairs else team.ROLE_NAMES[member.role]
    if member.name:
        who = s_("{name}, resident {number}: {role}, since {day}", name=member.name, number=number, role=role, day=day)
    else:
        who = s_("resident {number}: {role}, since {day}", number=number, role=role, day=day)
    if member.role != "staff" or member.scope == Scope():
        return who
    return s_("{member}. Works on: {what}", member=who, what=team.described(talk.work, member.scope))


def _changed(scope: Scope, kind: str, key: str) -> Scope:
    """With this one, where it was not there; without, where it was."""
    if kind == "n":
        return Scope(scope.neighbourhoods ^ {key}, scope.topics)
    return Scope(scope.neighbourhoods, scope.topics ^ {key})


async def _show_work(talk: Dialogues, member: Member, *, anew: bool) -> None:
    """What somebody works on, in a message that changes with each tap; `anew`: as a new message."""
    work, chat = talk.work, talk.person.chat
    said: list[Words] = [line(talk, member)]
    rows: list[list[Button]] = []
    if member.role == "staff":
        said.append(s_("Tap what they work on. Nothing marked: everything. They get no news of the rest."))
        rows += _choices(talk, member)
        rows.append([Button(work.render(s_("Everything"), chat.language), f"works.{member.role_id}.all")])
    hand = s_("Hand over their open work")
    rows.append([Button(work.render(hand, chat.language), f"hand.{member.resident_id}")])
    paragraphs = [work.render(each, chat.language) for each in said]
    (letter,) = letters([Bold(paragraphs[0]), *paragraphs[1:]], rows)
    await posts.put(work.session, chat.id, f"works {member.role_id}", letter, work.now, anew=anew)


def _choices(talk: Dialogues, member: Member) -> list[list[Button]]:
    area, language, scope = talk.work.area, talk.person.chat.language, member.scope
    places = [(f"n.{each.code}", each.name, each.code in scope.neighbourhoods) for each in area.neighbourhoods]
    topics = [
        (f"t.{each.key}", talk.work.render(Local(each.label), language), each.key in scope.topics)
        for each in area.topics
    ]
    rows = []
    for choices in (places, topics):
        buttons = [
            Button(f"✓ {label}" if chosen else label, f"works.{member.role_id}.{data}")
            for data, label, chosen in choices
        ]
        rows += [buttons[start : start + COLUMNS] for start in range(0, len(buttons), COLUMNS)]
    return rows


async def _hand(talk: Dialogues, number: int) -> bool:
    """Begin handing over somebody's open work; only coordinators do so for others. Raises `NotAllowed`."""
    person = talk.person
    person.must_be(STAFF if person.resident.id == number else COORDINATORS, f"hand.{number}")
    if not await hand_over.has_work(talk.work, number):
        talk.say([s_("There is no open work to hand over.")])
    elif not await hand_over.colleagues(talk.work, number):
        talk.say([s_("There is nobody to take it over: a colleague with a first name (/name).")])
    else:
        await talk.ask(await talk.open("hand_over", {"giver": number}))
    return True


COMMANDS: tuple[Command, ...] = (
    Command("handover", "overdragen", s_("hand over your open work"), handover, roles=STAFF),
    Command("morning", "ochtend", s_("a message each morning, or no more"), morning, roles=STAFF),
)
