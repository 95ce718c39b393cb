"""What announcing ends in, and what it looks up: plain data, as in `conversations/results.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conversations.questions import Misfit
from conversations.talk import Request


@dataclass(frozen=True, slots=True)
class Sending:
    """To whom something goes, and when.

    `to`: "all", "places" (neighbourhoods), "languages", "event" (who were there), "helped" or "codes"; `which` of them.
    `at`: from when, on the area's clock; None: now. `urgent`: in quiet hours too. `never_twice`: rather never.
    """

    to: str = "all"
    which: Sequence[str] = ()
    at: datetime | None = None
    urgent: bool = False
    never_twice: bool = False


@dataclass(frozen=True, slots=True)
class NewsAnnounced:
    """Something that people are told; `said_in`: language → words, where they were written in more."""

    words: str
    photo: str | None
    language: str
    said_in: Mapping[str, str]
    sending: Sending


@dataclass(frozen=True, slots=True)
class BroadcastCorrected:
    """A mistake in a broadcast is put right: "edit" what was sent, or send the right words "after" it.

    `title`: of what invites to an event and is edited; None: it stays. Of `said_in` each has "words", perhaps "title".
    """

    broadcast: int
    how: str
    title: str | None
    words: str
    language: str
    said_in: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class BroadcastDeclined:
    """A coordinator says no to what a colleague wants to send, and why."""

    broadcast: int
    why: str


@dataclass(frozen=True, slots=True)
class Announcer:
    """Who announces: as coordinator or not; the neighbourhoods (codes) that they may reach, empty: all."""

    coordinator: bool
    neighbourhoods: Sequence[str]


@dataclass(frozen=True)
class WhoAnnounces(Request):
    """Look up what the one who asks may announce."""

    def read(self, found: Any) -> Announcer:
        """It from JSON. Raises `Misfit`."""
        try:
            return Announcer(**found)
        except TypeError as error:
            raise Misfit from error


@dataclass(frozen=True)
class WhichLanguage(Request):
    """Look up which of the area's languages a text is in."""

    text: str

    def read(self, found: Any) -> str:
        """The language; empty where that is not certain. Raises `Misfit`."""
        if not isinstance(found, str):
            raise Misfit
        return found


@dataclass(frozen=True)
class RoomForWords(Request):
    """Look up how long the words of a message may be, whatever stands around them, in any language.

    `place`: of an event; None: no event. `corrects`: the number of the broadcast that is put right, `how`.
    """

    place: str | None = None
    corrects: int | None = None
    how: str = ""

    def read(self, found: Any) -> tuple[int, int]:
        """With a photo, and without, as `units` counts. Raises `Misfit`."""
        try:
            with_photo, without = found
            return int(with_photo), int(without)
        except (TypeError, ValueError) as error:
            raise Misfit from error


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a message goes to, and how many it doesn't, by the reason why.

    `second_above`: above this number a second coordinator must say yes; None: never.
    """

    people: int
    left_out: Mapping[str, int]
    second_above: int | None


@dataclass(frozen=True)
class HowMany(Request):
    """Look up how many people a message goes to."""

    to: str
    which: Sequence[str]

    def read(self, found: Any) -> Reach:
        """The figures from JSON. Raises `Misfit`."""
        try:
            return Reach(**found)
        except TypeError as error:
            raise Misfit from error


@dataclass(frozen=True, slots=True)
class Sent:
    """A broadcast that may be put right: how it is called, whether it invites to an event, how many got it."""

    code: str
    title: str
    people: int
    has_photo: bool


@dataclass(frozen=True)
class WhatWasSent(Request):
    """Look up a broadcast by its number."""

    broadcast: int

    def read(self, found: Any) -> Sent:
        """It from JSON. Raises `Misfit`."""
        try:
            return Sent(**found)
        except TypeError as error:
            raise Misfit from error
