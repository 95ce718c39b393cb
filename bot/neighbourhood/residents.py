"""Who somebody is: found by the keyed hash of a Telegram id, made at the first word, forgotten without a yes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.neighbourhood import audience
from bot.neighbourhood.work import STAFF, Action, Closing, Person, Scope, Work
from bot.store.identity import Seal
from bot.store.tables import Chat, Conversation, Due, Message, PersonTalk, Resident, Role
from conversations.results import Declined, Joined
from conversations.words import _

MENU = (
    Action(_("Report something"), "do.report"),
    Action(_("Tell my idea"), "do.idea"),
    Action(_("Answer two questions"), "do.questions"),
    Action(_("See what I sent"), "do.mine"),
    Action(_("Talk to a person"), "do.person"),
)


GREETED = (
    _("Hello! Good to hear from you."),
    _("Is something broken, or are you proud of something? Just send it. Or choose:"),
)
THANKED = (_("You're welcome!"), _("Is there something? Just send a message, a photo or a spot. Or choose:"))


async def meet(work: Work, seal: Seal, language_codes: Mapping[int, str | None]) -> dict[int, Person]:
    """The people behind these Telegram ids (with the language of their app), newcomers included; few statements."""
    prints = {seal.fingerprint(telegram_id): telegram_id for telegram_id in language_codes}
    people = await recognise(work, seal, language_codes)
    newcomers = {
        telegram_id: Chat(
            fingerprint=fingerprint,
            telegram_id=seal.close_id(telegram_id),
            language=work.catalogues.known(language_codes[telegram_id]),
            since=work.now,
            heard_at=work.now,
        )
        for fingerprint, telegram_id in prints.items()
        if telegram_id not in people
    }
    if newcomers:
        work.session.add_all(newcomers.values())
        await work.session.flush()
        residents_of = {
            telegram_id: Resident(chat_id=chat.id, came_at=work.now, came_from="telegram")
            for telegram_id, chat in newcomers.items()
        }
        work.session.add_all(residents_of.values())
        await work.session.flush()
        for telegram_id, chat in newcomers.items():
            people[telegram_id] = Person(chat, residents_of[telegram_id], frozenset(), [])
            _forget_soon(work, people[telegram_id])
    return people


async def recognise(work: Work, seal: Seal, telegram_ids: Iterable[int]) -> dict[int, Person]:
    """Those behind these Telegram ids who are known already; nothing is kept of the others."""
    prints = {seal.fingerprint(telegram_id): telegram_id for telegram_id in telegram_ids}
    found = await work.session.execute(
        select(Chat, Resident, PersonTalk)
        .join(Resident, Resident.chat_id == Chat.id)
        .outerjoin(PersonTalk, (PersonTalk.resident_id == Resident.id) & (PersonTalk.state == "open"))
        .where(Chat.fingerprint.in_(sorted(prints)))
    )
    people = {
        prints[chat.fingerprint]: Person(chat, resident, frozenset(), [], _is_asked_anew(work, resident), talk)
        for chat, resident, talk in found
    }
    known = {person.chat.id: person for person in people.values()}
    if known:
        residents = {person.resident.id: person for person in people.values()}
        open_ones = await work.session.scalars(
            select(Conversation).where(Conversation.chat_id.in_(sorted(known))).order_by(Conversation.id)
        )
        for conversation in open_ones:
            known[conversation.chat_id].conversations.append(conversation)
        roles = await work.session.scalars(
            select(Role).where(Role.resident_id.in_(sorted(residents)), Role.withdrawn_at.is_(None))
        )
        for role in roles:
            _give(residents[role.resident_id], role)
    work.loaded += people.values()
    return people


def came_from(payload: str) -> str:
    """What a deep link's payload says about where somebody came from: "e5", "p-library"; else "telegram"."""
    return payload if re.fullmatch(r"e\d{1,9}|p-[A-Za-z0-9_-]{1,60}", payload) else "telegram"


def join(work: Work, person: Person, joined: Joined) -> Closing:
    """Somebody says yes to what is kept."""
    resident = person.resident
    resident.consent_version = work.area.consent.version
    resident.consent_at = work.now
    resident.neighbourhood = joined.neighbourhood
    resident.warned_at = None
    work.note(f"R{resident.id}", "joined", resident, work.area.consent.version)
    return Closing(
        [
            _("Thank you. Good that you are here!"),
            _("Just send a message, a photo or a spot whenever there is something. Or choose:"),
        ],
        MENU,
    )


def greet() -> Closing:
    """Somebody only said hello."""
    return Closing(GREETED, MENU)


def decline(person: Person, _declined: Declined) -> Closing:
    """Somebody says no: what was said goes at once, the rest within the day (a row in `due` sees to it)."""
    for conversation in person.conversations:
        conversation.expires_at = conversation.started_at
    return Closing(
        [
            _("That's fine. We keep nothing of what you said."),
            _("Want to join in later? Type /start."),
        ]
    )


def agree_anew(work: Work, person: Person) -> Closing:
    """Somebody says yes to a text that has changed; the day of their first yes stays as it was."""
    resident = person.resident
    resident.consent_version = work.area.consent.version
    person.asked_anew = False
    work.note(f"R{resident.id}", "agreed anew", resident, work.area.consent.version)
    return Closing([_("Thank you. Then we go on.")], goes_on=False)


async def decline_anew(work: Work, person: Person) -> Closing:
    """Somebody says no to a text that has changed: nothing is asked or kept any more, and they can be forgotten.

    Who doesn't come back within the time that the area file gives is forgotten by itself; not who has a role.
    """
    resident = person.resident
    resident.consent_at = resident.consent_version = None
    person.asked_anew = False
    await audience.invite_no_more(work, person)
    resident.warned_at = work.now
    for conversation in person.conversations:
        conversation.expires_at = conversation.started_at
    work.note(f"R{resident.id}", "declined anew", resident, work.area.consent.version)
    soon = _("Shall we forget you now? Otherwise we do it in {time}.", time=work.area.kept.warned)
    return Closing(
        [
            _("That's fine. We ask nothing more, and you get no invitations."),
            _("Shall we forget you?") if person.roles else soon,
            _("Want to join in later? Type /start."),
        ],
        [Action(_("Forget me"), "do.forget")],
        goes_on=False,
    )


async def forget_if_unwilling(work: Work, resident_id: int) -> None:
    """Remove who has not agreed within the time that the area file gives; later, when they were heard meanwhile."""
    await work.write_down()
    resident = await work.session.get(Resident, resident_id)
    chat = await work.session.get(Chat, resident.chat_id) if resident and resident.chat_id else None
    if resident is None or chat is None or resident.consent_at is not None or resident.warned_at is not None:
        return  # who agreed once and says no later is forgotten as somebody who was known: `keeping`
    gone_at = chat.heard_at + work.area.conversation.without_consent
    has_role = await work.session.scalar(
        select(Role.id).where(Role.resident_id == resident.id, Role.withdrawn_at.is_(None)).limit(1)
    )
    if gone_at > work.now or has_role:
        again = work.now + work.area.conversation.without_consent
        work.session.add(_due_to_forget(resident.id, gone_at if gone_at > work.now else again))
        return
    for table in (Message, Conversation):
        await work.session.execute(delete(table).where(table.chat_id == chat.id))
    await work.session.delete(resident)
    await work.session.flush()
    await work.session.delete(chat)


async def person_of(work: Work, resident_id: int) -> Person | None:
    """Somebody by their number; None for who left no way to be reached."""
    resident = await work.session.get(Resident, resident_id)
    chat = await work.session.get(Chat, resident.chat_id) if resident and resident.chat_id else None
    if resident is None or chat is None:
        return None
    open_ones = await work.session.scalars(select(Conversation).where(Conversation.chat_id == chat.id))
    roles = await work.session.scalars(select(Role).where(Role.resident_id == resident.id, Role.withdrawn_at.is_(None)))
    talk = await work.session.scalar(
        select(PersonTalk).where(PersonTalk.resident_id == resident.id, PersonTalk.state == "open")
    )
    person = Person(chat, resident, frozenset(), list(open_ones), _is_asked_anew(work, resident), talk)
    for role in roles:
        _give(person, role)
    work.loaded.append(person)
    return person


async def coordinators(session: AsyncSession) -> list[Chat]:
    """The chats of all coordinators."""
    return list(
        await session.scalars(
            select(Chat)
            .join(Resident, Resident.chat_id == Chat.id)
            .join(Role, Role.resident_id == Resident.id)
            .where(Role.role == "coordinator", Role.withdrawn_at.is_(None))
            .order_by(Chat.id)
        )
    )


async def appoint_from_settings(work: Work, seal: Seal, telegram_ids: frozenset[int]) -> None:
    """Make the people whom the settings name coordinators; who already is one, stays one."""
    people = await meet(work, seal, dict.fromkeys(telegram_ids))
    for person in people.values():
        if "coordinator" not in person.roles:
            if person.chat.since == work.now:  # new here: a bot can't write to somebody who never pressed Start
                person.chat.unreachable_since = work.now
            work.session.add(Role(resident_id=person.resident.id, role="coordinator", given_at=work.now))
            work.note(f"R{person.resident.id}", "role given", None, "coordinator")


def _give(person: Person, role: Role) -> None:
    """A role, and what is to be worked on in it: a coordinator works on everything."""
    if role.role in STAFF and "coordinator" not in person.roles:
        limited = role.role == "staff"
        person.scope = Scope(frozenset(role.neighbourhoods), frozenset(role.topics)) if limited else Scope()
    person.roles |= {role.role}
    person.chairs |= role.chairs and role.role == "panel"


def _is_asked_anew(work: Work, resident: Resident) -> bool:
    return resident.consent_at is not None and resident.consent_version != work.area.consent.version


def _forget_soon(work: Work, person: Person) -> None:
    work.session.add(_due_to_forget(person.resident.id, work.now + work.area.conversation.without_consent))


def _due_to_forget(resident_id: int, at: object) -> Due:
    return Due(what="forget", subject=f"R{resident_id}", occasion=str(at), at=at)
