"""The panel of residents judges ideas: it looks at each rule, votes, and its votes (or its meeting) decide or advise.

No "no" is ever said by counting alone: somebody writes why, what can be done, and when it can be asked again.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from bot.neighbourhood import (
    finding,
    idea_rules,
    idea_steps,
    money,
    opinions,
    outcomes,
    panel_members,
    panel_posts,
    panel_votes,
    residents,
)
from bot.neighbourhood.idea_steps import Made
from bot.neighbourhood.promises import working_day_after
from bot.neighbourhood.team import too_late
from bot.neighbourhood.work import Action, Closing, NotAllowed, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Due, Idea, RuleCheck, Vote
from conversations.idea_said import MeetingAdvised
from conversations.office_said import IdeaAnswered
from conversations.results import Refused
from conversations.standard import IDEA_REASONS, sentence
from conversations.words import Money, Value, Words, _, s_

MEETING = "meeting"
NOBODY_CHAIRS = s_("Nobody chairs the panel who can enter what it says. Name somebody: /team")
EXPLAIN = s_("The neighbours were to decide this. Explain why it goes so.")


async def welcome(work: Work, idea: Idea) -> None:
    """Give an idea that has just come in to the panel: a card for each member. Whose idea it is, is involved."""
    seats = await panel_members.seats(work)
    if any(seat.number == idea.resident_id for seat in seats) and idea.resident_id is not None:
        work.session.add(Vote(idea_id=idea.id, member=idea.resident_id, vote=panel_votes.INVOLVED, at=work.now))
    for seat in seats:
        if seat.chat is not None and seat.chat.unreachable_since is None:
            await panel_posts.put(work, idea, seat, seat.chat)
    await settle(work, idea)


async def check(work: Work, by: Person, idea: Idea, rule: str, verdict: str) -> None:
    """A member says of a rule whether the idea fits it. Raises `NotAllowed`, `TooLate`; ValueError for no such rule."""
    await _may_say(work, by, idea, "received", f"{idea.code}.r.{rule}"[:40])
    if verdict not in panel_votes.VERDICTS or rule not in {each.key for each in idea_rules.rules_of(work, idea)}:
        raise ValueError(rule)
    said = RuleCheck(idea_id=idea.id, rule=rule, member=by.resident.id, verdict=verdict, at=work.now)
    await work.session.merge(said)
    await settle(work, idea)
    await _show(work, by, idea, "received")


async def vote(work: Work, by: Person, idea: Idea, what: str) -> None:
    """A member votes, or says that they are involved; the newest counts. Raises `NotAllowed`, `TooLate`, ValueError."""
    if what not in panel_votes.VOTES:
        raise ValueError(what)
    state = "checked" if what != panel_votes.INVOLVED or idea.state != "received" else "received"
    await _may_say(work, by, idea, state, f"{idea.code}.v.{what}")
    if by.resident.id == idea.resident_id and what != panel_votes.INVOLVED:
        raise NotAllowed(f"{idea.code}.v.{what}", s_("{code} is your own, so you are involved.", code=idea.code))
    await work.session.merge(Vote(idea_id=idea.id, member=by.resident.id, vote=what, at=work.now))
    work.note(idea.code, "voted", by.resident)
    await (settle(work, idea) if state == "received" else count(work, idea))
    await _show(work, by, idea, state)


async def settle(work: Work, idea: Idea) -> None:
    """When each rule was looked at: on to the vote, or to the meeting where not all are sure of one."""
    await work.session.flush()
    await work.session.refresh(idea, with_for_update=True)
    if idea.state != "received" or idea.advice or not await idea_steps.is_for_panel(work, idea):
        return
    needed = await panel_votes.looks_needed(work, idea)
    said = await panel_votes.verdicts_of(work, idea)
    outcomes = {panel_votes.outcome(each, needed) for each in said.values()}
    if "open" in outcomes:
        return
    if MEETING in outcomes:
        doubt = [
            rule.words
            for rule in idea_rules.rules_of(work, idea)
            if panel_votes.outcome(said[rule.key], needed) == MEETING
        ]
        why: list[Words] = [s_("Not all are sure about this rule:"), *(work.local(each) for each in doubt)]
        await _to_meeting(work, idea, why)
        return
    day = _answer_day(work, idea)
    await idea_steps.make_step(work, "check", None, idea, day=day, next=_what_is_next(work))
    await _open_votes(work, idea)


async def consult(work: Work, by: Person, idea: Idea, closes: Value, day: Value) -> Made:
    """The neighbourhood is asked first: the vote waits until then. `day`: of the answer. Raises as `make_step` does."""
    made = await idea_steps.make_step(work, "consult", by, idea, closes=closes, day=day, next=_afterwards(work))
    await panel_posts.refresh(work, idea)
    return made


async def consulted(work: Work, idea: Idea, outcome: Words = "") -> None:
    """The neighbourhood has been asked: now the vote begins, or goes on. `outcome`: what the owner reads of it."""
    day = _answer_day(work, idea)
    await idea_steps.make_step(
        work, "consulted", None, idea, day=day, outcome=outcome or None, next=_what_is_next(work)
    )
    await _open_votes(work, idea)
    await count(work, idea)
    await panel_posts.refresh(work, idea)


async def count(work: Work, idea: Idea, *, over: bool = False) -> None:
    """Count the votes, once, when all have voted or their time is `over`."""
    await work.session.flush()
    await work.session.refresh(idea, with_for_update=True)
    if idea.state != "checked" or idea.advice or not await idea_steps.is_for_panel(work, idea):
        return
    votes = await panel_votes.count(work, idea)
    if votes.waiting and not over:
        return
    panel, cast = work.area.panel, votes.yes + votes.no
    work.note(idea.code, "votes counted", None, f"{votes.yes}-{votes.no}")
    if cast < panel.quorum:
        await _to_meeting(
            work, idea, [s_("Too few members voted: {count} of {quorum}.", count=cast, quorum=panel.quorum)]
        )
    elif votes.yes == votes.no:
        await _to_meeting(work, idea, [s_("As many are for as against.")])
    elif neighbours := await _neighbours_differ(work, idea):
        differs = s_("The neighbours decide, and they say something else than the votes:")
        await _to_meeting(work, idea, [differs, opinions.in_words(neighbours)])
    else:
        idea.advice = _voted(work, votes)
        await _act_on_votes(work, idea)


async def over(work: Work, idea: Idea) -> None:
    """The time to vote is over."""
    await count(work, idea, over=True)
    await panel_posts.refresh(work, idea)


async def must_enter(work: Work, by: Person, idea: Idea) -> None:
    """The chair enters what the meeting advises, where a coordinator decides. Raises `NotAllowed` for others."""
    if not by.chairs or work.area.panel.decides != "advises" or by.resident.id == idea.resident_id:
        raise NotAllowed(f"{idea.code}.meeting", s_("{code}: only the chair enters that.", code=idea.code))
    if await panel_votes.is_involved(work, idea, by.resident.id):
        raise NotAllowed(f"{idea.code}.meeting", s_("You are involved, so you don't judge this one."))


async def meeting(work: Work, by: Person, said: MeetingAdvised) -> Closing | Refused:
    """The chair enters what the meeting advises, where a coordinator decides. Raises `NotAllowed`, `TooLate`."""
    idea = await work.session.get_one(Idea, said.idea)
    await work.session.refresh(idea, with_for_update=True)
    await must_enter(work, by, idea)
    if idea.advice != MEETING or idea.state not in ("received", "checked"):
        raise await too_late(work, by, idea.code, idea_steps.STATE_NAMES[idea.state])
    if not said.words and await not_as_neighbours_decided(work, idea, said.advice):
        return Refused(EXPLAIN, "words")
    idea.advice = said.advice
    work.note(idea.code, "meeting advised", by.resident, said.words)
    await _tell_coordinators(work, idea, [said.words] if said.words else [])
    await panel_posts.refresh(work, idea)
    return Closing([s_("Noted. The coordinators read what the meeting says. ({code})", code=idea.code)])


async def decide(work: Work, by: Person, answered: IdeaAnswered) -> Closing | Refused:
    """A yes or a no, by who decides now; owner and panel hear it. Raises `NotAllowed`, `TooLate`."""
    idea = await work.session.get_one(Idea, answered.idea)
    await idea_steps.must_be_ready(work, answered.what, by, idea)
    differs = await is_otherwise(work, idea, answered.what)
    if differs and not answered.words:
        return Refused(s_("Explain why you decide otherwise. The panel and the owner read it."), "words")
    if not answered.words and await not_as_neighbours_decided(work, idea, answered.what):
        return Refused(EXPLAIN, "words")
    if answered.what == "award":
        try:
            made = await _award(work, by, idea, answered.cents, answered.words)
        except money.NotEnough as short:
            if idea.advice == "award" and work.area.panel.decides == "panel":
                idea.advice = MEETING  # what now is for all of them to say: less, or not now
                await panel_posts.refresh(work, idea)
            left = Money(short.available)
            said = s_("There is only {available} left. {code} stays as it is.", available=left, code=idea.code)
            return Refused(said, "cents")
    else:
        facts: dict[str, Value | None] = {"words": answered.words, "can": answered.can, "day": answered.day}
        why = next(iter(sentence(IDEA_REASONS, answered.reason)), None)
        note = " ".join(filter(None, [answered.reason, answered.words]))
        facts |= {"why": why, "note": note, "votes": await _votes(work, idea)}
        made = await idea_steps.make_step(work, answered.what, by, idea, **facts)
    reasons = [work.render(each, idea.language) for each in sentence(IDEA_REASONS, answered.reason)]
    idea.answer = "\n".join(filter(None, [*reasons, answered.words, answered.can]))
    await finding.remember_all(work, idea)
    said_too: list[Words] = [s_("The office decided otherwise than you advised:"), answered.words] if differs else []
    await _tell_panel(work, idea, said_too, but=by)
    reason: list[Words] = [*sentence(IDEA_REASONS, answered.reason), answered.words]
    await outcomes.tell(work, idea, [*reason, await _votes(work, idea) or ""])
    if made.heard:
        return Closing([s_("Done. Its owner gets a message. ({code})", code=idea.code)])
    return Closing([s_("Noted. Nobody gets a message: its owner isn't here. ({code})", code=idea.code)])


async def is_otherwise(work: Work, idea: Idea, what: str) -> bool:
    """Whether this would be something else than the panel advised."""
    advised = work.area.panel.decides == "advises" and idea.advice in ("award", "not_now")
    return advised and (what == "award") is not (idea.advice == "award")


async def not_as_neighbours_decided(work: Work, idea: Idea, what: str) -> bool:
    """Whether neighbours were to decide, and they said something else than this, or than the panel's votes."""
    found = await opinions.result_of(work, idea)
    if found is None or not found.decision:
        return False
    return (what == "award") is not (found.decision == "for") or await _neighbours_differ(work, idea) is not None


async def _neighbours_differ(work: Work, idea: Idea) -> opinions.Tally | None:
    """What neighbours said, where they were to decide and the panel's votes say something else; else None."""
    found, voted = await opinions.result_of(work, idea), _voted(work, await panel_votes.count(work, idea))
    if found is None or not found.decision or not voted:
        return None
    return found if (found.decision == "for") is not (voted == "award") else None


def _voted(work: Work, votes: panel_votes.Count) -> str:
    """What the votes come to; empty where as many are for as against."""
    if votes.yes == votes.no:
        return ""
    return "award" if votes.yes / (votes.yes + votes.no) > work.area.panel.majority else "not_now"


async def _may_say(work: Work, by: Person, idea: Idea, state: str, attempt: str) -> None:
    """Raises `NotAllowed` for who is not on the panel, `TooLate` where that is behind us; locks the idea."""
    await panel_members.must_sit(work, by, attempt)
    await work.session.flush()
    await work.session.refresh(idea, with_for_update=True)
    if not await idea_steps.is_for_panel(work, idea):
        raise NotAllowed(attempt, s_("{code} is for the office: it wants no money or place.", code=idea.code))
    if idea.state != state or idea.advice:
        raise await too_late(work, by, idea.code, idea_steps.STATE_NAMES[idea.state])


async def _show(work: Work, by: Person, idea: Idea, state: str) -> None:
    """What a member said changes their own card; those of others only with the idea, not under their thumbs."""
    if idea.state != state or idea.advice:
        await panel_posts.refresh(work, idea)
        return
    for seat in await panel_members.seats(work):
        if seat.number == by.resident.id:
            await panel_posts.put(work, idea, seat, by.chat)


async def _open_votes(work: Work, idea: Idea) -> None:
    until = work.allowed_at(work.now + timedelta(days=work.area.panel.voting_days))
    await work.session.execute(delete(Due).where(Due.what == panel_votes.VOTES_OVER, Due.subject == idea.code))
    work.session.add(Due(what=panel_votes.VOTES_OVER, subject=idea.code, occasion=idea_steps.stamp(work.now), at=until))
    await work.session.flush()


async def _to_meeting(work: Work, idea: Idea, why: list[Words]) -> None:
    """The votes or the rules leave it open: the meeting talks about it, and the chair enters what it says."""
    idea.advice = MEETING
    work.note(idea.code, "to the meeting", None)
    first = s_("{code} goes to the panel's meeting.", code=idea.code)
    chair = await _chair(work, idea)
    for seat in await panel_members.seats(work):
        last = [s_("The chair enters here what the meeting says.")] if seat == chair else []
        _tell(work, idea, seat.chat, [first, *why, *last])
    if chair is None:
        for chat in await residents.coordinators(work.session):
            _tell(work, idea, chat, [first, NOBODY_CHAIRS])


async def _act_on_votes(work: Work, idea: Idea) -> None:
    """What the count brings about at once: a yes with a known amount. All else needs somebody's words."""
    if work.area.panel.decides == "advises":
        await _tell_coordinators(work, idea, [])
        return
    knows_amount = idea.wish != "money" or idea.amount_cents
    if idea.advice == "award" and knows_amount:
        try:
            await _award(work, None, idea, idea.amount_cents if idea.wish == "money" else None, "")
        except money.NotEnough as short:
            left = Money(short.available)
            few: list[Words] = [s_("The panel says yes, but there is only {available} left.", available=left)]
            await _to_meeting(work, idea, few)
            for chat in await residents.coordinators(work.session):
                _tell(work, idea, chat, [s_("{code}: {what}", code=idea.code, what=few[0])])
        else:
            await _tell_panel(work, idea, [])
            await outcomes.tell(work, idea, [await _votes(work, idea) or ""])
    elif idea.advice == "award":
        await _tell_deciders(work, idea, s_("The panel says yes. How much it costs isn't known yet."))
    else:
        await _tell_deciders(work, idea, s_("The panel says no. Write why, and what can be done."))


async def _award(work: Work, by: Person | None, idea: Idea, cents: int | None, words: str) -> Made:
    """The yes and its money, both or neither; by nobody where the votes decide.

    Raises `money.NotEnough`, `NotAllowed`, `TooLate`.
    """
    await idea_steps.must_be_ready(work, "award", by, idea)
    if cents:
        await money.award(work, by, idea, cents)
    idea.awarded_cents = cents or 0
    until = (work.now + 3 * work.area.ideas.remind_after).astimezone(work.area.time_zone).date()
    facts: dict[str, Value | None] = {"words": words, "day": until, "votes": await _votes(work, idea)}
    if cents:
        facts |= {"amount": Money(cents)}
    else:
        facts |= {"yes": _("{code}: yes, go ahead with your idea!", code=idea.code)}
    return await idea_steps.make_step(work, "award", by, idea, **facts)


async def _votes(work: Work, idea: Idea) -> Words | None:
    """The totals, for everybody; None where nobody voted."""
    votes = await panel_votes.count(work, idea)
    if not votes.yes and not votes.no:
        return None
    return _("Votes for: {yes}. Votes against: {no}.", yes=votes.yes, no=votes.no)


async def _tell_coordinators(work: Work, idea: Idea, words: list[Words]) -> None:
    advised = s_("a yes") if idea.advice == "award" else s_("a no")
    first = s_("{code}: the panel advises {advice}. A coordinator decides.", code=idea.code, advice=advised)
    for chat in await residents.coordinators(work.session):
        _tell(work, idea, chat, [first, *words])


async def _tell_deciders(work: Work, idea: Idea, words: Words) -> None:
    """The chair enters what is missing; coordinators know of it, and see to it where nobody chairs."""
    chair = await _chair(work, idea)
    said: list[Words] = [s_("{code}: {what}", code=idea.code, what=words)]
    if chair is None:
        said.append(NOBODY_CHAIRS)
    chats = [chair.chat] if chair is not None and chair.chat is not None else []
    for chat in {chat.id: chat for chat in [*chats, *await residents.coordinators(work.session)]}.values():
        _tell(work, idea, chat, said)


async def _chair(work: Work, idea: Idea) -> panel_members.Seat | None:
    """Who enters what is said of this idea: the chair, unless it is their own or they are involved."""
    votes = await panel_votes.votes_of(work, idea)
    for seat in await panel_members.seats(work):
        if seat.chairs and seat.number != idea.resident_id and votes.get(seat.number) != panel_votes.INVOLVED:
            return seat
    return None


async def _tell_panel(work: Work, idea: Idea, words: list[Words], *, but: Person | None = None) -> None:
    """What became of it, for each member."""
    state = s_("{code}: {state}.", code=idea.code, state=idea_steps.STATE_NAMES[idea.state])
    votes = await _votes(work, idea)
    for seat in await panel_members.seats(work) if await idea_steps.is_for_panel(work, idea) else []:
        if but is None or seat.number != but.resident.id:
            _tell(work, idea, seat.chat, [state, *([votes] if votes else []), *words])
    await panel_posts.refresh(work, idea)


def _tell(work: Work, idea: Idea, chat: Chat | None, words: list[Words]) -> None:
    if chat is not None and chat.unreachable_since is None:
        actions = [Action(s_("Open {code}", code=idea.code), f"{idea.code}.card")]
        work.tell(chat, words, Lane.NOTICE, actions=actions, subject=idea.code)


def _what_is_next(work: Work) -> Words:
    if work.area.panel.decides == "panel":
        return _("Now a panel of neighbours votes on it.")
    return _("Now a panel of neighbours says what it thinks. Then the office decides.")


def _afterwards(work: Work) -> Words:
    """What is next once the neighbours have spoken."""
    if work.area.panel.decides == "panel":
        return _("After that a panel of neighbours votes on it.")
    return _("After that a panel of neighbours says what it thinks. Then the office decides.")


def _answer_day(work: Work, idea: Idea) -> Value:
    """The day that was promised, or the working day after the vote where that is later."""
    over = (work.now + timedelta(days=work.area.panel.voting_days)).astimezone(work.area.time_zone).date()
    return max(idea.answer_by, working_day_after(over, work.free_days))
