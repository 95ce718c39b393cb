"""Residents without a pause: each acts again as soon as the bot has answered. Nothing is polled."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.simulator import Person, Seen, Simulator

WORDS = "Er ligt al weken een stoeptegel los, mijn moeder is er bijna over gevallen."
PLACE = "Heerlerheide, bij de bushalte"


class Stalled(Exception):
    """Residents wait, and nothing comes."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a resident does upon the last message, and by what the answer is known. Each step is one update."""

    act: Callable[[Person, Seen | None], object]
    answer: Callable[[Seen], object]


def says(words: str, answer: Callable[[Seen], object]) -> Step:
    """Type this."""
    return Step(lambda person, _seen: person.say(words), answer)


def taps(option: str, answer: Callable[[Seen], object]) -> Step:
    """Tap the button of this option: its data, not its label, so that it works in any language."""

    def act(person: Person, seen: Seen | None) -> None:
        data = _data(seen, option) if seen else None
        if data is None:
            raise Stalled(f"no button {option!r} under {seen.text if seen else None!r}")
        person.tap_data(data, seen)

    return Step(act, answer)


def offers(option: str) -> Callable[[Seen], object]:
    """A message with this option's button."""
    return lambda seen: _data(seen, option)


def _data(seen: Seen, option: str) -> str | None:
    every = (button.data for row in seen.buttons for button in row)
    return next((data for data in every if data and data.endswith(f".{option}")), None)


def _anything(_seen: Seen) -> bool:
    return True


WELCOME = (
    says("/start", offers("yes")),
    taps("yes", offers("skip")),
    taps("skip", offers("report")),
)
COMPLAINT = (
    says("/report", offers("paving")),
    taps("paving", offers("back")),
    says(WORDS, lambda seen: seen.keyboard),
    says(PLACE, offers("skip")),
    taps("skip", offers("send")),
    taps("send", lambda seen: re.search(r"\bM\d+", seen.text)),
)
ECHO = (says(WORDS, _anything),)


class Crowd:
    """Residents who all do the same steps, again and again."""

    def __init__(self, simulator: Simulator, size: int) -> None:
        self.answered = 0
        self._simulator = simulator
        self._people = {person.id: _Resident(self, person) for person in (_person(simulator, n) for n in range(size))}
        self._failed: BaseException | None = None

    async def once(self, steps: Sequence[Step], seconds: float = 30.0) -> None:
        """Each does the steps once. Raises `Stalled`."""
        self.start(steps, again=False)
        await self.stop(seconds)

    def start(self, steps: Sequence[Step], *, again: bool = True) -> None:
        """Let all begin."""
        self._unlisten = self._simulator.on_message(self._on_message)
        for resident in self._people.values():
            resident.begin(steps, again=again)

    async def stop(self, seconds: float = 30.0) -> None:
        """Let each finish its steps, and no more. Raises `Stalled`."""
        for resident in self._people.values():
            resident.again = False
        try:
            async with asyncio.timeout(seconds):
                for resident in self._people.values():
                    await resident.done.wait()
        except TimeoutError:
            waiting = sum(not resident.done.is_set() for resident in self._people.values())
            raise Stalled(f"{waiting} of {len(self._people)} residents wait for an answer") from self._failed
        finally:
            self._unlisten()
        if self._simulator.refusals:
            raise Stalled(f"Telegram would have refused: {self._simulator.refusals[0]}")

    def _on_message(self, chat_id: int, seen: Seen) -> None:
        resident = self._people.get(chat_id)
        if resident is not None and not resident.done.is_set() and resident.step.answer(seen):
            self.answered += 1
            # Not at once: the bot's call is still being handled.
            asyncio.get_running_loop().call_soon(resident.go_on, seen)

    def failed(self, error: Exception) -> None:
        """A resident could not go on."""
        self._failed = self._failed or error


class _Resident:
    def __init__(self, crowd: Crowd, person: Person) -> None:
        self.person = person
        self.done = asyncio.Event()
        self.again = False
        self._crowd = crowd
        self._steps: Sequence[Step] = ()
        self._at = 0

    @property
    def step(self) -> Step:
        return self._steps[self._at]

    def begin(self, steps: Sequence[Step], *, again: bool) -> None:
        self._steps, self._at, self.again = steps, 0, again
        self.done.clear()
        self._act(None)

    def go_on(self, seen: Seen) -> None:
        self._at = (self._at + 1) % len(self._steps)
        if self._at == 0 and not self.again:
            self.done.set()
        else:
            self._act(seen)

    def _act(self, seen: Seen | None) -> None:
        try:
            self.step.act(self.person, seen)
        except (Stalled, AssertionError) as error:
            self._crowd.failed(error)


def _person(simulator: Simulator, number: int) -> Person:
    return simulator.person(f"Resident {number}", "nl", bot_token=simulator.token)
