"""What conversations about an event or a walk end in, and what they look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conversations.announced import Sending
from conversations.questions import At, Misfit
from conversations.talk import Request


@dataclass(frozen=True, slots=True)
class EventAnnounced:
    """An event to invite people to; `starts` and `ends` are times on the area's clock, without a zone.

    `language` is that of title and words, empty where nobody said; `said_in`: language → both, where they were written
    in more. `people`: how many fit, None: no limit.
    """

    title: str
    starts: datetime
    place: At
    words: str
    photo: str | None
    language: str = ""
    said_in: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ends: datetime | None = None
    people: int | None = None
    sending: Sending = field(default_factory=Sending)


@dataclass(frozen=True, slots=True)
class EventChanged:
    """An event as it is to be: all that may change, and the `version` that this was made from.

    `starts` is the time on the area's clock; `said_in`: language → words, where they were written in more.
    """

    event: int
    version: int
    starts: datetime
    place: At
    words: str
    places: int | None
    said_in: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventCancelled:
    """An event doesn't go on, and why."""

    event: int
    reason: str


@dataclass(frozen=True, slots=True)
class EventThanked:
    """Thanks for those who were at an event, with a photo if there is one."""

    event: int
    words: str
    photo: str | None


@dataclass(frozen=True, slots=True)
class WalkProposed:
    """A resident proposes a walk to show something; `starts` is the time on the area's clock."""

    words: str
    starts: datetime
    place: At


@dataclass(frozen=True, slots=True)
class WalkAccepted:
    """Staff say yes to a walk; `invites`: the neighbourhood is invited to come along."""

    event: int
    invites: bool


@dataclass(frozen=True, slots=True)
class WalkMoved:
    """Staff want a walk at another time; `starts` is the time on the area's clock."""

    event: int
    starts: datetime


@dataclass(frozen=True, slots=True)
class WalkDeclined:
    """Staff say not now to a walk: why, and what can be done."""

    event: int
    reason: str


@dataclass(frozen=True, slots=True)
class WalkShown:
    """A proposed walk as an invitation would show it, and how many would get one."""

    title: str
    starts: datetime
    place: str
    words: str
    neighbourhood: str
    invited: int


@dataclass(frozen=True)
class WalkNow(Request):
    """Look up a walk that was proposed, by its number."""

    event: int

    def read(self, found: Any) -> WalkShown:
        """The walk from JSON. Raises `Misfit`."""
        try:
            return WalkShown(**{**found, "starts": datetime.fromisoformat(found["starts"])})
        except (KeyError, TypeError, ValueError) as error:
            raise Misfit from error


@dataclass(frozen=True, slots=True)
class ComesWith:
    """With how many somebody comes to an event (its number), themselves included."""

    event: int
    people: int


@dataclass(frozen=True, slots=True)
class BringsAlong:
    """What somebody brings to an event."""

    event: int
    words: str


@dataclass(frozen=True, slots=True)
class NameForList:
    """The name under which somebody stands on the list of an event."""

    event: int
    name: str
