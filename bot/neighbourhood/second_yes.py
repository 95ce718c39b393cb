"""A second coordinator's word about what goes to many: who has it, and what they are asked."""

from __future__ import annotations

from bot.neighbourhood import progress, residents, team
from bot.neighbourhood.proofs import letters_of, shown_only
from bot.neighbourhood.work import COORDINATORS, Action, NotAllowed, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat
from conversations.words import Words, s_, sn_


def is_needed(work: Work, broadcast: Broadcast) -> bool:
    """Whether somebody else must say yes first, and nobody did."""
    above = work.area.invites.asks_second_above
    return above is not None and broadcast.total > above and broadcast.approved_by is None


async def ask(work: Work, broadcast: Broadcast, maker: Chat | None) -> bool:
    """Ask all coordinators but who made it; False where there is none."""
    others = [each for each in await residents.coordinators(work.session) if maker is None or each.id != maker.id]
    for chat in {each.id: each for each in others}.values():
        letters = letters_of(broadcast)
        work.send(chat, [shown_only(letters.get(chat.language) or next(iter(letters.values())))], Lane.NOTICE)
        work.tell(chat, asked(broadcast), Lane.NOTICE, actions=answers_to(broadcast), subject=broadcast.code)
    return bool(others)


def asked(broadcast: Broadcast) -> list[Words]:
    """What a second coordinator is asked."""
    return [
        s_("A colleague wants to send this. May it go? ({code})", code=broadcast.code),
        sn_("It goes to {count} person.", "It goes to {count} people.", broadcast.total),
    ]


def answers_to(broadcast: Broadcast) -> list[Action]:
    """The buttons of a second coordinator."""
    labels: dict[str, Words] = {"yes": s_("Yes, send it"), "no": s_("No"), "see": s_("See it in each language")}
    return [Action(label, f"{broadcast.code}.{what}") for what, label in labels.items()]


def may_answer(by: Person, broadcast: Broadcast) -> bool:
    """Whether this person is the second coordinator for it."""
    return broadcast.state == "asked" and by.is_one_of(COORDINATORS) and broadcast.made_by != by.resident.id


async def check(work: Work, by: Person, broadcast: Broadcast, what: str) -> None:
    """Raises `NotAllowed` and `TooLate` where this person can't give a second yes or no to it now."""
    attempt = f"{broadcast.code}.{what}"
    by.must_be(COORDINATORS, attempt)
    if broadcast.state != "asked":
        raise await team.too_late(work, by, broadcast.code, progress.STATE_NAMES[broadcast.state])
    if broadcast.made_by == by.resident.id:
        raise NotAllowed(attempt, s_("You made {code} yourself, so somebody else says yes.", code=broadcast.code))
