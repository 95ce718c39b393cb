"""Finding by words: what is remembered of each subject, folded in one place, and who may look."""

from __future__ import annotations

from bot.neighbourhood.work import STAFF, Person, Work
from bot.store import search
from conversations.words import fold

PAGE = 8
_MOST = 500


async def remember(work: Work, subject: str, *texts: str) -> None:
    """Make a subject findable by these texts."""
    await search.remember(work.session, subject, fold(" ".join(texts)))


async def find(work: Work, person: Person, words: str, before: int | None = None) -> list[tuple[int, str]]:
    """Subjects that hold all the words, each as the start of a word; a page and one more. Raises `NotAllowed`."""
    person.must_be(STAFF, "/find")
    return await search.find(work.session, fold(words), PAGE + 1, before)


async def subjects(work: Work, words: str, kind: str) -> list[str]:
    """Subjects of one kind ("M", "I") that hold all the words."""
    return [subject for _id, subject in await search.find(work.session, fold(words), _MOST) if subject[0] == kind]
