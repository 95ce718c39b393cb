"""What conversations of the office's end in, and what they look up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from conversations.questions import Misfit
from conversations.talk import Request


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
