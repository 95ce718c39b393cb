"""What residents answer to the two questions."""

from __future__ import annotations

from bot.neighbourhood import finding
from bot.neighbourhood.complaints import add_photos
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.store.tables import Answer
from conversations.questions import Told
from conversations.results import TwoAnswers
from conversations.words import _


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
