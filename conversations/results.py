"""What conversations end in, and what they look up: plain data, for the programme's rules to act on.

Here what residents say and choose; what staff say is in `office_said.py`, what is said of an event in `event_said.py`,
of an idea in `idea_said.py`, of a voucher in `spent.py`; what is sent to many in `announced.py`; what a conversation
looks up in `looked_up.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conversations.questions import At, Told
from conversations.words import Words


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
class FollowUpAnswer:
    """Whether a complaint is really solved: "yes", "no" or "unknown"; with what is still wrong.

    `again`: they were asked a second time.
    """

    complaint: int
    verdict: str
    wrong: Told
    again: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Who reported it says that it is no longer needed."""

    complaint: int
    erase: bool = False


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
