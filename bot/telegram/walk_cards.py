"""A walk that a resident proposed, as it is shown: to staff with what they can do, and to who proposed it."""

from __future__ import annotations

from bot.neighbourhood import team, walks
from bot.neighbourhood.event_changes import STATE_NAMES
from bot.neighbourhood.work import STAFF
from bot.outbox.letters import Bold, Button, letters, spot
from bot.store.tables import Event
from bot.telegram.dialogues import Dialogues
from conversations.words import Words, _

FLOWS = {"accept": "accept_walk", "retime": "move_walk", "not_now": "decline_walk"}


def is_one(event: Event) -> bool:
    """Whether this is a walk that is no event yet, or never was."""
    return event.kind == walks.KIND and event.state in (walks.PROPOSED, walks.DECLINED)


async def show(talk: Dialogues, event: Event) -> bool:
    """Show it to who may see it; False for others."""
    if talk.person.is_staff:
        await _card(talk, event)
    elif event.proposed_by == talk.person.resident.id:
        talk.say([line_for_proposer(event), event.words, event.reason])
    else:
        return False
    return True


async def step(talk: Dialogues, event: Event, what: str) -> bool:
    """A tap on its card: begins the conversation for it; False where there is no such button. Raises `NotAllowed`."""
    if what not in FLOWS:
        return False
    talk.person.must_be(STAFF, f"{event.code}.{what}")
    if event.state != walks.PROPOSED:
        talk.say([(await team.too_late(talk.work, talk.person, event.code, STATE_NAMES[event.state])).words])
        return True
    team.must_work_on(talk.person, event, f"{event.code}.{what}")
    await talk.ask(await talk.open(FLOWS[what], {"event": event.id}))
    return True


async def offer(talk: Dialogues) -> None:
    """Below what is coming: that one may propose a walk; or how the one stands that was proposed."""
    mine = await walks.proposed_by(talk.work, talk.person.resident)
    if mine is not None:
        talk.say([line_for_proposer(mine)])
    else:
        talk.say([_("Want to show us something in your neighbourhood? We walk along with you.")], [walks.ANOTHER])


async def lines_of(talk: Dialogues) -> list[Words]:
    """The walk that somebody proposed and that waits for an answer, as a line; none where there is none."""
    mine = await walks.proposed_by(talk.work, talk.person.resident)
    return [line_for_proposer(mine)] if mine is not None else []


def line_for_proposer(event: Event) -> Words:
    """It in one line, for who proposed it."""
    if event.state == walks.DECLINED:
        return _("{code}, your walk: not now.", code=event.code)
    return _("{code}, your walk on {moment}: we look at it.", code=event.code, moment=event.starts_at)


async def _card(talk: Dialogues, event: Event) -> None:
    work, language = talk.work, talk.person.chat.language
    if event.latitude is not None and event.longitude is not None:
        talk.send([spot(event.latitude, event.longitude)])
    first, *rest = (work.render(each, language) for each in await walks.lines(work, event))
    buttons = [
        [Button(work.render(label, language), f"{event.code}.{what}")]
        for what, label in walks.STEPS.items()
        if event.state == walks.PROPOSED
    ]
    talk.send(letters([Bold(first), *rest], buttons))
