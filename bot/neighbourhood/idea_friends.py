"""Neighbours and an idea that got its yes: who likes it, and who helps; without a name or an account."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from bot.neighbourhood import idea_contacts, residents
from bot.neighbourhood.idea_steps import GRANTED
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Idea, IdeaFriend, Resident
from conversations.idea_friends import HelpOffered, HelpWelcome
from conversations.words import Local, Words, _, s_

LIKES, HELPS = "likes", "helps"
IDEAS = Local({"en": "/ideas", "nl": "/ideeen"})
SHOWN_FROM = 5
"""From so many on it is told how many like an idea."""


def was_granted(idea: Idea) -> bool:
    """Whether it got its yes, however far it is; only then others see it. So says `ideas.was_granted` of rows."""
    return idea.state in GRANTED or (idea.state == "finished" and idea.awarded_cents is not None)


def takes_help(idea: Idea) -> bool:
    """Whether there is still something to help with."""
    return idea.state in GRANTED and idea.state != "accounted"


async def likes(work: Work, idea: Idea) -> int:
    """How many like it."""
    await work.session.flush()
    mine = (IdeaFriend.idea_id == idea.id, IdeaFriend.kind == LIKES)
    return await work.session.scalar(select(func.count()).select_from(IdeaFriend).where(*mine)) or 0


async def like(work: Work, person: Person, idea: Idea) -> Closing:
    """They like it; a second time: no longer."""
    before = await _friend(work, idea, person.resident.id, LIKES)
    if before is not None:
        await work.session.delete(before)
        return Closing([_("Okay, your heart for {code} is gone.", code=idea.code)])
    work.session.add(IdeaFriend(idea_id=idea.id, resident_id=person.resident.id, kind=LIKES, at=work.now))
    count = await likes(work, idea)
    said: list[Words] = [_("How nice! You like {code}.", code=idea.code)]
    if count >= SHOWN_FROM:
        said.append(_("So many people like it: {count}.", count=count))
    return Closing(said)


async def why_not_help(work: Work, person: Person, idea: Idea) -> list[Words]:
    """What is said to who can't help with it (any more); empty for who can."""
    if idea.resident_id == person.resident.id:
        return [_("It's your own idea. Neighbours can offer their help here.")]
    if not takes_help(idea):
        return [_("{code} is done, so no help is needed any more. Thank you!", code=idea.code)]
    before = await _friend(work, idea, person.resident.id, HELPS)
    if before is None:
        return []
    if before.accepted is None:
        return [_("You offered to help with {code} already. You hear from us.", code=idea.code)]
    if before.accepted:
        return [_("You help with {code} already. How nice!", code=idea.code)]
    return [_("There are hands enough for {code}. Thank you for your offer!", code=idea.code)]


async def offer(work: Work, person: Person, offered: HelpOffered) -> Closing:
    """Somebody wants to help: its owner hears it through us, and says yes or no."""
    idea = await work.session.get_one(Idea, offered.idea)
    if not was_granted(idea):
        return Closing([_("{code} has stopped, so no help is needed. Thank you!", code=idea.code)])
    if said := await why_not_help(work, person, idea):
        return Closing(said)
    number = person.resident.id
    work.session.add(IdeaFriend(idea_id=idea.id, resident_id=number, kind=HELPS, words=offered.words, at=work.now))
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is None:
        wants = s_("{code}: resident {number} wants to help. Its owner isn't here.", code=idea.code, number=str(number))
        await idea_contacts.hear(work, idea, [wants, offered.words])
        return Closing([_("Thank you! People of the office tell who had the idea.")])
    asks: list[Words] = [
        _("{code}: a neighbour wants to help you!", code=idea.code),
        offered.words,
        _("Do you want that?"),
    ]
    actions = [
        Action(_("Yes, how nice"), f"{idea.code}.helpyes.{number}"),
        Action(_("No, thank you"), f"{idea.code}.helpno.{number}"),
    ]
    work.tell(owner.chat, asks, Lane.NOTICE, actions=actions, subject=idea.code)
    return Closing([_("Thank you! Who had the idea hears it. You get an answer here.")])


async def offered(work: Work, by: Person, idea: Idea, helper: int) -> IdeaFriend | None:
    """This offer of help, for the owner of the idea; None for others, and where there is none."""
    if idea.resident_id is None or idea.resident_id != by.resident.id:
        return None
    return await _friend(work, idea, helper, HELPS)


async def answer(work: Work, by: Person, idea: Idea, helper: int, words: str, *, accepts: bool) -> Closing:
    """The owner says yes or no to an offer, once; who made it hears so. `words`: for them, with a yes."""
    friend = await offered(work, by, idea, helper)
    if friend is None:
        return Closing([_("Who offered that isn't here any more.")])
    if friend.accepted is not None:
        return Closing([_("You have answered that already.")])
    friend.accepted = accepts
    person = await residents.person_of(work, helper)
    if person is not None and accepts:
        said: list[Words] = [_("{code}: yes, your help is welcome!", code=idea.code), words]
        said.append(_("Something to say? Write here: the office passes it on."))
        work.tell(person.chat, said, Lane.NOTICE, subject=idea.code)
    elif person is not None:
        said = [
            _("{code}: thank you for wanting to help. There are hands enough now.", code=idea.code),
            _("Other ideas can use you: {command}", command=IDEAS),
        ]
        work.tell(person.chat, said, Lane.NOTICE, subject=idea.code)
    if not accepts:
        return Closing([_("Okay. We say that kindly.")])
    heard = s_(
        "{code}: resident {number} helps. They don't know how to reach each other.", code=idea.code, number=str(helper)
    )
    await idea_contacts.hear(work, idea, [heard])
    return Closing([_("Good! They get your words."), _("Something to say later? Write here: we pass it on.")])


async def welcome(work: Work, by: Person, said: HelpWelcome) -> Closing:
    """The owner's yes, with words for who helps."""
    idea = await work.session.get_one(Idea, said.idea)
    return await answer(work, by, idea, said.helper, said.words, accepts=True)


async def stopped(work: Work, idea: Idea) -> None:
    """Nothing comes of it any more: who helps, and who waits for an answer to their offer, hears so."""
    mine = (IdeaFriend.idea_id == idea.id, IdeaFriend.kind == HELPS, IdeaFriend.accepted.is_not(False))
    query = select(Chat).join(Resident, Resident.chat_id == Chat.id).join(IdeaFriend)
    for chat in await work.session.scalars(query.where(*mine).order_by(Chat.id)):
        said = _("{code} has stopped, so no help is needed. Thank you!", code=idea.code)
        work.tell(chat, [said], Lane.NOTICE)  # no subject: what was said of a forgotten owner's idea is taken back


async def forget(work: Work, resident: Resident) -> None:
    """Somebody is forgotten: so is what they liked, and where they wanted to help."""
    await work.session.execute(delete(IdeaFriend).where(IdeaFriend.resident_id == resident.id))


async def _friend(work: Work, idea: Idea, number: int, kind: str) -> IdeaFriend | None:
    await work.session.flush()
    found: IdeaFriend | None = await work.session.get(IdeaFriend, (idea.id, number, kind))
    return found
