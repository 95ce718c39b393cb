"""The programme's five themes: which one an answer or a complaint belongs to; and "you said, we did"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select, union_all

from bot.neighbourhood import audience, progress, team
from bot.neighbourhood.finding import mentioning
from bot.neighbourhood.narrowing import THEMES
from bot.neighbourhood.work import STAFF, Closing, Person, Work
from bot.outbox import bulk
from bot.outbox.letters import letters
from bot.store.search import By
from bot.store.tables import Answer, Broadcast, Chat, Complaint, Idea, Reporter, Resident
from conversations.office_said import SaidAndDone
from conversations.results import Refused
from conversations.said_and_done import what_people_get
from conversations.words import s_, sn_

TABLES: dict[str, Any] = {"M": Complaint, "A": Answer}


async def tag(work: Work, by: Person, code: str, theme: str) -> bool:
    """Say which theme the answer or the complaint with this code belongs to; False for no such thing or theme.

    Raises `NotAllowed`.
    """
    by.must_be(STAFF, f"{code}.theme")
    if theme not in THEMES or code[:1] not in TABLES:
        return False
    row = await work.session.get(TABLES[code[0]], int(code[1:]))
    if row is None:
        return False
    if isinstance(row, Complaint):
        team.must_work_on(by, row, f"{code}.theme")
    if row.theme != theme:
        row.theme = theme
        work.note(code, "theme", by.resident, theme)
    return True


async def how_many_mentioned(work: Work, words: str) -> int:
    """How many people who can be reached said something with these words."""
    return await work.session.scalar(select(func.count()).select_from(_reached(work, words).subquery())) or 0


async def say(work: Work, by: Person, told: SaidAndDone) -> Closing | Refused:
    """Tell everybody who mentioned something what came of it, once each. Raises `NotAllowed`."""
    by.must_be(STAFF, "/yousaid")
    if not await how_many_mentioned(work, told.words):
        return Refused(s_("Nobody who can be reached said that. Try another word, for example a street."), "words")
    broadcast = Broadcast(
        subject=audience.SAID,
        state="running",
        not_before=work.allowed_at(work.now),
        made_by=by.resident.id,
        at=work.now,
    )
    each_language = {}
    for language in work.catalogues.languages:
        paragraphs = [work.render(each, language) for each in what_people_get(told.words, told.did)]
        each_language[language] = letters(paragraphs)[0]
    await bulk.begin(work.session, broadcast, each_language, _reached(work, told.words))
    work.note(broadcast.code, "said and done", by.resident, f"{told.words} | {told.did}")
    await progress.post_progress(work, broadcast, by.chat)
    if broadcast.not_before > work.now:
        return Closing([s_("It's quiet time now. The messages go out from {moment}.", moment=broadcast.not_before)])
    return Closing(
        [sn_("Thank you. It goes to {count} person.", "Thank you. It goes to {count} people.", broadcast.total)]
    )


def _reached(work: Work, words: str) -> Select[int]:
    """Chats of all who said something with these words: reported it, answered it, had it as an idea. Each once."""
    reporter = select(Reporter.resident_id).join(Complaint, Complaint.id == Reporter.complaint_id)
    reported = reporter.where(Reporter.at <= Complaint.at, Complaint.id.in_(mentioning(work, words, "M")))
    others = (Reporter.at > Complaint.at, Reporter.came_with.is_(None))  # who came along has a report of their own
    joined = reporter.where(*others, Complaint.id.in_(mentioning(work, words, "M", By.JOINED)))
    answered = select(Answer.resident_id).where(Answer.id.in_(mentioning(work, words, "A")))
    thought_of = select(Idea.resident_id).where(Idea.id.in_(mentioning(work, words, "I")))
    said_it: Any = union_all(reported, joined, answered, thought_of)
    can_be_told = (Resident.consent_at.is_not(None), Chat.unreachable_since.is_(None), Resident.id.in_(said_it))
    return select(Chat.id).join(Resident, Resident.chat_id == Chat.id).where(*can_be_told)
