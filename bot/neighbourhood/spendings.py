"""Spendings from a voucher, S<number> to the office: booked at once, then paid out or refused by staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update

from bot.neighbourhood import (
    idea_contacts,
    idea_steps,
    ideas,
    money,
    promises,
    residents,
    spending_cards,
    team,
    vouchers,
)
from bot.neighbourhood.complaints import add_photos
from bot.neighbourhood.spending_cards import STATE_NAMES
from bot.neighbourhood.steps import DIFFERENTLY
from bot.neighbourhood.work import STAFF, Action, Closing, NotAllowed, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Due, Entry, Idea, Photo, Spending, Voucher
from conversations.spent import SpendingRefused, Spent
from conversations.words import Money, Text, Words, _, s_

LATE = "spending_late"
"""A row of `due`: by now the owner should have heard of it."""
TOPIC = "other"
"""What was spent is paid within as many working days as the area file gives for this topic."""
NEXT: dict[str, Text] = {
    "myself": _("The office pays it back to you."),
    "shop": _("The office pays the shop."),
    "work": _("The office pays who helps you."),
}
"""What comes after it was booked, by kind."""


async def spend(work: Work, by: Person, spent: Spent) -> Closing:
    """Book what was spent; what is more than the voucher holds is shown and not booked. Raises `NotAllowed`."""
    idea = await work.session.get_one(Idea, spent.idea)
    await must_own(work, by, idea, "spend")
    voucher = await work.session.get(Voucher, idea.id)
    why = vouchers.why_not(work, voucher, idea) if voucher is not None else vouchers.NONE
    if why is not None:
        return Closing([why])
    spending = await _row(work, spent)
    try:
        left = await money.spend(work, by, idea, spent.cents, spending.code)
    except money.NotEnough as short:
        work.note(spending.code, "spending shown", by.resident)
        await spending_cards.show(work, spending, idea)
        return Closing(
            [
                _("That is more than what is left: {balance}.", balance=Money(short.available)),
                _("So nothing is booked. The office does see it."),
                _("You can pay the rest yourself. Or was it another amount?"),
            ],
            [
                Action(_("Book {amount} of it", amount=Money(short.available)), f"V{idea.id}.part.{spending.id}"),
                Action(_("Change the amount"), f"V{idea.id}.again.{spending.id}"),
            ],
        )
    return await _booked(work, by, idea, spending, left)


async def book_part(work: Work, by: Person, spending: Spending) -> Closing:
    """Book as much of it as the voucher holds. Raises `NotAllowed`, `TooLate`."""
    idea = await work.session.get_one(Idea, spending.idea_id)
    await must_own(work, by, idea, "part")
    await work.session.refresh(spending, with_for_update=True)
    if spending.state != "shown":
        raise await team.too_late(work, by, spending.code, STATE_NAMES[spending.state])
    voucher = await work.session.get_one(Voucher, idea.id, populate_existing=True, with_for_update=True)
    if (why := vouchers.why_not(work, voucher, idea)) is not None:
        return Closing([why])
    part = min(voucher.balance, spending.cents)
    work.note(spending.code, "spending in part", by.resident, str(spending.cents))
    spending.cents = part
    return await _booked(work, by, idea, spending, await money.spend(work, by, idea, part, spending.code))


async def pay(work: Work, by: Person, spending: Spending) -> Closing:
    """Staff have paid it out; its owner hears so. Raises `NotAllowed`, `TooLate`."""
    idea = await _to_settle(work, by, spending, "paid")
    spending.state = "paid"
    work.note(spending.code, "spending paid", by.resident)
    said = [_("{code}: {amount} has been paid.", code=idea.code, amount=Money(spending.cents))]
    return await _settled(work, spending, idea, said)


async def refuse(work: Work, by: Person, refused: SpendingRefused) -> Closing:
    """Staff don't pay it: it is booked back, and its owner reads why. Raises `NotAllowed`, `TooLate`."""
    spending = await work.session.get_one(Spending, refused.spending)
    idea = await _to_settle(work, by, spending, "refuse")
    was_booked = spending.state == "booked"
    spending.state, spending.why = "refused", refused.words
    work.note(spending.code, "spending refused", by.resident, refused.words)
    said: list[Words] = [
        _("{code}: sorry, we can't pay {amount}. This is why:", code=idea.code, amount=Money(spending.cents)),
        refused.words,
    ]
    if was_booked:
        left = await money.give_back(work, by, idea, spending.cents, spending.code)
        voucher = await work.session.get_one(Voucher, idea.id)
        if voucher.state == "open":
            said.append(_("It is on your voucher again. There is {balance} left.", balance=Money(left)))
    return await _settled(work, spending, idea, [*said, DIFFERENTLY])


async def must_be_open(work: Work, by: Person, spending: Spending, what: str) -> None:
    """Raises `NotAllowed`, or `TooLate` where it was paid or refused already."""
    await _to_settle(work, by, spending, what)


async def fall_due(work: Work, number: int, occasion: str) -> None:
    """The day has passed on which its owner was to hear of it: they hear so, with a new day; the office too."""
    spending = await work.session.get(Spending, number)
    idea = await work.session.get(Idea, spending.idea_id) if spending is not None else None
    if spending is None or idea is None or spending.state != "booked":
        return
    day, before = work.answer_by(TOPIC), date.fromisoformat(occasion)
    said = [
        _("{code}: you were to hear of {amount} by {before}. Sorry.", code=idea.code, amount=Money(spending.cents),
          before=before),
        _("You hear from us no later than {day}.", day=day),
    ]  # fmt: skip
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is not None:
        work.tell(owner.chat, said, Lane.NOTICE, subject=spending.code)
    _promise(work, spending, day)
    await idea_contacts.hear(work, idea, [s_("{code}: not paid yet, and its day has passed.", code=spending.code)])
    await spending_cards.show(work, spending, idea, anew=True)


async def spendings_of(work: Work, idea: Idea) -> Sequence[Spending]:
    """All of an idea's, the oldest first."""
    query = select(Spending).where(Spending.idea_id == idea.id).order_by(Spending.id)
    return (await work.session.scalars(query)).all()


async def photo_was_bad(work: Work, photo: Photo) -> None:
    """A receipt turned out to be no picture: tell who sent it."""
    spending = await work.session.get(Spending, int(photo.subject[1:]))
    idea = await work.session.get(Idea, spending.idea_id) if spending is not None else None
    owner = await residents.person_of(work, idea.resident_id) if idea is not None and idea.resident_id else None
    if idea is None or owner is None:
        return
    said = [
        _("I couldn't open a photo with {code}.", code=idea.code),
        _("Please keep the receipt, and show it at the office."),
    ]
    work.tell(owner.chat, said, Lane.NOTICE, subject=f"{photo.subject} photo")


async def forget(work: Work, number: int) -> list[str]:
    """Who had the ideas was forgotten: what they typed and showed of their spendings goes, the amounts stay.

    `number`: of the resident, whose ideas are still theirs. Gives the codes of the spendings.
    """
    await work.session.execute(update(Entry).where(Entry.by == number).values(by=None))
    query = select(Spending).join(Idea, Idea.id == Spending.idea_id).where(Idea.resident_id == number)
    found = list(await work.session.scalars(query))
    for spending in found:
        spending.words = spending.why = ""
        spending.photo = None
    return [spending.code for spending in found]


async def must_own(work: Work, by: Person, idea: Idea, what: str) -> None:
    """Raises `NotAllowed` for whom it isn't; staff look after what somebody without a phone has."""
    if not await idea_steps.is_owner(work, by, idea):
        raise NotAllowed(f"V{idea.id}.{what}")


async def _row(work: Work, spent: Spent) -> Spending:
    """The spending; the one that wasn't booked before, where this is that one with another amount."""
    photo = spent.photos[0] if spent.photos else None
    row = None
    if spent.instead is not None:
        row = await work.session.get(Spending, spent.instead, populate_existing=True, with_for_update=True)
    if row is None or row.idea_id != spent.idea or row.state != "shown" or row.photo != photo:
        row = Spending(idea_id=spent.idea, state="shown", photo=photo, at=work.now)
        work.session.add(row)
    is_new = row.id is None
    row.kind, row.cents, row.words = spent.kind, spent.cents, spent.words
    await work.session.flush()
    add_photos(work, row.code, "receipt", spent.photos if is_new else [])
    return row


async def _booked(work: Work, by: Person, idea: Idea, spending: Spending, left: int) -> Closing:
    if idea.state == "accepted":
        await ideas.step_of_owner(work, by, idea, "start")
    spending.state = "booked"
    day = work.answer_by(TOPIC)
    _promise(work, spending, day)
    work.note(spending.code, "spent", by.resident)
    await work.session.flush()
    await spending_cards.show(work, spending, idea)
    amounts = {"amount": Money(spending.cents), "balance": Money(left)}
    more = [Action(_("Spend more"), f"V{idea.id}.spend")] if left else []
    return Closing(
        [
            _("Booked: {amount}. There is {balance} left on your voucher.", **amounts),
            NEXT[spending.kind],
            _("You hear from us no later than {day}.", day=day),
        ],
        [*more, Action(_("We're done"), f"V{idea.id}.done")],
    )


def _promise(work: Work, spending: Spending, day: date) -> None:
    late = promises.morning(work, promises.working_day_after(day, work.free_days))
    work.session.add(Due(what=LATE, subject=spending.code, occasion=day.isoformat(), at=late))


async def _to_settle(work: Work, by: Person, spending: Spending, what: str) -> Idea:
    by.must_be(STAFF, f"{spending.code}.{what}")
    idea = await work.session.get_one(Idea, spending.idea_id)
    team.must_work_on(by, idea, f"{spending.code}.{what}")
    if by.resident.id == idea.resident_id:  # nobody pays themselves
        words = s_("{code} is your own: a colleague sees to it.", code=spending.code)
        raise NotAllowed(f"{spending.code}.{what}", words)
    await work.session.refresh(spending, with_for_update=True)
    if spending.state != "booked" and not (what == "refuse" and spending.state == "shown"):
        raise await team.too_late(work, by, spending.code, STATE_NAMES[spending.state])
    return idea


async def _settled(work: Work, spending: Spending, idea: Idea, said: Sequence[Words]) -> Closing:
    await work.session.flush()
    await spending_cards.show(work, spending, idea)
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is None:
        return Closing([s_("Noted. Nobody gets a message: its owner isn't here. ({code})", code=spending.code)])
    work.tell(owner.chat, said, Lane.NOTICE, subject=spending.code)
    return Closing([s_("Done. Its owner gets a message. ({code})", code=spending.code)])
