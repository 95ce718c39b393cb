"""What conversations about a voucher end in, and what they look up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.questions import Json, Misfit, Told
from conversations.talk import Request


@dataclass(frozen=True, slots=True)
class Spent:
    """The owner of an idea spent something from its voucher.

    kind: "myself" (paid by themselves), "shop" (to be paid by the office), "work" (what somebody knows or can do).
    `instead`: the number of a spending that wasn't booked, which this is with another amount.
    """

    idea: int
    kind: str
    cents: int
    words: str
    photos: Sequence[str] = ()
    instead: int | None = None


@dataclass(frozen=True, slots=True)
class SpendingRefused:
    """Staff don't pay a spending, and say why."""

    spending: int
    words: str


@dataclass(frozen=True, slots=True)
class SpendsFirst:
    """Who was about to end an idea has another receipt."""

    idea: int


@dataclass(frozen=True, slots=True)
class StoryTold:
    """An idea is done: what came of it, with photos. `shown`: whether other residents may see that."""

    idea: int
    done: Told
    difference: Told
    photos: Sequence[str]
    shown: bool


@dataclass(frozen=True)
class MoneyLeft(Request):
    """How much is left on an idea's voucher, in cents; 0 where there is none that is open."""

    idea: int

    def read(self, found: Json) -> int:
        if type(found) is not int:
            raise Misfit
        return found
