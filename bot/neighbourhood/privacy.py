"""Being forgotten: what somebody said goes, and the way to reach them; what neighbours rely on stays without them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from bot.neighbourhood import (
    consultations,
    event_places,
    finding,
    idea_friends,
    idea_owners,
    panel_votes,
    person_talks,
    role_changes,
    spendings,
    staff_rooms,
    walks,
)
from bot.neighbourhood.work import Closing, Person, Work
from bot.outbox import bulk
from bot.outbox.letters import letters
from bot.store import search
from bot.store.tables import (
    Answer,
    Broadcast,
    Chat,
    Complaint,
    Consultation,
    Conversation,
    Due,
    Event,
    EventAnswer,
    History,
    Idea,
    Job,
    JoinLink,
    Message,
    PanelMeeting,
    PersonTalk,
    PersonTalkLine,
    Photo,
    Post,
    Promise,
    Recipient,
    Recording,
    Reporter,
    Resident,
    Role,
    StaffRoom,
)
from conversations.words import _, s_

GONE_AFTER = timedelta(minutes=10)
"""The way to reach somebody goes when the last message has had the time to arrive."""
MADE_BY = (
    *(Event.made_by, Broadcast.made_by, Broadcast.approved_by, StaffRoom.made_by),
    *(Recording.made_by, Role.given_by, Promise.made_by, Consultation.made_by, PanelMeeting.entered_by),
)
"""What somebody of the office made and that stays: without their number."""
SENT_ONCE = frozenset({"photo", "voice", "latitude", "longitude"})
"""What of a post can't be changed afterwards."""


async def forget(work: Work, person: Person) -> Closing:
    """Forget somebody: their words, photos and places at once, the way to reach them after the last message."""
    await work.write_down()
    resident, chat, session = person.resident, person.chat, work.session
    erased, shared = await _erase_contributions(work, resident)
    added = Photo.joined_by == resident.id  # also of what they took back since
    gone = {"state": "gone", "file_id": "", "joined_by": None, "next_at": work.now}
    await session.execute(update(Photo).where(or_(Photo.subject.in_(erased), added)).values(gone))
    for subject in erased:
        await search.forget(session, subject)
    await _erase_from_history(work, person, erased)
    work.changed.update(shared)  # cards in a room that show what they said of it
    await _erase_posts(work, erased)
    await person_talks.erase_of(work, resident)
    await session.execute(delete(Conversation).where(Conversation.chat_id == chat.id, Conversation.flow != "forget"))
    person.conversations[:] = [each for each in person.conversations if each.flow == "forget"]
    await _let_go_of_others(work, person)
    await _give_up_places(work, resident)
    await consultations.forget(work, resident)
    await idea_friends.forget(work, resident)
    await session.execute(delete(Job).where(Job.chat_id == chat.id))
    await session.execute(delete(Message).where(or_(Message.chat_id == chat.id, *_about(erased))))
    invited = select(Recipient.broadcast_id).where(Recipient.chat_id == chat.id, Recipient.state == "waiting")
    for broadcast_id in list(await session.scalars(invited)):
        await bulk.settle(session, broadcast_id, [chat.id], "gone")
    chat.fingerprint = secrets.token_bytes(32)  # who writes again is somebody new
    resident.chat_id = resident.neighbourhood = resident.name = resident.contact_id = resident.brought_by = None
    resident.consent_at = resident.consent_version = resident.warned_at = None
    resident.invites = resident.reads_aloud = resident.morning = person.asked_anew = False
    resident.came_from = "telegram"
    session.add(Due(what="erase", subject=f"C{chat.id}", occasion="forget", at=work.now + GONE_AFTER))
    if person.roles:
        person.roles = frozenset()
        work.new_menus.append(person)
    work.note(f"R{resident.id}", "forgotten", None)
    return Closing(
        [_("Done. We have forgotten you."), _("Thank you for talking with us. You can come back with /start.")]
    )


async def erase_chat(work: Work, chat_id: int) -> None:
    """Remove the way to reach somebody, whatever is still to be sent."""
    await work.session.execute(delete(Message).where(Message.chat_id == chat_id))
    await work.session.execute(delete(Chat).where(Chat.id == chat_id))


async def _erase_contributions(work: Work, resident: Resident) -> tuple[list[str], list[str]]:
    """Empty what somebody said; gives what was emptied, and what stays because others reported it too."""
    complaints = await work.session.execute(
        select(Complaint, Reporter.at)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.resident_id == resident.id)
    )
    reported = complaints.all()
    await work.session.execute(delete(Reporter).where(Reporter.resident_id == resident.id))
    erased, shared = [], []
    for complaint, joined_at in reported:
        others = select(Reporter.resident_id).where(Reporter.complaint_id == complaint.id).limit(1)
        if await work.session.scalar(others) is not None:
            shared.append(complaint.code)
            if joined_at <= complaint.at:
                complaint.voice = None  # a voice tells who somebody is
                complaint.came_from = _without_neighbour(complaint.came_from)
            await finding.remember_all(work, complaint)
            continue
        complaint.words = complaint.heard = complaint.place = complaint.result = complaint.passed_to = ""
        complaint.place_folded = ""
        complaint.voice = complaint.latitude = complaint.longitude = None
        complaint.came_from = _without_neighbour(complaint.came_from)
        erased.append(complaint.code)
    for answer in await work.session.scalars(select(Answer).where(Answer.resident_id == resident.id)):
        answer.words = answer.heard = ""
        answer.voice = answer.resident_id = None
        answer.came_from = _without_neighbour(answer.came_from)
        erased.append(f"A{answer.id}")
    erased += await spendings.forget(work, resident.id)
    for idea in await work.session.scalars(select(Idea).where(Idea.resident_id == resident.id)):
        await idea_owners.forget(work, idea)
        idea.came_from = _without_neighbour(idea.came_from)
        erased.append(idea.code)
    erased += await walks.forget(work, resident)
    await work.session.flush()
    return erased, shared


async def _erase_from_history(work: Work, person: Person, erased: list[str]) -> None:
    """Words and name of what was theirs go; what the office did stays, without a name."""
    by_them = History.by == person.resident.id
    about = History.subject.in_([*erased, f"R{person.resident.id}"])
    await work.session.execute(update(History).where(about).values(words="", by=None))
    ever = await work.session.scalar(select(Role.id).where(Role.resident_id == person.resident.id).limit(1))
    what_stays = {"by": None} if ever is not None else {"words": "", "by": None}
    await work.session.execute(update(History).where(by_them).values(what_stays))


async def _give_up_places(work: Work, resident: Resident) -> None:
    """Their answers to events go; a place on a full list goes to the next who waits."""
    places = (EventAnswer.resident_id == resident.id, EventAnswer.answer == "yes", Event.places.is_not(None))
    full = select(Event).join(EventAnswer, EventAnswer.event_id == Event.id).where(*places, Event.starts_at > work.now)
    events = list(await work.session.scalars(full))
    await work.session.execute(delete(EventAnswer).where(EventAnswer.resident_id == resident.id))
    for event in events:
        await event_places.move_up(work, event)


async def _erase_posts(work: Work, erased: list[str]) -> None:
    """Cards in a staff room that show what was said say that it is gone; a photo there only the office can delete."""
    house = work.area.languages[0]
    about = or_(*(Post.subject.like(f"{each} %") for each in erased), Post.subject.in_(erased))
    for post in await work.session.scalars(select(Post).where(about)):
        gone = s_("{code}: erased, because who wrote it was forgotten.", code=post.subject.partition(" ")[0])
        please = s_("Please delete what else you see of it here.")
        letter = letters([work.render(gone, house), work.render(please, house)])[0]
        if post.method == "sendMessage":
            post.content = letter.content
        else:
            shown = {name: post.content[name] for name in SENT_ONCE & post.content.keys()}
            post.content = shown | {"caption": letter.content["text"], "parse_mode": "HTML"}
        post.wanted += 1


async def _let_go_of_others(work: Work, person: Person) -> None:
    """Take their number out of what belongs to others: whom they helped, brought, gave a role, made something for."""
    number, session = person.resident.id, work.session
    came_by = (
        select(Resident.came_from).where(Resident.brought_by == number, Resident.came_from.like("via-%")).distinct()
    )
    links = list(await session.scalars(came_by))
    tables: tuple[Any, ...] = (Resident, Complaint, Answer, Idea) if links else ()
    for table in tables:
        await session.execute(update(table).where(table.came_from.in_(links)).values(came_from="via"))
    await session.execute(update(Resident).where(Resident.brought_by == number).values(brought_by=None))
    roles = select(Role.id).where(Role.resident_id == number).limit(1)
    if person.is_staff:
        await staff_rooms.put_out(work, person.chat, number)
    if person.roles or await session.scalar(roles) is not None:
        for column in (*MADE_BY, Complaint.handler_id, PersonTalk.staff_id, PersonTalkLine.written_by):
            await session.execute(update(column.class_).where(column == number).values({column: None}))
        await session.execute(delete(JoinLink).where(JoinLink.made_by == number))
        await panel_votes.let_go_of(work, number)
    await session.execute(delete(Role).where(Role.resident_id == number))
    await role_changes.gone(work, person.resident, person.roles, frozenset())
    await session.execute(update(Idea).where(Idea.contact_id == number).values(contact_id=None))


def _without_neighbour(came_from: str) -> str:
    return "via" if came_from.startswith("via-") else came_from


def _about(subjects: list[str]) -> list[Any]:
    """What the outbox holds about these: "M1", and what belongs to it, as "M1 photos"."""
    return [Message.subject == each for each in subjects] + [Message.subject.like(f"{each} %") for each in subjects]
