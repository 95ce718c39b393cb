"""Handing over: all of one member's open work to a colleague, and those whom it concerns hear who is there for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from bot.neighbourhood import promises, reporters, residents, staff_rooms, steps, talk_cards, team
from bot.neighbourhood.idea_steps import ALIVE
from bot.neighbourhood.work import COORDINATORS, STAFF, Action, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Complaint, Idea, PersonTalk, Resident, Role
from conversations.words import Local, Words, _, s_, sn_

NAMED = 12
"""So many codes are named; the rest is counted."""
BUTTONS = 6
EXAMPLE = Local({"en": "/handover 5 I am away for two weeks", "nl": "/overdragen 5 Ik ben twee weken weg"})


class CannotHandOver(Exception):
    """It can't go to that colleague; `words` says why."""

    def __init__(self, words: Words) -> None:
        super().__init__("can't be handed over")
        self.words = words


@dataclass(slots=True)
class Handed:
    """What went over, as codes; `stays`: what the colleague doesn't work on; `contacts`: residents' numbers."""

    complaints: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    talks: list[str] = field(default_factory=list)
    contacts: list[int] = field(default_factory=list)
    ideas: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.complaints or self.talks or self.contacts or self.ideas)


async def colleagues(work: Work, but: int) -> list[tuple[int, str]]:
    """Who can take work over: members of staff who can be reached and have a first name, but for this one."""
    query = (
        select(Resident.id, Resident.name)
        .join(Chat, Chat.id == Resident.chat_id)
        .join(Role, Role.resident_id == Resident.id)
        .where(
            Role.role.in_(sorted(STAFF)),
            Role.withdrawn_at.is_(None),
            Resident.name.is_not(None),
            Resident.id != but,
            Chat.unreachable_since.is_(None),
        )
        .distinct()
        .order_by(Resident.id)
    )
    return [(number, name) for number, name in await work.session.execute(query) if name]


async def has_work(work: Work, number: int) -> bool:
    """Whether somebody has anything open that could be handed over."""
    complaint = select(Complaint.id).where(Complaint.handler_id == number, Complaint.state.in_(steps.OPEN_STATES))
    contact = select(Resident.id).where(Resident.contact_id == number)
    talk = select(PersonTalk.id).where(PersonTalk.staff_id == number, PersonTalk.state == "open")
    idea = select(Idea.id).where(Idea.contact_id == number, Idea.state.in_(sorted(ALIVE)))
    for query in (complaint, contact, talk, idea):
        if await work.session.scalar(query.limit(1)) is not None:
            return True
    return False


async def hand_over(work: Work, by: Person, giver: int, to: int, words: str) -> list[Words]:
    """All open work of one goes to another: complaints, residents whose contact they are, talks. Gives what to say.

    Everybody hands over their own, coordinators anybody's. Raises `NotAllowed`, `CannotHandOver`.
    """
    by.must_be(STAFF if by.resident.id == giver else COORDINATORS, "/handover")
    receiver = await _receiver(work, giver, to)
    old = await work.session.get(Resident, giver)
    if old is None:
        raise CannotHandOver(s_("There is no resident {number} in the team. See /team", number=str(giver)))
    tidings: dict[int, tuple[Chat, list[Words]]] = {}
    handed = Handed()
    await _complaints(work, by, old, receiver, handed, tidings)
    await _contacts(work, old, receiver, handed, tidings)
    await _ideas(work, by, old, receiver, handed, tidings)
    await _talks(work, by, old, receiver, handed, tidings)
    left = _left(handed)
    if not handed:
        return left or [s_("There is no open work to hand over.")]
    for chat, said in tidings.values():
        if chat.id != receiver.chat.id:
            work.tell(chat, said, Lane.NOTICE, subject=f"R{receiver.resident.id} from R{giver}")
    _tell_receiver(work, by, old, receiver, handed, words)
    work.note(f"R{giver}", "handed over", by.resident, f"R{to}")
    await _tell_giver(work, by, old, receiver)
    return [s_("Done. {name} has it now, and residents hear so.", name=receiver.resident.name or ""), *left]


async def _receiver(work: Work, giver: int, to: int) -> Person:
    person = await residents.person_of(work, to)
    if person is None or not person.is_staff:
        raise CannotHandOver(s_("Resident {number} doesn't work for the office. See /team", number=str(to)))
    if to == giver:
        raise CannotHandOver(s_("That is the one who has it now. Choose somebody else."))
    if person.chat.unreachable_since is not None:
        raise CannotHandOver(s_("Resident {number} can't be reached now. Choose somebody else.", number=str(to)))
    if person.resident.name is None:
        raise CannotHandOver(
            s_(
                "Resident {number} has no first name yet that residents can read. They type /name first.",
                number=str(to),
            )
        )
    return person


Tidings = dict[int, tuple[Chat, list[Words]]]


async def _complaints(
    work: Work, by: Person, old: Resident, receiver: Person, handed: Handed, tidings: Tidings
) -> None:
    """Those that the receiver may work on; who reported them hears of it."""
    mine = (Complaint.handler_id == old.id, Complaint.state.in_(steps.OPEN_STATES))
    for complaint in list(await work.session.scalars(select(Complaint).where(*mine).order_by(Complaint.id))):
        if not team.may_work_on(receiver, complaint):
            handed.stays.append(complaint.code)
            continue
        complaint.handler_id = receiver.resident.id
        handed.complaints.append(complaint.code)
        work.note(complaint.code, "handed over", by.resident, f"R{receiver.resident.id}")
        for each in await reporters.reached(work, complaint):
            code = reporters.named(complaint, each.words)
            now = _("{code}: {name} is on it from now on.", code=code, name=receiver.resident.name or "")
            tidings.setdefault(each.chat.id, (each.chat, []))[1].append(now)
    await promises.hand_to(work, handed.complaints, receiver.resident.id)


async def _contacts(work: Work, old: Resident, receiver: Person, handed: Handed, tidings: Tidings) -> None:
    """Residents whose contact it was; nobody is their own."""
    name = receiver.resident.name or ""
    query = select(Resident).where(Resident.contact_id == old.id, Resident.id != receiver.resident.id)
    for resident in list(await work.session.scalars(query.order_by(Resident.id))):
        resident.contact_id = receiver.resident.id
        handed.contacts.append(resident.id)
        if resident.chat_id is None or (chat := await work.session.get(Chat, resident.chat_id)) is None:
            continue
        now = _("{name} is your contact from now on.", name=name)
        if old.name:
            now = _("{name} is your contact from now on, in place of {old}.", name=name, old=old.name)
        tidings.setdefault(chat.id, (chat, []))[1].append(now)


async def _ideas(work: Work, by: Person, old: Resident, receiver: Person, handed: Handed, tidings: Tidings) -> None:
    """Ideas for whose owners they were there; those hear who is there for them now, by name."""
    mine = (Idea.contact_id == old.id, Idea.state.in_(sorted(ALIVE)))
    for idea in list(await work.session.scalars(select(Idea).where(*mine).order_by(Idea.id))):
        if not team.may_work_on(receiver, idea):
            handed.stays.append(idea.code)
            continue
        idea.contact_id = receiver.resident.id
        handed.ideas.append(idea.code)
        work.note(idea.code, "handed over", by.resident, f"R{receiver.resident.id}")
        owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
        if owner is None:
            continue
        code, name = idea.code, receiver.resident.name or ""
        now = _("{code}: {name} is there for you from now on.", code=code, name=name)
        if old.name:
            before = old.name
            now = _("{code}: {name} is there for you now, in place of {old}.", code=code, name=name, old=before)
        tidings.setdefault(owner.chat.id, (owner.chat, []))[1].append(now)
    await promises.hand_to(work, handed.ideas, receiver.resident.id)


async def _talks(work: Work, by: Person, old: Resident, receiver: Person, handed: Handed, tidings: Tidings) -> None:
    """Talks that are going on, theirs and of whose contact they were; without a room the receiver sees what waits."""
    me = receiver.resident.id
    of_theirs = PersonTalk.staff_id.is_(None) & PersonTalk.resident_id.in_(handed.contacts)
    mine = or_(PersonTalk.staff_id == old.id, of_theirs)
    query = select(PersonTalk).where(PersonTalk.state == "open", PersonTalk.resident_id != me, mine)
    in_room = bool(await staff_rooms.rooms(work))
    for talk in list(await work.session.scalars(query.order_by(PersonTalk.id))):
        talk.staff_id = me
        handed.talks.append(f"T{talk.id}")
        work.note(f"T{talk.id}", "handed over", by.resident, f"R{receiver.resident.id}")
        waiting = await talk_cards.waiting(work, talk)
        await talk_cards.refresh(work, talk, waiting or await talk_cards.last_said(work, talk))
        if not in_room:
            await talk_cards.show(work, talk, waiting, [receiver.chat])
        resident = await work.session.get_one(Resident, talk.resident_id)
        chat = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
        if chat is not None and not (resident.contact_id == receiver.resident.id and chat.id in tidings):
            now = _("{name} goes on talking with you here.", name=receiver.resident.name or "")
            tidings.setdefault(chat.id, (chat, []))[1].append(now)


def _tell_receiver(work: Work, by: Person, old: Resident, receiver: Person, handed: Handed, words: str) -> None:
    who = old.name or s_("resident {number}", number=str(old.id))
    said: list[Words] = [
        s_("You take over the open work of {name}.", name=who),
        *([s_("Reports: {codes}", codes=codes_in_short(handed.complaints))] if handed.complaints else []),
        *([s_("Ideas: {codes}", codes=codes_in_short(handed.ideas))] if handed.ideas else []),
        *([s_("Talks: {codes}", codes=codes_in_short(handed.talks))] if handed.talks else []),
    ]
    if handed.contacts:
        said.append(
            sn_("{count} resident has you as contact.", "{count} residents have you as contact.", len(handed.contacts))
        )
    if words:
        writer = by.resident.name or s_("resident {number}", number=str(by.resident.id))
        said.append(s_("{name} writes: {words}", name=writer, words=words))
    codes = [*handed.talks, *handed.complaints, *handed.ideas][:BUTTONS]
    actions = [Action(s_("Open {code}", code=code), f"{code}.card") for code in codes]
    work.tell(receiver.chat, said, Lane.NOTICE, actions=actions, subject=f"R{receiver.resident.id} takes over")


async def _tell_giver(work: Work, by: Person, old: Resident, receiver: Person) -> None:
    """Whose work it was hears that a coordinator gave it to somebody else, as long as they work here."""
    giver = await residents.person_of(work, old.id)
    if giver is None or giver.resident.id == by.resident.id or not giver.is_staff:
        return
    said = s_("{name} has your open work now. Who reported it hears so.", name=receiver.resident.name or "")
    work.tell(giver.chat, [said], Lane.NOTICE, subject="handed over")


def _left(handed: Handed) -> list[Words]:
    if not handed.stays:
        return []
    return [s_("This stays, because they don't work on it: {codes}", codes=codes_in_short(handed.stays))]


def codes_in_short(codes: Sequence[str], most: int = NAMED) -> Words:
    """The first of these codes, and how many more there are."""
    named, left = ", ".join(codes[:most]), len(codes) - most
    return sn_("{codes} and {count} more", "{codes} and {count} more", left, codes=named) if left > 0 else named
