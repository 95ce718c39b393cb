"""Finding by words: each database's own index over text that one place of ours has folded (`conversations.words.fold`).

Both are asked the same: all these words, each at the start of a word. SQLite keeps an FTS5 table beside `found`,
PostgreSQL a GIN index over `to_tsvector('simple', words)`.
"""

from __future__ import annotations

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import Found


async def remember(session: AsyncSession, subject: str, folded: str, *, is_new: bool = False) -> None:
    """Make a subject findable by these words (folded: letters, digits and single spaces alone); again replaces.

    `is_new`: nothing was remembered of it before.
    """
    if not is_new:
        await forget(session, subject)
    row = Found(subject=subject, words=folded)
    session.add(row)
    await session.flush()
    if _is_sqlite(session):
        await session.execute(
            text("insert into found_index (rowid, words) values (:id, :words)"), {"id": row.id, "words": folded}
        )


async def forget(session: AsyncSession, subject: str) -> None:
    """Make a subject not findable any more."""
    if _is_sqlite(session):
        await session.execute(
            text(
                "insert into found_index (found_index, rowid, words)"
                " select 'delete', id, words from found where subject = :subject"
            ),
            {"subject": subject},
        )
    await session.execute(delete(Found).where(Found.subject == subject))


async def find(session: AsyncSession, folded: str, limit: int, before: int | None = None) -> list[tuple[int, str]]:
    """The newest subjects that hold all these folded words, each as the start of a word: row id and subject.

    `before`: only rows with a smaller id (the next page).
    """
    words = folded.split()
    if not words:
        return []
    if _is_sqlite(session):
        query = (
            "select found.id, found.subject from found_index join found on found.id = found_index.rowid"
            " where found_index match :asked and found.id < :before order by found.id desc limit :limit"
        )
        asked = " ".join(f'"{word}"*' for word in words)
    else:
        query = (
            "select id, subject from found where to_tsvector('simple', words) @@ to_tsquery('simple', :asked)"
            " and id < :before order by id desc limit :limit"
        )
        asked = " & ".join(f"{word}:*" for word in words)
    found = await session.execute(text(query), {"asked": asked, "before": before or 2**31 - 1, "limit": limit})
    return [(row[0], row[1]) for row in found]


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
