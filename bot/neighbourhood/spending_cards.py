"""The card on which the office sees a spending: with its receipt, kept up to date wherever it stands."""

from __future__ import annotations

from bot.neighbourhood import idea_contacts, residents, staff_rooms
from bot.neighbourhood.work import Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, Letter, captioned, letters
from bot.store.tables import Chat, Idea, Spending, Voucher
from conversations.words import Money, Text, Words, _, s_

OF_WORDS = 200
"""So many characters of what was typed fit under a photo, whatever else stands there."""
STATE_NAMES: dict[str, Text] = {
    "shown": _("not booked"),
    "booked": _("booked, still to be paid"),
    "paid": _("paid"),
    "refused": _("not paid"),
}
KIND_NAMES: dict[str, Text] = {
    "myself": s_("Its owner paid this: pay it back."),
    "shop": s_("Pay the shop."),
    "work": s_("Somebody's work: pay who did it."),
}
ACTIONS: dict[str, Words] = {"paid": s_("It's paid"), "refuse": s_("Don't pay it")}


async def show(work: Work, spending: Spending, idea: Idea, *, anew: bool = False) -> None:
    """Show it in the staff room; without one to the contact of the idea and each coordinator."""
    for chat in await _places(work, idea):
        letter = await card(work, spending, idea, chat.language)
        letter.content.update(staff_rooms.quietly(work))
        await posts.put(work.session, chat.id, spending.code, letter, work.now, anew=anew)


async def card(work: Work, spending: Spending, idea: Idea, language: str) -> Letter:
    """The card as it stands."""
    voucher = await work.session.get(Voucher, idea.id)
    place = work.area.neighbourhood(idea.neighbourhood) if idea.neighbourhood else None
    said: list[Words] = [
        s_(
            "{code} · {amount} · {state}",
            code=spending.code,
            amount=Money(spending.cents),
            state=STATE_NAMES[spending.state],
        ),
        KIND_NAMES[spending.kind],
        _short(spending.words),
        s_("For {code}: {words}", code=idea.code, words=_short(idea.words or idea.heard)),
        s_("From: {place}.", place=place.name if place else s_("no neighbourhood")),
        *([s_("Left on the voucher: {balance}", balance=Money(voucher.balance))] if voucher is not None else []),
        *([s_("It is more than what was left, so it is not booked.")] if spending.state == "shown" else []),
        *([s_("Not paid: {words}", words=_short(spending.why))] if spending.state == "refused" else []),
    ]
    paragraphs = [work.render(each, language) for each in said if each]
    paragraphs[0] = Bold(paragraphs[0])
    labels = {
        what: label
        for what, label in ACTIONS.items()
        if spending.state == "booked" or (spending.state == "shown" and what == "refuse")
    }
    actions = {f"{spending.code}.{what}": label for what, label in labels.items()}
    actions[f"{idea.code}.card"] = s_("Open {code}", code=idea.code)
    buttons = [Button(work.render(label, language), data) for data, label in actions.items()]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    if spending.photo:
        return captioned(spending.photo, paragraphs, rows)
    return letters(paragraphs, rows)[0]


async def _places(work: Work, idea: Idea) -> list[Chat]:
    if rooms := await staff_rooms.rooms(work):
        return rooms
    contact = await idea_contacts.contact_of(work, idea)
    chats = [*([contact.chat] if contact is not None else []), *await residents.coordinators(work.session)]
    return list({chat.id: chat for chat in chats}.values())


def _short(words: str) -> str:
    return staff_rooms.short(" ".join(words.split()), OF_WORDS)
