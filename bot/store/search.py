"""Finding by words: each database's own index over text that one place of ours has folded (`conversations.words.fold`).

Both are asked the same: all these words, each at the start of a word. SQLite keeps an FTS5 table beside `found`,
PostgreSQL a GIN index over `to_tsvector('simple', words)`. A subject keeps its place in the order of rows for good.

Neither index sees the bars between what different people said of a subject (`parts`): by these is told who said it.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import Select, and_, delete, func, literal, literal_column, or_, select, table, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from bot.store.tables import Found

BAR = "|"
_INDEX = table("found_index")
_ROW: Any = literal_column("found_index.rowid")


class By(Enum):
    """Who said a word: where it stands between the bars of `parts`."""

    FIRST = "% {word}%|%|%"
    """Who was first, in words or by the place."""
    JOINED = "%|% {word}%|%"
    """Who joined, in words or by the place, which is that of both."""


def parts(first: str, place: str, joined: str, office: str) -> str:
    """What is remembered of a subject, folded, with bars between: of who was first, place, who joined, the office."""
    return " ".join(f" {BAR} ".join([first, place, joined, office]).split())


def said(folded: str, by: By) -> ColumnElement[bool]:
    """The condition that residents said all these folded words; without bars all the words are theirs."""
    text_of_it = literal(" ").concat(Found.words)
    each = [text_of_it.like(by.value.format(word=word)) for word in folded.split()]
    return or_(~Found.words.contains(BAR), and_(*each))


async def remember(session: AsyncSession, subject: str, folded: str, *, is_new: bool = False) -> None:
    """Make a subject findable by these words (folded: letters, digits, single spaces, and bars); again replaces.

    `is_new`: nothing was remembered of it before.
    """
    known = None if is_new else await session.scalar(select(Found.id).where(Found.subject == subject))
    if known is None:
        row = Found(subject=subject, words=folded)
        session.add(row)
        await session.flush()
        known = row.id
    else:
        if _is_sqlite(session):
            await _leave_index(session, subject)
        await session.execute(update(Found).where(Found.id == known).values(words=folded))
    if _is_sqlite(session):
        await session.execute(
            text("insert into found_index (rowid, words) values (:id, :words)"), {"id": known, "words": folded}
        )


async def forget(session: AsyncSession, subject: str) -> None:
    """Make a subject not findable any more."""
    if _is_sqlite(session):
        await _leave_index(session, subject)
    await session.execute(delete(Found).where(Found.subject == subject))


async def find(session: AsyncSession, folded: str, limit: int, before: int | None = None) -> list[tuple[int, str]]:
    """The newest subjects that hold all these folded words, each as the start of a word: row id and subject.

    `before`: only rows with a smaller id (the next page).
    """
    if not folded.split():
        return []
    query = holding(session, folded, before).order_by(newest(session)).limit(limit)
    return [(row[0], row[1]) for row in await session.execute(query)]


def holding(session: AsyncSession, folded: str, before: int | None = None) -> Select[int, str]:
    """Selects row id and subject of all that hold these folded words; further conditions may be joined to it.

    Sort it by `newest`: the index of SQLite hands its rows out in that order.
    """
    words, before = folded.split(), before or 2**31 - 1
    found = select(Found.id, Found.subject)
    if _is_sqlite(session):
        asked = " ".join(f'"{word}"*' for word in words)
        matches = text("found_index match :asked").bindparams(asked=asked)
        return found.select_from(_INDEX).join(Found, Found.id == _ROW).where(matches, before > _ROW)
    asked = " & ".join(f"{word}:*" for word in words)
    simple: Any = literal_column("'simple'")
    matches_words = func.to_tsvector(simple, Found.words).op("@@")(func.to_tsquery(simple, asked))
    return found.where(matches_words, Found.id < before)


def newest(session: AsyncSession) -> Any:
    """The order of what was remembered last first, for `holding`."""
    return _ROW.desc() if _is_sqlite(session) else Found.id.desc()


def looks_at_each(session: AsyncSession) -> bool:
    """Whether few rows are best looked at one by one (`says`). SQLite's index finds them in their order anyway."""
    return not _is_sqlite(session)


def says(folded: str, subject: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that the subject of a row holds all these folded words, by its own words and not by the index."""
    text_of_it = literal(" ").concat(Found.words)
    each = [text_of_it.contains(f" {word}", autoescape=True) for word in folded.split()]
    return select(and_(*each)).where(Found.subject == subject).scalar_subquery()


async def _leave_index(session: AsyncSession, subject: str) -> None:
    await session.execute(
        text(
            "insert into found_index (found_index, rowid, words)"
            " select 'delete', id, words from found where subject = :subject"
        ),
        {"subject": subject},
    )


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
