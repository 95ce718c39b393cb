"""What time brings to an idea: reminders of its owner's turn, closing, the end of a vote, the day to ask again."""

from __future__ import annotations

from datetime import timedelta

from bot.neighbourhood import (
    consultations,
    idea_contacts,
    idea_friends,
    idea_steps,
    money,
    panel,
    panel_posts,
    panel_votes,
    residents,
)
from bot.neighbourhood.work import Action, Work
from bot.outbox.rows import Lane
from bot.store.tables import Idea
from conversations.words import Words, _, s_

ROWS = (idea_steps.REMIND, idea_steps.AGAIN_FROM, panel_votes.VOTES_OVER, consultations.CLOSES)
REMINDERS = 2


async def fall_due(work: Work, what: str, subject: str, occasion: str) -> None:
    """Do what a row of `due` says, where it still holds."""
    idea = await work.session.get(Idea, int(subject[1:]))
    if idea is None:
        return
    if what == panel_votes.VOTES_OVER:
        await panel.over(work, idea)
    elif what == consultations.CLOSES:
        await consultations.close(work, idea, occasion)
    elif what == idea_steps.AGAIN_FROM:
        await _may_ask_again(work, idea)
    else:
        time, _space, since = occasion.partition(" ")
        if idea.waits_since is not None and idea_steps.stamp(idea.waits_since) == since:
            await _remind(work, idea, int(time))


async def _remind(work: Work, idea: Idea, time: int) -> None:
    """Its owner is reminded, and the third time it is closed, with what it had been given."""
    if time > REMINDERS:
        had_money = idea.state == "awarded" and bool(idea.awarded_cents)
        await idea_steps.make_step(work, "expire", None, idea)
        await idea_friends.stopped(work, idea)
        if had_money:
            await money.close(work, None, idea)
        await idea_contacts.hear(work, idea, [s_("{code} was closed: its owner didn't answer.", code=idea.code)])
        await panel_posts.refresh(work, idea)
        return
    idea_steps.remind(work, idea, time + 1)
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is None:
        return
    next_day = (work.now + work.area.ideas.remind_after).astimezone(work.area.time_zone).date()
    said: list[Words] = [_("{code}: we are still waiting for you.", code=idea.code)]
    if idea.state == "more":
        said.append(idea.missing)
    else:
        said.append(_("There is a yes for your idea. Do you go and do it?"))
    if time < REMINDERS:
        said.append(_("On {day} we ask once more.", day=next_day))
    else:
        said.append(_("Nothing by {day}? Then we close it. You can always send it again.", day=next_day))
    actions = [Action(label, f"{idea.code}.{does}") for does, label in idea_steps.OWNERS[idea.state]]
    work.tell(owner.chat, said, Lane.NOTICE, actions=actions, subject=idea.code)


async def _may_ask_again(work: Work, idea: Idea) -> None:
    """From today on its owner may ask again: they hear so, as we said they would."""
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is None or idea.state not in ("not_now", "cannot"):
        return
    said = [
        _("You had an idea: {code}. From now on you can ask again.", code=idea.code),
        _("Changed something? You can still do that before you send it."),
    ]
    actions = [Action(_("Send it again"), f"{idea.code}.again")]
    work.tell(owner.chat, said, Lane.NOTICE, actions=actions, subject=idea.code)


def waited(work: Work, idea: Idea) -> timedelta:
    """How many days it has waited for its owner, by the calendar."""
    if idea.waits_since is None:
        return timedelta()
    return timedelta(days=(work.today - idea.waits_since.astimezone(work.area.time_zone).date()).days)
