"""What comes after an event was announced, by the buttons: staff change it, cancel it and thank; guests are asked."""

from __future__ import annotations

from bot.neighbourhood import after_events, event_changes, team
from bot.neighbourhood.work import Action
from bot.store.tables import Event
from bot.telegram.arriving import ask_two_questions
from bot.telegram.dialogues import Dialogues
from conversations.words import Words, s_

LABELS: dict[str, Words] = {"change": s_("Change it"), "cancel": s_("Cancel the event")}
THANK = s_("Send a photo and thanks")


async def step(talk: Dialogues, event: Event, what: str) -> bool:
    """A tap on a button about an event's further life; False where there is no such button. Raises `NotAllowed`."""
    if what == "questions":
        return await _questions(talk, event)
    if what not in LABELS and what != "thank":
        return False
    team.must_work_on(talk.person, event, f"{event.code}.{what}")
    if what == "thank":
        if await after_events.is_to_be_thanked(talk.work, event):
            await talk.ask(await talk.open("after_event", {"event": event.id}))
        else:
            talk.say([s_("They were thanked already, or nobody was there. ({code})", code=event.code)])
        return True
    if not event_changes.is_to_come(talk.work, event):
        talk.say([(await event_changes.too_late(talk.work, talk.person, event)).words])
    elif what == "change":
        await talk.ask(await talk.open("event_change", event_changes.as_asked(talk.work, event)))
    else:
        await talk.ask(await talk.open("event_cancel", {"event": event.id}))
    return True


async def actions(talk: Dialogues, event: Event) -> list[Action]:
    """The buttons for staff, as far as they do something now."""
    labels: dict[str, Words] = {}
    if not team.may_work_on(talk.person, event):
        return []
    if event_changes.is_to_come(talk.work, event):
        labels = dict(LABELS)
    elif await after_events.is_to_be_thanked(talk.work, event):
        labels = {"thank": THANK}
    return [Action(label, f"{event.code}.{does}") for does, label in labels.items()]


async def _questions(talk: Dialogues, event: Event) -> bool:
    """The two questions, for who was there."""
    if not await after_events.may_be_asked(talk.work, talk.person, event):
        return False
    await ask_two_questions(talk, event)
    return True
