"""What conversations end in, and what they look up: plain data, for the programme's rules to act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from conversations.announced import Sending
from conversations.questions import At, Misfit, Told
from conversations.talk import Request
from conversations.words import Local, Words


@dataclass(frozen=True, slots=True)
class Joined:
    """A resident agreed to what is kept; `neighbourhood` is a code of the area, or None.

    `event`: like "e5", where it was its code that brought them; `token`: of the neighbour's link that did.
    """

    neighbourhood: str | None
    event: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """A newcomer did not agree."""


@dataclass(frozen=True, slots=True)
class AgreedAnew:
    """A resident agreed to the text that has changed."""


@dataclass(frozen=True, slots=True)
class DeclinedAnew:
    """A resident did not agree to the text that has changed."""


@dataclass(frozen=True, slots=True)
class TwoAnswers:
    """Answers to the two questions; a false one where it was skipped."""

    proud: Told
    better: Told
    photos: Sequence[str] = ()
    """Of what makes proud, when they came before the words."""
    came_from: str = ""
    """Through what these answers came, like "e5", where that is known."""
    asks_home: bool = False
    """The neighbourhood is still to be asked."""


@dataclass(frozen=True, slots=True)
class Lives:
    """Where somebody lives, or None; `better` is the number of their answer to what must be better, or None."""

    neighbourhood: str | None
    better: int | None


@dataclass(frozen=True, slots=True)
class Brings:
    """A resident wants a link for a neighbour, and that it is kept who came through it, or not."""

    kept: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """Who came through a neighbour's link (its token), and whether that neighbour may know."""

    token: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class ComplaintReport:
    """Something that is broken or must be better, at a place."""

    topic: str
    words: Told
    place: At
    photos: Sequence[str]


@dataclass(frozen=True, slots=True)
class MeToo:
    """Somebody reports what another reported before: the number of that one, and what they themselves said of it."""

    complaint: int
    report: ComplaintReport


@dataclass(frozen=True, slots=True)
class WillGoThere:
    """Somebody will go themselves where this belongs: the key of the area's `elsewhere`."""

    elsewhere: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """Somebody only said hello."""


@dataclass(frozen=True, slots=True)
class Moving:
    """Somebody says that they have moved; where to is still to be asked."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A resident lives in another neighbourhood now: a code of the area, or None for outside it."""

    neighbourhood: str | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """Staff wrote down what somebody without a phone said: where they live, and what any resident's talk ends in."""

    neighbourhood: str | None
    told: Any


@dataclass(frozen=True, slots=True)
class Heard:
    """Staff wrote down what the voice message with a code (M12, I3, A7) says."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class SaidAndDone:
    """Staff tell all who named something (`words`) what was done about it; `did` is empty where nobody named it."""

    words: str
    did: str


@dataclass(frozen=True)
class WhoMentioned(Request):
    """Look up how many people named something, of those who can be told."""

    words: str

    def read(self, found: Any) -> int:
        """The number from JSON. Raises `Misfit`."""
        if not isinstance(found, int):
            raise Misfit
        return found


@dataclass(frozen=True, slots=True)
class FollowUpAnswer:
    """Whether a complaint is really solved: "yes", "no" or "unknown"; with what is still wrong.

    `again`: they were asked a second time.
    """

    complaint: int
    verdict: str
    wrong: Told
    again: bool = False


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
    """Staff explain why something can't be done: a standard reason (`conversations/standard.py`), words, or both."""

    complaint: int
    words: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Staff asked somebody else to see to it."""

    complaint: int
    whom: str


@dataclass(frozen=True, slots=True)
class NotOurs:
    """Staff say that it isn't theirs to do, and where to go with it."""

    complaint: int
    where: str


@dataclass(frozen=True, slots=True)
class SameAs:
    """Staff say that it is the same as another; `other` is that one's code as it was typed."""

    complaint: int
    other: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Who reported it says that it is no longer needed."""

    complaint: int
    erase: bool = False


@dataclass(frozen=True, slots=True)
class ToldReporters:
    """Staff say something to who reported a complaint: a standard answer, words, or both."""

    complaint: int
    words: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Staff read a question aloud: which ("welcome:consent"), in which language; the voice message, if it was one."""

    question: str
    language: str
    voice: str | None


@dataclass(frozen=True, slots=True)
class IdeaHandedIn:
    """An idea; empty where a question was skipped. `wish`: "money", "place", "advice", "know" or empty."""

    words: Told
    whom: str
    together: str
    amount: str
    wish: str
    photos: Sequence[str] = ()
    behind: str = ""
    neighbours: str = ""
    spoken: Mapping[str, str] = field(default_factory=dict)
    """What was spoken in place of being typed: the question's name → the voice message. Not that of `words`."""
    cents: int | None = None
    """The amount in whole cents, where it is known beyond doubt; `amount`: as it was said otherwise."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """All open work of one member of the office goes to another (residents' numbers), with a note."""

    giver: int
    to: int
    words: str


@dataclass(frozen=True)
class Colleagues(Request):
    """Look up who can take over the open work of this member of the office."""

    giver: int

    def read(self, found: Any) -> list[tuple[int, str]]:
        """Numbers and first names from JSON. Raises `Misfit`."""
        try:
            return [(int(number), str(name)) for number, name in found]
        except (TypeError, ValueError) as error:
            raise Misfit from error


@dataclass(frozen=True, slots=True)
class IdeaAnswered:
    """What is decided about an idea, or said to its owner: the name of a step of `bot/neighbourhood/idea_steps.py`.

    `cents`: of an award of money. `reason`, `can` and `day` of a no: why, by a key of `standard.IDEA_REASONS`; what can
    be done instead; and from when on it can be asked again.
    """

    idea: int
    what: str
    words: str
    cents: int | None = None
    reason: str = ""
    can: str = ""
    day: date | None = None


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


@dataclass(frozen=True, slots=True)
class WantsPerson:
    """Somebody wants to talk with a person of the office; with what they have said already, if anything."""

    told: Told = field(default_factory=Told)
    place: At = field(default_factory=At)
    photos: Sequence[str] = ()


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
