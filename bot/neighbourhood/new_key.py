"""Another key: everything that was sealed with the old one is sealed with the new one, in one transaction.

Or nothing is, when it breaks off. Only while nobody works with the old key: they would go on with it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, Text, cast, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.neighbourhood.arrivals import bringer_in, token_of
from bot.store.identity import Seal, SecretError
from bot.store.lease import nobody_works
from bot.store.tables import Chat, Conversation, Job, Lock, Message, Update

log = logging.getLogger(__name__)

BATCH = 500
_IN_A_LINK = re.compile(r"(?<=start=via-)[A-Za-z0-9_-]+")


async def unlock(session: AsyncSession, seals: Sequence[Seal]) -> Seal:
    """The first of the seals, with which the database is locked from now on. Raises `SecretError`.

    When it is locked with another of them, everything is sealed anew.
    """
    wanted = seals[0]
    lock = await session.get(Lock, 1, with_for_update=True, populate_existing=True)
    if lock is not None and not wanted.fits(lock):
        old = next((seal for seal in seals if seal.fits(lock)), None)
        if old is not None:
            await be_alone(session)
            await reseal(session, old, wanted)
    await wanted.check(session)
    return wanted


async def be_alone(session: AsyncSession) -> None:
    """Raises `SecretError` while another process works, which has the old key in hand."""
    if not await nobody_works(session):
        raise SecretError("SECRET_KEY: can't be changed while the bot runs; stop it everywhere, and try again")


async def reseal(session: AsyncSession, old: Seal, new: Seal) -> None:
    """Everything that the old one sealed or hashed, batch by batch. Raises `SecretError` when it doesn't fit."""
    lock = await session.get_one(Lock, 1, with_for_update=True, populate_existing=True)
    old.open(lock.proof, b"proof")
    again = _Again(old, new)
    chats = select(Chat.id, Chat.telegram_id, Chat.fingerprint)
    async for batch in _batches(session, chats, Chat.id):
        await session.execute(update(Chat), [again.chat(*row) for row in batch])
    for bot in list(await session.scalars(select(Update.bot).distinct())):
        aside = select(Update.update_id, Update.content).where(Update.bot == bot, Update.content.is_not(None))
        async for batch in _batches(session, aside, Update.update_id):
            contents = [{"bot": bot, "update_id": number, "content": again.update(sealed)} for number, sealed in batch]
            await session.execute(update(Update), contents)
    for key, column in ((Message.id, Message.content), (Job.id, Job.asked), (Conversation.id, Conversation.said)):
        as_text = cast(column, Text)
        may_hold = as_text.like("%sealed_user_id%") | as_text.like("%start=via-%") | as_text.like('%"token"%')
        async for batch in _batches(session, select(key, column).where(may_hold), key):
            values = [{"id": number, column.key: again.json(value)} for number, value in batch]
            await session.execute(update(column.class_), values)
    lock.proof = new.proof()
    log.info("everything is sealed with the new key")


class _Again:
    """What the old one sealed, sealed by the new one."""

    def __init__(self, old: Seal, new: Seal) -> None:
        self._old = old
        self._new = new

    def chat(self, number: int, sealed: bytes, fingerprint: bytes) -> dict[str, Any]:
        telegram_id = self._old.open_id(sealed)
        if fingerprint == self._old.fingerprint(telegram_id):  # of who was forgotten it is nobody's, and stays so
            fingerprint = self._new.fingerprint(telegram_id)
        return {"id": number, "telegram_id": self._new.close_id(telegram_id), "fingerprint": fingerprint}

    def update(self, sealed: bytes) -> bytes:
        return self._new.close(self._old.open(sealed, b"update"), b"update")

    def json(self, value: Any) -> Any:
        """Whom to put out of a room, and neighbours' links, wherever they stand."""
        if isinstance(value, dict):
            return {name: self._named(name, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.json(each) for each in value]
        if isinstance(value, str):
            return _IN_A_LINK.sub(lambda token: self._token(token[0]), value)
        return value

    def _named(self, name: str, value: Any) -> Any:
        if name == "sealed_user_id":
            return self._new.close_id(self._old.open_id(bytes.fromhex(value))).hex()
        return self._token(value) if name == "token" and isinstance(value, str) else self.json(value)

    def _token(self, token: str) -> str:
        bringer = bringer_in(self._old, token)
        return token if bringer is None else token_of(self._new, bringer)


async def _batches(
    session: AsyncSession, asked: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int]
) -> AsyncIterator[Sequence[Row[*tuple[Any, ...]]]]:
    """What was asked, a part at a time; its first column is the key."""
    asked = asked.order_by(key).limit(BATCH)
    found = (await session.execute(asked)).all()
    while found:
        yield found
        found = (await session.execute(asked.where(key > found[-1][0]))).all()
