"""How an idea went: told by who had it, seen by the office, and by others only where its owner said so."""

from __future__ import annotations

from bot.neighbourhood import idea_contacts, idea_steps, money, panel_posts, spendings, staff_rooms
from bot.neighbourhood.complaints import add_photos
from bot.neighbourhood.work import Closing, Person, Work
from bot.outbox.letters import pictures, voice
from bot.outbox.rows import Lane
from bot.store.tables import Idea
from conversations.spent import SpendsFirst, StoryTold
from conversations.words import Local, Money, Words, _, s_

ANSWER_TOPIC = "other"
IDEAS = Local({"en": "/ideas", "nl": "/ideeen"})


def spends_first(first: SpendsFirst) -> Closing:
    """There is one more receipt: that comes first."""
    return Closing([], begins=("spend", {"idea": first.idea}))


async def tell(work: Work, by: Person, told: StoryTold) -> Closing:
    """Keep how it went; what is left on the voucher goes back. Raises `NotAllowed`, `TooLate`."""
    idea = await work.session.get_one(Idea, told.idea)
    await spendings.must_own(work, by, idea, "done")
    day = work.answer_by(ANSWER_TOPIC)
    made = await idea_steps.make_step(work, "account", by, idea, day=day, note=told.done.text)
    idea.done, idea.difference, idea.story_shown = told.done.text, told.difference.text, told.shown
    voices = {"done": told.done.voice, "difference": told.difference.voice}
    idea.spoken = {**idea.spoken, **{name: file_id for name, file_id in voices.items() if file_id}}
    add_photos(work, idea.code, "after", told.photos)
    left = await money.close(work, by, idea)
    await _show_office(work, idea, told)
    await panel_posts.refresh(work, idea)
    went_back = [_("{amount} goes back, for other ideas.", amount=Money(left))] if left else []
    seen = [_("Others can see it with {command}. Not any more? Type {code}.", command=IDEAS, code=idea.code)]
    return Closing([*made.said, *went_back, *(seen if told.shown else [])], made.actions)


def is_told(idea: Idea) -> bool:
    """Whether its owner has told how it went."""
    return idea.state in ("accounted", "finished") and bool(idea.done or "done" in idea.spoken)


async def show_to_others(work: Work, by: Person, idea: Idea, *, shown: bool) -> Closing:
    """Its owner lets others see how it went, or no more. Raises `NotAllowed`."""
    await spendings.must_own(work, by, idea, "shown")
    if idea.story_shown is not shown:
        idea.story_shown = shown
        work.note(idea.code, "story shown" if shown else "story hidden", by.resident)
    return Closing([_("Good. Others can see it now.") if shown else _("Good. Only the office sees it now.")])


async def _show_office(work: Work, idea: Idea, told: StoryTold) -> None:
    """Everything of it, with photos and voices, in the staff room; without one to its contact or the coordinators."""
    said: list[Words] = [
        s_("{code}: its owner tells how it went.", code=idea.code),
        *([s_("Done: {words}", words=staff_rooms.short(idea.done))] if idea.done else []),
        *([s_("Changed: {words}", words=staff_rooms.short(idea.difference))] if idea.difference else []),
        s_("Others may see it.") if told.shown else s_("Others don't see it."),
    ]
    sent = [*pictures(list(told.photos)), *(voice(each) for each in (told.done.voice, told.difference.voice) if each)]
    for chat in await idea_contacts.who_hear(work, idea):
        work.send(chat, sent, Lane.NOTICE, subject=f"{idea.code} sent")
    await idea_contacts.hear(work, idea, said)
