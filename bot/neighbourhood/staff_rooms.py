"""Groups in which the office works: what comes in is shown there; without one, to each coordinator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from bot.neighbourhood import digests, residents
from bot.neighbourhood.work import COORDINATORS, Action, Person, Work
from bot.outbox import parcels, posts
from bot.outbox.letters import Button, Letter, letters, pieces
from bot.outbox.rows import Lane
from bot.store.identity import Seal
from bot.store.tables import Chat, Due, Message, StaffRoom
from conversations.words import Words, s_

STRANGER_KEPT = timedelta(minutes=10)
"""So long a group that is no staff room is known, to be answered once."""
GREETING: Sequence[Words] = (
    s_("This is the staff room now."),
    s_("What comes in is shown here. Answer a resident by replying to their card."),
    s_("Everybody in this group reads along. Let nobody in who doesn't work with you."),
)
LONGEST = 1500
"""Of each paragraph, in a room; a code leads to the rest."""
PUT_OUT = re.compile(r"R(\d+) out")
"""What the calls are about that take a resident out of a staff room."""
NOT_THERE = ("not_participant", "participant_id_invalid", "user not found", "member not found")
"""What Telegram says (in lower case) of somebody who was not in the group."""


async def rooms_among(work: Work, seal: Seal, telegram_ids: Iterable[int]) -> dict[int, Chat]:
    """Which of these groups are staff rooms, by their Telegram ids."""
    prints = {seal.fingerprint(telegram_id): telegram_id for telegram_id in telegram_ids}
    found = await work.session.scalars(
        select(Chat).join(StaffRoom, StaffRoom.chat_id == Chat.id).where(Chat.fingerprint.in_(sorted(prints)))
    )
    return {prints[chat.fingerprint]: chat for chat in found}


async def rooms(work: Work) -> list[Chat]:
    """The staff rooms that can be reached, the oldest first."""
    return list(
        await work.session.scalars(
            select(Chat)
            .join(StaffRoom, StaffRoom.chat_id == Chat.id)
            .where(Chat.unreachable_since.is_(None))
            .order_by(StaffRoom.id)
        )
    )


async def open_room(work: Work, seal: Seal, by: Person, telegram_id: int) -> Chat:
    """Make a group a staff room; one that is, stays one. Raises `NotAllowed`."""
    by.must_be(COORDINATORS, "/staffroom")
    chat = await _group(work, seal, telegram_id)
    await work.session.execute(delete(Due).where(Due.what == "erase", Due.subject == f"C{chat.id}"))
    if await work.session.scalar(select(StaffRoom.id).where(StaffRoom.chat_id == chat.id)) is None:
        chat.language = by.chat.language
        work.session.add(StaffRoom(chat_id=chat.id, made_by=by.resident.id, at=work.now))
        work.note("group", "staff room opened", by.resident)
        await work.session.flush()
    return chat


async def close_room(work: Work, chat: Chat, by: Person | None) -> None:
    """A group is a staff room no more: a coordinator said so, or (`by` None) the bot was put out. Raises `NotAllowed`.

    Coordinators hear of it: what comes in is theirs now, when there is no other room.
    """
    if by is not None:
        by.must_be(COORDINATORS, "/staffroom")
    work.note("group", "staff room closed", by.resident if by else None)
    await work.write_down()
    await work.session.delete(chat)
    await work.session.flush()
    gone = s_("The staff room is gone. What comes in is sent to you from now on.")
    still = s_("A staff room is gone. What comes in goes to the other one.")
    said = still if await rooms(work) else gone
    for coordinator in await residents.coordinators(work.session):
        if by is None or coordinator.id != by.chat.id:
            work.tell(coordinator, [said], Lane.NOTICE, subject="staff room")


async def moved(work: Work, seal: Seal, old: int, new: int) -> Chat | None:
    """A group has another Telegram id now; its chat where it is a staff room."""
    for telegram_id in (old, new):  # the outbox may have heard of it before
        if chat := (await rooms_among(work, seal, [telegram_id])).get(telegram_id):
            await parcels.move(work.session, seal, chat.id, new)
            await work.session.refresh(chat)
            return chat
    return None


async def answer_stranger(work: Work, seal: Seal, telegram_id: int, words: Sequence[Words]) -> None:
    """Say something in a group that is no staff room: once in ten minutes, then the group is forgotten."""
    chat = await _group(work, seal, telegram_id)
    about = f"C{chat.id}"
    if await work.session.get(Due, ("erase", about, "stranger")) is None:
        work.session.add(Due(what="erase", subject=about, occasion="stranger", at=work.now + STRANGER_KEPT))
        work.tell(chat, words)


async def announce(work: Work, subject: str, words: Sequence[Words], actions: Sequence[Action] = ()) -> None:
    """Tell the office what came in: in the staff room; without one, each coordinator.

    In a room, more about what has its card there (a subject like "M12 too 5") only changes that card: `room_cards`.
    """
    places = await rooms(work)
    for chat in places:
        card = subject.partition(" ")[0]
        if card != subject and await posts.is_there(work.session, chat.id, card):
            continue
        paragraphs = [short(work.render(each, chat.language)) for each in words]
        buttons = [[Button(work.render(action.label, chat.language), action.does)] for action in actions]
        (letter,) = letters(paragraphs, buttons)
        letter.content.update(quietly(work))
        if not await digests.takes(work, chat, subject):
            await posts.put(work.session, chat.id, card, letter, work.now)
    if not places:
        for chat in await residents.coordinators(work.session):
            work.tell(chat, words, Lane.NOTICE, actions=actions, subject=subject)


async def put_out(work: Work, chat: Chat, number: int) -> None:
    """Take a resident (their chat and number) out of every staff room. They may come back, when somebody invites them.

    Telegram may refuse: `tell_refused`. The id waits in the outbox encrypted, as it does everywhere.
    """
    sealed = {"sealed_user_id": chat.telegram_id.hex()}
    for room in await rooms(work):
        calls = [Letter("banChatMember", sealed), Letter("unbanChatMember", sealed | {"only_if_banned": True})]
        work.send(room, calls, subject=f"R{number} out")


async def tell_refused(work: Work, refused: Sequence[Message]) -> list[Message]:
    """Tell coordinators of whom the bot could not take out of a staff room; gives the messages about something else."""
    others = []
    for message in refused:
        found = PUT_OUT.fullmatch(message.subject or "")
        if not found:
            others.append(message)
            continue
        why = (message.error or "").lower()
        message.state = "told"
        if message.method != "banChatMember" or any(each in why for each in NOT_THERE):
            continue
        said = [
            s_("Resident {number} lost their role, but I may not take them out of the staff room.", number=found[1]),
            s_("Please take them out yourselves. Or make me an administrator who may do that."),
        ]
        for coordinator in await residents.coordinators(work.session):
            work.tell(coordinator, said, Lane.NOTICE, subject="staff room")
    return others


def quietly(work: Work) -> dict[str, bool]:
    """In the quiet hours what is shown makes no sound."""
    return {"disable_notification": True} if work.allowed_at(work.now) > work.now else {}


def short(paragraph: str, most: int = LONGEST) -> str:
    """As much of somebody's words as fits a card."""
    first, *rest = pieces(paragraph, most)
    return f"{first}…" if rest else first


async def _group(work: Work, seal: Seal, telegram_id: int) -> Chat:
    fingerprint = seal.fingerprint(telegram_id)
    chat = await work.session.scalar(select(Chat).where(Chat.fingerprint == fingerprint))
    if chat is None:
        chat = Chat(
            fingerprint=fingerprint,
            telegram_id=seal.close_id(telegram_id),
            language=work.catalogues.languages[0],
            since=work.now,
            heard_at=work.now,
        )
        work.session.add(chat)
        await work.session.flush()
    chat.unreachable_since = None
    return chat
