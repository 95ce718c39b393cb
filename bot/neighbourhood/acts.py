"""What is done with what a conversation ended in, and what conversations may look up."""

from __future__ import annotations

import re
from typing import Any

from bot.neighbourhood import (
    after_events,
    announcing,
    answers,
    arrivals,
    attendance,
    broadcasts,
    complaints,
    consultations,
    correcting,
    event_answers,
    event_changes,
    events,
    hand_over,
    heard,
    idea_friends,
    ideas,
    in_languages,
    nearby,
    panel,
    panel_meetings,
    person_talks,
    privacy,
    recordings,
    reporters,
    residents,
    same,
    spendings,
    spoken,
    steps,
    stories,
    themes,
    verdicts,
    vouchers,
    walks,
    withdrawing,
)
from bot.neighbourhood.work import COORDINATORS, Closing, Person, TooLate, Work
from bot.store.tables import Broadcast, Complaint, Event, Idea
from conversations import announced, consultation, event_said, idea_said, looked_up, office_said, results, spent
from conversations import idea_friends as friends_said
from conversations.talk import Request
from conversations.words import Words, _, s_

CODE = re.compile(r"\s*[mM]\s?(\d{1,9})\s*")
"""A complaint's code, as people type it."""


async def act(work: Work, person: Person, result: Any) -> Closing | results.Refused:
    """Act on a result; what is said at the end. Raises `NotAllowed`, `TooLate`; TypeError for an unknown result."""
    match result:
        case results.Joined():
            return await arrivals.join(work, person, result)
        case office_said.Spoken():
            said_by = await spoken.teller(work, person, result.neighbourhood)
            done = await act(work, said_by, result.told)
            if isinstance(done, results.Refused):
                await work.session.delete(said_by.resident)
                return done
            return await spoken.written_down(work, person, said_by)
        case office_said.Heard():
            return await heard.write_down(work, person, result)
        case results.Lives():
            return await arrivals.settle(work, person, result)
        case results.Brings():
            return arrivals.bring(work, person, result)
        case results.Brought():
            return await arrivals.brought(work, person, result)
        case results.Declined():
            return residents.decline(person, result)
        case results.AgreedAnew():
            return residents.agree_anew(work, person)
        case results.DeclinedAnew():
            return await residents.decline_anew(work, person)
        case results.TwoAnswers():
            return await answers.keep(work, person, result)
        case results.ComplaintReport():
            return await complaints.receive(work, person, result)
        case results.MeToo():
            return await nearby.join(work, person, result)
        case results.WillGoThere():
            return Closing([_("That's fine. If it doesn't work out, just write to us here.")])
        case results.Greeting():
            return residents.greet()
        case results.Moving():
            return Closing([], begins=("moved", {}))
        case results.Moved():
            return nearby.move(work, person, result)
        case results.FollowUpAnswer():
            return await _follow_up(work, person, result)
        case office_said.Recorded():
            return await recordings.keep(work, person, result)
        case results.IdeaHandedIn():
            return await ideas.hand_in(work, person, result)
        case office_said.IdeaAnswered():
            return await ideas.act(work, person, result)
        case idea_said.IdeaSupplied():
            return await ideas.supply(work, person, result)
        case idea_said.IdeaWithdrawn(number):
            return await ideas.step_of_owner(work, person, await work.session.get_one(Idea, number), "withdraw")
        case idea_said.MeetingAdvised():
            return await panel.meeting(work, person, result)
        case consultation.ConsultationBegun():
            return await consultations.begin(work, person, result)
        case consultation.OpinionExplained():
            return await consultations.explain(work, person, result)
        case friends_said.HelpOffered():
            return await idea_friends.offer(work, person, result)
        case friends_said.HelpWelcome():
            return await idea_friends.welcome(work, person, result)
        case friends_said.PanelMet():
            return await panel_meetings.enter(work, person, result)
        case office_said.SaidAndDone():
            return await themes.say(work, person, result)
        case event_said.EventAnnounced():
            return await announcing.announce(work, person, result)
        case announced.NewsAnnounced():
            return await announcing.tell(work, person, result)
        case announced.BroadcastCorrected():
            return await correcting.correct(work, person, result)
        case announced.BroadcastDeclined(number, why):
            await broadcasts.decline(work, person, await work.session.get_one(Broadcast, number), why)
            return Closing([s_("Thank you. Who made it reads that.")])
        case event_said.ComesWith(number, people):
            return await event_answers.come_with(work, person, await event(work, number), people)
        case event_said.BringsAlong(number, words):
            return await attendance.bring(work, person, await event(work, number), words)
        case event_said.NameForList(number, name):
            return await attendance.put_name(work, person, await event(work, number), name)
        case event_said.EventChanged():
            return await event_changes.change(work, person, result)
        case event_said.EventCancelled():
            return await event_changes.cancel(work, person, result)
        case event_said.EventThanked():
            return await after_events.thank(work, person, result)
        case event_said.WalkProposed():
            return await walks.propose(work, person, result)
        case event_said.WalkAccepted():
            return await walks.accept(work, person, result)
        case event_said.WalkMoved():
            return await walks.retime(work, person, result)
        case event_said.WalkDeclined():
            return await walks.decline(work, person, result)
        case results.WantsPerson():
            return await person_talks.begin(work, person, result)
        case office_said.HandedOver(giver, to, words):
            try:
                return Closing(await hand_over.hand_over(work, person, giver, to, words))
            except hand_over.CannotHandOver as why:
                return results.Refused(why.words, "to")
        case results.ForgetMe():
            return await privacy.forget(work, person)
        case results.Stays():
            return Closing([_("That's fine. Everything stays as it is.")])
        case office_said.Planned(number, day, words):
            await complaints.plan(work, person, await complaint(work, number), day, words)
            return await _told(work, number)
        case office_said.Solved(number, words, photos):
            await complaints.solve(work, person, await complaint(work, number), words, photos)
            return await _told(work, number)
        case office_said.CannotBe(number, words, reason):
            await complaints.cannot(work, person, await complaint(work, number), words, reason)
            return await _told(work, number)
        case office_said.PassedOn(number, whom):
            await complaints.pass_on(work, person, await complaint(work, number), whom)
            return await _told(work, number)
        case office_said.NotOurs(number, where):
            await complaints.not_ours(work, person, await complaint(work, number), where)
            return await _told(work, number)
        case office_said.SameAs(number, other):
            return await _same(work, person, await complaint(work, number), other)
        case spent.Spent():
            return await spendings.spend(work, person, result)
        case spent.SpendingRefused():
            return await spendings.refuse(work, person, result)
        case spent.SpendsFirst():
            return stories.spends_first(result)
        case spent.StoryTold():
            return await stories.tell(work, person, result)
        case results.Withdrawn(number, erase):
            return await _withdraw(work, person, await complaint(work, number), erase=erase)
        case office_said.ToldReporters(number, words, answer):
            await complaints.tell(work, person, await complaint(work, number), words, answer)
            return await _told(work, number)
        case _:
            raise TypeError(f"nobody acts on {type(result).__name__}")


async def find(work: Work, person: Person, request: Request) -> Any:
    """Answer this person's look-up with what JSON can hold. Raises TypeError for one that nobody knows."""
    match request:
        case looked_up.ComplaintNow(number, reporter):
            return await reporters.seen_by(work, await complaint(work, number), reporter)
        case looked_up.WhereIs():
            return nearby.where_is(work, request)
        case looked_up.WhereElse():
            return nearby.where_else(work, request)
        case looked_up.SimilarComplaint():
            return await nearby.similar(work, request)
        case office_said.WhoMentioned(words):
            return await themes.how_many_mentioned(work, words)
        case office_said.Colleagues(giver):
            return [list(each) for each in await hand_over.colleagues(work, giver)]
        case event_said.WalkNow(number):
            return await walks.as_shown(work, number)
        case spent.MoneyLeft(number):
            return await vouchers.left(work, number)
        case looked_up.SomethingForYou():
            return await events.something(work)
        case announced.WhoAnnounces():
            places = sorted(person.scope.neighbourhoods)
            return {"coordinator": person.is_one_of(COORDINATORS), "neighbourhoods": places}
        case announced.WhichLanguage(text):
            return in_languages.written_in(text, person.chat.language, work.area.languages)
        case announced.RoomForWords():
            about = correcting if request.corrects is not None else announcing
            return list(await about.room_for_words(work, request))
        case announced.HowMany(to, which):
            return await announcing.reach(work, person, to, list(which))
        case announced.WhatWasSent(number):
            return await correcting.what_was_sent(work, number)
        case _:
            raise TypeError(f"nobody looks up {type(request).__name__}")


async def complaint(work: Work, number: int) -> Complaint:
    """The complaint with that number, which the bot itself gave out."""
    return await work.session.get_one(Complaint, number)


async def event(work: Work, number: int) -> Event:
    """The event with that number, which the bot itself gave out."""
    return await work.session.get_one(Event, number)


async def _follow_up(work: Work, person: Person, answer: results.FollowUpAnswer) -> Closing:
    about = await complaint(work, answer.complaint)
    work.note(about.code, f"follow-up {answer.verdict}", person.resident)
    stands = _("Thank you. This is how {code} stands: {state}.", code=about.code, state=steps.STATE_NAMES[about.state])
    try:
        if answer.verdict == "yes":
            return await verdicts.confirm(work, person, about)
        if answer.verdict == "no":
            return await verdicts.reopen(work, person, about, answer.wrong)
    except TooLate:  # another reporter was first, or the office is at it again
        if answer.wrong:
            work.note(about.code, "still wrong", person.resident, answer.wrong.text)
            await verdicts.still_wrong(work, about, answer.wrong)
        return Closing([stands])
    if about.state != "solved":
        return Closing([stands])
    if not answer.again:
        return await verdicts.ask_again(work, person, about)
    return Closing([_("That's fine, thank you. If you see it again, just write. ({code})", code=about.code)])


async def _same(work: Work, person: Person, about: Complaint, other: str) -> Closing | results.Refused:
    found = CODE.fullmatch(other)
    number = int(found[1]) if found else 0
    why_not: Words | None = s_("Type a code, like {example}.", example="M9")
    if number:
        why_not = await same.why_not(work, person, about, number)
    if why_not is not None:
        return results.Refused(why_not, "other")
    await same.go_on_with(work, person, about, await complaint(work, number))
    return await _told(work, about.id)


async def _withdraw(work: Work, person: Person, about: Complaint, *, erase: bool) -> Closing:
    try:
        return await withdrawing.withdraw(work, person, about, erase=erase)
    except TooLate:
        state = steps.STATE_NAMES[about.state]
        return Closing([_("Thank you. This is how {code} stands: {state}.", code=about.code, state=state)])


async def _told(work: Work, number: int) -> Closing:
    return Closing([await complaints.who_hears(work, await complaint(work, number))])
