"""What residents see of the ideas of others: those with a yes, near them first, what came of them; hearts and help."""

from __future__ import annotations

import re

from bot.neighbourhood import idea_friends, ideas
from bot.neighbourhood.complaints import photos_of
from bot.neighbourhood.work import Action, NotAllowed
from bot.outbox.letters import Bold, Button, letters, pictures
from bot.store.tables import Idea
from bot.telegram.dialogues import Dialogues
from conversations.words import Words, _, n_

PAGE, PAGES = 3, 30
TEASER = 600
WHAT = re.compile(r"like|help|(helpyes|helpno)\.(\d{1,9})")


def knows(what: str) -> bool:
    """Whether this is one of these buttons."""
    return WHAT.fullmatch(what) is not None


async def show_near(talk: Dialogues, start: int = 0) -> None:
    """A page of what was awarded, the own neighbourhood first."""
    found = await ideas.awarded_near(talk.work, talk.person, PAGE * PAGES)
    mine = Action(_("Tell my idea"), "do.idea")
    if not found:
        talk.say([_("No idea has been given a yes yet. Maybe yours is the first!")], [mine])
        return
    for idea in found[start : start + PAGE]:
        await show(talk, idea)
    if left := len(found[start + PAGE :]):
        more = Action(_("Show more"), f"near.{start + PAGE}")
        talk.say([n_("There is {count} more.", "There are {count} more.", left)], [more, mine])
    else:
        talk.say([_("Do you have an idea too?")], [mine])


async def show(talk: Dialogues, idea: Idea) -> None:
    """An idea for everybody: nothing tells whose it is. Its story only where its owner said that others may see it."""
    work, language = talk.work, talk.person.chat.language
    place = work.area.neighbourhood(idea.neighbourhood) if idea.neighbourhood else None
    likes = await idea_friends.likes(work, idea)
    said: list[Words] = [
        _short(idea.words) or _("(spoken)"),
        *([_("In: {place}", place=place.name)] if place else []),
        *([] if idea.story_shown else [_("How it stands: {state}.", state=ideas.STATE_NAMES[idea.state])]),
    ]
    if idea.story_shown:
        talk.send(pictures(await photos_of(work, idea.code, "after")))
        said += [_("This is what they did:"), _short(idea.done)] if idea.done else []
        said += [_("And this has changed:"), _short(idea.difference)] if idea.difference else []
    if likes >= idea_friends.SHOWN_FROM:
        said.append(_("So many people like it: {count}.", count=likes))
    labels: list[tuple[Words, str]] = [(_("I like it"), "like")]
    if idea_friends.takes_help(idea) and idea.resident_id != talk.person.resident.id:
        labels.append((_("I'll help"), "help"))
    paragraphs = [
        Bold(work.render(_("Idea {code}", code=idea.code), language)),
        *(work.render(s, language) for s in said),
    ]
    talk.send(
        letters(paragraphs, [[Button(work.render(label, language), f"{idea.code}.{does}") for label, does in labels]])
    )


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap that shows more; False where there is no such button."""
    if subject != "near" or not what.isdecimal() or len(what) > 3:
        return False
    await show_near(talk, int(what))
    return True


async def step(talk: Dialogues, idea: Idea, what: str) -> bool:
    """A tap under an idea; False for one that others don't see. Raises `NotAllowed`."""
    found = WHAT.fullmatch(what)
    if found is None or not idea_friends.was_granted(idea):
        return False
    work, person = talk.work, talk.person
    if what == "like":
        talk.say((await idea_friends.like(work, person, idea)).words)
        return True
    if what == "help":
        if said := await idea_friends.why_not_help(work, person, idea):
            talk.say(said)
        else:
            await _ask(talk, idea, "offer_help", {"idea": idea.id})
        return True
    if idea.resident_id != person.resident.id:
        raise NotAllowed(f"{idea.code}.{what}")
    helper = int(found[2])
    friend = await idea_friends.offered(work, person, idea, helper)
    if friend is None:
        return False
    if found[1] == "helpno" or friend.accepted is not None:
        done = await idea_friends.answer(work, person, idea, helper, "", accepts=False)
        talk.say(done.words, done.actions)
    else:
        await _ask(talk, idea, "welcome_help", {"idea": idea.id, "helper": helper})
    return True


async def _ask(talk: Dialogues, idea: Idea, flow: str, given: dict[str, int]) -> None:
    """Begin a conversation; tapped twice, it is begun once."""
    same = [each for each in talk.person.conversations if each.flow == flow and each.about == idea.code]
    begun = next((each for each in same if each.said["answers"].get("helper") == given.get("helper")), None)
    begun = begun or await talk.open(flow, given, about=idea.code)
    talk.bring_to_front(begun)
    await talk.ask(begun)


def _short(words: str) -> str:
    return words if len(words) <= TEASER else f"{words[:TEASER]}…"
