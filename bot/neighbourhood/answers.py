"""What residents answer to the two questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, cast, literal, select

from bot.neighbourhood import finding
from bot.neighbourhood.complaints import add_photos
from bot.neighbourhood.guessed_theme import guessed
from bot.neighbourhood.narrowing import narrowing
from bot.neighbourhood.work import STAFF, Action, Closing, Person, Work
from bot.store.tables import Answer, Photo
from conversations.questions import Told
from conversations.results import TwoAnswers
from conversations.words import _

PAGE = 8
QUESTIONS = ("proud", "better")


@dataclass(frozen=True, slots=True)
class Page:
    """Answers in order, and what to go on after when there are more; `meant` as in the list of complaints."""

    answers: Sequence[Answer]
    more_after: int | None
    meant: Sequence[tuple[str, str]] = field(default=())


async def answers_like(work: Work, person: Person, words: str, after: int | None = None) -> Page:
    """What residents said, the newest first.

    Words narrow: the question, a neighbourhood, a theme, a period (`90d`), else text; in any language. Raises
    `NotAllowed`.
    """
    person.must_be(STAFF, "/answers")
    asked = narrowing(work, words, (*QUESTIONS, "all"), topics=False)
    of_it = Photo.subject == literal("A") + cast(Answer.id, String)
    shown = select(Photo.id).where(of_it, Photo.state.in_(["new", "kept"])).exists()
    conditions: list[Any] = [(Answer.words != "") | Answer.voice.is_not(None) | shown]
    if questions := [each for each in QUESTIONS if asked.says(each)]:
        conditions.append(Answer.question.in_(questions))
    if places := asked.keys("place"):
        conditions.append(Answer.neighbourhood.in_(places))
    if themes := asked.keys("theme"):
        conditions.append(Answer.theme.in_(themes))
    if asked.since is not None:
        conditions.append(Answer.at >= asked.since)
    if asked.text:
        query: Any = finding.holding(work, " ".join(asked.text), "A", Answer, after).where(*conditions)
    else:
        query = select(Answer, Answer.id).where(*conditions).order_by(Answer.id.desc())
        query = query if after is None else query.where(Answer.id < after)
    found = list(await work.session.execute(query.limit(PAGE + 1)))
    more = found[PAGE - 1][1] if len(found) > PAGE else None
    return Page([answer for answer, _place in found[:PAGE]], more, asked.corrected(words))


async def keep(work: Work, person: Person, answers: TwoAnswers) -> Closing:
    """Store what was answered; what must be better can become a complaint with one tap."""
    kept = {}
    for question, told in (("proud", answers.proud), ("better", answers.better)):
        if told:
            kept[question] = await _store(work, person, question, told, answers.came_from)
    if "proud" in kept:
        add_photos(work, f"A{kept['proud'].id}", "before", answers.photos)
    if not kept:
        return Closing([_("That's fine. You can always come back to it.")])
    if answers.asks_home and person.resident.neighbourhood is None:
        better = kept["better"].id if "better" in kept else None
        return Closing([_("Thank you! We read it. One last thing:")], begins=("home", {"better": better}))
    if "better" not in kept:
        return Closing([_("Thank you! We read it, and we like to hear it.")])
    return Closing(
        [
            _("Thank you! We read it."),
            _("Should somebody look into it? Then make it a report."),
        ],
        [Action(_("Make it a report"), f"A{kept['better'].id}.report")],
    )


async def _store(work: Work, person: Person, question: str, told: Told, came_from: str) -> Answer:
    resident = person.resident
    answer = Answer(
        resident_id=resident.id,
        question=question,
        words=told.text,
        voice=told.voice,
        neighbourhood=resident.neighbourhood,
        theme=guessed(work, told.text),
        language=person.chat.language,
        came_from=came_from or resident.came_from,
        first=resident.contributions == 0,
        at=work.now,
    )
    resident.contributions += 1
    work.session.add(answer)
    await work.session.flush()
    await finding.remember(work, f"A{answer.id}", answer.words, is_new=True)
    if told.photo:
        add_photos(work, f"A{answer.id}", "before", [told.photo])
    return answer
