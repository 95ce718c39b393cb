"""What people did and were told in a crash run: the truth that the database and the chats are held against."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

from bot.simulator import Seen

_OPTION = re.compile(r"c(\d+)\.(\d+)\.(.+)")


@dataclass
class Solution:
    """What the coordinator said that was done."""

    words: str
    photos: list[str]


@dataclass
class Reported:
    """A complaint that a resident made, from the first input to the code and on."""

    reporter: int
    topic: str = ""
    words: str = ""
    place: str | tuple[float, float] = ""
    photos: list[str] = field(default_factory=list)
    code: str = ""
    taken: int = 0
    solutions: list[Solution] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether it has come to its end: solved, the follow-up answered, and not reopened since."""
        return bool(self.verdicts) and len(self.verdicts) == len(self.solutions) and self.verdicts[-1] != "no"

    @property
    def state(self) -> str:
        """The state that it must have in the database."""
        if not self.solutions:
            return "taken" if self.taken else "received"
        if len(self.verdicts) < len(self.solutions):
            return "solved"
        return {"yes": "confirmed", "no": "reopened", "unknown": "solved"}[self.verdicts[-1]]


@dataclass
class Answered:
    """Answers to the two questions; None where one was skipped."""

    resident: int
    proud: str | None
    better: str | None


@dataclass
class Ledger:
    """All that was done, and every message that a chat got."""

    office: int = 0
    """The coordinator's chat."""
    inputs: int = 0
    joined: list[int] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    pictures: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How often each chat must have been shown each picture."""
    heard: dict[int, list[Seen]] = field(default_factory=dict)

    def by_code(self, code: str) -> Reported:
        """The complaint with that code. Raises LookupError when nobody was told it."""
        found = [each for each in self.reported if each.code == code]
        if not found:
            raise LookupError(f"nobody was told the code {code}")
        return found[0]

    def to_settle(self) -> list[str]:
        """What has not come to its end yet."""
        return [
            f"{each.code or 'a complaint'} of {each.reporter} ({each.words!r}): "
            f"{len(each.solutions)} times solved, follow-ups answered: {each.verdicts}"
            for each in self.reported
            if not each.settled
        ]

    def doubled(self) -> list[str]:
        """Messages that a chat got more than once: the same words and buttons again, where that can't be meant.

        A message that names a complaint's code or carries a conversation's buttons is meant once in a chat. Any other
        is doubled when it stands twice in a row; so is what the office reads when it has done something about a
        complaint, which it may do again. Pictures are meant as often as they were promised.
        """
        found = []
        for chat, messages in self.heard.items():
            seen: set[str] = set()
            before = ""
            shown: Counter[str] = Counter()
            for message in messages:
                if message.photos:
                    shown.update(message.photos)
                    continue
                key = content(message)
                once = options(message) or (codes(message) and (is_notice(message) or chat != self.office))
                if key in seen if once else key == before:
                    found.append(f"{chat}: {message.text!r}")
                seen.add(key)
                before = key
            for picture, times in shown.items():
                found += [f"{chat}: picture {picture}"] * (times - self.pictures[chat, picture])
        return found


def content(message: Seen) -> str:
    """The message without what differs between two sendings of the same."""
    passing = ("message_id", "date", "media_group_id")
    return json.dumps({name: value for name, value in message.raw.items() if name not in passing}, sort_keys=True)


def codes(message: Seen) -> list[str]:
    """The complaints that a message names."""
    return re.findall(r"\bM\d+\b", message.text)


def does(message: Seen) -> list[str]:
    """What the buttons under a message do."""
    return [button.data for row in message.buttons for button in row if button.data]


def is_notice(message: Seen) -> bool:
    """Whether it tells the office of a complaint, and offers its card."""
    return any(data.endswith(".card") for data in does(message))


def options(message: Seen) -> dict[str, str]:
    """The options of a conversation's question, each with its button's data."""
    found = (_OPTION.fullmatch(data) for data in does(message))
    return {each[3]: each[0] for each in found if each}


def place_in_talk(message: Seen) -> tuple[int, int]:
    """Which conversation a question belongs to, and its turn."""
    found = next((each for data in does(message) if (each := _OPTION.fullmatch(data))), None)
    return (int(found[1]), int(found[2])) if found else (0, 0)
