"""A resident and somebody of the office talking, person to person: begun, carried to and fro, ended, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from bot.neighbourhood import residents, staff_rooms, talk_cards
from bot.neighbourhood.contacts import contact_of, places_for
from bot.neighbourhood.hours import next_opening
from bot.neighbourhood.talk_cards import Part, newest_line, parts_of, sign
from bot.neighbourhood.work import STAFF, Action, Closing, Person, Work
from bot.outbox.letters import Bold, Button, Letter, captioned, letters, spot, voice
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Conversation, History, PersonTalk, PersonTalkLine, Resident
from conversations.inputs import Input, Photo, Said, Spot, Voice
from conversations.results import WantsPerson
from conversations.words import Local, Words, _, s_

ONE_THOUGHT = timedelta(minutes=1)
"""What is typed within so long after the last words is added to their card: people type a thought in three messages."""
STOP = _("Stop talking to a person")
NAME_EXAMPLE = Local({"en": "/name Sanne", "nl": "/naam Sanne"})


async def begin(work: Work, person: Person, wants: WantsPerson) -> Closing:
    """Open a talk with what was said first; says when somebody will read it."""
    said: list[Input] = []
    if wants.told.text and not wants.told.photo:
        said.append(Said(wants.told.text))
    if wants.told.voice:
        said.append(Voice(wants.told.voice, 0))
    photos = [*([wants.told.photo] if wants.told.photo else []), *wants.photos]
    captions = [wants.told.text, *("" for _photo in photos)]
    said += [Photo(file_id, caption) for file_id, caption in zip(photos, captions, strict=False)]
    if wants.place.spot:
        said.append(Spot(*wants.place.spot, wants.place.words))
    elif wants.place.words:
        said.append(Said(wants.place.words))
    if not await places_for(work, person.resident):
        return Closing(_nobody_there(work))
    talk = person.open_talk or await _opened(work, person)
    for each in said:
        await say(work, person, talk, each)
    contact = await contact_of(work, person.resident)
    who = [_("{name} is your contact here.", name=contact.resident.name)] if contact and contact.resident.name else []
    opens = _opens(work, work.now)
    when = _closed(opens) if opens > work.now else _("The office is open now.")
    said_to = [_("I have passed it on."), when, *who, _("All that you send now goes to the office.")]
    return Closing(said_to, [stop_action(talk)])


async def say(work: Work, person: Person, talk: PersonTalk, given: Input) -> Sequence[Words]:
    """The resident says something in their talk; gives what the bot says to it, which mostly is nothing."""
    if (parts := parts_of(given)) is None:
        return [_("I can't pass that on. Type it, speak it, or send a photo or a spot.")]
    if not (places := await places_for(work, person.resident)):
        return _nobody_there(work)
    for part in parts:
        line = await _added_to(work, talk, part) or await _line(work, talk, part)
        await talk_cards.show(work, talk, [line], places)
    before, opens = _opens(work, talk.last_at), _opens(work, work.now)
    talk.last_at = work.now
    return [_closed(opens)] if opens > work.now and before != opens else []


async def answer(work: Work, by: Person, talk_id: int, given: Input) -> Words | None:
    """Somebody of the office answers; None when it is on its way, else what is to be said. Raises `NotAllowed`."""
    by.must_be(STAFF, f"T{talk_id}")
    talk = await work.session.get(PersonTalk, talk_id)
    if talk is None or talk.state != "open":
        return s_("The talk T{number} has ended, so your answer did not go.", number=str(talk_id))
    if (parts := parts_of(given)) is None:
        return s_("That can't be passed on. Type it, speak it, or send a photo or a spot.")
    resident = await work.session.get_one(Resident, talk.resident_id)
    chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
    if chat is None:
        return s_("Resident {number} can't be reached any more, so your answer did not go.", number=str(resident.id))
    waiting = await talk_cards.waiting(work, talk)
    for part in parts:
        line = await _line(work, talk, part, by.resident)
        work.send(chat, await _to_resident(work, by, talk, chat, part), Lane.REPLY, subject=f"T{talk.id}.{line.id}")
    if by.resident.name is None and talk.staff_id != by.resident.id:
        work.tell(
            by.chat,
            [
                s_("Your answer is signed: {name}.", name=sign(work, by.resident)),
                s_("Which first name may residents see? Type it like this: {example}", example=NAME_EXAMPLE),
            ],
        )
    talk.staff_id, talk.last_at = by.resident.id, work.now
    work.note(f"T{talk.id}", "talk answered", by.resident)
    await talk_cards.refresh(work, talk, waiting)
    if chat.unreachable_since is not None:
        return s_(
            "Resident {number} can't be reached now. Your answer comes when they are back.", number=str(resident.id)
        )
    return None


async def stop(work: Work, person: Person, talk_id: int) -> bool:
    """The resident ends the talk; False where it is no open talk of theirs."""
    talk = person.open_talk
    if talk is None or talk.id != talk_id:
        return False
    await _end(work, talk, person.resident)
    await talk_cards.tell(work, talk, s_("T{number}: the resident has ended the talk.", number=str(talk.id)))
    return True


async def end(work: Work, by: Person, talk_id: int) -> Resident | None:
    """Somebody of the office ends a talk; gives whose it was, None where it isn't open. Raises `NotAllowed`."""
    by.must_be(STAFF, f"T{talk_id}.end")
    talk = await work.session.get(PersonTalk, talk_id)
    if talk is None or talk.state != "open":
        return None
    await _end(work, talk, by.resident)
    resident = await work.session.get_one(Resident, talk.resident_id)
    chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
    if chat is not None:
        said = [_("{name} has ended the talk.", name=sign(work, by.resident)), _("Now you talk with the bot again.")]
        again = Action(_("Talk to a person"), "do.person")
        work.tell(chat, said, Lane.REPLY, actions=[again], subject=f"T{talk.id}.end")
    await talk_cards.tell(work, talk, s_("T{number}: the talk has ended. The resident knows.", number=str(talk.id)))
    return resident


async def stay_contact(work: Work, by: Person, talk_id: int) -> Words | None:
    """Somebody of the office stays this resident's contact; what is to be said, None where there is no such talk.

    Raises `NotAllowed`.
    """
    by.must_be(STAFF, f"T{talk_id}.contact")
    talk = await work.session.get(PersonTalk, talk_id)
    resident = await work.session.get(Resident, talk.resident_id) if talk else None
    if talk is None or resident is None:
        return None
    if by.resident.name is None:
        return s_("First choose the first name that residents see: {example}", example=NAME_EXAMPLE)
    if resident.contact_id != by.resident.id:
        resident.contact_id = by.resident.id
        work.note(f"T{talk.id}", "contact", by.resident)
        if resident.chat_id and (chat := await work.session.get(Chat, resident.chat_id)):
            said = [_("{name} stays your contact. Just ask for a person when you need one.", name=by.resident.name)]
            work.tell(chat, said, Lane.NOTICE, subject=f"T{talk.id}.contact")
        await talk_cards.refresh(work, talk, await talk_cards.last_said(work, talk))
    return s_("You are the contact of resident {number}.", number=str(resident.id))


async def show_to(work: Work, by: Person, talk_id: int) -> bool:
    """Show somebody of the office what waits in a talk, in their own chat; False where there is no such talk.

    Raises `NotAllowed`.
    """
    by.must_be(STAFF, f"T{talk_id}.card")
    talk = await work.session.get(PersonTalk, talk_id)
    lines = await talk_cards.waiting(work, talk) or await talk_cards.last_said(work, talk) if talk else []
    if talk is not None:
        await talk_cards.show(work, talk, lines, [by.chat], again=True)
    return bool(lines)


def come_in_front(person: Person, talk: PersonTalk) -> None:
    """What the resident types goes to the talk again: the conversations wait behind it."""
    for conversation in person.conversations:
        if conversation.front_since is not None and conversation.front_since > talk.opened_at:
            conversation.front_since = talk.opened_at


def stop_action(talk: PersonTalk) -> Action:
    """The button with which a resident ends a talk."""
    return Action(STOP, f"T{talk.id}.stop")


async def show_waiting(work: Work, room: Chat | None) -> None:
    """Show what nobody has answered in a room that is new; or (None: a room has gone) where cards go now."""
    if room is None and await staff_rooms.rooms(work):
        return  # it is shown there
    for talk in await work.session.scalars(select(PersonTalk).where(PersonTalk.state == "open")):
        resident = await work.session.get_one(Resident, talk.resident_id)
        lines = await talk_cards.waiting(work, talk)
        places = [room] if room is not None else await places_for(work, resident)
        await talk_cards.show(work, talk, lines, places, again=True)


async def tell_reachable(work: Work, person: Person, *, reachable: bool) -> None:
    """Who is talking blocked the bot, or came back: the office knows."""
    if (talk := person.open_talk) is None:
        return
    number = str(talk.id)
    gone = s_("T{number}: the resident can't be reached now. Answers come when they are back.", number=number)
    back = s_("T{number}: the resident can be reached again.", number=number)
    await talk_cards.tell(work, talk, back if reachable else gone, "away", only_changed=reachable)


async def end_silent(work: Work, before: datetime) -> None:
    """End talks in which the office had the last word before this moment; and tell of residents who went away."""
    silent = select(PersonTalk).where(PersonTalk.state == "open", PersonTalk.last_at < before)
    for talk in list(await work.session.scalars(silent)):
        if await talk_cards.waiting(work, talk):
            continue  # somebody still owes an answer
        await _end(work, talk, None)
        resident = await work.session.get_one(Resident, talk.resident_id)
        chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
        if chat is not None:
            said = [
                _("Your talk with a person has ended: it was quiet for long."),
                _("Just write when it matters again."),
            ]
            work.tell(chat, said, Lane.NOTICE, subject=f"T{talk.id}.end")
        await talk_cards.tell(work, talk, s_("T{number}: quiet for long, so it has ended.", number=str(talk.id)))
    away = (
        select(Resident.id)
        .join(PersonTalk, PersonTalk.resident_id == Resident.id)
        .join(Chat, Chat.id == Resident.chat_id)
        .where(PersonTalk.state == "open", Chat.unreachable_since.is_not(None))
    )
    for number in list(await work.session.scalars(away)):
        if person := await residents.person_of(work, number):
            await tell_reachable(work, person, reachable=False)


async def forget_old_talks(work: Work, before: datetime, at_most: int = 200) -> int:
    """Remove talks that ended before this moment: what was said, and the cards that showed it; gives how many."""
    old = list(await work.session.scalars(select(PersonTalk.id).where(PersonTalk.ended_at < before).limit(at_most)))
    await _remove(work, old)
    await talk_cards.forget_blank(work, before)
    return len(old)


async def erase_of(work: Work, resident: Resident) -> None:
    """Somebody wants to be forgotten: their talks go, and who was whose contact."""
    await work.write_down()
    mine = list(await work.session.scalars(select(PersonTalk).where(PersonTalk.resident_id == resident.id)))
    for talk in mine:
        talk.state = "ended"  # for who holds it in this transaction
    talks = [talk.id for talk in mine]
    await _remove(work, talks)
    subjects = [f"T{number}" for number in talks]
    await work.session.execute(update(History).where(History.subject.in_(subjects)).values(words="", by=None))
    await work.session.execute(update(Resident).where(Resident.contact_id == resident.id).values(contact_id=None))
    resident.contact_id = resident.name = None


async def kept_of(work: Work, resident: Resident) -> list[dict[str, Any]]:
    """What is kept of somebody's talks, as JSON can hold it; photos and voice messages by the messenger's file ids."""
    found = await work.session.scalars(
        select(PersonTalkLine)
        .join(PersonTalk, PersonTalk.id == PersonTalkLine.talk_id)
        .where(PersonTalk.resident_id == resident.id)
        .order_by(PersonTalkLine.id)
    )
    return [
        {
            "talk": line.talk_id,
            "by": "office" if line.by_staff else "you",
            "words": line.words,
            "voice": line.voice,
            "photo": line.photo,
            "at": line.at.isoformat(),
        }
        for line in found
    ]


async def _opened(work: Work, person: Person) -> PersonTalk:
    """A new talk; what is in front now waits until it has ended."""
    fronts = [each.front_since for each in person.conversations if each.front_since]
    talk = PersonTalk(
        resident_id=person.resident.id, state="open", opened_at=max([work.now, *fronts]), last_at=work.now
    )
    work.session.add(talk)
    await work.session.flush()
    person.talk = talk
    work.note(f"T{talk.id}", "talk opened", person.resident)
    return talk


async def _line(work: Work, talk: PersonTalk, part: Part, staff: Resident | None = None) -> PersonTalkLine:
    said = {"words": part.words, "voice": part.voice, "photo": part.photo}
    written_by = staff.id if staff is not None else None
    line = PersonTalkLine(talk_id=talk.id, by_staff=staff is not None, written_by=written_by, **said, at=work.now)
    work.session.add(line)
    await work.session.flush()
    return line


async def _added_to(work: Work, talk: PersonTalk, part: Part) -> PersonTalkLine | None:
    """The line before this one with these words added, where they belong to the same thought."""
    newest = await newest_line(work, talk)
    line = newest[0] if newest else None
    if line is None or line.by_staff or not (part.may_join and Part(line.words, line.voice, line.photo).may_join):
        return None
    together = Part(f"{line.words}\n{part.words}")
    if work.now - line.at > ONE_THOUGHT or not together.fits:
        return None
    line.words = together.words
    return line


async def _to_resident(work: Work, by: Person, talk: PersonTalk, chat: Chat, part: Part) -> list[Letter]:
    language = chat.language
    name = Bold(work.render(sign(work, by.resident), language))
    in_front = select(Conversation.id).where(Conversation.chat_id == chat.id, Conversation.front_since > talk.opened_at)
    actions = [stop_action(talk)]
    if await work.session.scalar(in_front.limit(1)) is not None:  # else what is typed goes to something else
        actions.insert(0, Action(_("Answer this"), f"T{talk.id}.front"))
    buttons = [[Button(work.render(action.label, language), action.does)] for action in actions]
    words = [name, part.words] if part.words else [name]
    if part.photo:
        return [captioned(part.photo, words, buttons)]
    if part.voice:
        return [voice(part.voice, words, buttons)]
    if part.spot:
        return [spot(*part.spot), *letters(words, buttons)]
    return letters(words, buttons)


async def _end(work: Work, talk: PersonTalk, by: Resident | None) -> None:
    talk.state, talk.ended_at = "ended", work.now
    work.note(f"T{talk.id}", "talk ended", by)
    await talk_cards.refresh(
        work, talk, [*await talk_cards.waiting(work, talk), *await talk_cards.last_said(work, talk)]
    )


async def _remove(work: Work, talks: Sequence[int]) -> None:
    for number in talks:
        await talk_cards.blank(work, number)
    await work.session.execute(delete(PersonTalkLine).where(PersonTalkLine.talk_id.in_(talks)))
    await work.session.execute(delete(PersonTalk).where(PersonTalk.id.in_(talks)))


def _opens(work: Work, moment: datetime) -> datetime:
    return next_opening(moment, work.area.office_hours.week, work.area.time_zone, work.free_days)


def _closed(opens: datetime) -> Words:
    return _("The office is closed now. Somebody reads it from {moment} on.", moment=opens)


def _nobody_there(work: Work) -> list[Words]:
    contact = work.area.contact
    return [_("Nobody of the office can be reached here now. Call {phone}, please.", phone=contact.phone)]
