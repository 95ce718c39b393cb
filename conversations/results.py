"""What conversations end in, and what they look up: plain data, for the programme's rules to act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from conversations.questions import At, Misfit, Told
from conversations.talk import Request
from conversations.words import Words


@dataclass(frozen=True, slots=True)
class Joined:
    """A resident agreed to what is kept; `neighbourhood` is a code of the area, or None."""

    neighbourhood: str | None


@dataclass(frozen=True, slots=True)
class Declined:
    """A newcomer did not agree."""


@dataclass(frozen=True, slots=True)
class TwoAnswers:
    """Answers to the two questions; a false one where it was skipped."""

    proud: Told
    better: Told
    photos: Sequence[str] = ()
    """Of what makes proud, when they came before the words."""


@dataclass(frozen=True, slots=True)
class ComplaintReport:
    """Something that is broken or must be better, at a place."""

    topic: str
    words: Told
    place: At
    photos: Sequence[str]


@dataclass(frozen=True, slots=True)
class FollowUpAnswer:
    """Whether a complaint is really solved: "yes", "no" or "unknown"; with what is still wrong."""

    complaint: int
    verdict: str
    wrong: Told


@dataclass(frozen=True, slots=True)
class Planned:
    """Staff promise a day."""

    complaint: int
    day: date
    words: str


@dataclass(frozen=True, slots=True)
class Solved:
    """Staff say that it is solved, with photos of the result."""

    complaint: int
    words: str
    photos: Sequence[str]


@dataclass(frozen=True, slots=True)
class CannotBe:
    """Staff explain why something can't be done."""

    complaint: int
    words: str


@dataclass(frozen=True, slots=True)
class IdeaHandedIn:
    """An idea; empty where a question was skipped. `wish`: "money", "place", "advice", "know" or empty."""

    words: Told
    whom: str
    together: str
    amount: str
    wish: str


@dataclass(frozen=True, slots=True)
class IdeaAnswered:
    """Staff answer an idea: "answer", "award" (with whole cents, or None) or "not_now"."""

    idea: int
    what: str
    words: str
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class EventAnnounced:
    """An event to invite everybody to; `starts` is the time on the area's clock, without a zone."""

    title: str
    starts: datetime
    place: At
    words: str
    photo: str | None


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """Somebody wants to be forgotten."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Somebody thought better of it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The bot could not act on a result: why, and which answer to give anew."""

    reason: Words
    drop: str


@dataclass(frozen=True, slots=True)
class ComplaintSeen:
    """A complaint as its reporter sees it."""

    code: str
    words: str
    place: str
    result: str
    photos: Sequence[str]


@dataclass(frozen=True)
class ComplaintNow(Request):
    """Look up a complaint by its number."""

    complaint: int

    def read(self, found: Any) -> ComplaintSeen:
        """The complaint from JSON. Raises `Misfit`."""
        try:
            return ComplaintSeen(**found)
        except TypeError as error:
            raise Misfit from error
