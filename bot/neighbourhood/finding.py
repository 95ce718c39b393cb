"""Finding by words: what is remembered of each subject, folded in one place, and who may look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, Select, String, cast, func, literal
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import reporters
from bot.neighbourhood.work import STAFF, Person, Work
from bot.store import search
from bot.store.tables import Answer, Complaint, Found, Idea
from conversations.words import Words, fold

PAGE = 8
_MOST = 500


async def remember(work: Work, subject: str, *texts: str, is_new: bool = False) -> None:
    """Make a subject findable by these texts; `is_new`: for the first time."""
    await search.remember(work.session, subject, fold(" ".join(texts)), is_new=is_new)


async def remember_all(work: Work, row: Complaint | Idea | Answer) -> None:
    """Make something findable by all that was said of it by now; the index keeps apart who said what."""
    texts = [row.words, row.heard]
    place, joined, office, code = "", "", "", ""
    if isinstance(row, Complaint):
        others = [each.words for each in await reporters.who_joined(work, row) if each.came_with is None]
        code, place, joined, office = row.code, row.place, " ".join(others), row.result
    elif isinstance(row, Idea):
        texts += [row.whom, row.together, row.behind, row.neighbours]
        code, office = row.code, row.answer
    else:
        code = f"A{row.id}"
    await search.remember(work.session, code, search.parts(fold(" ".join(texts)), *map(fold, (place, joined, office))))


async def find(work: Work, person: Person, words: str, before: int | None = None) -> list[tuple[int, str]]:
    """Subjects that hold all the words, each as the start of a word; a page and one more. Raises `NotAllowed`."""
    person.must_be(STAFF, "/find")
    return await search.find(work.session, fold(words), PAGE + 1, before)


async def subjects(work: Work, words: str, kind: str) -> list[str]:
    """Subjects of one kind ("M", "I") that hold all the words."""
    return [subject for _id, subject in await search.find(work.session, fold(words), _MOST) if subject[0] == kind]


def holding(work: Work, words: str, kind: str, table: Any, before: int | None = None) -> Select[Any]:
    """Selects rows of a table, each with its place in the order, whose subject ("M12": kind "M") holds the words.

    The newest first; `before`: only those after that place in the order.
    """
    found = search.holding(work.session, fold(words), before)
    number = cast(func.substr(Found.subject, 2), Integer)
    query = found.join(table, (table.id == number) & Found.subject.like(f"{kind}%"))
    return query.with_only_columns(table, Found.id).order_by(search.newest(work.session))


def looks_at_each(work: Work) -> bool:
    """Whether `says` is to be asked where few rows are in question; else `holding`."""
    return search.looks_at_each(work.session)


def says(words: str, kind: str, table: Any) -> ColumnElement[bool]:
    """The condition that a row holds the words, for few rows: a common word is in nearly all the others too."""
    return search.says(fold(words), literal(kind).concat(cast(table.id, String)))


def mentioning(work: Work, words: str, kind: str, by: search.By = search.By.FIRST) -> Select[int]:
    """Selects the numbers of all subjects of a kind ("M", "A", "I") of which these residents said the words."""
    theirs = (Found.subject.like(f"{kind}%"), search.said(fold(words), by))
    found = search.holding(work.session, fold(words)).where(*theirs)
    return found.with_only_columns(cast(func.substr(Found.subject, 2), Integer))


def states_in(work: Work, words: str, names: Mapping[str, Words]) -> tuple[set[str], list[str]]:
    """The states that the words name, by key or as they are called in any language; and the words that are left."""
    left = f" {fold(words)} "
    spelled = {(state, spelling) for state, name in names.items() for spelling in work.catalogues.spellings(name)}
    spelled |= {(state, fold(state)) for state in names}
    found: set[str] = set()
    for spelling in sorted({spelling for _state, spelling in spelled}, key=len, reverse=True):
        if f" {spelling} " in left:
            found |= {state for state, spelled_so in spelled if spelled_so == spelling}
            left = left.replace(f" {spelling} ", " ")
    return found, left.split()
