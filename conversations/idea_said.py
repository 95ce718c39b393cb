"""What conversations about an idea end in after it was handed in: its owner's answers, the panel's meeting."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.questions import Told


@dataclass(frozen=True, slots=True)
class IdeaSupplied:
    """The owner of an idea answers what was asked."""

    idea: int
    told: Told


@dataclass(frozen=True, slots=True)
class IdeaWithdrawn:
    """The owner of an idea stops it."""

    idea: int


@dataclass(frozen=True, slots=True)
class MeetingAdvised:
    """The panel's meeting advises "award" or "not_now", in words that the coordinators read."""

    idea: int
    advice: str
    words: str
