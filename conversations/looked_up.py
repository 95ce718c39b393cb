"""What conversations of residents' look up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conversations.questions import Misfit
from conversations.talk import Request
from conversations.words import Local, Words


@dataclass(frozen=True, slots=True)
class ComplaintSeen:
    """A complaint as its reporter sees it."""

    code: str
    words: str
    place: str
    result: str
    photos: Sequence[str]
    before: int | None = None
    """How many of the photos, the first of them, show how it was."""


@dataclass(frozen=True)
class ComplaintNow(Request):
    """Look up a complaint by its number, as this reporter sees it (a resident's number)."""

    complaint: int
    reporter: int | None = None

    def read(self, found: Any) -> ComplaintSeen:
        """The complaint from JSON. Raises `Misfit`."""
        try:
            return ComplaintSeen(**found)
        except TypeError as error:
            raise Misfit from error


@dataclass(frozen=True, slots=True)
class Something:
    """What a newcomer gets first: the next event, or how much was mended lately."""

    title: Words = ""
    starts: datetime | None = None
    place: str = ""
    mended: int = 0


@dataclass(frozen=True)
class SomethingForYou(Request):
    """Look up what may interest somebody who is new here."""

    def read(self, found: Any) -> Something:
        """It from JSON; empty where there is nothing. Raises `Misfit`."""
        try:
            starts, title = found.get("starts"), found.get("title", "")
            title = Local(title) if isinstance(title, dict) else title
            return Something(**{**found, "title": title, "starts": starts and datetime.fromisoformat(starts)})
        except (AttributeError, TypeError, ValueError) as error:
            raise Misfit from error


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """In which neighbourhood a spot is; empty where it is outside the area."""

    neighbourhood: str = ""


@dataclass(frozen=True)
class WhereIs(Request):
    """Look up where a spot is (degrees, WGS 84)."""

    latitude: float
    longitude: float

    def read(self, found: Any) -> Whereabouts:
        """The place from JSON. Raises `Misfit`."""
        if not isinstance(found, str):
            raise Misfit
        return Whereabouts(found)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where something belongs that is not the office's: a sentence that says so, perhaps a link."""

    key: str
    words: Words
    link: str = ""


@dataclass(frozen=True)
class WhereElse(Request):
    """Look up whether something belongs elsewhere: by its topic, or by what was said."""

    topic: str
    words: str

    def read(self, found: Any) -> Elsewhere | None:
        """The place to go from JSON; None where it is the office's own. Raises `Misfit`."""
        try:
            return None if found is None else Elsewhere(found["key"], Local(found["words"]), found["link"])
        except (KeyError, TypeError) as error:
            raise Misfit from error


@dataclass(frozen=True, slots=True)
class Similar:
    """Another's report nearby, as far as a neighbour may see it; `day` and `planned` are ISO dates.

    `metres`: from the spot that was shared; None where the same street was typed.
    """

    number: int
    topic: Words
    metres: int | None
    day: str
    state: str
    planned: str
    photos: Sequence[str]


@dataclass(frozen=True)
class SimilarComplaint(Request):
    """Look up a report on the same topic, near or with the same words for the place, that is still open."""

    topic: str
    place: str
    latitude: float | None
    longitude: float | None

    def read(self, found: Any) -> Similar | None:
        """The report from JSON; None where there is none. Raises `Misfit`."""
        try:
            return None if found is None else Similar(**{**found, "topic": Local(found["topic"])})
        except (KeyError, TypeError) as error:
            raise Misfit from error
