"""Spending from a voucher: who pays, the receipt, the amount, a last look. And staff who don't pay it, and say why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from conversations.inputs import Input, Photo
from conversations.office import WORDS
from conversations.questions import Json, Line, NotThis, Option, Tell, Told
from conversations.spent import MoneyLeft, SpendingRefused, Spent
from conversations.talk import Talk
from conversations.words import Money, Text, _, s_

KINDS = (
    Option("myself", _("I paid it myself")),
    Option("shop", _("Please pay the shop")),
    Option("work", _("Somebody helps us")),
)
HELP_AT_MOST = 300
MOST = 10_000_000
"""Cents: more is no amount that anybody spends here. What is more than the voucher holds is shown, and not booked."""


@dataclass(frozen=True)
class Receipt(Tell):
    """A photo of a receipt; what stands under it comes along."""

    kind: ClassVar[str] = "receipt"
    photo: bool = field(default=True, kw_only=True)

    def take(self, given: Input, today: date) -> Json:
        if isinstance(given, Photo):
            return super().take(given, today)
        raise NotThis(_("Please send a photo of the receipt. All of it must be seen."))


async def spend(talk: Talk) -> Spent:
    """Ask what was spent. Somebody's work needs no receipt: who helps, and with what."""
    number = talk.given("idea")
    left = await talk.look_up("left", MoneyLeft(number))
    who = [_("There is {amount} left on your voucher.", amount=Money(left)), _("What do you want to spend?")]
    kind = await talk.choose("kind", who, KINDS)
    told = Told()
    if kind == "work":
        told = await talk.tell("help", _("Who helps you, and with what?"), up_to=HELP_AT_MOST)
    elif kind == "shop":
        told = await talk.ask(Receipt("receipt", _("Send a photo of what the shop asks.")))
    else:
        told = await talk.ask(Receipt("receipt", _("Send a photo of the receipt.")))
    cents = await talk.amount("amount", _("How much is it, all together?"), most=MOST)
    labels = {option.key: option.label for option in KINDS}
    lines = [
        Line("kind", _("What"), labels.get(kind, kind), _("Change what it is")),
        Line("amount", _("Amount"), Text("{amount}", {"amount": Money(cents)}), _("Change the amount")),
        *([Line("help", _("Who and what"), told.text, _("Change who helps"))] if kind == "work" else []),
        *([Line("receipt", _("Receipt"), _("your photo"), _("Change the photo"))] if kind != "work" else []),
    ]
    await talk.confirm(_("Is this right?"), lines, _("Yes, that's right"))
    more = talk.brought("photos")  # the rest of an album
    photos = [*([told.photo] if told.photo else []), *(more if isinstance(more, list) and kind != "work" else [])]
    instead = talk.brought("instead")
    return Spent(number, kind, cents, told.text, photos, instead if isinstance(instead, int) else None)


async def refuse_spending(talk: Talk) -> SpendingRefused:
    """Why it is not paid."""
    number = talk.given("spending")
    why = await talk.tell(
        "words", s_("S{number}: why don't you pay it? Its owner reads it.", number=str(number)), up_to=WORDS
    )
    return SpendingRefused(number, why.text)
