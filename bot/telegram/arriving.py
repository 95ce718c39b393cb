"""What a deep link brings: a role, an event's two questions, a neighbour's greeting, or where somebody came from."""

from __future__ import annotations

from collections.abc import Sequence

from bot.neighbourhood import arrivals, residents, role_changes, team
from bot.neighbourhood.event_notices import called_off
from bot.store.tables import Conversation, Event
from bot.telegram import voucher_cards
from bot.telegram.dialogues import Dialogues
from conversations.at_event import arrived
from conversations.words import Words, _, s_


async def arrive(talk: Dialogues, payload: str) -> bool:
    """Act on a link's payload; True when that was answered. Any payload that is none of ours is a plain start."""
    work, person = talk.work, talk.person
    if await voucher_cards.scanned(talk, payload):
        return True
    if role := await role_changes.use_link(work, person, payload):
        talk.say([s_("Welcome to the team! You are now: {role}. Type /help.", role=team.ROLE_NAMES[role])])
        work.new_menus.append(person)
        return False
    event = await arrivals.event_of(work, payload)
    bringer = arrivals.bringer_in(work.seal, payload.removeprefix("via-")) if payload.startswith("via-") else None
    if not person.agreed_once:
        _note_where_from(talk, payload, event, bringer)
    if event is not None and event.state == "cancelled" and person.consents and event.starts_at > work.now:
        talk.say(called_off(work, event))
        return False
    if event is not None and arrivals.is_on(work, event):
        await (_ask_at if person.consents else _welcome_at)(talk, event)
        return True
    if bringer is not None and not person.agreed_once:
        going_on = await _being_welcomed(talk)
        if await residents.person_of(work, bringer) is not None:
            talk.put(going_on, "token", payload.removeprefix("via-"))
        await talk.ask(going_on, [_("Nice that a neighbour told you about us!")], whole=True)
        return True
    return False


def _note_where_from(talk: Dialogues, payload: str, event: Event | None, bringer: int | None) -> None:
    """The first link counts: who presses Start once more hasn't come from elsewhere."""
    resident = talk.person.resident
    if resident.came_from != residents.came_from(""):
        return
    if bringer is not None:
        resident.came_from = arrivals.VIA
    elif event is not None or payload.startswith("p-"):
        resident.came_from = residents.came_from(payload)


async def _welcome_at(talk: Dialogues, event: Event) -> None:
    going_on = await _being_welcomed(talk)
    talk.put(going_on, "event", arrivals.as_told(talk.work, event))
    await talk.ask(going_on, whole=True)


async def _being_welcomed(talk: Dialogues) -> Conversation:
    going_on = next((each for each in talk.person.conversations if each.flow == "welcome"), None)
    return going_on or await talk.open("welcome")


async def _ask_at(talk: Dialogues, event: Event) -> None:
    """Who is known here, at an event: there, if it is on by now, and asked the two questions."""
    is_new = await arrivals.check_in(talk.work, talk.person, event)
    told = arrived(arrivals.as_told(talk.work, event))
    await ask_two_questions(talk, event, [told, *([arrivals.COUNTED] if is_new else [])])


async def ask_two_questions(talk: Dialogues, event: Event, notes: Sequence[Words] = ()) -> None:
    """The two questions through an event; asked for twice, they go on where they were."""
    about = event.code
    same = next((each for each in talk.person.conversations if each.flow == "questions" and each.about == about), None)
    if same is None:
        same = await talk.open("questions", {"came_from": f"e{event.id}"}, about=about)
    talk.bring_to_front(same)
    await talk.ask(same, notes)
