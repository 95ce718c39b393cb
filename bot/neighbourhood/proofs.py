"""A broadcast's letters before anybody gets them: sent to who made it, or only shown.

What Telegram refuses to who made it, it would refuse to everybody. These are the very letters, in the bulk lane of the
outbox: they are gone from there when Telegram has taken them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.neighbourhood.work import Work
from bot.outbox import rows
from bot.outbox.letters import Letter
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat, Message

PREVIEW_BUTTON = "do.preview.button"
"""What the buttons of a letter send back where it is only shown."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The letter that Telegram refused: in which language, and what it said."""

    language: str
    error: str


def send(
    work: Work, broadcast: Broadcast, maker: Chat, each_language: Mapping[str, Letter], languages: Collection[str]
) -> None:
    """Send who made it the letters in these languages."""
    for language in languages:
        subject = f"{_about(broadcast)}{language}"
        work.letters += rows.to_send(maker, Lane.BULK, [each_language[language]], work.now, subject=subject)


async def came_back(work: Work, broadcast: Broadcast) -> bool | Refusal:
    """Whether Telegram has taken all of them; or which it refused."""
    ours = Message.subject.like(f"{_about(broadcast)}%")
    sent = (await work.session.execute(select(Message.subject, Message.state, Message.error).where(ours))).all()
    for subject, state, error in sent:
        if state in ("dead", "told"):
            return Refusal((subject or "").removeprefix(_about(broadcast)), error or "-")
    return not sent


async def forget(work: Work, broadcast: Broadcast) -> None:
    """None of them is sent any more."""
    await work.session.execute(delete(Message).where(Message.subject.like(f"{_about(broadcast)}%")))


def shown_only(letter: Letter) -> Letter:
    """A letter whose buttons do nothing, for who only looks at it."""
    keyboard = letter.content.get("reply_markup", {}).get("inline_keyboard")
    if not keyboard:
        return letter
    inert = [[{**button, "callback_data": PREVIEW_BUTTON} for button in row] for row in keyboard]
    return Letter(letter.method, {**letter.content, "reply_markup": {"inline_keyboard": inert}})


def letters_of(broadcast: Broadcast) -> dict[str, Letter]:
    """What people get, by language."""
    return {language: Letter(each["method"], each["content"]) for language, each in broadcast.letters.items()}


def _about(broadcast: Broadcast) -> str:
    return f"{broadcast.code} proof "
