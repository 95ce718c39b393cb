"""The neighbourhood is asked about an idea: begun, answered, closed by itself; each resident once.

What they said, counted: `opinions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from bot.neighbourhood import (
    audience,
    idea_steps,
    in_languages,
    opinions,
    outcomes,
    panel,
    panel_members,
    progress,
    staff_rooms,
    team,
)
from bot.neighbourhood.opinions import CLOSED, OPEN, Tally, result_of
from bot.neighbourhood.promises import working_day_after
from bot.neighbourhood.work import Action, Closing, NotAllowed, Person, Work
from bot.outbox import bulk
from bot.outbox.letters import Bold, Button, Letter, letters, picture
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat, Consultation, Due, Idea, Job, Opinion, Resident
from conversations.consultation import OPINIONS, QUESTION, SAYS, ConsultationBegun, OpinionExplained
from conversations.results import Refused
from conversations.words import Local, Words, _, s_, sn_

__all__ = ["Tally", "result_of"]
CLOSES = "consultation"
"""The row of `due` that closes it."""
EVENING = time(19)
"""When it closes on its last day."""
OF_WORDS = 1000
PICTURE_KEPT = timedelta(days=1)
"""So long after it was drawn the result still goes out: the desk throws its files away after two days."""
IDEAS = Local({"en": "/ideas", "nl": "/ideeen"})


async def must_be_free(work: Work, by: Person, idea: Idea) -> None:
    """Raises `NotAllowed`, `TooLate` where this person can't ask the neighbourhood about it now."""
    if by.resident.id == idea.resident_id:
        raise NotAllowed(f"{idea.code}.consult", s_("{code} is your own, so you are involved.", code=idea.code))
    await idea_steps.must_be_ready(work, "consult", by, idea)
    if idea.advice or await opinions.latest(work, idea) is not None:  # nobody says twice what they think of an idea
        raise await team.too_late(work, by, idea.code, idea_steps.STATE_NAMES[idea.state])


async def begin(work: Work, by: Person, begun: ConsultationBegun) -> Closing | Refused:
    """Ask the neighbourhood about an idea that fits the rules. Raises `NotAllowed`, `TooLate`."""
    idea = await work.session.get_one(Idea, begun.idea)
    await must_be_free(work, by, idea)
    known = [each.code for each in work.area.neighbourhoods]
    places = [each for each in begun.places if each in known] or known
    last = begun.closes or work.today + timedelta(days=work.area.consultation.days)
    closes_at = datetime.combine(last, EVENING, work.area.time_zone).astimezone(UTC)
    if closes_at <= work.allowed_at(work.now):
        return Refused(s_("That is too soon for people to answer. Choose a later day."), "closes")
    to = _asked(work, idea, places)
    if not await work.session.scalar(select(func.count()).select_from(to.subquery())):
        return Refused(s_("Nobody there can be asked now. Choose other neighbourhoods."), "where")
    answer_by = working_day_after(last + timedelta(days=work.area.panel.voting_days), work.free_days)
    asked = Consultation(
        idea_id=idea.id,
        state=OPEN,
        say=begun.say,
        question=begun.question,
        language=by.chat.language,
        asked_of=places,
        closes_at=closes_at,
        made_by=by.resident.id,
        at=work.now,
    )
    work.session.add(asked)
    await panel.consult(work, by, idea, closes_at, max(idea.answer_by, answer_by))
    work.session.add(Due(what=CLOSES, subject=idea.code, occasion=idea_steps.stamp(work.now), at=closes_at))
    broadcast = Broadcast(
        subject=idea.code,
        state="running",
        lane=int(Lane.BULK),
        audience={"to": "places", "which": places},
        not_before=work.allowed_at(work.now),
        expires_at=closes_at,
        made_by=by.resident.id,
        at=work.now,
    )
    each_language = {each: _letter(work, idea, asked, each) for each in work.catalogues.languages}
    await bulk.begin(work.session, broadcast, each_language, to)
    if by.is_staff:
        await progress.post_progress(work, broadcast, by.chat)
    goes = sn_("It goes to {count} person.", "It goes to {count} people.", broadcast.total)
    until = s_("They can answer until {moment}. You hear what they say. ({code})", moment=closes_at, code=idea.code)
    return Closing([goes, until])


async def take(work: Work, person: Person, idea: Idea, opinion: str) -> Closing:
    """A resident says what they think; the newest counts, until it closes. ValueError for what is no opinion."""
    if opinion not in OPINIONS:
        raise ValueError(opinion)
    asked = await _locked(work, idea)
    if asked is None or not _is_open(work, asked, idea):
        return Closing(_over(idea))
    resident = person.resident
    if resident.id == idea.resident_id:
        return Closing([_("It's your own idea, so now your neighbours have the word.")])
    if resident.neighbourhood not in asked.asked_of:
        names = ", ".join(each.name for each in work.area.neighbourhoods if each.code in asked.asked_of)
        said = _("This is asked of who lives here: {places}. Have you moved?", places=names)
        return Closing([said], [Action(_("I have moved"), "do.moved")])
    mine = await work.session.get(Opinion, (asked.id, resident.id))
    if mine is None:
        mine = Opinion(consultation_id=asked.id, resident_id=resident.id, why="")
        work.session.add(mine)
    elif mine.opinion != opinion:
        mine.why = ""  # it was said of the other
    mine.opinion, mine.neighbourhood, mine.at = opinion, resident.neighbourhood, work.now
    await work.session.flush()
    return Closing([], begins=("why", {"idea": idea.id, "opinion": opinion}))


async def explain(work: Work, person: Person, said: OpinionExplained) -> Closing:
    """A resident says why, until it closes."""
    idea = await work.session.get_one(Idea, said.idea)
    asked = await _locked(work, idea)
    if asked is None or not _is_open(work, asked, idea):
        return Closing(_over(idea))
    mine = await work.session.get(Opinion, (asked.id, person.resident.id))
    if mine is not None and said.why:
        mine.why = said.why
    return Closing(
        [
            _("Thank you. You can change it until {moment}: tap another button.", moment=asked.closes_at),
            _("Then you hear here what neighbours said."),
        ]
    )


async def whys(work: Work, idea: Idea) -> list[tuple[str, str]]:
    """What people think and why, without whose it is; nothing before it is closed."""
    asked = await opinions.latest(work, idea)
    if asked is None or asked.state == OPEN:
        return []
    query = select(Opinion.opinion, Opinion.why).where(Opinion.consultation_id == asked.id, Opinion.why != "")
    found = await work.session.execute(query.order_by(Opinion.opinion.desc(), Opinion.why))
    return [(opinion, why) for opinion, why in found]


async def close(work: Work, idea: Idea, occasion: str) -> None:
    """Its time is over: the panel's vote goes on, and who has to do with it hears what was said."""
    asked = await _locked(work, idea)
    if asked is None or asked.state != OPEN or idea_steps.stamp(asked.at) != occasion:
        return
    asked.state = CLOSED
    await _stop_asking(work, idea)
    if idea.state != "consulting":
        return
    found = await opinions.tally(work, asked)
    await panel.consulted(work, idea, opinions.in_words(found))
    to = _who_hears(await _members(work), idea, asked, [])
    languages = await work.session.execute(
        to.with_only_columns(Chat.language, func.min(Chat.id)).group_by(Chat.language)
    )
    for language, chat_id in languages.all():
        wanted = {"consultation": asked.id, "language": language}
        work.session.add(Job(kind="opinions", chat_id=chat_id, asked=wanted, next_at=work.now, at=work.now))


async def tell_result(work: Work, consultation: int, language: str, drawn: str | None) -> None:
    """Tell the panel, the owner and who took part, in this language; `drawn`: the picture's file, if it was made."""
    asked = await work.session.get(Consultation, consultation)
    idea = await work.session.get(Idea, asked.idea_id) if asked is not None else None
    if asked is None or idea is None:
        return
    said = [work.render(each, language) for each in _result(idea, await opinions.tally(work, asked))]
    letter = picture(drawn, "\n\n".join(said)) if drawn else letters(said)[0]
    broadcast = Broadcast(
        subject=idea.code,
        state="running",
        lane=int(Lane.NOTICE),
        audience={"about": "opinions"},
        not_before=work.allowed_at(work.now),
        expires_at=work.now + PICTURE_KEPT,
        at=work.now,
    )
    to = _who_hears(await _members(work), idea, asked, [language])
    await bulk.begin(work.session, broadcast, {language: letter}, to)


async def stop(work: Work, idea: Idea) -> None:
    """Nothing comes of the idea any more: nobody is asked about it from now on."""
    await work.session.flush()
    ours = (Consultation.idea_id == idea.id, Consultation.state == OPEN)
    await work.session.execute(update(Consultation).where(*ours).values(state=CLOSED))
    await work.session.execute(delete(Due).where(Due.what == CLOSES, Due.subject == idea.code))
    await _stop_asking(work, idea)


async def forget_idea(work: Work, idea: Idea) -> None:
    """Its owner was forgotten: what letters and questions say of it goes too."""
    await stop(work, idea)
    blank = {"method": "sendMessage", "content": {"text": "-"}}
    kept = dict.fromkeys(work.catalogues.languages, blank)
    await work.session.execute(update(Broadcast).where(Broadcast.subject == idea.code).values(letters=kept))


async def forget(work: Work, resident: Resident) -> None:
    """Somebody is forgotten: what they said while it is open goes; what was counted stays, as nobody's."""
    still_open = select(Consultation.id).where(Consultation.state == OPEN)
    mine = Opinion.resident_id == resident.id
    await work.session.execute(delete(Opinion).where(mine, Opinion.consultation_id.in_(still_open)))
    for number in list(await work.session.scalars(select(Opinion.consultation_id).where(mine))):
        least = select(func.min(Opinion.resident_id)).where(Opinion.consultation_id == number)
        nobody = min(await work.session.scalar(least) or 0, 0) - 1
        here = (mine, Opinion.consultation_id == number)
        await work.session.execute(update(Opinion).where(*here).values(why="", resident_id=nobody))


async def _locked(work: Work, idea: Idea) -> Consultation | None:
    """The last time it was asked, held until the end of this transaction: so nothing is counted after it closed."""
    asked = await opinions.latest(work, idea)
    if asked is not None:
        await work.session.refresh(asked, with_for_update=True)
        await work.session.refresh(idea)
    return asked


def _is_open(work: Work, asked: Consultation, idea: Idea) -> bool:
    return asked.state == OPEN and idea.state == "consulting" and asked.closes_at > work.now


def _over(idea: Idea) -> list[Words]:
    return [
        _("Thank you! The time to say something about {code} is over.", code=idea.code),
        _("What becomes of ideas: {command}", command=IDEAS),
    ]


def _asked(work: Work, idea: Idea, places: Sequence[str]) -> Select[Any]:
    """The chats of who is asked: of each neighbourhood as many at most as the area file says, drawn by lot."""
    reached = audience.reached(work, {"to": "places", "which": list(places)}, idea.resident_id)
    lot = func.row_number().over(partition_by=Resident.neighbourhood, order_by=func.random())
    drawn = reached.add_columns(lot.label("turn")).subquery()
    return select(drawn.c.id).where(drawn.c.turn <= work.area.consultation.a_neighbourhood)


def _letter(work: Work, idea: Idea, asked: Consultation, language: str) -> Letter:
    own = in_languages.note(work, asked.language, (), language) if asked.question else None
    said = in_languages.note(work, idea.language, (), language)
    texts: list[Words] = [
        staff_rooms.short(idea.words or idea.heard, OF_WORDS),
        *dict.fromkeys(each for each in (own, said) if each),
        SAYS[asked.say],
        _("You can say so until {moment}. ({code})", moment=asked.closes_at, code=idea.code),
    ]
    paragraphs = [
        Bold(work.render(asked.question or QUESTION, language)),
        *(work.render(each, language) for each in texts),
    ]
    buttons = [
        [Button(work.render(OPINIONS[each], language), f"{idea.code}.{each}") for each in row]
        for row in (("for", "against"), ("unknown",))
    ]
    return letters(paragraphs, buttons)[0]


def _result(idea: Idea, found: Tally) -> list[Words]:
    return [
        *outcomes.about(idea, _("{code}: this is what neighbours said.", code=idea.code)),
        opinions.in_words(found),
        _("Now it is decided. You hear here what comes of it."),
    ]


async def _stop_asking(work: Work, idea: Idea) -> None:
    await work.session.flush()
    asking = (
        Broadcast.subject == idea.code,
        Broadcast.lane == int(Lane.BULK),
        Broadcast.state.in_(["running", "paused"]),
    )
    for broadcast in await work.session.scalars(select(Broadcast).where(*asking)):
        broadcast.state = "done"


async def _members(work: Work) -> list[int]:
    return [seat.number for seat in await panel_members.seats(work)]


def _who_hears(members: Sequence[int], idea: Idea, asked: Consultation, languages: Sequence[str]) -> Select[Any]:
    """The chats of the panel, the owner and who took part, of these languages or (without) of all."""
    took_part = select(Opinion.resident_id).where(Opinion.consultation_id == asked.id)
    theirs = or_(Resident.id.in_([*members, idea.resident_id or 0]), Resident.id.in_(took_part))
    found = select(Chat.id).join(Resident, Resident.chat_id == Chat.id).where(theirs, Chat.unreachable_since.is_(None))
    return found.where(Chat.language.in_(languages)) if languages else found
