"""What is done with what a conversation ended in, and what conversations may look up."""

from __future__ import annotations

from typing import Any

from bot.neighbourhood import answers, complaints, events, ideas, privacy, residents
from bot.neighbourhood.work import Closing, Person, TooLate, Work
from bot.store.tables import Complaint
from conversations import results
from conversations.talk import Request
from conversations.words import _, s_


async def act(work: Work, person: Person, result: Any) -> Closing | results.Refused:
    """Act on a result; what is said at the end. Raises `NotAllowed`, `TooLate`; TypeError for an unknown result."""
    match result:
        case results.Joined():
            return residents.join(work, person, result)
        case results.Declined():
            return residents.decline(person, result)
        case results.TwoAnswers():
            return await answers.keep(work, person, result)
        case results.ComplaintReport():
            return await complaints.receive(work, person, result)
        case results.FollowUpAnswer():
            return await _follow_up(work, person, result)
        case results.IdeaHandedIn():
            return await ideas.hand_in(work, person, result)
        case results.IdeaAnswered():
            return await ideas.answer(work, person, result)
        case results.EventAnnounced():
            return await events.announce(work, person, result)
        case results.ForgetMe():
            return await privacy.forget(work, person)
        case results.Stays():
            return Closing([_("That's fine. Everything stays as it is.")])
        case results.Planned(number, day, words):
            await complaints.plan(work, person, await complaint(work, number), day, words)
            return _told(number)
        case results.Solved(number, words, photos):
            await complaints.solve(work, person, await complaint(work, number), words, photos)
            return _told(number)
        case results.CannotBe(number, words):
            await complaints.cannot(work, person, await complaint(work, number), words)
            return _told(number)
        case _:
            raise TypeError(f"nobody acts on {type(result).__name__}")


async def find(work: Work, request: Request) -> Any:
    """Answer a look-up with what JSON can hold. Raises TypeError for one that nobody knows."""
    match request:
        case results.ComplaintNow(number):
            seen = await complaint(work, number)
            return {
                "code": seen.code,
                "words": seen.words,
                "place": seen.place,
                "result": seen.result,
                "photos": await complaints.photos_of(work, seen.code),
            }
        case _:
            raise TypeError(f"nobody looks up {type(request).__name__}")


async def complaint(work: Work, number: int) -> Complaint:
    """The complaint with that number, which the bot itself gave out."""
    return await work.session.get_one(Complaint, number)


async def _follow_up(work: Work, person: Person, answer: results.FollowUpAnswer) -> Closing:
    about = await complaint(work, answer.complaint)
    work.note(about.code, f"follow-up {answer.verdict}", person.resident)
    try:
        if answer.verdict == "yes":
            return complaints.confirm(work, person, about)
        if answer.verdict == "no":
            return await complaints.reopen(work, person, about, answer.wrong)
    except TooLate:  # another reporter was first, or the office is at it again
        state = complaints.STATE_NAMES[about.state]
        return Closing([_("Thank you. This is how {code} stands: {state}.", code=about.code, state=state)])
    return Closing([_("That's fine, thank you. If you see it again, just write. ({code})", code=about.code)])


def _told(number: int) -> Closing:
    return Closing([s_("Done. Who reported it gets a message. (M{number})", number=str(number))])
