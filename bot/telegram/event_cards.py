"""An event as it is shown: with its figures to staff, with its buttons to everybody."""

from __future__ import annotations

from bot.neighbourhood import arrivals, events
from bot.outbox.letters import Button, letters, spot
from bot.store.tables import Event
from bot.telegram.dialogues import Dialogues
from bot.telegram.for_posters import make_poster
from conversations.words import Text, Words, _, s_

ANSWER_NAMES: dict[str, Text] = {"yes": _("you are coming"), "maybe": _("maybe"), "no": _("you're not coming")}


async def show(talk: Dialogues, number: int) -> bool:
    """Show an event to anybody, and its figures to staff; False where there is none."""
    event = await talk.work.session.get(Event, number)
    if event is None:
        if talk.person.is_staff:
            talk.say([s_("There is no {code}.", code=f"E{number}")])
        return talk.person.is_staff
    talk.send(events.shown(talk.work, event, talk.person.chat.language))
    if talk.person.is_staff:
        await _figures(talk, event)
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on an invitation; False where there is no such button."""
    event = await talk.work.session.get(Event, number)
    if event is None:
        return False
    if what in events.ANSWER_LABELS:
        await events.answer(talk.work, talk.person, event, what)
    elif what == "poster":
        await make_poster(talk, f"e{number}")
    elif what == "place" and event.latitude is not None and event.longitude is not None:
        talk.send([spot(event.latitude, event.longitude)])
    else:
        return False
    return True


def line_for_resident(event: Event, answer: str) -> Words:
    """An event in one line, with what somebody answered."""
    return _(
        "{code}, {title}, {moment}: {answer}.",
        code=event.code,
        title=event.title,
        moment=event.starts_at,
        answer=ANSWER_NAMES[answer],
    )


async def _figures(talk: Dialogues, event: Event) -> None:
    work, language = talk.work, talk.person.chat.language
    answered = await events.tally(work, event)
    lines: list[Words] = [
        s_(
            "{code}. Coming: {yes}. Maybe: {maybe}. Not coming: {no}.",
            code=event.code,
            yes=answered["yes"],
            maybe=answered["maybe"],
            no=answered["no"],
        )
    ]
    said = await arrivals.said_at(work, event)
    lines.append(
        s_(
            "Said there: proud of {proud}, must be better {better}. New residents: {newcomers}.",
            proud=said["proud"],
            better=said["better"],
            newcomers=said["newcomers"],
        )
    )
    for broadcast in await events.broadcasts_of(work, event.code):
        lines += events.progress(broadcast)[2:]
    poster = Button(work.render(s_("Make a poster"), language), f"{event.code}.poster")
    talk.send(letters([work.render(line, language) for line in lines], [[poster]]))
