"""What falls due about a voucher: half of its time is over, it ends soon, it has ended, nothing was told of it yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.neighbourhood import idea_contacts, money, residents, spendings
from bot.neighbourhood.vouchers import ENDS, HALFWAY, LAST_WEEKS, SPENT_IN, STORY
from bot.neighbourhood.work import Action, Work
from bot.outbox.rows import Lane
from bot.store.tables import Due, Idea, Voucher
from conversations.words import Money, Words, _, s_

ROWS = frozenset({HALFWAY, LAST_WEEKS, ENDS, STORY, spendings.LATE})
STORY_AFTER = timedelta(days=14)
"""From the end of a voucher to asking once more how it went."""


async def fall_due(work: Work, what: str, subject: str, occasion: str) -> None:
    """Do what a row of `due` says, unless the voucher was closed, or made anew, meanwhile."""
    number = int(subject[1:])
    if what == spendings.LATE:
        await spendings.fall_due(work, number, occasion)
        return
    idea, voucher = await work.session.get(Idea, number), await work.session.get(Voucher, number)
    if idea is None or voucher is None or voucher.valid_until.isoformat() != occasion:
        return
    if what == STORY:
        await _ask_for_story(work, idea)
    elif voucher.state != "open":
        return
    elif what == ENDS:
        await _end(work, idea, voucher)
    elif idea.state in SPENT_IN and voucher.valid_until >= work.today:  # else this comes late, and its end is next
        await (_halfway if what == HALFWAY else _ends_soon)(work, idea, voucher)


async def _halfway(work: Work, idea: Idea, voucher: Voucher) -> None:
    left = _("There is {amount} left, until {day}.", amount=Money(voucher.balance), day=voucher.valid_until)
    said = [
        _("{code}: how is it going?", code=idea.code),
        *([left] if voucher.balance else []),
        _("Do you need a hand?"),
    ]
    actions = [Action(_("No, it goes well"), f"V{idea.id}.fine"), Action(_("Yes, please"), f"V{idea.id}.hand")]
    await _tell(work, idea, said, actions)


async def _ends_soon(work: Work, idea: Idea, voucher: Voucher) -> None:
    if voucher.balance == 0:
        return
    said = [
        _("{code}: your voucher is good until {day}.", code=idea.code, day=voucher.valid_until),
        _("There is {amount} left. What is left then goes back.", amount=Money(voucher.balance)),
    ]
    actions = [Action(_("Spend something"), f"V{idea.id}.spend"), Action(_("We're done"), f"V{idea.id}.done")]
    await _tell(work, idea, said, actions)


async def _end(work: Work, idea: Idea, voucher: Voucher) -> None:
    last = voucher.valid_until
    left = await money.close(work, None, idea)
    if idea.state not in SPENT_IN:
        return
    again = work.now + STORY_AFTER
    work.session.add(Due(what=STORY, subject=idea.code, occasion=last.isoformat(), at=again))
    goes_back = [_("{amount} goes back, for other ideas.", amount=Money(left))] if left else []
    said = [_("{code}: the time of your voucher is over.", code=idea.code), *goes_back, _("Tell us how it went?")]
    await _tell(work, idea, said, [_telling(idea)])


async def _ask_for_story(work: Work, idea: Idea) -> None:
    if idea.state not in SPENT_IN:
        return
    allowed = work.allowed_at(work.now)
    if allowed > work.now:
        voucher = await work.session.get_one(Voucher, idea.id)
        occasion = voucher.valid_until.isoformat()
        work.session.add(Due(what=STORY, subject=idea.code, occasion=occasion, at=allowed))
        return
    said = [_("{code}: we'd love to hear how it went.", code=idea.code), _("A photo and two answers are enough.")]
    await _tell(work, idea, said, [_telling(idea)])
    await idea_contacts.hear(work, idea, [s_("{code}: its owner hasn't told yet how it went.", code=idea.code)])


def _telling(idea: Idea) -> Action:
    return Action(_("Tell how it went"), f"V{idea.id}.done")


async def _tell(work: Work, idea: Idea, said: Sequence[Words], actions: Sequence[Action]) -> None:
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is not None:
        work.tell(owner.chat, said, Lane.NOTICE, actions=actions, subject=idea.code)
