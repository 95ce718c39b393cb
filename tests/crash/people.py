"""The people of a crash run: residents and a coordinator, who do one thing after the other and wait for the answer.

Nobody taps twice or asks again: the bot must answer by itself, however often it was killed meanwhile. A message that
comes twice is read and passed over.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable
from typing import Any

from bot.neighbourhood.area import Area
from bot.simulator import Person, Seen, Simulator
from tests.crash.ledger import Answered, Ledger, Reported, Solution

FOLLOW_UP = re.compile(r"Is it really solved\? \((M\d+)\)")
NEW = re.compile(r"New: (M\d+),")
NOT_SOLVED = re.compile(r"(M\d+) is not solved, says the reporter\.")


class Unanswered(Exception):
    """Somebody waited in vain."""


class Player:
    """Somebody who acts and waits for what must come of it."""

    def __init__(self, person: Person, ledger: Ledger, chance: random.Random, patience: float) -> None:
        self.person = person
        self.ledger = ledger
        self.chance = chance
        self.heard = ledger.heard.setdefault(person.id, [])
        self.last_act = "nothing"
        self._patience = patience
        self._since = 0
        self._news = asyncio.Event()
        self._words = 0

    def hear(self, message: Seen) -> None:
        """The bot said something."""
        self.heard.append(message)
        self._news.set()

    async def act(self, do: Callable[..., Any], *given: Any) -> Any:
        """Think for a moment, then do one thing; what the bot says from now on may be its answer."""
        await asyncio.sleep(self.chance.uniform(0.02, 0.25))
        self._since = len(self.heard)
        self.last_act = f"{do.__name__}{tuple(each for each in given if not isinstance(each, Seen))}"
        result = do(*given)
        self.ledger.inputs += len(result) if isinstance(result, list) else 1
        return result

    async def awaits(self, words: str, fits: Callable[[Seen], bool] = lambda message: True) -> Seen:
        """The answer with these words. Raises `Unanswered`."""
        deadline = time.monotonic() + self._patience
        at = self._since
        while True:
            for message in self.heard[at:]:
                if words in message.text and fits(message):
                    return message
            at = len(self.heard)
            self._news.clear()
            try:
                async with asyncio.timeout_at(asyncio.get_running_loop().time() + deadline - time.monotonic()):
                    await self._news.wait()
            except TimeoutError:
                heard = [message.text[:40] for message in self.heard[self._since :]]
                raise Unanswered(
                    f"{self.person.name} did {self.last_act} and waited in vain for {words!r}; heard {heard}"
                ) from None

    async def tap(self, label: str, under: Seen) -> None:
        """Tap a button of that message."""
        await self.act(self.person.tap, label, under)

    def words(self, about: str) -> str:
        """Words that nobody else says in this run."""
        self._words += 1
        return f"{about} <{self._words}> & {self.person.name}"

    async def joins(self, neighbourhood: str | None) -> None:
        """Say hello, agree, tell the neighbourhood."""
        await self.act(self.person.start)
        await self.tap("Yes, that's fine", await self.awaits("Is that all right with you?"))
        await self.tap(neighbourhood or "Skip", await self.awaits("Which neighbourhood do you live in?"))
        await self.awaits("Good that you are here!")
        self.ledger.joined.append(self.person.id)


class Resident(Player):
    """Reports, answers the two questions, and says whether it is really solved."""

    def __init__(self, person: Person, ledger: Ledger, chance: random.Random, patience: float, area: Area) -> None:
        super().__init__(person, ledger, chance, patience)
        self.topics = {topic.label["en"]: topic.key for topic in area.topics}
        self.neighbourhoods = [each.name for each in area.neighbourhoods]
        self._asked: list[tuple[str, Seen]] = []
        self._known_questions: set[str] = set()

    def hear(self, message: Seen) -> None:
        """A follow-up waits until there is a moment for it."""
        found = FOLLOW_UP.search(message.text)
        if found and message.text not in self._known_questions:
            self._known_questions.add(message.text)
            self._asked.append((found[1], message))
        super().hear(message)

    async def live(self, until: asyncio.Event) -> None:
        """Do one thing after the other until told to stop, and from then on only answer."""
        await self.joins(self.chance.choice([None, *self.neighbourhoods]))
        while not until.is_set():
            await self.chance.choice([self.reports, self.reports, self.answers_two_questions])()
            await self.answers_follow_ups()
        while True:
            await self.answers_follow_ups()
            self._news.clear()
            await self._news.wait()

    async def reports(self) -> None:
        """Report something: by the command, or out of the blue in words or with a photo."""
        told = Reported(self.person.id)
        self.ledger.reported.append(told)
        way = self.chance.choice(["command", "command", "words", "photo"])
        if way == "command":
            await self.act(self.person.say, "/report")
        elif way == "words":
            told.words = self.words("Out of the blue")
            await self.act(self.person.say, told.words)
        else:
            told.photos += (await self.act(self.person.photo)).photos
        await self.goes_on_with(told)

    async def goes_on_with(self, told: Reported) -> None:
        """Answer the questions about a complaint that weren't answered yet."""
        question = await self.awaits("What is it about?")
        await self.perhaps_answers_a_follow_up()
        label = self.chance.choice(list(self.topics))
        told.topic = self.topics[label]
        await self.tap(label, question)
        if not told.words:
            await self.awaits("What do you see?")
            told.words = self.words("The paving is broken")
            await self.act(self.person.say, told.words)
        await self.awaits("Where is it?")
        if self.chance.random() < 0.5:
            told.place = self.words("Near number")
            await self.act(self.person.say, told.place)
        else:
            told.place = (50.9 + self.chance.randrange(100) / 10_000, 5.95)
            await self.act(self.person.spot, *told.place)
        if not told.photos:
            question = await self.awaits("Do you have a photo?")
            how_many = self.chance.choice([0, 0, 0, 1, 2])
            if how_many == 0:
                await self.tap("Skip", question)
            elif how_many == 1:
                told.photos += (await self.act(self.person.photo)).photos
            else:
                for part in await self.act(self.person.album, [None] * how_many):
                    told.photos += part.photos
        await self.tap("Send", await self.awaits("Is this right?"))
        ended = await self.awaits("Your report is M")
        told.code = re.findall(r"M\d+", ended.text)[-1]

    async def answers_two_questions(self) -> None:
        """Answer the two questions, or skip one; what must be better may become a complaint."""
        await self.act(self.person.say, "/questions")
        proud = await self._answers(await self.awaits("What are you proud of"), "Proud of the park")
        better = await self._answers(await self.awaits("And what must be better?"), "More light")
        ended = await self.awaits("We read it" if proud or better else "You can always come back to it")
        self.ledger.answered.append(Answered(self.person.id, proud, better))
        if better and self.chance.random() < 0.4:
            told = Reported(self.person.id, words=better)
            self.ledger.reported.append(told)
            await self.tap("Make it a report", ended)
            await self.goes_on_with(told)

    async def _answers(self, question: Seen, about: str) -> str | None:
        if self.chance.random() < 0.25:
            await self.tap("Skip", question)
            return None
        words = self.words(about)
        await self.act(self.person.say, words)
        return words

    async def perhaps_answers_a_follow_up(self) -> None:
        """In the middle of something else."""
        if self._asked and self.chance.random() < 0.5:
            await self._answers_follow_up(*self._asked.pop(0))

    async def answers_follow_ups(self) -> None:
        """Answer all that were asked."""
        while self._asked:
            await self._answers_follow_up(*self._asked.pop(0))

    async def _answers_follow_up(self, code: str, question: Seen) -> None:
        told = self.ledger.by_code(code)
        again = "no" in told.verdicts
        verdict = self.chance.choice(["yes", "yes", "unknown"] if again else ["yes", "yes", "no", "unknown"])
        if verdict == "yes":
            await self.tap("Yes, it's solved", question)
            await self.awaits(f"{code} is closed")
        elif verdict == "unknown":
            await self.tap("I don't know", question)
            await self.awaits(f"just write. ({code})")
        else:
            await self.tap("No, not yet", question)
            await self.awaits("What is still wrong?")
            told.wrong.append(self.words("Still broken"))
            await self.act(self.person.say, told.wrong[-1])
            await self.awaits(f"({code})", lambda message: "We go on with it" in message.text)
        told.verdicts.append(verdict)


class Coordinator(Player):
    """Solves what is reported, one complaint after the other."""

    def __init__(self, person: Person, ledger: Ledger, chance: random.Random, patience: float) -> None:
        super().__init__(person, ledger, chance, patience)
        self._notices: asyncio.Queue[tuple[str, Seen]] = asyncio.Queue()
        self._known_notices: set[str] = set()

    def hear(self, message: Seen) -> None:
        """A complaint, or one that came back, waits for its turn."""
        found = NEW.search(message.text) or NOT_SOLVED.search(message.text)
        if found and message.text not in self._known_notices:
            self._known_notices.add(message.text)
            self._notices.put_nowait((found[1], message))
        super().hear(message)

    async def live(self) -> None:
        """Work through all notices."""
        while True:
            code, notice = await self._notices.get()
            while not any(each.code == code for each in self.ledger.reported):  # noqa: ASYNC110 - somebody else's act
                await asyncio.sleep(0.05)  # the notice can be quicker than the reporter's own answer
            await self.solves(code, notice)

    async def solves(self, code: str, notice: Seen) -> None:
        """Solve it by the command, by a photo's caption, or by the buttons of its card."""
        told = self.ledger.by_code(code)
        if not told.taken and self.chance.random() < 0.2:
            await self.act(self.person.say, f"/take {code}")
            await self.awaits(f"You have {code} now.")
            told.taken += 1
        done = Solution(self.words("Repaired"), [])
        way = self.chance.choice(["command", "command", "caption", "card"])
        if way == "command":
            await self.act(self.person.say, f"/solve {code} {done.words}")
        elif way == "caption":
            done.photos += (await self.act(self.person.photo, None, f"/solve {code} {done.words}")).photos
        else:
            await self._by_card(code, notice, told, done)
        await self.awaits(f"Done. The reporter has been told. ({code})")
        told.solutions.append(done)
        so_far = [*told.photos, *(photo for each in told.solutions for photo in each.photos)]
        for photo in (*done.photos, *so_far):  # with the notice, and with the follow-up's question
            self.ledger.pictures[told.reporter, photo] += 1

    async def _by_card(self, code: str, notice: Seen, told: Reported, done: Solution) -> None:
        await self.tap(f"Open {code}", notice)
        card = await self.awaits(f"{code} · ", lambda message: "It's solved" in message.labels)
        for photo in (*told.photos, *(photo for each in told.solutions for photo in each.photos)):
            self.ledger.pictures[self.person.id, photo] += 1
        await self.tap("It's solved", card)
        await self.awaits(f"{code}: what was done?")
        await self.act(self.person.say, done.words)
        question = await self.awaits("Send a photo of the result.")
        if self.chance.random() < 0.5:
            await self.tap("Skip", question)
        else:
            done.photos += (await self.act(self.person.photo)).photos
        await self.tap("Tell the reporter", await self.awaits("Shall I tell the reporter?"))


def everybody(
    simulator: Simulator, ledger: Ledger, area: Area, seed: int, residents: int, coordinator: int, patience: float
) -> tuple[list[Resident], Coordinator]:
    """The people of a run; each decides by a chance of their own, so that a seed gives the same people again."""
    town = [
        Resident(
            simulator.person(f"Resident {number}", "en"), ledger, random.Random(f"{seed}/{number}"), patience, area
        )
        for number in range(1, residents + 1)
    ]
    office = Coordinator(
        simulator.person("Sanne", "en", id=coordinator), ledger, random.Random(f"{seed}/office"), patience
    )
    players: dict[int, Player] = {player.person.id: player for player in (*town, office)}

    def heard(chat: int, message: Seen) -> None:
        players[chat].hear(message)

    simulator.on_message(heard)
    return town, office
